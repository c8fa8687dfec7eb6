"""The summons and the minutes of a meeting as documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import cast
from uuid import UUID

from ....infra.documents.model import (
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Heading,
    Light,
    LightMark,
    Note,
    PageBreak,
    Picture,
    RichText,
    Table,
    Upright,
)
from ....infra.i18n import _
from ....tenants.work import STOCKHOLM, Work
from .check import ContentCheck
from .dates import LastDay, day_of
from .following import Left
from .models import AgendaItem, Attendance, ItemState, MeetingRole, MeetingState, Participant
from .reading import WholeItem, WholeMeeting
from .sources import Source
from .words import (
    away_words,
    day_words,
    item_kind_words,
    item_state_words,
    role_words,
    roles_words,
    vote_words,
)

HEADS = (MeetingRole.CHAIR, MeetingRole.SECRETARY)
LINE = "_" * 38
"""For a name to be written by hand."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a document is made of; `stands` has what items come from by the ids of their links."""

    work: Work
    whole: WholeMeeting
    unit: str
    stands: Mapping[UUID, Source]
    language: str
    logo: bytes | None
    left: Left

    def day(self, day: date) -> str:
        """With its weekday, as one says it."""
        from babel.dates import format_date

        return format_date(day, "EEEE d MMMM y", locale=self.language)


def summons(paper: Paper) -> Document:
    """Body, day, time and place, who is called, and then what is taken up."""
    whole = paper.whole
    blocks: tuple[Block, ...] = (
        Facts((*_when_and_where(paper), *_called(whole))),
        Heading(2, _("Agenda")),
        Table(
            (Column(_("No."), 0.35), Column(_("Item"), 3.4), Column(_("The item is for"), 1.2)),
            tuple(
                (str(item.row.position), item.row.title, item_kind_words()[item.row.kind])
                for item in whole.items
            ),
        ),
        *(block for item in whole.items for block in _prepared(paper, item)),
        *_left(paper),
    )
    return _document(paper, _("Summons"), blocks)


def minutes(paper: Paper, check: ContentCheck | None) -> Document:
    """Who was there, what was said and decided, and what the law wants of formal minutes."""
    whole = paper.whole
    blocks: tuple[Block, ...] = (
        *_lacking(whole, check),
        Facts((*_when_and_where(paper), *_paragraphs_of(whole), *_attendance(whole))),
        *(block for item in whole.items for block in _taken_up(paper, item)),
        *_adjustment(paper),
    )
    return _document(paper, _("Minutes of the meeting"), blocks)


def _document(paper: Paper, title: str, blocks: tuple[Block, ...]) -> Document:
    work, whole = paper.work, paper.whole
    return Document(
        title=f"{title}: {whole.series.name}",
        municipality=work.tenant.name,
        unit=paper.unit,
        period=f"{day_of(whole.row.starts_at)}",
        date=work.today,
        blocks=blocks,
        language="en" if paper.language == "en" else "sv",
        contents=False,
        cover=False,
        accent=work.tenant.accent,
        logo=Picture(paper.logo, alt=work.tenant.name) if paper.logo else None,
    )


def _when_and_where(paper: Paper) -> Iterator[tuple[str, str]]:
    row = paper.whole.row
    start, end = row.starts_at.astimezone(STOCKHOLM), row.ends_at.astimezone(STOCKHOLM)
    formal = paper.whole.series.kind.formal
    yield (_("Body") if formal else _("Unit")), paper.unit
    yield _("Day"), paper.day(start.date())
    yield _("Time"), f"{start:%H.%M}–{end:%H.%M}"
    if row.place:
        yield _("Place"), row.place


def _called(whole: WholeMeeting) -> Iterator[tuple[str, str]]:
    """By role, in the order of the roles."""
    one, many = role_words(), roles_words()
    for role in MeetingRole:
        names = [whole.name(each.id) for each in whole.participants if each.role is role]
        if names:
            yield (many if len(names) > 1 else one)[role], "\n".join(names)


def _paragraphs_of(whole: WholeMeeting) -> Iterator[tuple[str, str]]:
    numbers = [item.row.paragraph for item in whole.items if item.row.paragraph]
    if len(numbers) == 1:
        yield _("Paragraphs"), f"§ {numbers[0]}"
    elif numbers:
        yield _("Paragraphs"), f"§§ {min(numbers)}–{max(numbers)}"


def _attendance(whole: WholeMeeting) -> Iterator[tuple[str, str]]:
    """Those who served with their roles, the others who were there, and who was not."""
    came = _by_attendance(whole)
    formal = whole.series.kind.formal
    if formal:
        yield from _group(whole, _("Took part in the decisions"), came[Attendance.SERVED])
        yield from _group(whole, _("Others present"), came[Attendance.PRESENT])
    else:
        there = [*came[Attendance.SERVED], *came[Attendance.PRESENT]]
        yield from _group(whole, _("Present"), there)
    yield from _group(whole, _("Absent"), came[Attendance.ABSENT])
    yield from _group(whole, _("Attendance not told"), came[Attendance.EXPECTED])
    if formal:
        yield from _group(whole, _("Adjusted by"), _signing(whole), roles=False)


def _group(
    whole: WholeMeeting, name: str, people: Iterable[Participant], *, roles: bool = True
) -> Iterator[tuple[str, str]]:
    words = role_words()
    lines = [
        f"{whole.name(each.id)}, {words[each.role].lower()}"
        if roles and each.role is not MeetingRole.MEMBER
        else whole.name(each.id)
        for each in people
    ]
    if lines:
        yield name, "\n".join(lines)


def _by_attendance(whole: WholeMeeting) -> dict[Attendance, list[Participant]]:
    """Chair first, then in the order they were called."""
    order = sorted(whole.participants, key=lambda each: each.role is not MeetingRole.CHAIR)
    return {kind: [each for each in order if each.attendance is kind] for kind in Attendance}


def _prepared(paper: Paper, item: WholeItem) -> Iterator[Upright]:
    """What there is to read before the meeting."""
    if not (item.row.notes or item.row.proposals or item.links):
        return
    yield Heading(2, f"{item.row.position}. {item.row.title}")
    yield from _registered(item.row)
    yield from _written(item.row.notes)
    if item.row.proposals:
        yield Heading(3, _("Proposals"))
        yield from _lines(item.row.proposals)
    yield from _about(paper, item)


def _left(paper: Paper) -> Iterator[Upright]:
    """What earlier meetings agreed on and is still to be done."""
    left = paper.left
    if not left.actions:
        return
    yield Heading(2, _("Left to do from earlier meetings"))
    yield Table(
        (
            Column(_("What is to be done"), 2.6),
            Column(_("Responsible"), 1.5),
            Column(_("Last day")),
            Column(_("Status"), 1.2),
        ),
        tuple(
            (
                *(each.title, left.names.get(each.owner_id, "") if each.owner_id else ""),
                *(str(each.due_on or ""), LightMark(*left.lights[each.id])),
            )
            for each in left.actions
        ),
    )


def _lacking(whole: WholeMeeting, check: ContentCheck | None) -> Iterator[Upright]:
    if whole.row.state in (MeetingState.PLANNED, MeetingState.SUMMONED, MeetingState.HELD):
        yield Note(_("A draft: the minutes are not written to their end."), tone="warning")
    if check is not None and check.missing:
        yield Note(
            _("The minutes lack something: {what}", what=", ".join(check.missing)), "warning"
        )


def _taken_up(paper: Paper, item: WholeItem) -> Iterator[Upright]:
    row, whole = item.row, paper.whole
    number = f"§ {row.paragraph}\xa0 " if row.paragraph else f"{row.position}. "
    yield Heading(2, number + row.title)
    yield from _registered(row)
    for each in item.absences:
        why = away_words()[each.reason].lower()
        name = whole.name(each.participant_id)
        yield from _lines(_("{name} was not there for the item: {why}.", name=name, why=why))
    yield from _written(row.notes)
    if row.proposals:
        yield Heading(3, _("Proposals"))
        yield from _lines(row.proposals)
    yield from _vote(whole, item)
    if row.decision:
        yield Heading(3, _("Decision of the meeting"))
        yield from _lines(row.decision)
    elif row.state is ItemState.CARRIED:
        yield from _lines(item_state_words()[row.state] + ".")
    if item.reservations:
        yield Heading(3, _("Reservations"))
        for reservation in item.reservations:
            told = f"{whole.name(reservation.participant_id)}: {reservation.said}"
            yield from _lines(told.removesuffix(": "))
    yield from _actions(paper, item)
    yield from _about(paper, item)


def _vote(whole: WholeMeeting, item: WholeItem) -> Iterator[Upright]:
    """A row for each who voted, with a mark under how; the last row adds them up."""
    row = item.row
    if row.votes_for is None or row.votes_against is None:
        return
    words = vote_words()
    rows = [
        (whole.name(each.participant_id), *("X" if each.vote is vote else "" for vote in words))
        for each in item.votes
    ]
    counts = (row.votes_for, row.votes_against, row.votes_abstained or 0)
    name = _("In all") if rows else _("Votes")
    yield Heading(3, _("The vote"))
    yield Table(
        (Column(_("Name"), 2.4), *(Column(word, 1, "center") for word in words.values())),
        (*rows, (name, *map(str, counts))),
        row_headers=True,
    )


def _actions(paper: Paper, item: WholeItem) -> Iterator[Upright]:
    if not item.actions:
        return
    yield Heading(3, _("Actions"))
    yield Table(
        (Column(_("What is to be done"), 3), Column(_("Responsible"), 1.5), Column(_("Last day"))),
        tuple(
            (each.title, paper.whole.name(each.owner_id), str(each.due_on or ""))
            for each in item.actions
        ),
    )


def _about(paper: Paper, item: WholeItem) -> Iterator[Upright]:
    """What the item comes from, with the light that it has, or had when the meeting was held."""
    if not item.links:
        return
    found = [paper.stands[link.id] for link in item.links]
    lit = any(each.word for each in found)
    columns = [Column(_("Comes from"), 2.6), Column(_("What it is"), 2)]
    rows: list[tuple[Cell, ...]] = []
    for each in found:
        state: Cell = each.word
        if each.light:
            state = LightMark(cast("Light", each.light), each.word)
        rows.append((each.title, each.detail, *([state] if lit else [])))
    yield Table((*columns, *([Column(_("Status"), 1.4)] if lit else [])), tuple(rows))


def _adjustment(paper: Paper) -> Iterator[Upright]:
    """Who signs, and the days of the law with their source."""
    whole = paper.whole
    if not whole.series.kind.formal:
        return
    yield Heading(2, _("Signatures"))
    yield Facts(tuple((_signs_as(e), f"\n{LINE}\n{whole.name(e.id)}") for e in _signing(whole)))
    yield PageBreak()  # a sheet of its own, to be put up
    yield Heading(2, _("Notice of the adjustment"))
    rows = [(_("Meeting"), f"{paper.unit}, {paper.day(day_of(whole.row.starts_at))}", "")]
    for name, day in (
        (_("Adjusted"), whole.row.adjusted_on),
        (_("Announced on the notice board"), whole.row.announced_on),
    ):
        if day is not None:
            rows.append((name, paper.day(day), ""))
    left = {"adjust": whole.row.adjusted_on, "announce": whole.row.announced_on, "appeal": None}
    for step, last in whole.days.items():
        if step in left and left[step] is None:
            rows.append(_told(paper, last))
    columns = (Column(_("What"), 1.6), Column(_("Day"), 2), Column(_("By"), 1.8))
    yield Table(columns, tuple(rows), row_headers=True)


def _signing(whole: WholeMeeting) -> list[Participant]:
    there = (Attendance.SERVED, Attendance.PRESENT)
    return [
        each
        for each in whole.participants
        if each.attendance in there and (each.adjuster or each.role in HEADS)
    ]


def _signs_as(each: Participant) -> str:
    if each.adjuster and each.role not in HEADS:
        return _("Adjuster")
    return role_words()[each.role]


def _told(paper: Paper, last: LastDay) -> tuple[str, str, str]:
    day = paper.day(last.day)
    if last.free:
        day = f"{day} ({_('weekend or holiday')})"
    return day_words()[last.step], day, last.law.name if last.law else ""


def _registered(row: AgendaItem) -> Iterator[RichText]:
    if row.registry_number:
        yield from _lines(_("Registry number {number}", number=row.registry_number))


def _written(html: str) -> Iterator[RichText]:
    if html:
        yield RichText(html)


def _lines(text: str) -> Iterator[RichText]:
    """Plain text, a paragraph a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines:
        yield RichText("".join(f"<p>{escape(line)}</p>" for line in lines))
