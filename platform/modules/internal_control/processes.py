"""The processes of the units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

from sqlalchemy import func, select

from ....authz.permit import permit
from ....infra.errors import Conflict
from ....infra.i18n import _
from ....tenants.work import Work
from .holding import WRITE, hold, line, saved, words
from .models import Process, Risk
from .places import below, check_person, check_unit


class ProcessChanges(TypedDict, total=False):
    """What shall be changed; what is left out stays."""

    name: str
    description: str
    unit_id: UUID
    owner_id: UUID | None


@permit("internal_control.read")
async def processes(
    work: Work, *, unit_id: UUID | None = None, ended: bool = False
) -> Sequence[Process]:
    """By name: all, or those of a unit and the units below it; those that have ended if asked."""
    chosen = select(Process)
    if unit_id is not None:
        chosen = chosen.where(Process.unit_id.in_(await below(work, unit_id)))
    if not ended:
        chosen = chosen.where(Process.ended_at.is_(None))
    return await work.scalars(chosen.order_by(func.sv_key(Process.name), Process.id))


@permit("internal_control.write")
async def add_process(
    work: Work, *, unit_id: UUID, name: str, description: str = "", owner_id: UUID | None = None
) -> Process:
    work.require(WRITE, at=unit_id)
    await check_unit(work, unit_id)
    await check_person(work, owner_id, field="ownerId")
    process = Process(
        unit_id=unit_id,
        name=line(name, field="name"),
        description=words(description, field="description"),
        owner_id=owner_id,
        version=0,
    )
    work.add(process)
    return await saved(work, process)


@permit("internal_control.write")
async def change_process(
    work: Work, process_id: UUID, *, changes: ProcessChanges, version: int | None = None
) -> Process:
    """Raises Conflict for one that has ended, or has been saved since `version`."""
    process = await hold(work, Process, process_id, version)
    work.require(WRITE, at=process.unit_id)
    if process.ended_at is not None:
        raise Conflict(_("The process has ended."))
    if "unit_id" in changes:
        work.require(WRITE, at=changes["unit_id"])
        await check_unit(work, changes["unit_id"])
        process.unit_id = changes["unit_id"]
    if "owner_id" in changes:
        await check_person(work, changes["owner_id"], field="ownerId")
        process.owner_id = changes["owner_id"]
    if "name" in changes:
        process.name = line(changes["name"], field="name")
    if "description" in changes:
        process.description = words(changes["description"], field="description")
    return await saved(work, process)


@permit("internal_control.write")
async def end_process(work: Work, process_id: UUID, *, version: int | None = None) -> Process:
    """It is done no more. Raises Conflict while living risks stand in it, naming them."""
    process = await hold(work, Process, process_id, version)
    work.require(WRITE, at=process.unit_id)
    if process.ended_at is not None:
        raise Conflict(_("The process has ended."))
    living = await work.rows(
        select(Risk.number, Risk.title)
        .where(Risk.process_id == process.id, Risk.closed_at.is_(None))
        .order_by(Risk.number)
        .limit(20)
    )
    if living:
        named = ", ".join(f"R{number} {title}" for number, title in living)
        raise Conflict(_("There are living risks in the process: {risks}.", risks=named))
    process.ended_by, process.ended_at = work.actor.id, work.now
    return await saved(work, process)
