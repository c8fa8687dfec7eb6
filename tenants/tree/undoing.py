"""Undoing what is planned for the tree. What has begun is history, and stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from ...authz.permit import NOWHERE, permit
from ...infra.errors import Conflict
from ...infra.i18n import _
from ..models import Unit, UnitSuccession, UnitVersion
from ..work import Work
from .versions import refuse_below, refuse_faults, require_whole, still_on, take_tree


@permit("organisation.edit")
async def cancel_change(work: Work, unit_id: UUID) -> date:
    """Undo the last planned change of a unit; the answer is the day it was planned for.

    A planned merging or splitting is undone as a whole, at every unit it was to touch. A unit that
    was to begin goes. Raises Conflict when nothing is planned, or something new relies on it.
    """
    await take_tree(work)
    versions = await _versions(work, [unit_id])
    if not versions:
        await work.get(Unit, unit_id)
    last = versions[-1]
    days = [last.valid_from] if last.valid_to is None else [last.valid_from, last.valid_to]
    links = await work.scalars(
        select(UnitSuccession).where(
            or_(UnitSuccession.predecessor_id == unit_id, UnitSuccession.successor_id == unit_id)
        )
    )
    day = max((*days, *(link.from_date for link in links)))
    if day <= work.today:
        raise Conflict(_("Nothing is planned for this unit, so there is nothing to undo."))
    async with work.attempt():
        if any(link.from_date == day for link in links):
            await _undo_reorganisation(work, unit_id, day)
        elif last.valid_to == day:
            await _undo_ending(work, last)
        else:
            await _undo_version(work, versions)
    return day


async def _undo_ending(work: Work, last: UnitVersion) -> None:
    require_whole(work, [last])
    last.valid_to = None
    await work.flush()
    await refuse_faults(work, [last.unit_id], field=None)


async def _undo_version(work: Work, versions: Sequence[UnitVersion]) -> None:
    *before, last = versions
    if not before:
        work.require("organisation.edit", at=last.parent_id or NOWHERE)
        await _remove_units(work, [last.unit_id])
        return
    work.require("organisation.edit", at=last.unit_id)
    if before[-1].parent_id != last.parent_id:
        work.require("organisation.edit", at=last.parent_id or NOWHERE)
        work.require("organisation.edit", at=before[-1].parent_id or NOWHERE)
    await _restore(work, [(before[-1], last)])
    await refuse_faults(work, [last.unit_id], field=None)


async def _undo_reorganisation(work: Work, unit_id: UUID, day: date) -> None:
    links = await _connected(work, unit_id, day)
    old = {link.predecessor_id for link in links}
    new = {link.successor_id for link in links}
    ending = [version for version in await _versions(work, old) if version.valid_to == day]
    require_whole(work, ending)
    begun = await _versions(work, new)
    fresh = {version.unit_id for version in begun} - {
        version.unit_id for version in begun if version.valid_from < day
    }
    _require_successors(work, begun, fresh)
    moved = await _moved(work, old, new, day)
    for link in links:
        await work.delete(link)
    await _restore(work, moved)
    for version in ending:
        version.valid_to = None
    await work.flush()
    await _remove_units(work, fresh)
    await refuse_faults(work, [*old, *(after.unit_id for _before, after in moved)], field=None)


async def _connected(work: Work, unit_id: UUID, day: date) -> list[UnitSuccession]:
    """The links of that day that hang together with the unit."""
    left = list(await work.scalars(select(UnitSuccession).where(UnitSuccession.from_date == day)))
    reached, found = {unit_id}, []
    while near := [link for link in left if {link.predecessor_id, link.successor_id} & reached]:
        found += near
        left = [link for link in left if link not in near]
        reached |= {id for link in near for id in (link.predecessor_id, link.successor_id)}
    return found


async def _moved(
    work: Work, old: set[UUID], new: set[UUID], day: date
) -> list[tuple[UnitVersion, UnitVersion]]:
    """What was below the old units and is to be below the new: each before and after the day."""
    after = await work.scalars(
        select(UnitVersion).where(UnitVersion.parent_id.in_(new), UnitVersion.valid_from == day)
    )
    ids = [version.unit_id for version in after]
    before = {
        version.unit_id: version
        for version in await _versions(work, ids)
        if version.valid_to == day and version.parent_id in old
    }
    return [(before[version.unit_id], version) for version in after if version.unit_id in before]


async def _restore(work: Work, pairs: Iterable[tuple[UnitVersion, UnitVersion]]) -> None:
    """Let each earlier version hold for as long as the later one did, which goes."""
    pairs = list(pairs)
    for _before, after in pairs:
        await work.delete(after)
    await work.flush()
    for before, after in pairs:
        before.valid_to = after.valid_to
    await work.flush()


async def _remove_units(work: Work, unit_ids: Iterable[UUID]) -> None:
    """Remove units that have not begun. The database refuses while anything points at them."""
    ids = list(unit_ids)
    below = select(UnitVersion.name).where(UnitVersion.parent_id.in_(ids), still_on(work.today))
    refuse_below(await work.scalars(below))
    for version in await _versions(work, ids):
        await work.delete(version)
    await work.flush()
    for unit in await work.scalars(select(Unit).where(Unit.id.in_(ids))):
        await work.delete(unit)
    await work.flush()


async def _versions(work: Work, unit_ids: Iterable[UUID]) -> Sequence[UnitVersion]:
    return await work.scalars(
        select(UnitVersion)
        .where(UnitVersion.unit_id.in_(list(unit_ids)))
        .order_by(UnitVersion.valid_from, UnitVersion.id)
    )


def _require_successors(work: Work, versions: Iterable[UnitVersion], fresh: set[UUID]) -> None:
    """A unit that has not begun is reached by nobody's role yet, so its parent's counts."""
    for version in versions:
        if version.unit_id in fresh:
            work.require("organisation.edit", at=version.parent_id or NOWHERE)
        else:
            work.require("organisation.edit", at=version.unit_id)
