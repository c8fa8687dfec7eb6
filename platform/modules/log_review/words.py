"""The log in words: what was done with what, what stands out, what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from ....infra.i18n import _
from ....tenants.log.access_log import Action
from ....tenants.work import STOCKHOLM
from ...log_words import kind_words
from .models import ArchiveKind, Decision, Mark, Review, ReviewEvent, ReviewState

NAMED = 3
"""People who are named beside a row before it says how many more there are."""


def mark_words() -> dict[str, str]:
    return {
        Mark.PROTECTED.value: _("Protected identity"),
        Mark.NO_RELATION.value: _("No relation"),
        Mark.OWN.value: _("Own record"),
        Mark.COLLEAGUE.value: _("Colleague"),
        Mark.BEHIND.value: _("Seen as another, or support"),
        Mark.MANY.value: _("Many in a row"),
        Mark.ODD_HOURS.value: _("Unusual hours"),
        Mark.SOURCE.value: _("Marked by the other system"),
        Mark.LATE.value: _("Came late"),
    }


def decision_words() -> dict[str, str]:
    """Each begins with a letter of its own, so that it can be chosen with one key."""
    return {
        Decision.LEGITIMATE.value: _("Legitimate"),
        Decision.INVESTIGATE.value: _("To be investigated"),
        Decision.INTRUSION.value: _("Intrusion"),
        Decision.NO_REMARK.value: _("Reviewed without remark"),
    }


def state_words() -> dict[str, str]:
    return {
        ReviewState.OPEN.value: _("Being reviewed"),
        ReviewState.SIGNED.value: _("Signed"),
        ReviewState.ARCHIVED.value: _("Archived"),
    }


def archive_words() -> dict[str, str]:
    return {
        ArchiveKind.LIST.value: _("Reviewed list"),
        ArchiveKind.HEALTH_LIST.value: _("Reviewed list of a health journal"),
    }


def action_words() -> dict[str, str]:
    return {
        Action.READ.value: _("Has read"),
        Action.ADD.value: _("Has added"),
        Action.CHANGE.value: _("Has changed"),
        Action.REMOVE.value: _("Has removed"),
        Action.EXPORT.value: _("Exported"),
        Action.IMPORT.value: _("Read in"),
        Action.SEARCH.value: _("Has searched"),
        Action.SIGN_IN.value: _("Has signed in"),
        Action.SIGN_OUT.value: _("Has signed out"),
        Action.REFUSED.value: _("Was refused"),
        Action.GRANT.value: _("Gave a role"),
        Action.WITHDRAW.value: _("Took a role back"),
        Action.SUPPORT.value: _("Gave support"),
        Action.DISPOSE.value: _("Disposed of"),
    }


def way_words() -> dict[str, str]:
    return {
        "page": _("page"),
        "api": _("API"),
        "export": _("export"),
        "job": _("by itself"),
        "search": _("search"),
        "support": _("support"),
        "command": _("command"),
        "scim": _("directory"),
        "other": _("another system"),
    }


def deed(event: ReviewEvent) -> str:
    """`Läste: personregistret`."""
    action = action_words().get(event.action, event.action)
    kind = kind_words().get(event.kind, event.kind.replace("_", " "))
    return _("{action}: {kind}", action=action, kind=kind) if kind else action


def whom(event: ReviewEvent, names: Mapping[UUID, str]) -> str:
    """Whom it was about: the first by name, and how many more."""
    people = [names.get(id, "–") for id in event.about[:NAMED]] or event.subjects[:NAMED]
    more = max(len(event.about), len(event.subjects)) - len(people)
    text = ", ".join(people)
    return _("{names} and {count} more", names=text, count=more) if more > 0 else text


def reader_of(event: ReviewEvent, names: Mapping[UUID, str]) -> str:
    if event.person_id is None:
        return event.who or _("the service")
    name = names.get(event.person_id, event.who or "–")
    if event.behind_id is None:
        return name
    return _("{name}, by {behind}", name=name, behind=names.get(event.behind_id, "–"))


def where(event: ReviewEvent) -> str:
    way = way_words().get(event.way, event.way)
    return ", ".join(part for part in (way, event.process, event.address) if part)


def on_the_clock(at: datetime) -> str:
    """`2026-10-05 12:03:22`, in Sweden. In the hour that comes twice, the second has a *."""
    local = at.astimezone(STOCKHOLM)
    again = "*" if local.fold else ""
    return f"{local:%Y-%m-%d %H:%M:%S}{again}"


def days(begins: date, ends: date) -> str:
    """`1–31 oktober 2026`, or both days in full."""
    from babel.dates import format_date

    from ....infra.i18n import current_locale

    locale = current_locale()
    last = format_date(ends, "d MMMM y", locale=locale)
    if begins == ends:
        return last
    if (begins.year, begins.month) == (ends.year, ends.month):
        return f"{begins.day}–{last}"
    pattern = "d MMMM" if begins.year == ends.year else "d MMMM y"
    return f"{format_date(begins, pattern, locale=locale)} – {last}"


def title_of(review: Review) -> str:
    """The days, and which supplement it is."""
    text = days(review.begins, review.ends)
    if review.number > 1:
        text = _("{days}, supplement {number}", days=text, number=review.number - 1)
    return text
