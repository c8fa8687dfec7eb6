"""A key for some units sees and does what belongs to them and to all below, and no more."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from roder.authz.permit import permissions
from roder.infra.errors import Forbidden, InvalidInput, NotFound
from roder.platform.modules.goals.models import Level, PlanNode, SteeringModel
from roder.platform.modules.reports.models import Report, ReportTemplate, Section
from roder.tenants.delegations import delegate_roles
from roder.tenants.entry import enter
from roder.tenants.models import RoleGrant, StoredFile, Unit
from roder.tenants.people import add_person, change_person
from roder.tenants.rows import uuid7
from roder.tenants.tokens.tokens import create_token
from roder.tenants.work import open_work


async def come_in(town, key, *, write=False):
    entered = await enter(town.runtime, town.tenant.slug, bearer=key)
    return open_work(town.runtime, entered.tenant, entered.actor, write=write)


async def make(town, *units, who="administrator", scopes=("read", "write")):
    async with await town.work() as work:
        made = await create_token(
            work,
            name="Prov",
            person_id=town.people[who].id,
            scopes=scopes,
            unit_ids=[town.units[unit].id for unit in units],
        )
    return made.key


async def plan(work):
    """A model to write goals by, and a template of reports."""
    model = SteeringModel(id=uuid7(), name="Modell", year=2026, lights=[])
    template = ReportTemplate(id=uuid7(), key="prov", title={"sv": "Prov"})
    work.add(model, template)
    await work.flush()
    lists = {"parents": [], "unit_kinds": [], "hand_lights": []}
    named = {"key": "goal", "kind": "goal", "name": {"sv": "Mål"}, "spread": "visible"}
    level = Level(id=uuid7(), model_id=model.id, position=1, **named, **lists)
    work.add(level)
    await work.flush()
    return level, template


@pytest.fixture
async def filled(town):
    """A goal and a report with a section at each unit, and a file of somebody else."""
    async with await town.work() as work:
        level, template = await plan(work)
        placed = {"model_id": level.model_id, "level_id": level.id, "position": 1}
        for key, unit in town.units.items():
            named = {"unit_id": unit.id, "title": key}
            report = Report(id=uuid7(), template_id=template.id, period="2026", **named)
            work.add(report, PlanNode(id=uuid7(), kind="goal", **placed, **named))
            await work.flush()
            section = {"key": key, "number": "1", "kind": "text", "title": key, "position": 1}
            work.add(Section(id=uuid7(), report_id=report.id, **section))
        work.add(
            StoredFile(
                name="annans.txt",
                media_type="text/plain",
                size=1,
                sha256="",
                key=f"{work.tenant.id}/x",
                created_by=town.people["employee"].id,
            )
        )
    return town


async def titles(work, model):
    return set(await work.scalars(select(model.title)))


@pytest.mark.parametrize(
    ("units", "seen"),
    [
        (["home_care"], {"home_care", "committee", "council"}),
        (["committee"], {"home_care", "committee", "council"}),
        (["school_board"], {"school_board", "council"}),
        (["school_board", "home_care"], {"school_board", "home_care", "committee", "council"}),
        (["council"], {"school_board", "home_care", "committee", "council"}),
        ([], {"school_board", "home_care", "committee", "council"}),
    ],
)
async def test_it_sees_its_units_those_below_and_those_above(filled, units, seen):
    key = await make(filled, *units)

    async with await come_in(filled, key) as work:
        assert await titles(work, PlanNode) == seen
        assert await titles(work, Report) == seen
        assert await titles(work, Section) == seen
        assert len(await work.scalars(select(Unit))) == 4
        assert len(await work.scalars(select(SteeringModel))) == 1


async def test_it_sees_no_files_but_its_own(filled):
    narrow, wide = await make(filled, "home_care"), await make(filled)

    async with await come_in(filled, narrow) as work:
        assert await work.scalars(select(StoredFile.name)) == []
    async with await come_in(filled, wide) as work:
        assert await work.scalars(select(StoredFile.name)) == ["annans.txt"]


async def test_what_its_owner_may_everywhere_it_may_in_its_units(town):
    key = await make(town, "committee")

    async with await come_in(town, key) as work:
        may = {unit for unit, row in town.units.items() if work.allows("goals.edit", at=row.id)}
        assert may == {"committee", "home_care"}
        assert work.reach("goals.edit") == {
            town.units[unit].id for unit in ("committee", "home_care")
        }


async def test_it_may_not_what_its_owner_may_not(town):
    """The manager writes at home care, and nowhere else."""
    key = await make(town, "council", who="manager")

    async with await come_in(town, key) as work:
        may = {unit for unit, row in town.units.items() if work.allows("goals.edit", at=row.id)}
        assert may == {"home_care"}
    async with await come_in(town, await make(town, "school_board", who="manager")) as work:
        assert not work.allows("goals.edit")


async def test_what_belongs_to_no_unit_is_closed_to_it(town):
    """All that a full administrator may but in goals, reports, files and the organisation; what is
    one's own stays."""
    key = await make(town, "committee")
    open_kinds = {"goals.read", "goals.export", "reports.read", "reports.export", "files.read"}
    organisation = {"organisation.read", "organisation.export"}

    async with await come_in(town, key) as work:
        everywhere = {
            name
            for name in permissions()
            if work.allows(name) and not work.allows(name, owner=uuid7())
        }
        held = {name for name in permissions() if work.allows(name, owner=uuid7())}

    assert held == open_kinds | organisation
    assert not everywhere & {"people.read", "tenant.configure", "tokens.manage", "roles.grant"}


async def test_the_tree_as_it_stands_today_decides(town):
    from roder.tenants.tree.units import change_unit

    key = await make(town, "committee")
    async with await town.work() as work:
        await change_unit(
            work,
            town.units["home_care"].id,
            parent_id=town.units["school_board"].id,
            from_date=date(2020, 1, 1),
        )

    async with await come_in(town, key) as work:
        assert not work.allows("goals.edit", at=town.units["home_care"].id)


async def test_a_unit_of_another_municipality_is_none(town, other_town):
    async with await town.work() as work:
        with pytest.raises(NotFound):
            await create_token(
                work,
                name="Prov",
                person_id=town.people["manager"].id,
                unit_ids=[other_town.units["council"].id],
            )


@pytest.mark.parametrize(
    ("networks", "kept"),
    [
        (["192.0.2.7"], ["192.0.2.7/32"]),
        (["192.0.2.7/24", "2001:DB8::/32", ""], ["192.0.2.0/24", "2001:db8::/32"]),
    ],
)
async def test_networks_are_kept_as_they_are_written_best(town, networks, kept):
    async with await town.work() as work:
        own = town.people["administrator"].id
        made = await create_token(work, name="Prov", person_id=own, networks=networks)

    assert made.token.networks == kept


@pytest.mark.parametrize("network", ["kommunen", "192.0.2.0/33", "1.2.3.4.5", "::/129"])
async def test_a_network_that_is_none_is_refused(town, network):
    async with await town.work() as work:
        own = town.people["administrator"].id
        with pytest.raises(InvalidInput) as refused:
            await create_token(work, name="Prov", person_id=own, networks=[network])

    assert refused.value.field == "networks"


async def test_a_narrow_key_makes_no_keys(town):
    key = await make(town, "council")

    async with await come_in(town, key, write=True) as work:
        with pytest.raises(Forbidden):
            await create_token(work, name="Mer", person_id=work.actor.id)


async def test_it_hands_on_none_of_its_owners_roles(town):
    """They reach the whole municipality, and would let a colleague do more than the key may."""
    key, own = await make(town, "home_care"), town.people["administrator"].id
    async with await town.work(write=False) as work:
        grants = await work.scalars(select(RoleGrant.id).where(RoleGrant.person_id == own))

    async with await come_in(town, key, write=True) as work:
        with pytest.raises(Forbidden):
            await delegate_roles(
                work,
                grant_ids=list(grants),
                colleague_id=town.people["employee"].id,
                valid_from=None,
                valid_to=work.now + timedelta(days=1),
            )


@pytest.mark.parametrize("who", ["administrator", "local"])
async def test_it_changes_nobody_in_the_register(town, who):
    """People belong to no unit."""
    key, employee = await make(town, "home_care", who=who), town.people["employee"].id

    async with await come_in(town, key, write=True) as work:
        for refused in (
            add_person(work, name="Ny", email="ny@a.example"),
            change_person(work, employee, email="taken.over@a.example"),
        ):
            with pytest.raises(Forbidden):
                await refused
