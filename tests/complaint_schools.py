"""A municipality with two schools, their principals, and somebody who handles complaints at the
organiser."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from roder.platform.modules.school_quality.complaint_kinds import complaint_kinds
from roder.platform.modules.school_quality.complaint_models import (
    Complainant,
    Complaint,
    ComplaintWay,
)
from roder.platform.modules.school_quality.complaints import register_complaint
from roder.tenants.models import Person, RoleGrant, Unit, UnitKind, UnitVersion
from roder.tenants.rows import uuid7

SCHOOLS = (("alm", "Almskolan"), ("bok", "Bokskolan"))
PEOPLE = (
    ("principal", "Rakel Rönn", "principal", "alm"),
    ("other_principal", "Roland Rot", "principal", "bok"),
    ("handler", "Hedda Hassel", "complaint_handler", "school_board"),
)
SAID = "Ingen vuxen var på skolgården när Kim ramlade"
NAME = "Vera Videkvist"


async def with_complaints(town):
    """The town with everybody who has to do with complaints."""
    await town.switch_on("school_quality")
    async with await town.work() as work:
        for key, name in SCHOOLS:
            slug = f"{name.lower()}"
            town.units[key] = Unit(id=uuid7(), code=key, slug=slug, kind=UnitKind.UNIT)
            work.add(town.units[key])
        await work.flush()
        board = town.units["school_board"].id
        for key, name in SCHOOLS:
            work.add(
                UnitVersion(
                    unit_id=town.units[key].id,
                    parent_id=board,
                    name=name,
                    valid_from=date(2018, 1, 1),
                )
            )
        for who, name, _role, _unit in PEOPLE:
            email = f"{who}@{town.tenant.slug}.example"
            town.people[who] = Person(id=uuid7(), name=name, email=email)
            work.add(town.people[who])
        await work.flush()
        for who, _name, role, unit in PEOPLE:
            at = town.units[unit].id
            work.add(RoleGrant(person_id=town.people[who].id, role=role, unit_id=at))
    return town


async def complain(town, who="principal", *, unit="alm", ago=0, **given):
    """A complaint that came in some days ago, as it was registered."""
    async with await town.work(who) as work:
        kinds = {row.key: row.id for row in await complaint_kinds(work)}
        values = {
            "unit_id": town.units[unit].id,
            "received_on": work.today - timedelta(days=ago),
            "way": ComplaintWay.LETTER,
            "kind_id": kinds[given.pop("kind", "safety")],
            "complainant": Complainant.GUARDIAN,
            "what": SAID,
            "name": NAME,
            "contact": "vera@videkvist.example",
        }
        return await register_complaint(work, **values | given)


async def stored(town):
    async with await town.work(write=False) as work:
        return await work.scalars(select(Complaint).order_by(Complaint.id))
