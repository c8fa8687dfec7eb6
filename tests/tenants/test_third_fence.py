import pytest
from sqlalchemy import exists, func, select, text, update
from sqlalchemy.orm import aliased

from roder.tenants.models import Person, RoleGrant, Unit, UnitVersion


async def test_joins_aliases_and_subqueries_name_the_tenant(town):
    other = aliased(UnitVersion)
    async with await town.work() as work:
        rows = await work.rows(
            select(Unit.id, func.count(other.id))
            .join(other, (other.unit_id == Unit.id) & (other.tenant_id == Unit.tenant_id))
            .where(exists().where(UnitVersion.unit_id == Unit.id))
            .group_by(Unit.id)
        )
        within = select(RoleGrant.person_id).scalar_subquery()
        people = await work.scalars(select(Person.name).where(Person.id.in_(within)))

    assert len(rows) == 4
    assert sorted(people) == ["Asta Admin", "Lo Lokal", "Mona Chef", "Rut Revisor"]


async def test_an_update_of_many_rows_stays_in_its_municipality(town, other_town):
    async with await town.work() as work:
        await work.execute(update(Person).values(locale="en"))

    async with await other_town.work() as work:
        assert set(await work.scalars(select(Person.locale))) == {"sv"}
    async with await town.work() as work:
        assert set(await work.scalars(select(Person.locale))) == {"en"}


@pytest.mark.parametrize(
    "statement",
    [
        "select id from units",
        "select id from units, unit_versions where units.tenant_id = '{id}'",
    ],
)
async def test_a_statement_that_forgets_the_tenant_fails_in_the_tests(town, statement):
    async with await town.work(write=False) as work:
        with pytest.raises(AssertionError, match="without its tenant"):
            await work.session.execute(text(statement.format(id=town.tenant.id)))
