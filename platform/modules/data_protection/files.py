"""Files of the registers: the record as a workbook, and a breach as the authority wants it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from html import escape
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....infra.documents.excel import Sheet, SheetColumn, write_excel
from ....infra.documents.model import Block, Column, Document, Heading, RichText, Table
from ....infra.i18n import _, current_locale
from ....tenants.log.access_log import Action
from ....tenants.models import ApiToken
from ....tenants.names import names_of
from ....tenants.tree import units
from ....tenants.work import STOCKHOLM, Work
from ....workers.exports import XLSX, file_name, keep_file
from ....workers.jobs import Outcome, Run, job
from ....workers.models import Job
from ...log_words import action_words, kind_words
from .breaches import MOST_LISTED, Touched, due, touched
from .models import Breach
from .service import agreements, processings
from .settings import data_protection_settings

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@permit("data_protection.read")
async def ask_for_record(work: Work) -> Job:
    """Have the record of treatments written to a workbook (article 30.4: for the authority)."""
    work.note(Action.EXPORT, "processing")
    return await export_record.later(work)


@permit("data_protection.manage")
async def ask_for_breach(work: Work, breach_id: UUID) -> Job:
    """Have what is known of a breach written to a Word file, to complete and send."""
    await work.get(Breach, breach_id)
    work.note(Action.EXPORT, "breach", records=[breach_id])
    return await export_breach.later(work, breach_id=str(breach_id))


@job(name="data_protection.export_record", queue="exports")
async def export_record(work: Work, run: Run) -> Outcome:
    rows = await processings(work)
    names = {row.id: row.processor for row in await agreements(work)}
    places = {unit.id: unit.name for unit in await units.tree(work)}
    sheet = Sheet(
        _("Record of treatments"),
        _("Record of treatments of personal data, {municipality}", municipality=work.tenant.name),
        tuple(SheetColumn(title, width=30) for title in _record_titles()),
        [
            (
                *(row.name, row.purpose, row.legal_basis, row.subjects, row.data, row.recipients),
                *(row.transfers, row.retention, row.security),
                names.get(row.agreement_id or UUID(int=0), ""),
                places.get(row.unit_id or UUID(int=0), ""),
                row.review_on.isoformat() if row.review_on else "",
                row.ended_on.isoformat() if row.ended_on else "",
            )
            for row in rows
        ],
    )
    data = await asyncio.to_thread(write_excel, [sheet], on=work.today)
    name = file_name(_("Record of treatments"), work.tenant.name, f"{work.today}", ending="xlsx")
    file = await keep_file(work, run, name=name, media_type=XLSX, data=data)
    return {"file": str(file.id), "treatments": len(rows)}


@job(name="data_protection.export_breach", queue="exports")
async def export_breach(work: Work, run: Run, *, breach_id: str) -> Outcome:
    row = await work.get(Breach, UUID(breach_id))
    await run.progress(0, 2, _("Reading the access log"))
    found = await touched(work, row.since, row.until)
    await run.progress(1, 2, _("Writing the file"))
    document = await _document(work, row, found)
    from ....infra.documents.word import write_word

    data = await asyncio.to_thread(write_word, document)
    name = file_name(_("Breach of personal data"), f"{row.detected_at:%Y-%m-%d}", ending="docx")
    file = await keep_file(work, run, name=name, media_type=DOCX, data=data)
    return {"file": str(file.id), "people": len(found.people)}


async def _document(work: Work, row: Breach, found: Touched) -> Document:
    chosen = await data_protection_settings(work)
    last = await due(work, row)
    fill_in = f"<p><em>{_('Fill in.')}</em></p>"
    blocks: tuple[Block, ...] = (
        Heading(1, _("What has happened")),
        RichText(f"<p>{escape(row.what)}</p>"),
        _facts(
            (_("Found"), _clock(row.detected_at)),
            (_("The data was touched from"), _clock(row.since)),
            (_("up to"), _clock(row.until)),
            (_("To be with {authority} by", authority=chosen.authority), _clock(last)),
            (_("Data protection officer"), chosen.officer or _("Fill in.")),
            (_("People concerned, at least"), str(len(found.people))),
            (_("Entries in the access log"), str(found.entries)),
        ),
        Heading(1, _("Which data")),
        await _deeds(found),
        Heading(1, _("Who touched it")),
        await _actors(work, found),
        Heading(1, _("Whom it concerns")),
        *await _people(work, found),
        Heading(1, _("Likely consequences")),
        RichText(fill_in),
        Heading(1, _("What has been done and will be done")),
        RichText(fill_in),
        Heading(1, _("Whether those concerned have been told (article 34)")),
        RichText(fill_in),
    )
    return Document(
        title=_("Breach of personal data"),
        subtitle=_("Basis for the notice by article 33 of the data protection regulation"),
        municipality=work.tenant.name,
        date=work.today,
        blocks=blocks,
        contents=False,
        language="en" if current_locale() == "en" else "sv",
        accent=work.tenant.accent,
    )


def _facts(*pairs: tuple[str, str]) -> Table:
    columns = (Column(_("What"), 2), Column(_("Answer"), 3))
    return Table(columns, pairs, row_headers=True)


async def _deeds(found: Touched) -> Table:
    columns = (Column(_("Action"), 2), Column(_("Kind"), 2), Column(_("Times"), 1, "right"))
    actions, kinds = action_words(), kind_words()
    rows = [
        (actions[action], kinds.get(kind, kind.replace("_", " ")), str(times))
        for action, kind, times in found.deeds
    ]
    return Table(columns, tuple(rows[:MOST_LISTED]))


async def _actors(work: Work, found: Touched) -> Table:
    people = {row[0] for row in found.actors if row[0]}
    names = await _names(work, people)
    tokens = {
        row[0]: row[1]
        for row in await work.rows(
            select(ApiToken.id, ApiToken.name).where(
                ApiToken.id.in_({row[1] for row in found.actors if row[1]})
            )
        )
    }
    columns = (
        Column(_("Who"), 3),
        Column(_("API key"), 2),
        Column(_("Network address"), 2),
        Column(_("Times"), 1, "right"),
    )
    rows = [
        (
            names[person] if person else _("The service"),
            tokens.get(token, "") if token else "",
            address,
            str(times),
        )
        for person, token, address, times in found.actors
    ]
    return Table(columns, tuple(rows[:MOST_LISTED]))


async def _people(work: Work, found: Touched) -> tuple[Block, ...]:
    names = await _names(work, set(found.people))
    shown = sorted(names[id] for id in found.people)[:MOST_LISTED]
    table = Table((Column(_("Name")),), tuple((name,) for name in shown))
    if len(found.people) <= MOST_LISTED:
        return (table,)
    told = _("The first {most} are printed here.", most=MOST_LISTED)
    return RichText(f"<p>{escape(told)}</p>"), table


async def _names(work: Work, ids: set[UUID]) -> dict[UUID, str]:
    work.note(Action.EXPORT, "person", about=ids, records=ids)
    return await names_of(work, ids)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"


def _record_titles() -> tuple[str, ...]:
    return (
        _("Treatment"),
        _("Purpose"),
        _("Legal basis"),
        _("Whom it is about"),
        _("Which data"),
        _("Who gets it"),
        _("Outside the EU"),
        _("How long it is kept"),
        _("How it is protected"),
        _("Processor"),
        _("Unit"),
        _("To be looked over"),
        _("Ended"),
    )
