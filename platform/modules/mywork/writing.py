"""What is filled in on My work, handed on to where it belongs."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from sqlalchemy import select

from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _, in_language
from ....infra.numbers import format_number
from ....infra.periods import parse_period
from ...web.page import View
from ..goals.models import Indicator, Outcome
from ..goals.service import (
    ActivityState,
    OutcomeValues,
    change_activity,
    goal_analysis,
    goal_settings,
    read_value,
    set_outcome,
    write_comment,
)

NAMES = ("total", "women", "men", "target")


async def save_value(view: View) -> dict[str, Any]:
    """Keep one value; what to tell: a message, and the light that the indicator has now.

    Raises InvalidInput, or Conflict when another value has come in since the page was made.
    """
    work, form = view.work, view.form
    node_id, unit_id = _id(form.get("node")), _id(form.get("unit"))
    indicator = await work.get(Indicator, node_id)
    name = next((name for name in NAMES if name in form), "")
    if not name:
        raise InvalidInput(_("The form could not be read. Load the page again and try once more."))
    value = read_value(form.get(name), indicator, sure=False)
    await _refuse_other(view, indicator, unit_id, name)
    values = cast("OutcomeValues", {name: value})
    await set_outcome(work, node_id, unit_id=unit_id, period=form.get("period"), values=values)
    return await _light(view, node_id, unit_id)


async def save_comment(view: View) -> None:
    form = view.form
    await write_comment(
        view.work,
        _id(form.get("node")),
        unit_id=_id(form.get("unit")),
        period=form.get("period"),
        text=form.get("text"),
    )


async def close_activity(view: View) -> str:
    """Give the activity a state that closes it, and the comment if one was written."""
    work, form = view.work, view.form
    node_id = _id(form.get("node"))
    if form.get("text").strip():
        await save_comment(view)
    await change_activity(work, node_id, changes={"state": form.get("state")})
    settings = await goal_settings(work)
    state = settings.state(form.get("state"))
    word = in_language(state.word) if state else ""
    return _("{title}: {state}.", title=form.get("title")[:200], state=word)


async def closing_states(view: View) -> list[ActivityState]:
    """The states that end an activity, in the municipality's order."""
    settings = await goal_settings(view.work)
    return [state for state in settings.activity_states if state.closed]


async def _light(view: View, node_id: UUID, unit_id: UUID) -> dict[str, Any]:
    period = parse_period(view.form.get("period"))
    analysis = await goal_analysis(view.work, unit_id=unit_id, period=period)
    row = next((row for row in analysis.rows if row.node.id == node_id), None)
    if row is None or row.verdict is None or row.verdict.light is None or analysis.model is None:
        return {"message": _("Saved.")}
    light = row.verdict.light.value
    words = next(
        (each["word"] for each in analysis.model.lights if each["light"] == light), {"sv": light}
    )
    word = in_language(cast("dict[str, str]", words))
    return {"message": _("Saved."), "light": light, "word": word}


async def _refuse_other(view: View, indicator: Indicator, unit_id: UUID, name: str) -> None:
    """Conflict when what stands is neither what was there, nor what is written now."""
    standing = await view.work.first(
        select(Outcome).where(
            Outcome.node_id == indicator.id,
            Outcome.unit_id == unit_id,
            Outcome.period == view.form.get("period"),
        )
    )
    now = getattr(standing, name) if standing else None
    was = read_value(view.form.get("was"), indicator, sure=True)
    wanted = read_value(view.form.get(name), indicator, sure=True)
    if now is not None and now not in (was, wanted):
        shown = format_number(now, indicator.decimals, view.actor.locale)
        raise Conflict(
            _("Somebody else has written {value} here meanwhile. Load the page again.", value=shown)
        )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(_("It does not exist, or you may not see it.")) from None
