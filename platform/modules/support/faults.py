"""Reporting a fault, answering it, and seeing how long that took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Text, case, cast, func, or_, select

from ....authz.permit import NOWHERE, permit
from ....infra.errors import Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....infra.texts import at_most, one_line
from ....tenants.log.access_log import Action
from ....tenants.models import Tenant, Unit
from ....tenants.rows import uuid7
from ....tenants.work import Work
from .models import FaultClass, FaultReport, FaultState, FaultStep, Workaround
from .rules import Answers, fault_class
from .settings import support_settings

SHORT: Final = 200
LONG: Final = 4_000


@dataclass(frozen=True, slots=True)
class Faults:
    """A part of the faults that fit; `total` counts all of them."""

    rows: Sequence[FaultReport]
    total: int


@permit("support.report")
async def report_fault(
    work: Work,
    *,
    title: str,
    what: str,
    asked: Answers,
    workaround_is: str = "",
    area: str = "",
    page: str = "",
    unit_id: UUID | None = None,
) -> FaultReport:
    """A fault that the actor has met; its class and its times follow from what was asked.

    Raises InvalidInput for a title or text that is missing, or a workaround nobody has described.
    """
    if unit_id is not None:
        await work.get(Unit, unit_id, field="unitId")
    fault = FaultReport(
        id=uuid7(),
        number=await _next_number(work),
        unit_id=unit_id,
        area=at_most(area, field="area", most=40),
        page=at_most(page, field="page", most=SHORT),
        title=one_line(title, field="title", most=SHORT),
        what=_text(what, field="what"),
        in_production=asked.in_production,
        effect=asked.effect,
        critical=asked.critical,
        workaround=asked.workaround,
        workaround_is=_way_round(asked.workaround, workaround_is),
        fault_class=fault_class(asked),
        state=FaultState.OPEN,
        reported_by=work.actor.id,
        version=0,
    )
    await _set_times(work, fault)
    work.add(fault)
    await work.flush()
    return await _step(work, fault, "", Action.ADD)


@permit("support.answer")
async def answer_fault(
    work: Work, fault_id: UUID, *, said: str, version: int | None = None
) -> FaultReport:
    """Say something to whoever reported it. The first answer is the one that was promised."""
    fault = await _handled(work, fault_id, version)
    if fault.state is FaultState.CLOSED:
        raise Conflict(_("The fault is closed. Whoever reported it can open it again."))
    if fault.state is FaultState.OPEN:
        fault.state = FaultState.ANSWERED
    _answered(work, fault)
    return await _step(work, fault, _text(said, field="said"))


@permit("support.report")
async def tell_more(
    work: Work, fault_id: UUID, *, said: str, version: int | None = None
) -> FaultReport:
    """Whoever reported it adds something, while it is being seen to. Raises Conflict after."""
    fault = await _held(work, fault_id, version)
    if fault.state in (FaultState.SOLVED, FaultState.CLOSED):
        raise Conflict(_("The fault is solved already."))
    return await _step(work, fault, _text(said, field="said"))


@permit("support.answer")
async def found_workaround(
    work: Work, fault_id: UUID, *, workaround: Workaround, how: str, version: int | None = None
) -> FaultReport:
    """One can get it done in another way, or no longer: the class is computed anew.

    An A or B that has a workaround becomes a C or D (source 003). The times of the new class run
    from when the fault was reported.
    """
    fault = await _handled(work, fault_id, version)
    if fault.state in (FaultState.SOLVED, FaultState.CLOSED):
        raise Conflict(_("The fault is solved already."))
    fault.workaround, fault.workaround_is = workaround, _way_round(workaround, how)
    fault.fault_class = fault_class(
        Answers(fault.in_production, fault.effect, fault.critical, workaround)
    )
    await _set_times(work, fault)
    _answered(work, fault)
    return await _step(work, fault, fault.workaround_is)


@permit("support.answer")
async def solve_fault(
    work: Work, fault_id: UUID, *, said: str, version: int | None = None
) -> FaultReport:
    """It works again; `said` tells what was done. Whoever reported it closes it, or opens it."""
    fault = await _handled(work, fault_id, version)
    if fault.state in (FaultState.SOLVED, FaultState.CLOSED):
        raise Conflict(_("The fault is solved already."))
    fault.state, fault.solved_at = FaultState.SOLVED, work.now
    _answered(work, fault)
    return await _step(work, fault, _text(said, field="said"))


@permit("support.report")
async def close_fault(work: Work, fault_id: UUID, *, version: int | None = None) -> FaultReport:
    """Whoever reported it agrees that it is solved."""
    fault = await _held(work, fault_id, version)
    if fault.state is not FaultState.SOLVED:
        raise Conflict(_("Only a fault that is solved can be closed."))
    fault.state = FaultState.CLOSED
    return await _step(work, fault, "")


@permit("support.report")
async def reopen_fault(
    work: Work, fault_id: UUID, *, said: str, version: int | None = None
) -> FaultReport:
    """It is there still, and `said` tells how. Its times are those it had."""
    fault = await _held(work, fault_id, version)
    if fault.state not in (FaultState.SOLVED, FaultState.CLOSED):
        raise Conflict(_("The fault is open already."))
    fault.state, fault.solved_at = FaultState.OPEN, None
    return await _step(work, fault, _text(said, field="said"))


@permit("support.report")
async def get_fault(work: Work, fault_id: UUID) -> FaultReport:
    """One's own, or any for those who answer. Raises NotFound for others'."""
    seen = [each for each in (visible(work),) if each is not None]
    fault = await work.first(select(FaultReport).where(FaultReport.id == fault_id, *seen))
    if fault is None:
        raise NotFound()
    note_read(work, [fault])
    return fault


@permit("support.report")
async def steps_of(work: Work, fault_id: UUID) -> Sequence[FaultStep]:
    """What was said and done about a fault that the actor may see, the first first."""
    return await work.scalars(
        select(FaultStep).where(FaultStep.fault_id == fault_id).order_by(FaultStep.id)
    )


@permit("support.report")
async def faults(
    work: Work,
    *,
    words: str = "",
    state: FaultState | None = None,
    found_class: FaultClass | None = None,
    area: str | None = None,
    offset: int = 0,
    limit: int = 50,
) -> Faults:
    """Those that the actor may see: open ones first, the gravest of them first, then the latest."""
    chosen = _chosen(work, words=words, state=state, found_class=found_class, area=area)
    rows = await work.rows(
        select(FaultReport, func.count().over())
        .where(*chosen)
        .order_by(*in_order())
        .offset(offset)
        .limit(limit)
    )
    found = [row[0] for row in rows]
    note_read(work, found)
    if rows or not offset:
        return Faults(found, rows[0][1] if rows else 0)
    total = await work.first(select(func.count()).select_from(FaultReport).where(*chosen))
    return Faults(found, total or 0)


def in_order(
    row: Any = FaultReport,
) -> tuple[ColumnElement[int], ColumnElement[str], ColumnElement[int]]:
    """Open ones first, the gravest of them first, then the latest."""
    ended = or_(row.state == FaultState.SOLVED, row.state == FaultState.CLOSED)
    return (
        case((ended, 1), else_=0),
        cast(row.fault_class, Text).label("gravity"),
        (0 - row.number).label("latest"),
    )


def visible(work: Work) -> ColumnElement[bool] | None:
    """What narrows faults to those that the actor may see; None for every one."""
    if work.allows("support.answer", at=NOWHERE):
        return None
    own = FaultReport.reported_by == work.actor.id
    reach = work.reach("support.answer")
    return or_(own, FaultReport.unit_id.in_(reach)) if reach else own


def _chosen(
    work: Work,
    *,
    words: str,
    state: FaultState | None,
    found_class: FaultClass | None,
    area: str | None,
) -> list[ColumnElement[bool]]:
    chosen = [each for each in (visible(work),) if each is not None]
    if words:
        like = [
            column.icontains(words, autoescape=True)
            for column in (FaultReport.title, FaultReport.what)
        ]
        chosen.append(or_(*like))
    if state is not None:
        chosen.append(FaultReport.state == state)
    if found_class is not None:
        chosen.append(FaultReport.fault_class == found_class)
    if area is not None:
        chosen.append(FaultReport.area == area)
    return chosen


def may_see(work: Work, fault: FaultReport) -> bool:
    return fault.reported_by == work.actor.id or may_answer(work, fault)


def note_read(work: Work, found: Sequence[FaultReport]) -> None:
    _note(work, Action.READ, found)


def may_answer(work: Work, fault: FaultReport) -> bool:
    """Of what concerns no unit, only those who answer for the whole municipality."""
    return work.allows("support.answer", at=fault.unit_id or NOWHERE)


def _way_round(workaround: Workaround, how: str) -> str:
    if workaround is Workaround.NONE:
        return ""
    return _text(how, field="workaroundIs")


def _text(text: str, *, field: str) -> str:
    told = at_most(text, field=field, most=LONG)
    if not told:
        raise InvalidInput(_("Write something here: it cannot be empty."), field=field)
    return told


def _answered(work: Work, fault: FaultReport) -> None:
    fault.answered_at = fault.answered_at or work.now
    fault.handler_id = fault.handler_id or work.actor.id


async def _set_times(work: Work, fault: FaultReport) -> None:
    chosen = await support_settings(work)
    reported = fault.created_at if fault.version else work.now
    fault.answer_by = chosen.office.after(reported, chosen.answer_hours(fault.fault_class))
    fault.solve_by = chosen.office.after(reported, chosen.solve_hours(fault.fault_class))


async def _next_number(work: Work) -> int:
    """The next in the municipality; who reports at the same time waits for it."""
    await work.first(select(Tenant.id).where(Tenant.id == work.tenant.id).with_for_update())
    last = await work.first(select(func.max(FaultReport.number)))
    return (last or 0) + 1


async def _handled(work: Work, fault_id: UUID, version: int | None) -> FaultReport:
    fault = await _held(work, fault_id, version)
    work.require("support.answer", at=fault.unit_id or NOWHERE)
    return fault


async def _held(work: Work, fault_id: UUID, version: int | None) -> FaultReport:
    """The fault, held until the end of the work. Raises NotFound for what the actor may not see."""
    seen = [each for each in (visible(work),) if each is not None]
    wanted = select(FaultReport).where(FaultReport.id == fault_id, *seen).with_for_update()
    fault = await work.first(wanted.execution_options(populate_existing=True))
    if fault is None:
        raise NotFound()
    if version is not None and version != fault.version:
        raise Conflict(_("Somebody else has changed this meanwhile. Load the page again."))
    return fault


async def _step(
    work: Work, fault: FaultReport, said: str, action: Action = Action.CHANGE
) -> FaultReport:
    fault.version += 1
    work.add(
        FaultStep(
            fault_id=fault.id,
            said=said,
            state=fault.state,
            fault_class=fault.fault_class,
            taken_by=work.actor.id,
            taken_at=work.now,
        )
    )
    await work.flush()
    _note(work, action, [fault])
    return fault


def _note(work: Work, action: Action, found: Sequence[FaultReport]) -> None:
    if found:
        about = {row.reported_by for row in found if row.reported_by is not None}
        work.note(action, "fault_report", records=[row.id for row in found], about=sorted(about))
