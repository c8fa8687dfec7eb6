"""Keeping what is written in the fields of the goal analysis, one at a time or a block at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Select, and_, select

from .....infra.documents.richtext import plain_text
from .....infra.errors import AppError, InvalidInput, NotFound
from .....infra.i18n import _
from .....infra.numbers import parse_number
from .....infra.periods import Period, PeriodKind, due_period
from .....tenants.models import Person
from .....tenants.prepared import TENANT, given
from .....tenants.work import STOCKHOLM, Work
from ....web.templating import clock, moment
from ..models import Activity, Indicator, NodeComment, PlanNode
from ..planning.activities import change_activity
from ..values.comments import write_comment
from ..values.outcomes import EntriesRefused, OutcomeEntry, OutcomeValues, set_outcomes
from ..values.rows import StoredOutcome, outcomes_at
from ..view.view import FRESH, among, due_codes
from .entering import Changed, number_text, parts_do_not_fit, read_value, short_text

NUMBERS: Final = ("total", "women", "men", "target")


class Cell(NamedTuple):
    """A figure of a block, as it was written."""

    node_id: UUID
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What a unit has on a node for a period, as its fields show it."""

    node: PlanNode
    indicator: Indicator | None
    activity: Activity | None
    outcome: StoredOutcome | None
    comment: NodeComment | None
    code: str

    def text(self, name: str) -> str:
        if name == "comment":
            return plain_text(self.comment.text).strip() if self.comment else ""
        if name == "in_report":
            return "on" if self.comment is None or self.comment.in_report else ""
        if name == "state":
            return self.activity.state if self.activity else ""
        if self.indicator is None:
            return ""
        shown = short_text if name == "target" else number_text
        return shown(self.value(name), self.indicator.decimals)

    def value(self, name: str) -> Decimal | None:
        found: Decimal | None = getattr(self.outcome, name) if self.outcome else None
        return found


async def standing_at(work: Work, node_id: UUID, *, unit_id: UUID, period: Period) -> Standing:
    """Raises NotFound."""
    asked = _standing().params(
        tenant=work.tenant.id, node=node_id, unit=unit_id, period=str(period)
    )
    rows = await work.rows(asked)
    if not rows:
        raise NotFound()
    node, indicator, activity, comment = rows[0]
    due = due_period(PeriodKind(indicator.periodicity), period) if indicator else None
    code = str(due) if due else ""
    outcome = None
    if indicator is not None:
        found = await outcomes_at(work, node_ids=[node_id], unit_id=unit_id, periods=[code])
        outcome = found[0] if found else None
    return Standing(node, indicator, activity, outcome, comment, code)


@cache
def _standing() -> Select[PlanNode, Indicator | None, Activity | None, NodeComment | None]:
    said = and_(
        NodeComment.tenant_id == TENANT,
        NodeComment.node_id == PlanNode.id,
        given(NodeComment.unit_id, "unit"),
        given(NodeComment.period, "period"),
    )
    return (
        select(PlanNode, Indicator, Activity, NodeComment)
        .outerjoin(Indicator, and_(Indicator.tenant_id == TENANT, Indicator.id == PlanNode.id))
        .outerjoin(Activity, and_(Activity.tenant_id == TENANT, Activity.id == PlanNode.id))
        .outerjoin(NodeComment, said)
        .where(PlanNode.tenant_id == TENANT, given(PlanNode.id, "node"))
        .execution_options(**FRESH)
    )


async def save_field(
    work: Work,
    node_id: UUID,
    name: str,
    text: str,
    *,
    was: str,
    unit_id: UUID,
    period: Period,
    sure: bool,
) -> str:
    """Keep one field. The answer is what to look at all the same; empty for nothing.

    Raises Changed when somebody has saved the field since it held `was`, Doubtful for a slip that
    the writer is not `sure` of, and as the services.
    """
    standing = await standing_at(work, node_id, unit_id=unit_id, period=period)
    if name == "comment":
        await _save_comment(work, standing, text, was, unit_id, period)
    elif name == "in_report":
        if standing.comment is not None:
            await write_comment(
                work,
                node_id,
                unit_id=unit_id,
                period=str(period),
                text=standing.comment.text,
                in_report=bool(text),
            )
    elif name == "state":
        await _save_state(work, standing, text, was)
    else:
        return await _save_number(work, standing, name, text, was, unit_id, sure=sure)
    return ""


async def save_block(
    work: Work, cells: Sequence[Cell], *, unit_id: UUID, period: Period
) -> tuple[dict[Cell, AppError], dict[UUID, str]]:
    """Keep what can be kept of a block, in a few statements however large it is.

    The answer is why each of the others cannot, and what to look at by node.
    """
    refused: dict[Cell, AppError] = {}
    indicators, outcomes = await _ground(work, {cell.node_id for cell in cells}, unit_id, period)
    values: dict[UUID, dict[str, tuple[Cell, Decimal | None]]] = {}
    for cell in cells:
        indicator = indicators.get(cell.node_id)
        if indicator is None:
            raise NotFound()
        try:
            number = read_value(cell.text, indicator, sure=False)
        except AppError as error:
            refused[cell] = error
            continue
        standing = outcomes.get(cell.node_id)
        if number is not None or standing is not None:
            values.setdefault(cell.node_id, {})[cell.name] = (cell, number)
    await _keep_block(work, values, indicators, refused, unit_id, period)
    indicators, outcomes = await _ground(work, set(values), unit_id, period)
    warned = {
        node_id: parts_do_not_fit(
            indicators[node_id], total=outcome.total, women=outcome.women, men=outcome.men
        )
        for node_id, outcome in outcomes.items()
    }
    return refused, warned


async def changed_since(work: Work, standing: Standing, changed: Collection[str], seen: str) -> str:
    """Who has saved what one wants to change since the page was read (microseconds since 1970);
    empty for nobody."""
    if not seen.isdecimal() or len(seen) > 17:
        return ""
    read = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(seen))
    outcome, comment = standing.outcome, standing.comment
    if outcome and outcome.entered_at > read and set(changed) & set(NUMBERS):
        return await _told(work, outcome.entered_by, outcome.entered_at)
    if comment and comment.written_at > read and set(changed) & {"comment", "in_report"}:
        return await _told(work, comment.written_by, comment.written_at)
    return ""


async def _save_number(
    work: Work, standing: Standing, name: str, text: str, was: str, unit_id: UUID, *, sure: bool
) -> str:
    indicator, outcome = standing.indicator, standing.outcome
    if indicator is None:
        raise NotFound()
    if not standing.code:
        raise InvalidInput(_("No light yet: there is no value to give in this period."))
    current = standing.value(name)
    value = read_value(text, indicator, sure=sure or parse_number(text) == current)
    if value != current:
        if _number(was) != current:
            raise await _changed(
                work, standing.text(name), text, outcome.entered_by if outcome else None, outcome
            )
        entry = OutcomeEntry(
            node_id=standing.node.id,
            unit_id=unit_id,
            period=standing.code,
            values=cast("OutcomeValues", {name: value}),
            version=outcome.version if outcome else 0,
        )
        try:
            [outcome] = await set_outcomes(work, [entry])
        except EntriesRefused as refused:
            raise refused.errors[0][1] from None
    if outcome is None:
        return ""
    return parts_do_not_fit(indicator, total=outcome.total, women=outcome.women, men=outcome.men)


async def _save_comment(
    work: Work, standing: Standing, text: str, was: str, unit_id: UUID, period: Period
) -> None:
    current, comment = standing.text("comment"), standing.comment
    if text.strip() == current:
        return
    if was.strip() != current:
        raise await _changed(work, current, text, comment.written_by if comment else None, comment)
    await write_comment(
        work,
        standing.node.id,
        unit_id=unit_id,
        period=str(period),
        text=text,
        version=comment.version if comment else 0,
    )


async def _save_state(work: Work, standing: Standing, text: str, was: str) -> None:
    activity = standing.activity
    if activity is None:
        raise NotFound()
    if text == activity.state:
        return
    if was and was != activity.state:
        raise await _changed(work, activity.state, text, activity.state_by, None)
    version = standing.node.version
    await change_activity(work, standing.node.id, changes={"state": text}, version=version)


async def _changed(
    work: Work, theirs: str, mine: str, by: UUID | None, row: StoredOutcome | NodeComment | None
) -> Changed:
    at = getattr(row, "entered_at", None) or getattr(row, "written_at", None) or work.now
    told = await _told(work, by, at)
    stands = _("It says {theirs} there now. You wrote {mine}.", theirs=theirs or "–", mine=mine)
    return Changed(f"{told} {stands}", theirs=theirs)


async def _told(work: Work, by: UUID | None, at: datetime) -> str:
    name = await work.first(select(Person.name).where(Person.id == by)) if by else None
    who = name or _("Someone")
    if at.astimezone(STOCKHOLM).date() == work.today:
        return _("{name} changed the same cell at {time}.", name=who, time=clock(at))
    return _("{name} changed the same cell on {moment}.", name=who, moment=moment(at))


async def _ground(
    work: Work, ids: Collection[UUID], unit_id: UUID, period: Period
) -> tuple[dict[UUID, Indicator], dict[UUID, StoredOutcome]]:
    """The indicators, and their outcomes for the period of each that is due last."""
    found = await work.scalars(select(Indicator).where(among(Indicator.id, list(ids))))
    indicators = {indicator.id: indicator for indicator in found}
    codes = due_codes(period)
    outcomes = await outcomes_at(work, node_ids=ids, unit_id=unit_id, periods=set(codes.values()))
    return indicators, {
        outcome.node_id: outcome
        for outcome in outcomes
        if outcome.period == codes.get(indicators[outcome.node_id].periodicity)
    }


async def _keep_block(
    work: Work,
    values: dict[UUID, dict[str, tuple[Cell, Decimal | None]]],
    indicators: Mapping[UUID, Indicator],
    refused: dict[Cell, AppError],
    unit_id: UUID,
    period: Period,
) -> None:
    """Leaves out what is refused and tries again: at most once for each figure of a row."""
    codes = due_codes(period)
    for _round in range(len(NUMBERS) + 1):
        entries = [
            OutcomeEntry(
                node_id=node_id,
                unit_id=unit_id,
                period=codes.get(indicators[node_id].periodicity, ""),
                values=cast("OutcomeValues", {name: each[1] for name, each in row.items()}),
            )
            for node_id, row in values.items()
            if row
        ]
        if not entries:
            return
        try:
            async with work.attempt():
                await set_outcomes(work, entries)
        except EntriesRefused as error:
            for place, fault in error.errors:
                _leave_out(values[entries[place].node_id], fault, refused)
        else:
            return


def _leave_out(
    row: dict[str, tuple[Cell, Decimal | None]], fault: AppError, refused: dict[Cell, AppError]
) -> None:
    names: Iterable[str] = [fault.field] if fault.field in row else list(row)
    for name in names:
        refused[row.pop(name)[0]] = fault


def _number(text: str) -> Decimal | None:
    try:
        return parse_number(text)
    except InvalidInput:
        return None


__all__ = ["Cell", "Standing", "changed_since", "save_block", "save_field", "standing_at"]
