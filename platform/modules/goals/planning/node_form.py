"""What the form for something in the plan has in it, read into what the services take."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from .....infra.documents.richtext import plain_text
from .....infra.errors import InvalidInput
from .....infra.i18n import _
from .....infra.numbers import parse_number
from .....infra.periods import PeriodKind
from .....tenants.work import Work
from ....web.forms import Form
from ..models import Activity, Indicator, NodeKind, PlanNode
from ..rules import Consolidation, Direction
from .activities import ActivityChanges, change_activity
from .indicators import IndicatorChanges
from .nodes import NodeChanges, change_indicator, change_node

Choice = TypeVar("Choice", Direction, PeriodKind, Consolidation)


def read_id(form: Form, name: str) -> UUID | None:
    """Raises InvalidInput for what is no id."""
    text = form.get(name).strip()
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(_("Choose one from the list."), field=name) from None


def read_measure(form: Form) -> IndicatorChanges:
    """How an indicator is measured. Raises InvalidInput, naming the field."""
    return IndicatorChanges(
        measure_unit=form.get("measure_unit"),
        decimals=int(_number(form, "decimals") or 0),
        direction=_choice(Direction, form.get("direction"), "direction"),
        green_limit=_number(form, "green_limit") or Decimal(0),
        yellow_limit=_number(form, "yellow_limit"),
        periodicity=_choice(PeriodKind, form.get("periodicity"), "periodicity"),
        by_sex="by_sex" in form,
        source=form.get("source"),
        consolidation=_choice(Consolidation, form.get("consolidation"), "consolidation"),
    )


def read_day(form: Form, name: str) -> date | None:
    """`2026-12-31`, as a browser's field for days sends it. Raises InvalidInput."""
    text = form.get(name).strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            _("Write the day as year, month and day, such as 2026-12-31."), field=name
        ) from None


async def save_node(
    work: Work,
    node: PlanNode,
    form: Form,
    *,
    indicator: Indicator | None,
    activity: Activity | None,
) -> None:
    """Save what has been changed, if nobody has saved since the form was opened."""
    changes = _node_changes(node, form)
    sent = form.get("version")
    version = int(sent) if sent.isdecimal() and len(sent) < 9 else None
    # Asked for even when nothing is changed, so that a form without right or version is refused.
    saved = await change_node(work, node.id, changes=changes, version=version)
    if node.kind is NodeKind.INDICATOR and indicator is not None and "direction" in form:
        measure = read_measure(form)
        if any(getattr(indicator, key) != value for key, value in measure.items()):
            await change_indicator(work, node.id, changes=measure, version=saved.version)
    if node.kind is NodeKind.ACTIVITY and activity is not None and "state" in form:
        done = ActivityChanges(
            state=form.get("state"),
            starts_on=read_day(form, "starts_on"),
            ends_on=read_day(form, "ends_on"),
        )
        if any(getattr(activity, key) != value for key, value in done.items()):
            await change_activity(work, node.id, changes=done, version=saved.version)


def field_of(error: Exception | None) -> str:
    """The name in the form of the field that a refusal is about, "" when it is about none."""
    name = getattr(error, "field", None) or ""
    found = re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()
    return {"responsible_id": "responsible", "level_id": "level"}.get(found, found)


def _node_changes(node: PlanNode, form: Form) -> NodeChanges:
    changes = NodeChanges(title=form.get("title"))
    if "description" in form and form.get("description") != plain_text(node.description).strip():
        changes["description"] = form.get("description")
    if "responsible" in form:
        chosen = read_id(form, "responsible")
        if chosen != node.responsible_id:
            changes["responsible_id"] = chosen
    return changes


def _number(form: Form, name: str) -> Decimal | None:
    try:
        return parse_number(form.get(name))
    except InvalidInput as error:
        raise InvalidInput(error.message, field=name) from None


def _choice(kind: type[Choice], text: str, field: str) -> Choice:
    try:
        return kind(text)
    except ValueError:
        raise InvalidInput(_("Choose one from the list."), field=field) from None
