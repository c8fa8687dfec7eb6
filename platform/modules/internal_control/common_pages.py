"""What the pages of internal control share: their form, the way back, what a form has seen."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, Final, Literal
from uuid import UUID

from starlette.responses import Response

from ....infra.errors import AppError
from ....tenants.tree import units
from ....tenants.tree.units import Placed
from ...web.fields import Field, shown
from ...web.page import View
from ...web.register import Lamp
from .models import ControlLight, PlanState
from .words import INTERNAL_CONTROL, light_words, state_words

BASE: Final = "/internkontroll"
HERE: Final = "/{unit}/{year:int}/internkontroll"
STATE_LIGHTS: Final[Mapping[PlanState, Literal["green", "yellow", "none"]]] = {
    PlanState.DRAFT: "none",
    PlanState.ATTESTED: "yellow",
    PlanState.DECIDED: "yellow",
    PlanState.ACTIVE: "green",
    PlanState.FOLLOWED_UP: "green",
    PlanState.CLOSED: "green",
}


async def show_form(
    view: View,
    fields: list[Field],
    *,
    heading: str,
    save: str,
    back: str,
    back_word: str,
    stands: Mapping[str, Any] | None = None,
    version: int | None = None,
    problem: AppError | None = None,
    **more: Any,
) -> Response:
    """A form of its own, with what stands in it until something is sent. It is sent to the address
    that it has."""
    given = {field.name: None for field in fields} | dict(stands or {})
    return await view.render(
        "internal_control/form.html",
        status=problem.status if problem else 200,
        word=await view.word(INTERNAL_CONTROL),
        heading=heading,
        fields=fields,
        values=shown(SimpleNamespace(**given), fields, view.form),
        version=view.form.get("version") or version,
        problem=problem,
        save=save,
        back=back,
        back_word=back_word,
        **({"intro": "", "danger": False} | more),
    )


async def home(view: View, unit: Placed, year: int | None = None) -> str:
    """The overview of a unit: in the year of the page that one comes from, unless given."""
    if year is None:
        place = (await view.shell()).place
        year = place.year if place else view.work.today.year
    return view.url("internal_control", unit=unit.slug, year=year)


async def placed(view: View, unit_id: UUID) -> Placed:
    (unit,) = await units.placed(view.work, [unit_id])
    return unit


def light_lamp(light: ControlLight | None, otherwise: str) -> Lamp:
    return Lamp(light.value, light_words()[light]) if light else Lamp("none", otherwise)


def state_lamp(state: PlanState) -> Lamp:
    return Lamp(STATE_LIGHTS[state], state_words()[state])
