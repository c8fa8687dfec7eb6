"""A municipality with those who handle deviations, and how they come in by the browser."""

from __future__ import annotations

from sqlalchemy import select, update

from roder.platform.modules.deviations.models import Deviation
from roder.tenants.models import Person, RoleGrant, UserSession
from roder.tenants.rows import uuid7

PEOPLE = (
    ("boss", "Berit Bok", "deviation_handler", "home_care"),
    ("investigator", "Ulla Utter", "lex_investigator", None),
    ("officer", "Laila Lönn", "lex_officer", "committee"),
    ("medical", "Malin Mård", "medical_officer", "committee"),
    ("keeper", "Nina Nyckel", "deviation_keeper", None),
)
SAID = "Fru Ek föll vid frukosten och slog i höften"


async def with_deviations(town):
    """The town with everybody who has to do with deviations."""
    await town.switch_on("deviations")
    async with await town.work() as work:
        for who, name, _role, _unit in PEOPLE:
            email = f"{who}@{town.tenant.slug}.example"
            town.people[who] = Person(id=uuid7(), name=name, email=email)
        work.add(*(town.people[who] for who, *_rest in PEOPLE))
        await work.flush()
        for who, _name, role, unit in PEOPLE:
            at = town.units[unit].id if unit else None
            work.add(RoleGrant(person_id=town.people[who].id, role=role, unit_id=at))
    return town


def by_e_identification(visit, care):
    """`page = await sure("boss", "avvikelser")`: signed in as safely as the module asks for."""

    async def open_(who, path, **values):
        page = await visit(
            care, who, "profil", **{k: v for k, v in values.items() if k != "status"}
        )
        async with await care.work() as work:
            mine = UserSession.person_id == care.people[who].id
            await work.execute(update(UserSession).where(mine).values(level=3))
        status = values.get("status", 200)
        if status >= 400:
            visit.expect(f"{status} ")
        answer = await page.goto(f"{visit.address}/{care.tenant.slug}/{path}")
        assert answer.status == status
        return page

    return open_


async def write(page, what=SAID):
    """The fields that a report needs; the rest is suggested."""
    await page.get_by_label("Berätta vad som hände").fill(what)


async def reports(town):
    async with await town.work(write=False) as work:
        return await work.scalars(select(Deviation).order_by(Deviation.id))
