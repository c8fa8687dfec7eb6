"""The versions of units, as all that changes the tree needs them: found, checked, one at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from ...authz.permit import NOWHERE
from ...infra.errors import Conflict, InvalidInput
from ...infra.i18n import _
from ..models import Unit, UnitVersion
from ..turns import take_turn
from ..work import Work
from .spans import MOST_LEVELS, Fault, FaultKind, Span, faults

Day: TypeAlias = date | ColumnElement[date]


def on_day(day: Day, version: type[UnitVersion] = UnitVersion) -> ColumnElement[bool]:
    return and_(version.valid_from <= day, still_on(day, version))


def still_on(day: Day, version: type[UnitVersion] = UnitVersion) -> ColumnElement[bool]:
    """Whether the version holds on the day or on a later one."""
    return or_(version.valid_to.is_(None), version.valid_to > day)


async def take_tree(work: Work) -> None:
    """Wait until nobody else rebuilds the tree of this municipality, and keep others waiting.

    Two moves at once, each of them right, could put two units below one another.
    """
    await take_turn(work, "tree")


async def hold_unit(work: Work, unit_id: UUID | None) -> None:
    """Wait for whoever ends the unit, and keep it from being ended, while others may add too."""
    if unit_id is not None:
        await work.first(
            select(Unit.id).where(Unit.id == unit_id).with_for_update(read=True, key_share=True)
        )


async def version_on(work: Work, unit_id: UUID, day: date) -> UnitVersion:
    """The version of a unit on a day. NotFound if there is no such unit, Conflict if not then."""
    (version,) = await versions_on(work, [unit_id], day)
    return version


async def versions_on(work: Work, unit_ids: Sequence[UUID], day: date) -> list[UnitVersion]:
    """The version of each unit on a day, in the order asked for. Refuses like `version_on`."""
    known = set(await work.scalars(select(Unit.id).where(Unit.id.in_(unit_ids))))
    for unit_id in unit_ids:
        if unit_id not in known:
            await work.get(Unit, unit_id)
    then = select(UnitVersion).where(UnitVersion.unit_id.in_(unit_ids), on_day(day))
    found = {version.unit_id: version for version in await work.scalars(then)}
    if len(found) < len(known):
        raise Conflict(_("The unit does not exist on {day}.", day=day.isoformat()))
    return [found[unit_id] for unit_id in unit_ids]


def require_whole(work: Work, versions: Iterable[UnitVersion]) -> None:
    """What ends, or is let stand again, takes the right at the unit and at its parent."""
    for version in versions:
        work.require("organisation.edit", at=version.unit_id)
        work.require("organisation.edit", at=version.parent_id or NOWHERE)


def refuse_below(names: Iterable[str]) -> None:
    """Conflict when any units, by their names, stand below one that is to go."""
    below = sorted(set(names))
    if below:
        raise Conflict(
            _(
                "These units stand below it: {names}. Move or end them first.",
                names=", ".join(below),
            )
        )


async def refuse_later_change(work: Work, unit_ids: Collection[UUID], day: date) -> None:
    later = select(UnitVersion.id).where(
        UnitVersion.unit_id.in_(unit_ids), UnitVersion.valid_from > day
    )
    if await work.first(later):
        raise Conflict(_("The unit has a change on a later day already. Undo that one first."))


async def refuse_faults(work: Work, unit_ids: Collection[UUID], *, field: str | None) -> None:
    """Conflict when one of the units, as now written, cannot stand where it stands on some day."""
    fault = next(faults(await all_spans(work), unit_ids), None)
    if fault is not None:
        name = select(UnitVersion.name).where(UnitVersion.unit_id == fault.path[1])
        above = await work.first(name.order_by(UnitVersion.valid_from.desc()).limit(1))
        raise Conflict(fault_sentence(fault, above or "–"), field=field)


async def all_spans(work: Work) -> list[Span]:
    rows = await work.rows(
        select(
            UnitVersion.unit_id,
            UnitVersion.parent_id,
            UnitVersion.valid_from,
            UnitVersion.valid_to,
        )
    )
    return [Span(unit, parent, since, until or date.max) for unit, parent, since, until in rows]


def fault_sentence(fault: Fault, above: str) -> str:
    """What is wrong, to the one who moved the unit; `above` is the name of the unit above."""
    if fault.kind is FaultKind.LOOP:
        return _("A unit cannot be moved in under itself.")
    if fault.kind is FaultKind.DEPTH:
        return _("The tree would get more than {most} levels.", most=MOST_LEVELS)
    if fault.kind is FaultKind.PARENT_BEGINS:
        return _("The unit above, {name}, begins only on {day}.", name=above, day=fault.day)
    return ending_sentence(above, fault.day)


def ending_sentence(above: str, day: date) -> str:
    return _("The unit above, {name}, ends on {day}. Choose another one.", name=above, day=day)


def plain_code(text: str) -> str:
    code = text.strip()
    if not 1 <= len(code) <= 40:
        raise InvalidInput(_("A unit needs a code of 1 to 40 signs."), field="code")
    return code


def plain_name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= 200:
        raise InvalidInput(_("A unit needs a name of 1 to 200 signs."), field="name")
    return name
