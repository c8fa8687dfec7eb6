"""Those who give grants: the municipality's own list, with well known public bodies to begin."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import func, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import one_line
from ....tenants.rows import uuid7
from ....tenants.work import Work
from .models import GrantGiver

NAME: Final = 200


@permit("grants.read")
async def givers(work: Work) -> Sequence[GrantGiver]:
    """All on the municipality's list in Swedish order, those taken off it last."""
    return await work.scalars(
        select(GrantGiver).order_by(
            GrantGiver.ended_on.is_not(None), func.sv_key(GrantGiver.name), GrantGiver.id
        )
    )


@permit("grants.read")
async def giver_names(work: Work) -> list[str]:
    """Whom a new grant can be from: the list, and the well known that are not on it yet."""
    rows = await givers(work)
    known = {row.name.casefold() for row in rows}
    own = [row.name for row in rows if row.ended_on is None]
    return own + [name for name in well_known() if name.casefold() not in known]


@permit("grants.design")
async def add_giver(work: Work, *, name: str) -> GrantGiver:
    """Raises Conflict for one that is on the list."""
    name = one_line(name, field="name", most=NAME)
    if await _named(work, name) is not None:
        raise Conflict(_("The giver {name} is on the list already.", name=name), field="name")
    return await _add(work, name)


@permit("grants.design")
async def change_giver(
    work: Work, giver_id: UUID, *, name: str | None = None, ended: bool | None = None
) -> GrantGiver:
    """Another name, or taken off the list or put back on it. Grants keep their giver."""
    row = await work.get(GrantGiver, giver_id)
    if name is not None:
        name = one_line(name, field="name", most=NAME)
        same = await _named(work, name)
        if same is not None and same.id != row.id:
            raise Conflict(_("The giver {name} is on the list already.", name=name), field="name")
        row.name = name
    if ended is not None:
        row.ended_on = (row.ended_on or work.today) if ended else None
    row.changed_by, row.changed_at = work.actor.id, work.now
    await work.flush()
    return row


async def giver_named(work: Work, name: str, *, field: str = "giver") -> GrantGiver:
    """The one on the list; a well known one comes on it when it is first used. Raises
    InvalidInput."""
    name = one_line(name, field=field, most=NAME)
    row = await _named(work, name)
    if row is not None:
        return row
    for known in well_known():
        if known.casefold() == name.casefold():
            return await _add(work, known)
    raise InvalidInput(
        _(
            "{name} is not on the list of givers. Choose one of them, or have an administrator "
            "add it.",
            name=name,
        ),
        field=field,
    )


@cache
def well_known() -> tuple[str, ...]:
    """Public bodies that give grants to municipalities."""
    return tuple(orjson.loads((files(__package__) / "givers.json").read_bytes()))


async def _named(work: Work, name: str) -> GrantGiver | None:
    return await work.first(
        select(GrantGiver).where(func.lower(GrantGiver.name) == name.lower()).limit(1)
    )


async def _add(work: Work, name: str) -> GrantGiver:
    row = GrantGiver(id=uuid7(), name=name, changed_by=work.actor.id, changed_at=work.now)
    work.add(row)
    await work.flush()
    return row
