"""The registers: agreements with processors, those they engage, and the record of treatments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most, one_line
from ....tenants.log.access_log import Action
from ....tenants.models import Unit
from ....tenants.rows import TenantRow
from ....tenants.work import CORE, Work
from .models import Processing, ProcessorAgreement, SubProcessor

SHORT: Final = 200
LONG: Final = 4_000

NEEDED: Final = {
    ProcessorAgreement: ("processor", "subject", "signed_on"),
    SubProcessor: ("agreement_id", "name", "task", "country", "announced_on"),
    Processing: ("name", "purpose", "legal_basis"),
}
"""What no row is without."""
SINGLE: Final = frozenset(
    {"processor", "org_number", "contact", "registry_number", "name", "country", "module"}
)
"""Texts on one line."""

R = TypeVar("R", ProcessorAgreement, SubProcessor, Processing)


@permit("data_protection.read")
async def agreements(work: Work) -> Sequence[ProcessorAgreement]:
    """All of them by name, those that have ended last."""
    return await work.scalars(
        select(ProcessorAgreement).order_by(
            ProcessorAgreement.ended_on.is_not(None),
            ProcessorAgreement.processor,
            ProcessorAgreement.id,
        )
    )


@permit("data_protection.read")
async def sub_processors(work: Work, *, of: UUID | None = None) -> Sequence[SubProcessor]:
    chosen: list[ColumnElement[bool]] = [] if of is None else [SubProcessor.agreement_id == of]
    return await work.scalars(
        select(SubProcessor)
        .where(*chosen)
        .order_by(SubProcessor.ended_on.is_not(None), SubProcessor.name, SubProcessor.id)
    )


@permit("data_protection.read")
async def processings(work: Work) -> Sequence[Processing]:
    return await work.scalars(
        select(Processing).order_by(
            Processing.ended_on.is_not(None), Processing.name, Processing.id
        )
    )


@permit("data_protection.manage")
async def save_agreement(
    work: Work, /, agreement_id: UUID | None = None, **values: Any
) -> ProcessorAgreement:
    """A new agreement, or what is to be changed of one. Raises InvalidInput."""
    return await _save(work, ProcessorAgreement, agreement_id, values)


@permit("data_protection.manage")
async def save_sub_processor(
    work: Work, /, sub_id: UUID | None = None, **values: Any
) -> SubProcessor:
    if values.get("agreement_id"):
        await work.get(ProcessorAgreement, values["agreement_id"])
    return await _save(work, SubProcessor, sub_id, values)


@permit("data_protection.manage")
async def save_processing(
    work: Work, /, processing_id: UUID | None = None, **values: Any
) -> Processing:
    if values.get("agreement_id"):
        await work.get(ProcessorAgreement, values["agreement_id"])
    if values.get("unit_id"):
        await work.get(Unit, values["unit_id"])
    return await _save(work, Processing, processing_id, values)


@permit("data_protection.manage")
async def suggest_processings(work: Work) -> list[Processing]:
    """What the parts of this service treat, for those that are on and not in the record yet.

    A proposal to change: the municipality answers for what stands in its record.
    """
    known = {row.module for row in await processings(work)}
    rows = [
        Processing(
            **texts,
            changed_by=work.actor.id,
            changed_at=work.now,
            review_on=work.today.replace(year=work.today.year + 1, day=1),
        )
        for texts in proposals()
        if texts["module"] not in known and texts["module"] in work.tenant.modules | CORE
    ]
    work.add(*rows)
    await work.flush()
    _note(work, Action.ADD, "processing", rows)
    return rows


@permit("data_protection.manage")
async def end(work: Work, row: ProcessorAgreement | SubProcessor | Processing, on: date) -> None:
    """It is over since a day, and stays in the register. Raises Conflict for what others need."""
    if isinstance(row, ProcessorAgreement):
        open_ones = select(Processing.id).where(
            Processing.agreement_id == row.id, Processing.ended_on.is_(None)
        )
        if await work.first(open_ones):
            raise Conflict(
                _("There are treatments that rest on this agreement. End or move them first.")
            )
    row.ended_on, row.changed_by, row.changed_at = on, work.actor.id, work.now
    await work.flush()
    _note(work, Action.CHANGE, _KINDS[type(row)], [row])


@cache
def proposals() -> tuple[dict[str, str], ...]:
    """A treatment for each part of the service, in Swedish as the record is."""
    text = (files(__package__) / "processings.json").read_bytes()
    return tuple(orjson.loads(text))


_KINDS: Final[Mapping[type[TenantRow], str]] = {
    ProcessorAgreement: "processor_agreement",
    SubProcessor: "sub_processor",
    Processing: "processing",
}


async def _save(work: Work, model: type[R], id: UUID | None, values: Mapping[str, Any]) -> R:
    row = None if id is None else await work.get(model, id)
    texts = {
        column.name for column in model.__table__.columns if column.info.get("personal") is not None
    } & {column.name for column in model.__table__.columns if not column.foreign_keys}
    read = {name: _text(name, v) if name in texts else v for name, v in values.items()}
    for name in NEEDED[model] if row is None else read.keys() & NEEDED[model]:
        if not read.get(name):
            raise InvalidInput(_("Write something here: it cannot be empty."), field=name)
    _check_days({name: getattr(row, name, None) for name in _DAYS} | read)
    if row is None:
        row = model(**(dict.fromkeys(texts, "") | read))
        work.add(row)
    else:
        for name, value in read.items():
            setattr(row, name, value)
    row.changed_by, row.changed_at = work.actor.id, work.now
    await work.flush()
    _note(work, Action.ADD if id is None else Action.CHANGE, _KINDS[model], [row])
    return row


_DAYS: Final = ("signed_on", "valid_to", "announced_on", "objection_by", "from_on", "ended_on")


def _check_days(values: Mapping[str, Any]) -> None:
    for first, last in (("signed_on", "valid_to"), ("announced_on", "objection_by")):
        begin, end = values.get(first), values.get(last)
        if begin and end and end < begin:
            raise InvalidInput(_("This day comes before the one it follows."), field=last)


def _text(name: str, value: object) -> str:
    text = str(value or "")
    if name in SINGLE and text.strip():
        return one_line(text, field=name, most=SHORT)
    return at_most(text, field=name, most=LONG)


def _note(work: Work, action: Action, kind: str, rows: Sequence[TenantRow]) -> None:
    if rows:
        work.note(action, kind, records=[row.id for row in rows])
