"""Goals, risks and governing documents looked for, and taken up at a meeting."""

from __future__ import annotations

from uuid import UUID

from starlette.responses import Response

from ....infra.errors import AppError, InvalidInput, NotFound
from ....infra.i18n import _
from ...web.forms import read_id
from ...web.page import View, action, page
from . import linking
from .meeting_pages import ONE
from .models import ItemKind
from .reading import whole_meeting
from .seeing import SETTLED, WRITE, get_item
from .sources import MOST, SourceKind, Sources, kind_words, kinds_read
from .words import item_kind_words

HERE = ONE + "/lagg-till"
KEYS = {
    SourceKind.GOAL: "node_id",
    SourceKind.RISK: "risk_id",
    SourceKind.DOCUMENT: "document_id",
}


@page(HERE, name="meeting_sources")
async def show(view: View) -> Response:
    return await _show(view)


@action(HERE, name="pull_in_sources")
async def pull_in(view: View) -> Response:
    """What was ticked becomes items, or what the item is about that one came from."""
    id, form = view.id(), view.form
    item_id = read_id(form.get("punkt")) if form.get("punkt") else None
    try:
        async with view.work.attempt():
            kind = form.get("kind")
            if item_id is None and kind not in set(ItemKind):
                raise InvalidInput(_("Choose one from the list."), field="kind")
            if not form.all("val"):
                raise InvalidInput(_("Tick what is to be taken up."), field="val")
            for chosen in form.all("val"):
                source, _colon, found = chosen.partition(":")
                if source not in set(SourceKind):
                    raise NotFound()
                given = {KEYS[SourceKind(source)]: read_id(found)}
                if item_id is None:
                    await linking.pull_in(view.work, id, kind=ItemKind(kind), **given)
                else:
                    await linking.link_item(view.work, item_id, **given)
    except AppError as problem:
        return await _show(view, problem)
    if item_id is not None:
        return view.redirect(view.url("agenda_item", id=item_id), said=_("It is saved."))
    return view.redirect(view.url("meeting", id=id), said=_("It is on the agenda."))


async def _show(view: View, problem: AppError | None = None) -> Response:
    id = view.id()
    whole = await whole_meeting(view.work, id)
    view.work.require(WRITE, at=whole.row.unit_id)
    if whole.row.state in SETTLED:
        raise NotFound()
    asked = view.form if problem else None
    point = asked.get("punkt") if asked else view.query("punkt")
    item = await get_item(view.work, read_id(point)) if point else None
    kinds = kinds_read(view.work)
    named = asked.get("slag") if asked else view.query("slag")
    kind = next((each for each in kinds if each.value == named), kinds[0] if kinds else None)
    words = (asked.get("q") if asked else view.query("q"))[:200]
    found: Sources = {}
    taken: set[UUID] = set()
    if kind is not None:
        found, taken = await linking.sources_to_pull_in(view.work, id, kind=kind, words=words)
    return await view.render(
        "meetings/sources.html",
        status=problem.status if problem else 200,
        heading=_("Add from …"),
        whole=whole,
        item=item,
        kinds=[(each.value, kind_words()[each]) for each in kinds],
        kind=kind,
        words=words,
        found=found,
        taken=taken,
        full=len(found) == MOST,
        item_kinds=item_kind_words(),
        problem=problem,
    )


SOURCE_PAGES = (show, pull_in)
