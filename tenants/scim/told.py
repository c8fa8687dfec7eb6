"""What a directory tells of a person, and what the register makes of it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

from ...infra.errors import InvalidInput
from ...infra.i18n import LOCALES, _
from ..people import person_email, person_name

MOST_EMAILS: Final = 20
LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class ToldEmail:
    value: str
    type: str | None = None
    display: str | None = None
    primary: bool | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a directory says of a person. `active` None is not said, which counts as here."""

    user_name: str
    external_id: str | None = None
    formatted: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    display_name: str | None = None
    preferred_language: str | None = None
    department: str | None = None
    active: bool | None = None
    emails: tuple[ToldEmail, ...] = ()


def checked(told: Told) -> Told:
    """Without space around; raises InvalidInput for what nothing can hold, or is far too long."""
    if len(told.emails) > MOST_EMAILS:
        raise InvalidInput(
            _("A person has at most {most} e-mail addresses.", most=MOST_EMAILS), field="emails"
        )
    for value in (
        *(getattr(told, field.name) for field in fields(Told)),
        *(value for email in told.emails for value in (email.value, email.type, email.display)),
    ):
        if isinstance(value, str) and len(value) > LONGEST:
            raise InvalidInput(
                _("The text has {count} signs. At most {most} fit.", count=len(value), most=LONGEST)
            )
    if not told.user_name.strip():
        raise InvalidInput(_("Send a userName that is not empty."), field="userName")
    return replace(told, user_name=told.user_name.strip())


def register_email(told: Told) -> str:
    """The primary address, else the one at work, else the first, else a user name that is one."""
    try:
        return person_email(told_email(told))
    except InvalidInput as error:
        raise InvalidInput(
            _(
                "A person needs an e-mail address: send one in emails, or a userName that is one. "
                "{why}",
                why=error.message,
            ),
            field="emails",
        ) from None


def told_email(told: Told) -> str:
    first = sorted(told.emails, key=lambda email: (not email.primary, email.type != "work"))
    return first[0].value.strip() if first else told.user_name


def register_name(told: Told) -> str:
    parts = f"{told.given_name or ''} {told.family_name or ''}"
    names = (told.display_name, parts, told.formatted, told.user_name)
    return person_name(next(name for name in names if name and name.strip()))


def register_locale(told: Told, otherwise: str) -> str:
    short = (told.preferred_language or "").replace("_", "-").partition("-")[0].lower()
    return short if short in LOCALES else otherwise
