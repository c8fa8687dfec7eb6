"""What laws say, as dated rows of the municipality: preloaded, changed from a day on, kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter
from sqlalchemy import ColumnElement, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from ..authz.permit import permit
from ..infra.errors import InvalidInput, NotFound
from ..infra.i18n import _
from ..infra.texts import at_most, one_line
from .log.access_log import Action
from .rows import CODES, Code, TenantRow, Words, refers
from .work import Work

SHORT: Final = 200
LONG: Final = 1000
MOST_DAYS: Final = 3650
MONTH_AND_DAY: Final = re.compile("[0-9]{2}-[0-9]{2}")


class LegalReference(TenantRow):
    """What a law says about one thing, from a day until the day before `valid_to`.

    `name` is how it is cited, `says` the rule in plain words, `days` a time that it sets,
    `yearly_day` a last day of each year, as 03-01. Without `valid_from` it has held for as long as
    anybody here needs to know.
    """

    __tablename__ = "legal_references"
    __table_args__ = (
        refers("changed_by", "people"),
        UniqueConstraint("tenant_id", "key", "valid_from", postgresql_nulls_not_distinct=True),
    )

    key: Mapped[Code]
    name: Mapped[Code]
    says: Mapped[Words]
    source: Mapped[Words]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    days: Mapped[int | None]
    yearly_day: Mapped[str | None] = mapped_column(info=CODES)
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


async def law(work: Work, key: str, *, on: date | None = None) -> LegalReference | None:
    """What holds on a day, today when None; None where nothing is known of that day."""
    return await work.first(
        select(LegalReference).where(LegalReference.key == key, in_force(on or work.today))
    )


@permit("organisation.read")
async def legal_references(work: Work, *, on: date | None = None) -> Sequence[LegalReference]:
    """Those in force on a day, all that there are or have been when None; by key, latest first."""
    chosen = select(LegalReference)
    if on is not None:
        chosen = chosen.where(in_force(on))
    return await work.scalars(
        chosen.order_by(LegalReference.key, LegalReference.valid_from.desc().nulls_last())
    )


@permit("tenant.configure")
async def change_legal_reference(
    work: Work,
    key: str,
    *,
    valid_from: date,
    name: str,
    says: str,
    source: str,
    days: int | None = None,
    yearly_day: str | None = None,
) -> LegalReference:
    """What holds from a day on; what held until then is kept, and ends that day.

    The same day again corrects what was written. Raises NotFound for a key that no part of the
    service knows, and InvalidInput for a day before the one since which the last wording holds.
    """
    standing = await work.first(
        select(LegalReference)
        .where(LegalReference.key == key, LegalReference.valid_to.is_(None))
        .with_for_update()
    )
    if standing is None:
        raise NotFound(field="key")
    if standing.valid_from is not None and valid_from < standing.valid_from:
        raise InvalidInput(
            _(
                "There is a wording from a later day already: {day}.",
                day=standing.valid_from.isoformat(),
            ),
            field="validFrom",
        )
    columns = {
        "yearly_day": _yearly(yearly_day),
        "name": one_line(name, field="name", most=SHORT),
        "says": _needed(says, field="says"),
        "source": _needed(source, field="source"),
    }
    if days is not None and not 0 < days <= MOST_DAYS:
        raise InvalidInput(_("A time is 1 to {most} days, or none.", most=MOST_DAYS), field="days")
    row = standing
    if standing.valid_from != valid_from:
        standing.valid_to = valid_from
        row = LegalReference(key=key, valid_from=valid_from)
        work.add(row)
    row.days, row.changed_by, row.changed_at = days, work.actor.id, work.now
    for column, value in columns.items():
        setattr(row, column, value)
    await work.flush()
    work.note(Action.CHANGE, "legal_reference", records=[row.id], detail={"key": key})
    return row


async def plant_legal_references(work: Work) -> int:
    """Add the keys that the municipality does not have; what it has is never touched. How many."""
    known = set(await work.scalars(select(LegalReference.key)))
    rows = [
        LegalReference(**each.model_dump(), changed_at=work.now)
        for each in shipped()
        if each.key not in known
    ]
    work.add(*rows)
    await work.flush()
    return len(rows)


def in_force(
    day: date | ColumnElement[date], row: type[LegalReference] = LegalReference
) -> ColumnElement[bool]:
    begun = or_(row.valid_from.is_(None), row.valid_from <= day)
    return begun & or_(row.valid_to.is_(None), row.valid_to > day)


class Shipped(BaseModel):
    """A row as it comes with the service."""

    model_config = ConfigDict(extra="forbid")

    key: str
    name: str
    says: str
    source: str
    valid_from: date | None = None
    valid_to: date | None = None
    days: int | None = None
    yearly_day: str | None = None


@cache
def shipped() -> tuple[Shipped, ...]:
    text = (files(__package__) / "legal.json").read_bytes()
    return tuple(TypeAdapter(list[Shipped]).validate_json(text))


def _yearly(text: str | None) -> str | None:
    """A day of the year as month and day; None for an empty one. 29 February is not in each."""
    written = (text or "").strip()
    if not written:
        return None
    try:
        if MONTH_AND_DAY.fullmatch(written):
            return f"{date.fromisoformat(f'2026-{written}'):%m-%d}"
    except ValueError:
        pass
    raise InvalidInput(_("Write month and day as 03-01."), field="yearlyDay")


def _needed(text: str, *, field: str) -> str:
    written = at_most(text, field=field, most=LONG)
    if not written:
        raise InvalidInput(_("Write something here: it cannot be empty."), field=field)
    return written
