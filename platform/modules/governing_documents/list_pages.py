"""The register of governing documents in the browser, their hierarchy, and the follow-up."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from starlette.responses import Response

from ....infra.i18n import _
from ....tenants.tree import units
from ...module import MenuItem
from ...web.exports import export_started
from ...web.page import View, action, page
from ...web.register import PART, Asked, Column, Entry, Facet, Register, asked_of
from ...web.words import MORE
from ..actions.service import lamps_of
from .exporting import Form, ask_for_documents, ask_for_follow_up
from .holding import REPORT, WRITE
from .listing import ALL, Filter, Listed, documents, hierarchy
from .models import DocumentState
from .overview import Progress, follow_up
from .pictures import in_two_widths, picture_of
from .settings import document_settings
from .words import (
    DOCUMENTS,
    answer_lamp,
    answer_words,
    kind_words,
    lamp,
    overdue_lamp,
    state_words,
)

BASE: Final = "/styrdokument"
OVERDUE: Final = "ja"


@page(BASE, name="governing_documents")
async def register(view: View) -> Response:
    work = view.work
    everything = (await documents(work, limit=None)).rows
    places = {unit.id: unit.name for unit in await units.tree(work)}
    types = (await document_settings(work)).types
    facets = _facets(everything, places, [(each.key, each.name) for each in types])
    asked = asked_of(view, facets)
    found = await documents(work, _filter(asked), offset=asked.offset, limit=PART)
    names = {each.key: each.name for each in types}
    columns = [
        Column(_("Document")),
        Column(_("Type of document")),
        Column(_("State")),
        Column(_("Decided by")),
        Column(_("Kept by")),
        Column(_("To be reviewed")),
        Column(_("To be seen to")),
    ]
    entries = [_entry(view, row, places, names) for row in found.rows]
    return await view.render(
        "governing_documents/list.html",
        heading=await view.word(DOCUMENTS),
        tab="governing_documents",
        found=Register(asked, facets, columns, entries, found.total),
        overdue=sum(row.overdue is not None for row in everything),
        overdue_address=view.url("governing_documents", {"forsenat": OVERDUE}),
        may=work.allows(WRITE),
        export=view.url("export_documents") + (f"?{query}" if (query := asked.query()) else ""),
    )


@action(BASE + "/excel", name="export_documents")
async def to_excel(view: View) -> Response:
    types = (await document_settings(view.work)).types
    places = {unit.id: unit.name for unit in await units.tree(view.work)}
    rows = (await documents(view.work, limit=None)).rows
    asked = asked_of(view, _facets(rows, places, [(each.key, each.name) for each in types]))
    return await export_started(view, await ask_for_documents(view.work, _filter(asked)))


@page(BASE + "/hierarki", name="document_hierarchy")
async def tree(view: View) -> Response:
    chosen = await document_settings(view.work)
    return await view.render(
        "governing_documents/tree.html",
        heading=await view.word(DOCUMENTS),
        tab="document_hierarchy",
        branches=await hierarchy(view.work),
        name_of=chosen.name_of,
        lamp=lamp,
        valid=DocumentState.VALID,
    )


@page(BASE + "/uppfoljning", name="document_follow_up")
async def overview(view: View) -> Response:
    facets, asked = await _narrowing(view)
    document_id, unit_id = asked.id("dokument"), asked.id("enhet")
    found = await follow_up(view.work, document_id=document_id, unit_id=unit_id)
    places = {unit.id: unit.name for unit in await units.tree(view.work)}
    by_unit = document_id is not None
    drawn = found.units if by_unit else found.documents
    query = f"?{asked.query()}" if asked.narrowed else ""
    planned = [row.action for row in found.rows if row.action is not None]
    return await view.render(
        "governing_documents/follow_up.html",
        heading=await view.word(DOCUMENTS),
        tab="document_follow_up",
        asked=asked,
        facets=facets,
        found=found,
        picture=in_two_widths(picture_of(drawn, by_unit=by_unit), key="far") if drawn else "",
        tables=_tables(found.documents, found.units),
        states=answer_words(),
        kinds=kind_words(),
        action_lamps=await lamps_of(view.work, planned) if planned else {},
        rows=[
            (
                row,
                places.get(row.answer.unit_id, ""),
                answer_lamp(row, view.work.today),
                view.work.allows(REPORT, at=row.answer.unit_id),
            )
            for row in found.rows
        ],
        exports=[
            (view.url("export_document_follow_up", form="word") + query, _("Word")),
            (view.url("export_document_follow_up", form="excel") + query, _("Excel")),
        ],
    )


@action(BASE + "/uppfoljning/{form}", name="export_document_follow_up")
async def take_out(view: View) -> Response:
    _facets_of, asked = await _narrowing(view)
    form: Form = "excel" if view.path("form") == "excel" else "word"
    made = await ask_for_follow_up(
        view.work, form=form, document_id=asked.id("dokument"), unit_id=asked.id("enhet")
    )
    return await export_started(view, made)


async def _narrowing(view: View) -> tuple[list[Facet], Asked]:
    """By a document or by a unit, of those that have something to follow up."""
    whole = await follow_up(view.work)
    facets = [
        Facet("dokument", _("Document"), _named(whole.documents)),
        Facet("enhet", _("Unit, with those below"), _named(whole.units)),
    ]
    return facets, asked_of(view, facets)


def _named(rows: list[Progress]) -> list[tuple[str, str]]:
    return [(str(row.id), row.name) for row in rows]


def _tables(
    by_document: list[Progress], by_unit: list[Progress]
) -> list[tuple[str, list[Progress]]]:
    return [(_("By document"), by_document), (_("By unit"), by_unit)]


def _facets(
    rows: list[Listed], places: dict[UUID, str], types: list[tuple[str, str]]
) -> list[Facet]:
    bodies = {row.document.body_id for row in rows}
    keepers = {row.document.unit_id for row in rows}
    used = {row.document.type_key for row in rows}
    return [
        Facet("typ", _("Type of document"), [each for each in types if each[0] in used]),
        Facet("beslutat", _("Decided by"), _units(places, bodies)),
        Facet("enhet", _("Unit, with those below"), _units(places, keepers)),
        Facet("lage", _("State"), [(state.value, word) for state, word in state_words().items()]),
        Facet("forsenat", _("To be seen to"), [(OVERDUE, _("Only what is late"))]),
    ]


def _units(places: dict[UUID, str], ids: set[UUID]) -> list[tuple[str, str]]:
    return [(str(id), name) for id, name in places.items() if id in ids]


def _filter(asked: Asked) -> Filter:
    if not asked.narrowed:
        return ALL
    state = asked.chosen["lage"]
    return Filter(
        words=asked.words,
        type_key=asked.chosen["typ"],
        body_id=asked.id("beslutat"),
        unit_id=asked.id("enhet"),
        state=DocumentState(state) if state else None,
        overdue=bool(asked.chosen["forsenat"]),
    )


def _entry(view: View, row: Listed, places: dict[UUID, str], types: dict[str, str]) -> Entry:
    document = row.document
    return Entry(
        document.title,
        [
            types.get(document.type_key, document.type_key),
            lamp(row.state),
            places.get(document.body_id, ""),
            places.get(document.unit_id, ""),
            document.review_on,
            overdue_lamp(row.overdue),
        ],
        address=view.url("governing_document", id=document.id),
        hint=document.number,
    )


LIST_PAGES = (register, to_excel, tree, overview, take_out)
MENU = (
    MenuItem(
        DOCUMENTS,
        page="governing_documents",
        permission="governing_documents.read",
        group=MORE,
    ),
)
