"""Getting hold of a row to change it: one writer at a time, over the version that was seen."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most, one_line
from ....tenants.rows import TenantRow
from ....tenants.work import Work
from .models import ControlItem, ControlOccasion, ControlPlan, Process, Risk

WRITE, RECORD = "internal_control.write", "internal_control.record"
ATTEST = "internal_control.attest"
TITLE, TEXT = 200, 4_000

R = TypeVar("R", Process, Risk, ControlPlan, ControlItem, ControlOccasion)


async def hold(work: Work, model: type[R], id: UUID, version: int | None = None) -> R:
    """The row, which nobody else can change until the work ends.

    Raises NotFound, and Conflict when somebody has saved since `version`.
    """
    await work.get(model, id)
    again = select(model).where(model.id == id).with_for_update()
    row = await work.first(again.execution_options(populate_existing=True))
    assert row is not None
    if version is not None and version != row.version:
        raise Conflict(
            _("Somebody else has changed this meanwhile. Load the page again."), field="version"
        )
    return row


async def saved(work: Work, row: R) -> R:
    """The row with a new version, by whom and when."""
    row.version = (row.version or 0) + 1
    if not isinstance(row, ControlOccasion):
        row.changed_by, row.changed_at = work.actor.id, work.now
    await work.flush()
    return row


def line(text: str, *, field: str) -> str:
    return one_line(text, field=field, most=TITLE)


def words(text: str, *, field: str, needed: bool = False) -> str:
    """Text up to 4,000 signs. Raises InvalidInput, also when it is needed and empty."""
    written = at_most(text, field=field, most=TEXT)
    if needed and not written:
        raise InvalidInput(_("Write something here: it cannot be empty."), field=field)
    return written


def told(value: object) -> str:
    """A value as the history of changes keeps it."""
    return "" if value is None else str(value)


def differences(row: TenantRow, values: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """What was and what becomes, by the columns that change."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    before = {name: told(getattr(row, name)) for name in changed}
    return before, {name: told(value) for name, value in changed.items()}
