"""A full municipality whose records hold what has broken writers of JSON and SQL before: strange
signs in texts, numbers that are very small and very large, the first and the last day there is,
moments with and without a fraction, and nothing wherever nothing may stand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, cycle

from full_town import Full
from random_values import HOSTILE
from sqlalchemy import Date, DateTime, Numeric, Text, inspect, select

from roder.platform.modules.goals import models as goals
from roder.platform.modules.reports import models as reports
from roder.tenants.models import ApiToken, Person, StoredFile, UnitVersion
from roder.tenants.rows import TenantRow
from roder.tenants.work import Work, open_work
from roder.workers.models import Job

NUMBERS = (
    "0.0000001",
    "20000",
    "1E+6",
    "-0.5",
    "0",
    "-0",
    "0.0",
    "1.50",
    "100.000",
    "-123456789012345678.90123456789",
    "1E-10",
    "1E+20",
    "99999999999999999999",
)
DAYS = (date(1, 1, 1), date(9999, 12, 31), date(2026, 2, 28), date(999, 7, 1))
MOMENTS = (
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 1, 1, 12, 0, 0, 1, tzinfo=UTC),
    datetime(2025, 6, 30, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(1, 1, 2, tzinfo=UTC),
    datetime(9999, 12, 30, 10, 0, 0, 100000, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 500000, tzinfo=UTC),
)
TEXTS: dict[type[TenantRow], tuple[str, ...]] = {
    goals.PlanNode: ("title", "description"),
    goals.SteeringModel: ("name",),
    goals.Indicator: ("measure_unit", "source"),
    goals.Outcome: ("source",),
    goals.NodeComment: ("text",),
    goals.Checkpoint: ("note",),
    goals.HandLight: ("reason",),
    goals.YearLock: ("reason",),
    UnitVersion: ("name",),
    Person: ("name",),
    ApiToken: ("name",),
    StoredFile: ("name", "media_type"),
    Job: ("step", "problem"),
    reports.Report: ("title",),
    reports.ReportTemplate: ("description",),
    reports.Chapter: ("title", "instruction", "nil_phrase"),
    reports.Section: ("title", "instruction", "nil_phrase", "text", "number"),
    reports.SectionFile: ("title",),
    reports.SectionCompletion: ("reason",),
    reports.ReportApproval: ("reason",),
    reports.ReportCompletion: ("reason",),
    reports.ReportImage: ("alt", "source", "consent"),
}
"""Texts that people write, and so may hold anything but U+0000."""

KEPT = frozenset(
    {
        *("id", "tenant_id", "created_at", "parent_id", "origin_id"),
        *("expires_at", "left_on", "valid_from", "valid_to"),
    }
)
"""What stays as it is: where records stand, and until when those who ask may ask."""

WHO = {
    "administrator": ("gunvor.grindslant", ["read", "write"]),
    "local": ("torkel.tallrik", ["read", "write"]),
    "contributor": ("hilding.havre", ["read", "write"]),
    "auditor, in English": ("revald.raknelund", ["read"]),
    "employee": ("elna.enbuske", ["read"]),
    "token for goals": ("gunvor.grindslant", ["read:goals"]),
    "token for reports and people": ("maj.mossberga", ["read:reports", "read:people"]),
    "without reports": ("gunvor.grindslant", ["read"]),
}
"""Who asks: the person, and the scopes of the token. The last one asks in the other municipality,
where reports are switched off."""
ELSEWHERE = "without reports"


async def make_hostile(town: Full) -> None:
    """Every second row of each of the types above gets another hostile value in each column."""
    async with open_work(town.runtime, town.tenant, town.administrator, write=True) as work:
        for model, names in TEXTS.items():
            await _spoil(work, model, names)
        await _add_versions(work)


async def _add_versions(work: Work) -> None:
    """Rows that are only ever added."""
    outcomes = await work.scalars(select(goals.Outcome.id).order_by(goals.Outcome.id))
    sections = await work.scalars(select(reports.Section.id).order_by(reports.Section.id))
    numbers = [Decimal(number) for number in NUMBERS]
    for place, (id, total) in enumerate(zip(outcomes, numbers, strict=False)):
        row = goals.OutcomeVersion(
            outcome_id=id,
            version=1000,
            total=total,
            women=numbers[place - 1],
            entered_at=MOMENTS[place % len(MOMENTS)],
            source=HOSTILE[place % len(HOSTILE)],
        )
        work.add(row)
    for place, (id, text) in enumerate(zip(sections, HOSTILE, strict=False)):
        moment = MOMENTS[place % len(MOMENTS)]
        work.add(
            reports.SectionVersion(
                section_id=id, version=1000, text=text, rows=[], nil=False, written_at=moment
            )
        )


async def _spoil(work: Work, model: type[TenantRow], names: tuple[str, ...]) -> None:
    rows = await work.scalars(select(model).order_by(model.id))
    columns = inspect(model).columns
    for column in columns:
        choices = _choices(column, column.key in names)
        if column.key in KEPT or not choices:
            continue
        for row, value in zip(rows[len(column.key) % 2 :: 2], cycle(choices), strict=False):
            await _put(work, row, str(column.key), value)


def _choices(column: object, written: bool) -> list[object]:
    """`column` is a mapped one; what is null may be so, and what has no hostile value stays."""
    type_, nullable = getattr(column, "type"), getattr(column, "nullable")  # noqa: B009
    found: list[object] = []
    if isinstance(type_, Text) and written:
        found = list(HOSTILE)
    elif isinstance(type_, Numeric):
        found = [Decimal(number) for number in NUMBERS]
    elif isinstance(type_, DateTime):
        found = list(MOMENTS)
    elif isinstance(type_, Date):
        found = list(DAYS)
    if nullable:
        found = list(chain.from_iterable((value, None) for value in found)) or [None, KEEP]
    return found


KEEP = object()


async def _put(work: Work, row: TenantRow, name: str, value: object) -> None:
    """The value, if the table takes it: what a constraint or a trigger refuses never stands
    there, and need not be read."""
    if value is KEEP:
        return
    before = getattr(row, name)
    try:
        async with work.session.begin_nested():
            setattr(row, name, value)
            await work.flush()
    except Exception:
        setattr(row, name, before)
        await work.session.refresh(row)
