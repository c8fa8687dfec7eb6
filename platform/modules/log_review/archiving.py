"""A signed list as the files that are kept: PDF/A on paper that lies down, and Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from ....infra.documents.excel import Sheet, SheetColumn
from ....infra.documents.model import (
    Column,
    Document,
    Heading,
    Landscape,
    Note,
    Picture,
    RichText,
    Table,
    Upright,
)
from ....infra.i18n import _, current_locale, use_locale
from ....infra.numbers import format_number
from ....tenants.logo import find_logo
from ....tenants.models import Person
from ....tenants.work import STOCKHOLM, Work
from .models import (
    Investigation,
    InvestigationState,
    Review,
    ReviewEvent,
    ReviewImport,
)
from .reviews import Filter, in_order, unit_names
from .words import (
    decision_words,
    deed,
    mark_words,
    on_the_clock,
    reader_of,
    title_of,
    where,
    whom,
)

Language = Literal["sv", "en"]
CHUNK = 500
"""Rows of a table in the PDF: long ones are divided, which lays them out sooner."""
WEIGHTS = (1.5, 1.4, 1.9, 1.5, 1.8, 1.5, 2.0, 2.0)


@dataclass(frozen=True, slots=True)
class Kept:
    """All that the files are made of."""

    review: Review
    events: Sequence[ReviewEvent]
    investigations: Sequence[Investigation]
    imports: Sequence[ReviewImport]
    names: Mapping[UUID, str]
    unit: str
    municipality: str
    accent: str
    logo: bytes | None
    language: Language
    today: date


async def read_kept(work: Work, review: Review) -> Kept:
    events = await work.scalars(in_order(review, Filter()))
    investigations = await work.scalars(
        select(Investigation).where(Investigation.review_id == review.id).order_by(Investigation.id)
    )
    imports = await work.scalars(
        select(ReviewImport)
        .where(ReviewImport.review_id == review.id, ReviewImport.read_at.is_not(None))
        .order_by(ReviewImport.id)
    )
    people = await work.rows(select(Person.id, Person.name))
    return Kept(
        review=review,
        events=events,
        investigations=investigations,
        imports=imports,
        names={row.id: row.name for row in people},
        unit=(await unit_names(work, [review.unit_id]))[review.unit_id],
        municipality=work.tenant.name,
        accent=work.tenant.accent,
        logo=await find_logo(work),
        language="en" if work.tenant.languages[0] == "en" else "sv",
        today=work.today,
    )


def document_of(kept: Kept) -> Document:
    with use_locale(kept.language):
        return Document(
            title=_("Review of the log"),
            subtitle=title_of(kept.review),
            municipality=kept.municipality,
            unit=kept.unit,
            date=_signed_on(kept),
            blocks=(Landscape(tuple(_blocks(kept))),),
            language=kept.language,
            contents=False,
            accent=kept.accent,
            logo=Picture(kept.logo, alt=kept.municipality) if kept.logo else None,
        )


def sheets_of(kept: Kept) -> list[Sheet]:
    with use_locale(kept.language):
        facts = Sheet(
            name=_("Review"),
            title=_heading(kept),
            columns=(SheetColumn(_("What"), width=28), SheetColumn(_("Value"), width=90)),
            rows=[*_facts(kept), (_("Result of the review"), kept.review.result)],
        )
        widths = (20, 24, 26, 28, 28, 26, 20, 44)
        columns = [
            SheetColumn(title, width=width) for title, width in zip(_titles(), widths, strict=True)
        ]
        rows = Sheet(
            name=_("The list"),
            title=_heading(kept),
            columns=tuple(columns),
            rows=list(_rows(kept)),
        )
        return [rows, facts]


def _blocks(kept: Kept) -> list[Upright]:
    blocks: list[Upright] = [
        Heading(1, _heading(kept)),
        Table(
            columns=(Column(_("What"), 1), Column(_("Value"), 4)),
            rows=tuple(_facts(kept)),
            row_headers=True,
        ),
    ]
    if kept.review.result:
        paragraphs = kept.review.result.split("\n")
        text = "".join(f"<p>{escape(line)}</p>" for line in paragraphs if line.strip())
        blocks += [Heading(2, _("Result of the review")), RichText(text)]
    if kept.investigations:
        blocks += [Heading(2, _("Investigations")), _investigations(kept)]
    blocks.append(Heading(2, _("The list")))
    if not kept.events:
        return [*blocks, Note(_("Nothing was done in these days."))]
    columns = tuple(Column(title, weight) for title, weight in zip(_titles(), WEIGHTS, strict=True))
    rows = list(_rows(kept))
    for at in range(0, len(rows), CHUNK):
        part = rows[at : at + CHUNK]
        caption = _("Rows {first}–{last}", first=at + 1, last=at + len(part))
        blocks.append(Table(columns, tuple(part), caption=caption if len(rows) > CHUNK else ""))
    return blocks


def _heading(kept: Kept) -> str:
    return _("{unit}, {days}", unit=kept.unit, days=title_of(kept.review))


def _facts(kept: Kept) -> list[tuple[str, str]]:
    review, counts = kept.review, kept.review.counts
    words = decision_words()
    signed = on_the_clock(review.signed_at) if review.signed_at else ""
    name = kept.names.get(review.signed_by, "–") if review.signed_by else "–"
    facts = [
        (_("Reviewed interval"), title_of(review)),
        (_("Unit"), kept.unit),
        (_("Reviewer"), _("{name}, signed {at}", name=name, at=signed)),
        (_("Events"), _number(counts.get("events", 0))),
        (_("Stand out"), _number(counts.get("marked", 0))),
        *((words[key], _number(counts.get(key, 0))) for key in words),
        (_("Without a decision of their own"), _number(counts.get("undecided", 0))),
    ]
    for read in kept.imports:
        system = f"{read.system}, " if read.system else ""
        told = _(
            "{file}: {rows} rows, SHA-256 {hash}", file=read.name, rows=read.rows, hash=read.sha256
        )
        facts.append((_("List that was read in"), f"{system}{told}"))
    return facts


def _number(count: int) -> str:
    return format_number(Decimal(count), 0, current_locale())


def _titles() -> tuple[str, ...]:
    return (
        _("Time"),
        _("Who"),
        _("What was done"),
        _("About whom"),
        _("Process and place"),
        _("Stands out"),
        _("Decision"),
        _("Comment"),
    )


def _rows(kept: Kept) -> list[tuple[str, ...]]:
    marks, decisions = mark_words(), decision_words()
    return [
        (
            on_the_clock(event.at),
            reader_of(event, kept.names),
            deed(event),
            whom(event, kept.names),
            where(event),
            ", ".join(marks.get(mark, mark) for mark in event.marks),
            decisions[event.decision] if event.decision else "",
            event.comment,
        )
        for event in kept.events
    ]


def _investigations(kept: Kept) -> Table:
    by_id = {event.id: event for event in kept.events}
    closed = {InvestigationState.OPEN: _("Under way"), InvestigationState.CLOSED: _("Closed")}
    rows = []
    for each in kept.investigations:
        event = by_id[each.event_id]
        crime = _("Crime is suspected: {note}", note=each.crime_note) if each.crime_at else ""
        rows.append(
            (
                each.case_number,
                closed[each.state],
                f"{on_the_clock(event.at)} {reader_of(event, kept.names)}",
                each.notes,
                "\n".join(part for part in (crime, each.outcome) if part),
            )
        )
    columns = (
        Column(_("Case number"), 1),
        Column(_("State"), 0.8),
        Column(_("Event"), 1.6),
        Column(_("Notes"), 2.4),
        Column(_("Outcome"), 2.4),
    )
    return Table(columns, tuple(rows))


def _signed_on(kept: Kept) -> date:
    at = kept.review.signed_at
    return at.astimezone(STOCKHOLM).date() if at else kept.today
