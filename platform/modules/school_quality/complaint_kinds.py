"""What complaints are about: the municipality's own list, begun with one that comes with the
service. Its kinds have the same ids before and after they are written down as rows, which happens
the first time that something is written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final
from uuid import UUID, uuid5

import orjson
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import in_languages
from ....tenants.log.access_log import Action
from ....tenants.rows import uuid7
from ....tenants.work import Work
from .complaint_models import ComplaintKind

NAME: Final = 120
EXPORT: Final = "school_complaints.export"
DESIGN: Final = "school_complaints.design"


@permit(EXPORT)
async def complaint_kinds(work: Work, *, ended: bool = False) -> list[ComplaintKind]:
    """By position, without those that have ended."""
    rows = await all_kinds(work)
    return [row for row in rows if ended or row.ended_at is None]


async def all_kinds(work: Work) -> list[ComplaintKind]:
    stored = await work.scalars(select(ComplaintKind))
    return sorted(stored or _shipped(work), key=lambda row: (row.position, row.id))


@permit(DESIGN)
async def add_complaint_kind(work: Work, *, name: Mapping[str, str]) -> ComplaintKind:
    """A kind last in the list. Raises InvalidInput."""
    await plant_kinds(work)
    last = await work.first(select(func.max(ComplaintKind.position)))
    id = uuid7()
    row = ComplaintKind(
        id=id,
        key=f"own_{id.hex}",
        name=in_languages(name, field="name", most=NAME),
        position=(last or 0) + 1,
    )
    work.add(row)
    await work.flush()
    work.note(Action.ADD, "school_complaint_kind", records=[row.id])
    return row


@permit(DESIGN)
async def change_complaint_kind(
    work: Work, kind_id: UUID, *, name: Mapping[str, str]
) -> ComplaintKind:
    await plant_kinds(work)
    row = await work.get(ComplaintKind, kind_id)
    row.name = in_languages(name, field="name", most=NAME)
    await work.flush()
    work.note(Action.CHANGE, "school_complaint_kind", records=[row.id])
    return row


@permit(DESIGN)
async def end_complaint_kind(work: Work, kind_id: UUID) -> ComplaintKind:
    """It is chosen no more; complaints of the kind keep it. Raises Conflict."""
    await plant_kinds(work)
    row = await work.get(ComplaintKind, kind_id)
    if row.ended_at is not None:
        raise Conflict(_("It has ended already."))
    row.ended_at, row.ended_by = work.now, work.actor.id
    await work.flush()
    work.note(Action.CHANGE, "school_complaint_kind", records=[row.id])
    return row


async def chosen_kind(work: Work, kind_id: UUID) -> ComplaintKind:
    """One that has not ended, in a write work. Raises NotFound, InvalidInput."""
    await plant_kinds(work)
    row = await work.get(ComplaintKind, kind_id, field="kindId")
    if row.ended_at is not None:
        raise InvalidInput(_("This kind has ended. Choose another one."), field="kindId")
    return row


async def plant_kinds(work: Work) -> None:
    """Write down those that come with the service, unless they are; in a write work."""
    rows = [
        {
            "tenant_id": work.tenant.id,
            "id": row.id,
            "key": row.key,
            "name": row.name,
            "position": row.position,
        }
        for row in _shipped(work)
    ]
    await work.execute(insert(ComplaintKind).values(rows).on_conflict_do_nothing())


def _shipped(work: Work) -> list[ComplaintKind]:
    return [
        ComplaintKind(
            id=uuid5(work.tenant.id, f"school complaint kind {each['key']}"),
            key=each["key"],
            name=each["name"],
            position=number,
        )
        for number, each in enumerate(_read(), start=1)
    ]


@cache
def _read() -> tuple[dict[str, Any], ...]:
    return tuple(orjson.loads((files(__package__) / "complaint_kinds.json").read_bytes()))
