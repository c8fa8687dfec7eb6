"""The summons and the minutes of a meeting as documents."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ....infra.documents.model import (
    Attachments,
    Block,
    Column,
    Document,
    Heading,
    Note,
    Picture,
    RichText,
    Table,
    Upright,
)
from ....infra.i18n import _
from ....tenants.work import STOCKHOLM, Work
from .check import ContentCheck
from .dates import LastDay, day_of
from .models import Attendance, ItemState, MeetingRole, MeetingState, Participant
from .reading import WholeItem, WholeMeeting
from .words import (
    attendance_words,
    away_words,
    day_words,
    item_kind_words,
    item_state_words,
    role_words,
    vote_words,
)


def summons(
    work: Work, whole: WholeMeeting, unit: str, *, language: str, logo: bytes | None
) -> Document:
    """Where and when, who is called, and what is taken up."""
    called = [(whole.name(each.id), role_words()[each.role]) for each in whole.participants]
    blocks: tuple[Block, ...] = (
        _when_and_where(whole),
        Heading(1, _("Agenda")),
        Table(
            (Column(_("No."), 0.4), Column(_("Item"), 3), Column(_("The item is for"), 1.2)),
            tuple(
                (str(item.row.position), item.row.title, item_kind_words()[item.row.kind])
                for item in whole.items
            ),
        ),
        *(block for item in whole.items for block in _prepared(item)),
        Heading(1, _("Called")),
        Table((Column(_("Name"), 2), Column(_("Role"))), tuple(called)),
    )
    return _document(work, whole, unit, _("Summons"), blocks, language, logo)


def minutes(
    work: Work,
    whole: WholeMeeting,
    unit: str,
    check: ContentCheck | None,
    *,
    language: str,
    logo: bytes | None,
) -> Document:
    """What was said and decided, with what the law wants of formal minutes."""
    blocks: tuple[Block, ...] = (
        *_lacking(whole, check),
        _when_and_where(whole),
        Heading(1, _("Who took part")),
        _attendance(whole),
        *(block for item in whole.items for block in _taken_up(whole, item)),
        *_adjustment(whole),
    )
    return _document(work, whole, unit, _("Minutes of the meeting"), blocks, language, logo)


def _document(
    work: Work,
    whole: WholeMeeting,
    unit: str,
    title: str,
    blocks: tuple[Block, ...],
    language: str,
    logo: bytes | None,
) -> Document:
    return Document(
        title=f"{title}: {whole.series.name}",
        subtitle=f"{day_of(whole.row.starts_at)}",
        municipality=work.tenant.name,
        unit=unit,
        period="",
        date=work.today,
        blocks=blocks,
        language="en" if language == "en" else "sv",
        contents=False,
        accent=work.tenant.accent,
        logo=Picture(logo, alt=work.tenant.name) if logo else None,
    )


def _when_and_where(whole: WholeMeeting) -> Table:
    start = whole.row.starts_at.astimezone(STOCKHOLM)
    end = whole.row.ends_at.astimezone(STOCKHOLM)
    rows = [
        (_("Day"), f"{start.date()}"),
        (_("Time"), f"{start:%H.%M}–{end:%H.%M}"),
        (_("Place"), whole.row.place),
        *(
            (role_words()[each.role], whole.name(each.id))
            for each in whole.participants
            if each.role in (MeetingRole.CHAIR, MeetingRole.SECRETARY)
        ),
    ]
    return Table(
        (Column(_("What")), Column(_("Answer"), 2)),
        tuple(row for row in rows if row[1]),
        row_headers=True,
    )


def _prepared(item: WholeItem) -> Iterator[Upright]:
    """What there is to read before the meeting."""
    if not (item.row.notes or item.row.proposals or item.links):
        return
    yield Heading(2, item.row.title, number=str(item.row.position))
    yield from _paragraphs(item.row.notes)
    if item.row.proposals:
        yield Heading(3, _("Proposals"))
        yield from _paragraphs(item.row.proposals)
    yield from _attached(item)


def _lacking(whole: WholeMeeting, check: ContentCheck | None) -> Iterator[Upright]:
    if whole.row.state in (MeetingState.PLANNED, MeetingState.SUMMONED, MeetingState.HELD):
        yield Note(_("A draft: the minutes are not written to their end."), tone="warning")
    if check is not None and check.missing:
        yield Note(
            _("The minutes lack something: {what}", what=", ".join(check.missing)), "warning"
        )


def _attendance(whole: WholeMeeting) -> Table:
    columns = (Column(_("Name"), 2), Column(_("Role")), Column(_("Attendance"), 1.4))
    rows = tuple(
        (
            whole.name(each.id),
            role_words()[each.role] + (f", {_('adjusts')}" if each.adjuster else ""),
            attendance_words()[each.attendance],
        )
        for each in whole.participants
    )
    return Table(columns, rows)


def _taken_up(whole: WholeMeeting, item: WholeItem) -> Iterator[Upright]:
    row = item.row
    number = f"§ {row.paragraph}" if row.paragraph else str(row.position)
    yield Heading(1, row.title, number=number)
    if row.registry_number:
        yield from _paragraphs(_("Registry number {number}", number=row.registry_number))
    for each in item.absences:
        told = away_words()[each.reason]
        yield from _paragraphs(
            _(
                "{name} was not there for the item: {why}.",
                name=whole.name(each.participant_id),
                why=told.lower(),
            )
        )
    yield from _paragraphs(row.notes)
    if row.proposals:
        yield Heading(2, _("Proposals"))
        yield from _paragraphs(row.proposals)
    yield from _vote(whole, item)
    if row.decision:
        yield Heading(2, _("Decision of the meeting"))
        yield from _paragraphs(row.decision)
    elif row.state is ItemState.CARRIED:
        yield from _paragraphs(item_state_words()[row.state])
    if item.reservations:
        yield Heading(2, _("Reservations"))
        for reservation in item.reservations:
            told = f"{whole.name(reservation.participant_id)}: {reservation.said}"
            yield from _paragraphs(told.removesuffix(": "))
    yield from _actions(whole, item)
    yield from _attached(item)


def _vote(whole: WholeMeeting, item: WholeItem) -> Iterator[Upright]:
    row = item.row
    if row.votes_for is None or row.votes_against is None:
        return
    yield Heading(2, _("The vote"))
    yield from _paragraphs(
        _(
            "{yes} for, {no} against, {none} abstained.",
            yes=row.votes_for,
            no=row.votes_against,
            none=row.votes_abstained or 0,
        )
    )
    if item.votes:
        yield Table(
            (Column(_("Name"), 2), Column(_("Vote"))),
            tuple((whole.name(v.participant_id), vote_words()[v.vote]) for v in item.votes),
        )


def _actions(whole: WholeMeeting, item: WholeItem) -> Iterator[Upright]:
    if not item.actions:
        return
    yield Heading(2, _("Actions"))
    yield Table(
        (Column(_("What is to be done"), 3), Column(_("Responsible"), 1.5), Column(_("Last day"))),
        tuple(
            (each.title, whole.name(each.owner_id), str(each.due_on or "")) for each in item.actions
        ),
    )


def _attached(item: WholeItem) -> Iterator[Upright]:
    if item.links:
        yield Attachments(tuple(link.title for link in item.links))


def _adjustment(whole: WholeMeeting) -> Iterator[Upright]:
    """Who signs, and the days of the law with their source."""
    if not whole.series.kind.formal:
        return
    yield Heading(1, _("Adjustment"))
    there = (Attendance.SERVED, Attendance.PRESENT)
    signing = [
        each
        for each in whole.participants
        if each.attendance in there
        and (each.adjuster or each.role in (MeetingRole.CHAIR, MeetingRole.SECRETARY))
    ]
    columns = (Column(_("Name"), 1.5), Column(_("Role")), Column(_("Signature"), 2))
    yield Table(columns, tuple((whole.name(e.id), _signs_as(e), "") for e in signing))
    rows = [
        (_("Adjusted"), str(whole.row.adjusted_on or ""), ""),
        (_("Announced on the notice board"), str(whole.row.announced_on or ""), ""),
        *(
            _told(whole.days[step])
            for step in ("adjust", "announce", "appeal")
            if step in whole.days
        ),
    ]
    yield Table(
        (Column(_("What"), 2), Column(_("Day")), Column(_("By"), 2)),
        tuple(row for row in rows if row[1]),
        row_headers=True,
    )


def _signs_as(each: Participant) -> str:
    if each.adjuster and each.role not in (MeetingRole.CHAIR, MeetingRole.SECRETARY):
        return _("Adjuster")
    return role_words()[each.role]


def _told(last: LastDay) -> tuple[str, str, str]:
    day = f"{last.day} ({_('weekend or holiday')})" if last.free else f"{last.day}"
    return day_words()[last.step], day, last.law.name if last.law else ""


def _paragraphs(text: str) -> Iterator[RichText]:
    """Plain text, a paragraph a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines:
        yield RichText("".join(f"<p>{escape(line)}</p>" for line in lines))
