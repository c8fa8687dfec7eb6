"""Saving in the goal analysis: one field, a row without scripts, or a block from a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from starlette.responses import Response

from .....infra.errors import AppError, Conflict, NotFound
from .....infra.i18n import _
from ....web.page import Partial, View, action
from ..models import JUDGED, PlanNode
from .entering import Changed, Doubtful
from .pages import show_analysis
from .saving import Cell, changed_since, save_block, save_field, standing_at
from .shown import changed_parts
from .table import NUMBERS, chosen_period, node_of

FIELDS: Final = (*NUMBERS, "comment", "in_report", "state")
MOST_CELLS: Final = 2_000
TRIES: Final = 5


@action("/{unit}/{year:int}/malanalys/rad/{node}", name="save_goal_row")
async def save_goal_row(view: View) -> Response:
    """One field (`name=value&was=…`) with scripts, else all fields of the row."""
    if view.partial:
        return await _save_one(view)
    return await _save_row(view)


@action("/{unit}/{year:int}/malanalys/klistra", name="paste_goal_values")
async def paste_goal_values(view: View) -> Response:
    """A block: each field is `<node>.<name>=value`. What fits is kept, the rest is told of."""
    sent = view.form.fields.items()
    cells = [cell for key, texts in sent if (cell := _cell(key, texts[0])) is not None]
    period = chosen_period(view)
    told, warned = await save_block(
        view.work, cells[:MOST_CELLS], unit_id=view.here.unit.id, period=period
    )
    parts = [message(cell.node_id, cell.name, told.get(cell)) for cell in cells[:MOST_CELLS]]
    parts += [_warning(node_id, text) for node_id, text in warned.items()]
    parts += await changed_parts(view, {cell.node_id for cell in cells})
    return await view.parts(*parts, status=422 if told else 200)


async def _save_one(view: View) -> Response:
    node_id = node_of(view)
    name = next((key for key in view.form.fields if key in FIELDS), "")
    if not name:
        raise NotFound(_("There is no page at this address."))
    text = view.form.get(name)
    try:
        warning = await _kept(view, node_id, name, text)
    except NotFound:
        raise
    except AppError as error:
        return await view.parts(message(node_id, name, error, text), status=error.status)
    parts = [message(node_id, name, None)]
    if name in NUMBERS:
        parts.append(_warning(node_id, warning))
    elif (await view.work.get(PlanNode, node_id)).kind in JUDGED:
        return await view.parts(*parts)  # a comment changes no light
    return await view.parts(*parts, *await changed_parts(view, [node_id]))


async def _kept(view: View, node_id: UUID, name: str, text: str) -> str:
    """Fields of one row are saved at the same time: one that was not first looks again, and finds
    its own field as it was."""
    for tries_left in reversed(range(TRIES)):
        try:
            async with view.work.attempt():
                return await save_field(
                    view.work,
                    node_id,
                    name,
                    text,
                    was=view.form.get("was"),
                    unit_id=view.here.unit.id,
                    period=chosen_period(view),
                    sure=view.form.get("sure") == text,
                )
        except Changed:
            raise
        except Conflict:
            if not tries_left:
                raise
    raise AssertionError


async def _save_row(view: View) -> Response:
    """Without scripts. What cannot be kept is shown again in its field, and nothing was kept."""
    node_id, period = node_of(view), chosen_period(view)
    work, unit_id = view.work, view.here.unit.id
    sent = {name: view.form.get(name) for name in FIELDS if name in view.form}
    if "comment" in sent:
        sent["in_report"] = view.form.get("in_report")
    standing = await standing_at(work, node_id, unit_id=unit_id, period=period)
    changed = {name: text for name, text in sent.items() if text != standing.text(name)}
    faults: list[str] = []
    warning = ""
    try:
        async with work.attempt():
            since = await changed_since(work, standing, changed, view.query("sedd"))
            if since:
                raise Changed(since, theirs="")
            for name, text in changed.items():
                was = standing.text(name)
                try:
                    warning = await save_field(
                        work,
                        node_id,
                        name,
                        text,
                        was=was,
                        unit_id=unit_id,
                        period=period,
                        sure=False,
                    )
                except NotFound:
                    raise
                except AppError as error:
                    faults.append(error.message)
            if faults:
                raise Changed(" ".join(faults), theirs="")
    except Changed as refusal:
        kept = {(node_id, name): text for name, text in sent.items()}
        return await show_analysis(view, status=422, written=kept, told={node_id: refusal.message})
    told = _("The row is saved.") if not warning else f"{_('The row is saved.')} {warning}"
    address = view.url("goal_analysis", {"period": str(period)} if view.query("period") else None)
    return view.redirect(f"{address}#r-{node_id}", said=told)


def message(node_id: UUID, name: str, error: AppError | None, mine: str = "") -> Partial:
    """What there is to say of one field; nothing takes away what was said before."""
    values: Mapping[str, object] = {
        "id": f"e-{node_id}-{name}",
        "error": error,
        "mine": mine,
        "changed": isinstance(error, Changed),
        "doubtful": isinstance(error, Doubtful),
    }
    return Partial(f"e-{node_id}-{name}", "goals/analysis_error.html", values)


def _warning(node_id: UUID, text: str) -> Partial:
    values = {"id": f"e-{node_id}-fit", "text": text}
    return Partial(f"e-{node_id}-fit", "goals/analysis_warning.html", values)


def _cell(key: str, text: str) -> Cell | None:
    node, _dot, name = key.partition(".")
    if name not in NUMBERS:
        return None
    try:
        return Cell(UUID(node), name, text)
    except ValueError:
        return None
