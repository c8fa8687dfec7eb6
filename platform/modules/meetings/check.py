"""What formal minutes have to show, held against what is written so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ....infra.i18n import _
from ....tenants.legal import LegalReference, law
from ....tenants.work import Work
from .dates import day_of
from .models import AgendaItem, Attendance, ItemKind, ItemState, MeetingRole
from .reading import WholeItem, WholeMeeting


@dataclass(frozen=True, slots=True)
class Demand:
    """Something the minutes show; `missing` names what they do not show yet."""

    what: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContentCheck:
    """`law` is what demands it, by the municipality's record of the day of the meeting."""

    law: LegalReference | None
    demands: tuple[Demand, ...]

    @property
    def missing(self) -> list[str]:
        return [each for demand in self.demands for each in demand.missing]


async def content_check(work: Work, whole: WholeMeeting) -> ContentCheck | None:
    """None for an ordinary meeting, whose minutes no law describes."""
    if not whole.series.kind.formal:
        return None
    rule = await law(work, "minutes.content", on=day_of(whole.row.starts_at))
    decisions = [
        item
        for item in whole.items
        if item.row.kind is ItemKind.DECISION and item.row.state is not ItemState.CARRIED
    ]
    demands = (
        Demand(_("Who has served"), tuple(_served(whole))),
        Demand(_("Who adjusts the minutes"), tuple(_adjusters(whole))),
        Demand(
            _("The order in which the items were taken up"),
            tuple(named(item.row) for item in whole.items if item.row.paragraph is None),
        ),
        Demand(
            _("Which proposals there were"),
            tuple(named(item.row) for item in decisions if not item.row.proposals),
        ),
        Demand(
            _("What was decided"),
            tuple(named(item.row) for item in decisions if not item.row.decision),
        ),
        Demand(_("How it was voted"), tuple(named(i.row) for i in whole.items if _uncounted(i))),
        Demand(_("Who had reservations"), tuple(_undecided(whole))),
    )
    return ContentCheck(rule, demands)


def named(item: AgendaItem) -> str:
    return f"§ {item.paragraph} {item.title}" if item.paragraph else item.title


def _served(whole: WholeMeeting) -> Iterator[str]:
    for role, word in (
        (MeetingRole.CHAIR, _("chair")),
        (MeetingRole.SECRETARY, _("secretary")),
    ):
        if not any(each.role is role for each in whole.participants):
            yield word
    for each in whole.participants:
        if each.attendance is Attendance.EXPECTED:
            yield whole.name(each.id)


def _adjusters(whole: WholeMeeting) -> Iterator[str]:
    there = (Attendance.SERVED, Attendance.PRESENT)
    if not any(each.adjuster and each.attendance in there for each in whole.participants):
        yield _("somebody who was there")


def _uncounted(item: WholeItem) -> bool:
    counts = (item.row.votes_for, item.row.votes_against)
    return any(count is not None for count in counts) and None in counts


def _undecided(whole: WholeMeeting) -> Iterator[str]:
    """A reservation is against a decision: there has to be one."""
    for item in whole.items:
        if item.reservations and not item.row.decision:
            yield named(item.row)
