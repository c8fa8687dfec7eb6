"""What stands beside the manual of a module: whom to ask about it, and what there is to learn."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ....infra.i18n import _
from ....tenants.work import Work
from ...module import HelpBox, HelpLine
from .contacts import Card, cards_of, contacts_for
from .models import Course, CourseKind
from .training import courses
from .words import course_words


async def beside_help(work: Work, area: str, unit_id: UUID | None) -> Sequence[HelpBox]:
    """The nearest contacts of the unit one is at, and the courses of the module with those that
    are about everything. A manual without an address is the text that this stands beside."""
    if not work.allows("support.read"):
        return []
    near = [] if unit_id is None else await contacts_for(work, unit_id, area=area)
    offered = [
        row
        for row in await courses(work)
        if row.area in (area, "") and (row.address or row.kind is not CourseKind.MANUAL)
    ]
    learn = [_course(row) for row in offered]
    if learn:
        learn.append(HelpLine(_("All training"), page="training"))
    return [
        HelpBox(_("Ask here"), [_contact(card) for card in await cards_of(work, near)]),
        HelpBox(_("Training"), learn),
    ]


def _contact(card: Card) -> HelpLine:
    hints = (card.role, card.phone, card.email, card.hours)
    address = f"mailto:{card.email}" if card.email else ""
    return HelpLine(card.name, [each for each in hints if each], address)


def _course(row: Course) -> HelpLine:
    minutes = _("{count} minutes", count=row.minutes) if row.minutes else ""
    trainers = _("for trainers") if row.for_trainers else ""
    hints = (course_words()[row.kind], minutes, row.audience, trainers)
    return HelpLine(row.title, [each for each in hints if each], row.address)
