"""The register of grants: found by what they are, added and changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most, one_line
from ....tenants.decided import DECIDED, read_decided
from ....tenants.models import Unit
from ....tenants.rows import uuid7
from ....tenants.tree.below import below_sql
from ....tenants.work import Work
from .givers import giver_named
from .holding import WRITE, check_person, hold_grant, sums_of, touched
from .models import Grant, GrantDeadline, GrantGiver, GrantState, GrantStep
from .rules import DECIDED as DECIDED_STATES
from .rules import check_money, read_amount
from .settings import grant_settings

SHORT: Final = 200
LONG: Final = 4_000
CODE: Final = 30
LINES: Final = ("name", "signer", "agent", "giver_case")
TEXTS: Final = ("ordinance", "purpose", "overpaid_reason", "note")
DAYS: Final = ("agent_on", "begins_on", "ends_on")
AMOUNTS: Final = ("sought", "granted", "claimed")
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100


@dataclass(frozen=True, slots=True)
class Filter:
    """Which grants: all that is given has to fit. `unit_id` takes those below it too; `due_before`
    those with a deadline that is not done, up to and with that day."""

    words: str = ""
    giver_id: UUID | None = None
    unit_id: UUID | None = None
    year: int | None = None
    state: GrantState | None = None
    due_before: date | None = None


@permit("grants.read")
async def find_grants(
    work: Work, chosen: Filter, *, offset: int = 0, limit: int = 50
) -> tuple[Sequence[Grant], int]:
    """A part of those that fit, the latest year first and then by name; and how many fit."""
    conditions = fitting(work, chosen)
    rows = await work.scalars(
        in_order(select(Grant).where(*conditions)).offset(offset).limit(limit)
    )
    total = await work.first(select(func.count()).select_from(Grant).where(*conditions))
    return rows, total or 0


@permit("grants.read")
async def all_grants(work: Work, chosen: Filter) -> Sequence[Grant]:
    return await work.scalars(in_order(select(Grant).where(*fitting(work, chosen))))


@permit("grants.read")
async def get_grant(work: Work, grant_id: UUID) -> Grant:
    return await work.get(Grant, grant_id)


@permit("grants.read")
async def years(work: Work) -> Sequence[int]:
    """The years that there are grants for, the latest first."""
    return await work.scalars(select(Grant.year).distinct().order_by(Grant.year.desc()))


@permit(WRITE)
async def add_grant(work: Work, /, **values: Any) -> Grant:
    """A grant that is looked into, with a code of its own unless one is given.

    `giver` is a name on the list, or a well known one. Raises InvalidInput, NotFound, Forbidden,
    Conflict for a code that is taken.
    """
    unit = await work.get(Unit, values.pop("unit_id"), field="unitId")
    work.require(WRITE, at=unit.id)
    await _check_responsible(work, values)
    grant = _empty(work, unit.id)
    await _set(work, grant, {"name": "", "giver": "", "year": work.today.year} | values)
    grant.code = await _code(work, values.get("code"), grant.year)
    work.add(grant)
    await work.flush()
    work.add(_step(work, grant))
    await work.flush()
    return grant


@permit(WRITE)
async def change_grant(
    work: Work, /, grant_id: UUID, *, version: int | None = None, **values: Any
) -> Grant:
    """What is left out stays. What was decided is changed here too, once it is decided.

    Raises as `add_grant`, and Conflict for another version or a closed grant.
    """
    grant = await hold_grant(work, grant_id, version=version)
    unit_id = values.pop("unit_id", None)
    if unit_id is not None and unit_id != grant.unit_id:
        unit = await work.get(Unit, unit_id, field="unitId")
        work.require(WRITE, at=unit.id)
        grant.unit_id = unit.id
    await _check_responsible(work, values)
    await _set(work, grant, values)
    if values.get("code") and values["code"] != grant.code:
        grant.code = await _code(work, values["code"], grant.year)
    if values.keys() & {"granted", "claimed", "overpaid_reason"}:
        sums = await sums_of(work, [grant.id])
        check_money(grant, sums[grant.id], field="granted")
    return await touched(work, grant)


@permit(WRITE)
async def remove_grant(work: Work, grant_id: UUID, *, version: int | None = None) -> Grant:
    """For one added by mistake: only while it is looked into. Raises Conflict for a later one."""
    grant = await hold_grant(work, grant_id, version=version)
    if grant.state is not GrantState.SEARCH:
        raise Conflict(_("Something has been sought already: close the grant instead."))
    await work.delete(grant)
    await work.flush()
    return grant


def fitting(work: Work, chosen: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if chosen.words:
        found.append(_named(work, chosen.words))
    if chosen.giver_id is not None:
        found.append(Grant.giver_id == chosen.giver_id)
    if chosen.unit_id is not None:
        units = below_sql(chosen.unit_id, tenant_id=work.tenant.id, today=work.today)
        found.append(Grant.unit_id.in_(units))
    if chosen.year is not None:
        found.append(Grant.year == chosen.year)
    if chosen.state is not None:
        found.append(Grant.state == chosen.state)
    if chosen.due_before is not None:
        deadline = aliased(GrantDeadline)
        found.append(
            exists().where(
                deadline.tenant_id == work.tenant.id,
                deadline.grant_id == Grant.id,
                deadline.done_on.is_(None),
                deadline.due_on <= chosen.due_before,
            )
        )
    return found


def in_order(statement: Select[Grant]) -> Select[Grant]:
    return statement.order_by(Grant.year.desc(), func.sv_key(Grant.name), Grant.id)


def _named(work: Work, words: str) -> ColumnElement[bool]:
    def has(column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
        return column.icontains(words, autoescape=True)

    giver = exists().where(
        GrantGiver.tenant_id == work.tenant.id,
        GrantGiver.id == Grant.giver_id,
        has(GrantGiver.name),
    )
    own = (Grant.name, Grant.code, Grant.purpose, Grant.giver_case, Grant.registry_number)
    return or_(giver, *(has(column) for column in own))


def _empty(work: Work, unit_id: UUID) -> Grant:
    texts = (*LINES, *TEXTS, "decided_by", "decided_paragraph", "registry_number")
    return Grant(
        id=uuid7(),
        unit_id=unit_id,
        state=GrantState.SEARCH,
        version=1,
        changed_by=work.actor.id,
        changed_at=work.now,
        sought=None,
        granted=None,
        claimed=None,
        decided_on=None,
        responsible_id=None,
        **dict.fromkeys(texts, ""),
        **dict.fromkeys(DAYS),
    )


def _step(work: Work, grant: Grant) -> GrantStep:
    return GrantStep(
        grant_id=grant.id,
        state=grant.state,
        back=False,
        note="",
        taken_by=work.actor.id,
        taken_at=work.now,
    )


async def _check_responsible(work: Work, values: Mapping[str, Any]) -> None:
    if values.get("responsible_id") is not None:
        await check_person(work, values["responsible_id"])


async def _set(work: Work, grant: Grant, values: Mapping[str, Any]) -> None:
    """Put what is given on the grant, each as it is kept. Raises InvalidInput."""
    if "name" in values:
        grant.name = one_line(values["name"], field="name", most=SHORT)
    if "giver" in values:
        grant.giver_id = (await giver_named(work, values["giver"])).id
    if "year" in values:
        grant.year = _year(values["year"])
    for name in (*LINES[1:], *TEXTS):
        if name in values:
            most = SHORT if name in LINES else LONG
            setattr(grant, name, at_most(values[name] or "", field=_told(name), most=most))
    for name in DAYS:
        if name in values:
            setattr(grant, name, values[name])
    if grant.begins_on and grant.ends_on and grant.ends_on < grant.begins_on:
        raise InvalidInput(_("The last day comes before the first."), field="endsOn")
    if "responsible_id" in values:
        grant.responsible_id = values["responsible_id"]
    _set_amounts(grant, values)
    if values.keys() & set(DECIDED):
        _set_decision(work, grant, values)


def _set_amounts(grant: Grant, values: Mapping[str, Any]) -> None:
    for name in AMOUNTS:
        if name not in values or values[name] == getattr(grant, name):
            continue
        known = grant.state in DECIDED_STATES and grant.state is not GrantState.REFUSED
        if name != "sought" and not known:
            raise InvalidInput(
                _("The amount comes with the decision. Take that step first."), field=name
            )
        if name == "claimed" and grant.state is not GrantState.CLAIMED:
            raise InvalidInput(
                _("The amount comes with the claim. Take that step first."), field=name
            )
        needed = name != "sought" or grant.state is not GrantState.SEARCH
        if needed and not values[name]:
            raise InvalidInput(_("Write an amount above zero."), field=name)
        setattr(grant, name, read_amount(values[name], field=name))


def _set_decision(work: Work, grant: Grant, values: Mapping[str, Any]) -> None:
    given = {name: values.get(name, getattr(grant, name)) for name in DECIDED}
    if all((given[name] or None) == (getattr(grant, name) or None) for name in DECIDED):
        return
    if grant.state not in DECIDED_STATES:
        raise InvalidInput(_("Nothing is decided yet. Take that step first."), field="decidedOn")
    for name, value in read_decided(given, today=work.today).items():
        setattr(grant, name, value)
    if not grant.registry_number:
        raise InvalidInput(
            _("Write the number that the decision has in the registry."), field="registryNumber"
        )


def _year(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput(
            _("Write a year from {first} to {last}.", first=FIRST_YEAR, last=LAST_YEAR),
            field="year",
        )
    return year


async def _code(work: Work, given: str | None, year: int) -> str:
    """The code that was given, if nobody has it, or the next of the year."""
    if given and given.strip():
        code = one_line(given, field="code", most=CODE)
        if await work.first(select(Grant.id).where(Grant.code == code)):
            raise Conflict(_("The code {code} is taken.", code=code), field="code")
        return code
    begins = f"{(await grant_settings(work)).code_prefix}-{year}-"
    taken = await work.scalars(
        select(Grant.code).where(Grant.code.startswith(begins, autoescape=True))
    )
    numbers = [int(rest) for code in taken if (rest := code.removeprefix(begins)).isdecimal()]
    return f"{begins}{max(numbers, default=0) + 1:02d}"


def _told(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
