"""That there was nothing of a kind at a unit in a year: said by somebody, not left empty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....tenants.log.access_log import Action
from ....tenants.models import Unit
from ....tenants.work import STOCKHOLM, Work
from .models import (
    AccessLabel,
    CaseState,
    DecisionPart,
    Deviation,
    DeviationDecision,
    NilKind,
    NilStatement,
)
from .sight import HANDLE

EXPORT = "deviations.export"
FIRST_YEAR = 2000


def nil_phrases() -> dict[NilKind, str]:
    return {
        NilKind.LEX_SARAH: _("No Lex Sarah has been handled during the year."),
        NilKind.LEX_MARIA: _("No Lex Maria has been notified during the year."),
        NilKind.DEVIATIONS: _("No deviations have been reported during the year."),
    }


@permit(EXPORT)
async def nil_statements(
    work: Work, *, year: int, unit_id: UUID | None = None
) -> Sequence[NilStatement]:
    """Those that stand for a year, at one unit or at all that the actor reaches."""
    reach = work.reach(EXPORT)
    chosen = [NilStatement.year == year, NilStatement.withdrawn_at.is_(None)]
    if unit_id is not None:
        work.require(EXPORT, at=unit_id)
        chosen.append(NilStatement.unit_id == unit_id)
    elif reach is not None:
        chosen.append(NilStatement.unit_id.in_(reach))
    return await work.scalars(select(NilStatement).where(*chosen).order_by(NilStatement.id))


@permit(HANDLE)
async def say_nothing(work: Work, *, unit_id: UUID, year: int, kind: NilKind) -> NilStatement:
    """Say that there was nothing of the kind at the unit. Raises Conflict where there was, or it is
    said already; InvalidInput for a year that has not begun."""
    await work.get(Unit, unit_id, field="unitId")
    work.require(HANDLE, at=unit_id)
    if not FIRST_YEAR <= year <= work.today.year:
        raise InvalidInput(_("This year has not begun, or lies too far back."), field="year")
    if await _anything(work, unit_id=unit_id, year=year, kind=kind):
        raise Conflict(_("There is something of this kind that year, so it cannot be said."))
    if await nil_statements(work, year=year, unit_id=unit_id) and await _standing(
        work, unit_id=unit_id, year=year, kind=kind
    ):
        raise Conflict(_("It is said already."))
    row = NilStatement(
        unit_id=unit_id, year=year, kind=kind, said_by=work.actor.id, said_at=work.now
    )
    work.add(row)
    await work.flush()
    work.note(Action.ADD, "deviation_nil", records=[row.id], unit_id=unit_id)
    return row


@permit(HANDLE)
async def take_back_nothing(work: Work, nil_id: UUID) -> NilStatement:
    """It was not so. Raises NotFound, Conflict."""
    row = await work.get(NilStatement, nil_id)
    if not work.allows(HANDLE, at=row.unit_id):
        raise NotFound()
    if row.withdrawn_at is not None:
        raise Conflict(_("It has been taken back already."))
    row.withdrawn_at, row.withdrawn_by = work.now, work.actor.id
    await work.flush()
    work.note(Action.CHANGE, "deviation_nil", records=[row.id], unit_id=row.unit_id)
    return row


def year_of(at: SQLColumnExpression[Any]) -> ColumnElement[int]:
    """The year of a moment, as it is here."""
    return func.extract("year", func.timezone(STOCKHOLM.key, at))


def open_to_place() -> ColumnElement[bool]:
    """What may be counted: what those of the place see. A suspected misconduct is counted when it
    is decided, so that no number tells that one is being investigated."""
    return and_(Deviation.state != CaseState.DRAFT, Deviation.label == AccessLabel.PLACE)


async def _standing(work: Work, *, unit_id: UUID, year: int, kind: NilKind) -> bool:
    found = select(NilStatement.id).where(
        NilStatement.unit_id == unit_id,
        NilStatement.year == year,
        NilStatement.kind == kind,
        NilStatement.withdrawn_at.is_(None),
    )
    return await work.first(found) is not None


async def _anything(work: Work, *, unit_id: UUID, year: int, kind: NilKind) -> bool:
    here = (Deviation.unit_id == unit_id, open_to_place())
    if kind is NilKind.DEVIATIONS:
        sent = year_of(Deviation.sent_at) == year
        return await work.first(select(Deviation.id).where(*here, sent).limit(1)) is not None
    decided = (
        select(DeviationDecision.id)
        .join(
            Deviation,
            and_(
                Deviation.id == DeviationDecision.deviation_id,
                Deviation.tenant_id == DeviationDecision.tenant_id,
            ),
        )
        .where(
            *here,
            _counts(kind),
            year_of(DeviationDecision.decided_at) == year,
        )
    )
    return await work.first(decided.limit(1)) is not None


def _counts(kind: NilKind) -> ColumnElement[bool]:
    """Of decisions, those that say that there was something of the kind."""
    if kind is NilKind.LEX_MARIA:
        return and_(DeviationDecision.part == DecisionPart.HSL, DeviationDecision.notified)
    return DeviationDecision.part == DecisionPart.SOL_LSS
