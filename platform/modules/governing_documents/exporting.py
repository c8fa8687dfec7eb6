"""The register as a workbook, and the follow-up as a workbook or as a Word file for the council."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Literal, TypeAlias
from uuid import UUID

from ....authz.permit import permit
from ....infra.documents.excel import Sheet, SheetColumn, write_excel
from ....infra.documents.model import (
    Block,
    Column,
    Document,
    Heading,
    Landscape,
    Light,
    LightMark,
    RichText,
    Table,
)
from ....infra.documents.richplain import from_plain
from ....infra.errors import InvalidInput
from ....infra.i18n import _, current_locale
from ....tenants.models import Unit
from ....tenants.names import names_of
from ....tenants.terms import terms_of
from ....tenants.tree import units
from ....tenants.work import STOCKHOLM, Work
from ....workers.exports import XLSX, file_name, keep_file
from ....workers.jobs import Outcome, Run, job
from ....workers.models import Job
from ..actions.service import lamps_of
from .holding import EXPORT
from .listing import ALL, Filter, documents
from .models import AnswerState, DocumentState, GoverningDocument
from .overview import Followed, FollowUp, Progress, follow_up
from .service import units_of
from .settings import document_settings
from .words import (
    DOCUMENTS,
    LIGHTS,
    answer_lamp,
    answer_words,
    for_whom,
    kind_words,
    overdue_words,
    state_words,
)

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Form = Literal["word", "excel"]
Actions: TypeAlias = Mapping[UUID, tuple[Light, str]]
"""The light and the word of actions, by their ids."""


@permit(EXPORT)
async def ask_for_documents(work: Work, chosen: Filter = ALL) -> Job:
    """Have the documents that fit written to a workbook. Raises NotFound for an unknown unit."""
    for id, field in ((chosen.body_id, "bodyId"), (chosen.unit_id, "unitId")):
        if id is not None:
            await work.get(Unit, id, field=field)
    given = {name: str(value) for name, value in asdict(chosen).items() if value}
    return await export_documents.later(work, chosen=given)


@permit(EXPORT)
async def ask_for_follow_up(
    work: Work, *, form: Form, document_id: UUID | None = None, unit_id: UUID | None = None
) -> Job:
    """Have the follow-up written, as Word or Excel. Raises NotFound, InvalidInput."""
    if form not in ("word", "excel"):
        raise InvalidInput(_("Choose one from the list."), field="form")
    if document_id is not None:
        await work.get(GoverningDocument, document_id, field="documentId")
    if unit_id is not None:
        await work.get(Unit, unit_id, field="unitId")
    return await export_follow_up.later(
        work, form=form, document_id=str(document_id or ""), unit_id=str(unit_id or "")
    )


@job(name="governing_documents.export_documents", queue="exports")
async def export_documents(work: Work, run: Run, *, chosen: dict[str, str]) -> Outcome:
    rows = (await documents(work, _filter(chosen), limit=None)).rows
    ids = [row.document.id for row in rows]
    named = await units_of(work, ids)
    settings, states, overdue = await document_settings(work), state_words(), overdue_words()
    places = await _unit_names(work)
    people = await names_of(work, (row.document.owner_id for row in rows))
    titles = {row.document.id: row.document.title for row in rows}
    lines = []
    for row in rows:
        document, version = row.document, row.version
        lines.append(
            (
                *(document.number, document.title, settings.name_of(document.type_key)),
                LightMark(LIGHTS[row.state], states[row.state]),
                overdue[row.overdue] if row.overdue else "",
                places.get(document.body_id, ""),
                version.number if version else None,
                version.decided_on if version else None,
                version.decided_paragraph if version else "",
                version.registry_number if version else "",
                version.valid_from if version else None,
                version.valid_to if version else None,
                document.review_on,
                places.get(document.unit_id, ""),
                people.get(document.owner_id, "") if document.owner_id else "",
                for_whom(document.applies, named[document.id], places),
                titles.get(document.superior_id, "") if document.superior_id else "",
                _("Yes") if document.published_at else _("No"),
            )
        )
    called = (await terms_of(work)).word(DOCUMENTS)
    sheet = Sheet(called, f"{called}, {work.tenant.name}", _columns(), lines)
    data = await asyncio.to_thread(write_excel, [sheet], on=work.today)
    name = file_name(called, work.tenant.name, f"{work.today}", ending="xlsx")
    file = await keep_file(work, run, name=name, media_type=XLSX, data=data)
    return {"file": str(file.id), "documents": len(rows)}


@job(name="governing_documents.export_follow_up", queue="exports")
async def export_follow_up(
    work: Work, run: Run, *, form: Form, document_id: str, unit_id: str
) -> Outcome:
    found = await follow_up(
        work,
        document_id=UUID(document_id) if document_id else None,
        unit_id=UUID(unit_id) if unit_id else None,
    )
    title = _("Follow-up of governing documents")
    places = await _unit_names(work)
    people = await names_of(work, (row.answer.told_by for row in found.rows))
    planned = [row.action for row in found.rows if row.action is not None]
    actions = await lamps_of(work, planned) if planned else {}
    if form == "excel":
        sheets = _sheets(work, found, places, people, actions)
        data, media, ending = (
            await asyncio.to_thread(write_excel, sheets, on=work.today),
            XLSX,
            "xlsx",
        )
    else:
        from ....infra.documents.word import write_word

        document = Document(
            title=title,
            municipality=work.tenant.name,
            date=work.today,
            language="en" if current_locale() == "en" else "sv",
            accent=work.tenant.accent,
            blocks=tuple(_blocks(work, found, places, actions)),
            contents=False,
        )
        data, media, ending = await asyncio.to_thread(write_word, document), DOCX, "docx"
    name = file_name(title, work.tenant.name, f"{work.today}", ending=ending)
    file = await keep_file(work, run, name=name, media_type=media, data=data)
    return {"file": str(file.id), "rows": len(found.rows)}


def _blocks(
    work: Work, found: FollowUp, places: Mapping[UUID, str], actions: Actions
) -> list[Block]:
    blocks: list[Block] = [Heading(1, _("How far we have come"))]
    if not found.rows:
        return [*blocks, RichText(from_plain(_("Nothing is followed up yet.")))]
    blocks.append(_progress_table(_("By document"), _("Document"), found.documents, found.whole))
    blocks.append(_progress_table(_("By unit"), _("Unit"), found.units, found.whole))
    for document in found.documents:
        own = [row for row in found.rows if row.document.id == document.id]
        table = Table(
            (
                Column(_("Goal or assignment"), 4),
                Column(_("Unit"), 2),
                Column(_("Last day"), 1.4),
                Column(_("State"), 1.6),
                Column(_("What the unit tells"), 4),
            ),
            tuple(_told(work, row, places, actions) for row in own),
            caption=_("What the units tell"),
        )
        blocks.append(Landscape((Heading(1, document.name), table)))
    return blocks


def _told(
    work: Work, row: Followed, places: Mapping[UUID, str], actions: Actions
) -> tuple[str | LightMark, ...]:
    told = [row.answer.text] if row.answer.text else []
    if row.action is not None:
        state = actions[row.action.id][1]
        told.append(_("Planned action: {title} ({state})", title=row.action.title, state=state))
    lamp = answer_lamp(row, work.today)
    return (
        row.assignment.text,
        places.get(row.answer.unit_id, ""),
        str(row.assignment.due_on or ""),
        LightMark(lamp.light, lamp.word),
        "\n".join(told),
    )


def _progress_table(caption: str, of: str, rows: list[Progress], whole: Progress) -> Table:
    words = answer_words()
    columns = (
        Column(of, 4),
        *(Column(words[state], 1.3, "right") for state in AnswerState),
        Column(_("Late"), 1.3, "right"),
        Column(_("In all"), 1, "right"),
    )
    lines = [*rows, Progress(None, _("All together"), whole.counts, whole.late)]
    return Table(
        columns,
        tuple(
            (
                row.name,
                *(str(row.counts[state]) for state in AnswerState),
                str(row.late),
                str(row.total),
            )
            for row in lines
        ),
        caption=caption,
        row_headers=True,
    )


def _sheets(
    work: Work,
    found: FollowUp,
    places: Mapping[UUID, str],
    people: Mapping[UUID, str],
    actions: Actions,
) -> list[Sheet]:
    kinds = kind_words()
    rows = []
    for row in found.rows:
        lamp, answer = answer_lamp(row, work.today), row.answer
        rows.append(
            (
                row.document.title,
                kinds[row.assignment.kind],
                row.assignment.text,
                places.get(answer.unit_id, ""),
                row.assignment.due_on,
                LightMark(lamp.light, lamp.word),
                answer.text,
                row.action.title if row.action else "",
                LightMark(*actions[row.action.id]) if row.action else None,
                answer.told_at.astimezone(STOCKHOLM).date() if answer.told_at else None,
                people.get(answer.told_by, "") if answer.told_by else "",
            )
        )
    columns = (
        SheetColumn(_("Document"), width=34),
        SheetColumn(_("Kind"), width=18),
        SheetColumn(_("Goal or assignment"), width=50),
        SheetColumn(_("Unit"), width=26),
        SheetColumn(_("Last day"), "date", width=12),
        SheetColumn(_("State"), "light", width=18),
        SheetColumn(_("What the unit tells"), width=50),
        SheetColumn(_("Planned action"), width=34),
        SheetColumn(_("State of the action"), "light", width=18),
        SheetColumn(_("Told on"), "date", width=12),
        SheetColumn(_("Told by"), width=22),
    )
    return [
        Sheet(_("Follow-up"), "", columns, rows),
        _counts(_("By document"), found.documents),
        _counts(_("By unit"), found.units),
    ]


def _counts(name: str, rows: list[Progress]) -> Sheet:
    words = answer_words()
    columns = (
        SheetColumn(name, width=36),
        *(SheetColumn(words[state], "number") for state in AnswerState),
        SheetColumn(_("Late"), "number"),
        SheetColumn(_("In all"), "number"),
    )
    return Sheet(
        name,
        "",
        columns,
        [
            (row.name, *(row.counts[state] for state in AnswerState), row.late, row.total)
            for row in rows
        ],
    )


def _columns() -> tuple[SheetColumn, ...]:
    return (
        SheetColumn(_("Number of the document"), width=14),
        SheetColumn(_("Document"), width=38),
        SheetColumn(_("Type of document")),
        SheetColumn(_("State"), "light", width=22),
        SheetColumn(_("To be seen to"), width=30),
        SheetColumn(_("Decided by"), width=26),
        SheetColumn(_("Version"), "number", width=10),
        SheetColumn(_("Day of the decision"), "date"),
        SheetColumn(_("Paragraph in the minutes")),
        SheetColumn(_("Registry number")),
        SheetColumn(_("Valid from"), "date"),
        SheetColumn(_("Valid to"), "date"),
        SheetColumn(_("To be reviewed"), "date"),
        SheetColumn(_("Kept by"), width=26),
        SheetColumn(_("Who answers for it"), width=22),
        SheetColumn(_("For whom"), width=34),
        SheetColumn(_("Superior document"), width=30),
        SheetColumn(_("Public"), width=10),
    )


async def _unit_names(work: Work) -> dict[UUID, str]:
    return {unit.id: unit.name for unit in await units.tree(work)}


def _filter(given: Mapping[str, str]) -> Filter:
    return Filter(
        words=given.get("words", ""),
        type_key=given.get("type_key", ""),
        body_id=UUID(given["body_id"]) if "body_id" in given else None,
        unit_id=UUID(given["unit_id"]) if "unit_id" in given else None,
        state=DocumentState(given["state"]) if "state" in given else None,
        overdue="overdue" in given,
    )
