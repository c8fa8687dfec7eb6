"""What the mails about keys of programs say."""

from __future__ import annotations

from html import escape

from .....infra.i18n import _, current_locale
from .....infra.mail import Letter
from .....tenants.models import ApiToken, Person
from .....tenants.work import Work


def leak_letter(work: Work, token: ApiToken, person: Person, *, key: str) -> Letter:
    subject = _("The API key {name} has leaked and is revoked", name=token.name)
    lines = (
        _(
            "Somebody else has had the key {name} ({start}…) of {municipality}. It is revoked, and "
            "lets nobody in any more.",
            name=token.name,
            start=token.start,
            municipality=work.tenant.name,
        ),
        _(
            "Make a new one for the program that used it, and look in the log at what it was used "
            "for."
        ),
    )
    return _letter(work, person, subject, lines, key=key)


def expiry_letter(work: Work, token: ApiToken, person: Person, *, key: str) -> Letter:
    day = token.expires_at.date().isoformat()
    subject = _("The API key {name} stops on {day}", name=token.name, day=day)
    lines = (
        _(
            "The key {name} ({start}…) in {municipality} lets no program in after {day}.",
            name=token.name,
            start=token.start,
            municipality=work.tenant.name,
            day=day,
        ),
        _("An administrator can extend it, or revoke it if nothing uses it."),
    )
    return _letter(work, person, subject, lines, key=key)


def _letter(
    work: Work, person: Person, subject: str, lines: tuple[str, ...], *, key: str
) -> Letter:
    address = f"{work.runtime.settings.base_url}/{work.tenant.slug}/installningar/nycklar"
    greeting, leads = _("Hello {name},", name=person.name), _("API keys")
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in (greeting, *lines))
    return Letter(
        key=key,
        name=person.name,
        address=person.email,
        subject=subject,
        text="\n\n".join((greeting, *lines, f"{leads}: {address}")) + "\n",
        html=f'<!doctype html><html lang="{current_locale()}"><head><meta charset="utf-8">'
        f"<title>{escape(work.tenant.name)}</title></head><body>{paragraphs}"
        f'<p><a href="{escape(address)}">{escape(leads)}</a></p></body></html>\n',
        settings_url=address,
        at=work.now,
    )
