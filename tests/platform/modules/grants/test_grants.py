"""The register of grants: what is kept, found and refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, ModuleOff, NotFound
from roder.platform.modules.grants import deadlines, givers, service
from roder.platform.modules.grants.models import (
    DeadlineKind,
    Grant,
    GrantGiver,
    GrantState,
    GrantStep,
)
from roder.platform.modules.grants.service import Filter
from roder.tenants.people import end_person
from roder.tenants.rows import uuid7


async def count(work, model):
    return await work.first(select(func.count()).select_from(model))


async def test_a_grant_is_added_changed_and_read_by_all(town, add):
    async with await town.work("manager") as work:
        grant = await add(work, sought=Decimal("1000.50"), signer="Förvaltningschefen")
        await service.change_grant(work, grant.id, version=1, purpose="Utbilda", giver_case="S-1")

    async with await town.work("employee", write=False) as work:
        kept = await service.get_grant(work, grant.id)
        steps = await work.scalars(select(GrantStep))
        giver = await work.get(GrantGiver, kept.giver_id)
    assert (kept.code, kept.state, kept.version) == ("SB-2026-01", GrantState.SEARCH, 2)
    assert (kept.sought, kept.granted) == (Decimal("1000.50"), None)
    assert (kept.purpose, kept.signer, kept.giver_case) == ("Utbilda", "Förvaltningschefen", "S-1")
    assert kept.changed_by == town.people["manager"].id
    assert giver.name == "Socialstyrelsen"
    assert [(step.state, step.taken_by) for step in steps] == [
        (GrantState.SEARCH, town.people["manager"].id)
    ]


async def test_codes_are_numbered_by_year_unless_one_is_given(town, add):
    async with await town.work() as work:
        made = [
            await add(work),
            await add(work, year=2025),
            await add(work, code="Eget 7"),
            await add(work, code="SB-2026-09"),
            await add(work),
        ]
        with pytest.raises(Conflict, match="upptagen"):
            await add(work, code="Eget 7")
        assert await count(work, Grant) == 5
    codes = [grant.code for grant in made]
    assert codes == ["SB-2026-01", "SB-2025-01", "Eget 7", "SB-2026-09", "SB-2026-10"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"giver": "Ingen alls"}, "giver"),
        ({"year": 1989}, "year"),
        ({"sought": Decimal(-1)}, "sought"),
        ({"sought": Decimal("0.001")}, "sought"),
        ({"sought": Decimal("1e12")}, "sought"),
        ({"sought": Decimal("NaN")}, "sought"),
        ({"granted": Decimal(5)}, "granted"),
        ({"claimed": Decimal(5)}, "claimed"),
        ({"decided_on": date(2026, 1, 1)}, "decidedOn"),
        ({"begins_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)}, "endsOn"),
        ({"note": "x" * 4001}, "note"),
    ],
)
async def test_a_grant_that_does_not_fit_is_refused(town, add, values, field):
    async with await town.work() as work:
        with pytest.raises(InvalidInput) as refused:
            async with work.attempt():
                await add(work, **values)
        assert refused.value.field == field
        assert await count(work, Grant) == 0


async def test_who_writes_where(town, add):
    async with await town.work("manager") as work:
        with pytest.raises(Forbidden):
            await add(work, unit_id=town.units["school_board"].id)
        grant = await add(work)
        with pytest.raises(Forbidden):
            await service.change_grant(work, grant.id, unit_id=town.units["school_board"].id)
        with pytest.raises(Forbidden):
            await givers.add_giver(work, name="Stiftelsen")
        assert await count(work, Grant) == 1
    for who in ("employee", "auditor"):
        async with await town.work(who) as work:
            assert [row.id for row in await service.all_grants(work, Filter())] == [grant.id]
            with pytest.raises(Forbidden):
                await service.change_grant(work, grant.id, name="Nytt")


async def test_another_municipality_cannot_tell_the_grant_exists(town, lund, add):
    async with await town.work() as work:
        grant = await add(work)
    async with await lund.work() as work:
        with pytest.raises(NotFound) as foreign:
            await service.change_grant(work, grant.id, name="Nytt")
        with pytest.raises(NotFound) as absent:
            await service.change_grant(work, uuid7(), name="Nytt")
        assert str(foreign.value) == str(absent.value)
        assert await service.all_grants(work, Filter()) == []


async def test_a_municipality_without_the_module_has_no_grants(new_town):
    other = await new_town("Sala")
    async with await other.work() as work:
        with pytest.raises(ModuleOff):
            await service.all_grants(work, Filter())


async def test_an_old_version_is_refused(town, add):
    async with await town.work() as work:
        grant = await add(work)
        await service.change_grant(work, grant.id, version=1, name="Andra")
        with pytest.raises(Conflict, match="Någon har ändrat"):
            await service.change_grant(work, grant.id, version=1, name="Tredje")
        assert (await service.get_grant(work, grant.id)).name == "Andra"


async def test_somebody_who_has_left_cannot_answer_for_a_grant(town, add):
    person = town.people["manager"].id
    async with await town.work() as work:
        await add(work, responsible_id=person)
        await end_person(work, person)
        with pytest.raises(InvalidInput, match="har slutat"):
            await add(work, responsible_id=person)
        with pytest.raises(NotFound):
            await add(work, responsible_id=uuid7())


async def test_only_what_is_looked_into_is_removed(town, grant_of):
    async with await town.work() as work:
        grant = await grant_of(work, "search")
        await service.remove_grant(work, grant.id)
        applied = await grant_of(work, "applied")
        with pytest.raises(Conflict, match="avsluta bidraget"):
            await service.remove_grant(work, applied.id)
        assert [row.id for row in await service.all_grants(work, Filter())] == [applied.id]


async def test_grants_are_found_by_what_they_are(town, add, grant_of):
    async with await town.work() as work:
        lift = await grant_of(work, "applied", giver_case="SoS 17")
        school = await add(
            work,
            name="Likvärdig skola",
            giver="Skolverket",
            year=2025,
            unit_id=town.units["school_board"].id,
        )
        whole = await add(work, name="Boende", unit_id=town.units["committee"].id)
        giver = (await givers.givers(work))[0]

        async def found(**values):
            rows, total = await service.find_grants(work, Filter(**values))
            assert total == len(rows)
            return {row.id for row in rows}

        assert giver.name == "Skolverket"
        assert await found() == {lift.id, school.id, whole.id}
        assert await found(giver_id=giver.id) == {school.id}
        assert await found(year=2025) == {school.id}
        assert await found(state=GrantState.APPLIED) == {lift.id}
        assert await found(unit_id=town.units["committee"].id) == {lift.id, whole.id}
        assert await found(unit_id=town.units["home_care"].id) == {lift.id}
        assert await found(unit_id=town.units["council"].id) == {lift.id, school.id, whole.id}
        assert await found(words="sos 17") == {lift.id}
        assert await found(words="skolverk") == {school.id}
        assert await found(words="100%") == set()
        assert await found(due_before=date(2026, 12, 30)) == set()
        assert await found(due_before=date(2026, 12, 31)) == {lift.id}
        rows, total = await service.find_grants(work, Filter(), offset=1, limit=1)
        assert ([row.name for row in rows], total) == (["Äldreomsorgslyftet"], 3)


async def test_a_deadline_is_ticked_moved_and_undone(town, grant_of):
    async with await town.work() as work:
        grant = await grant_of(work, "granted")
        (row,) = await deadlines.deadlines_of(work, [grant.id])
        await deadlines.move_deadline(work, row.id, due_on=date(2027, 1, 15))
        await deadlines.tick_deadline(work, row.id)
        assert (row.due_on, row.done_on) == (date(2027, 1, 15), work.today)
        assert row.done_by == work.actor.id
        assert await deadlines.open_deadlines(work, Filter()) == []
        for change in (
            deadlines.tick_deadline(work, row.id),
            deadlines.move_deadline(work, row.id, due_on=date(2027, 2, 1)),
            deadlines.remove_deadline(work, row.id),
        ):
            with pytest.raises(Conflict, match="redan klart"):
                await change
        await deadlines.untick_deadline(work, row.id)
        with pytest.raises(InvalidInput):
            await deadlines.tick_deadline(work, row.id, done_on=work.today + timedelta(days=1))
        assert [each[0].id for each in await deadlines.open_deadlines(work, Filter())] == [row.id]
        await deadlines.remove_deadline(work, row.id)
        assert await deadlines.deadlines_of(work, [grant.id]) == []


async def test_a_deadline_of_ones_own_has_a_name(town, add):
    async with await town.work() as work:
        grant = await add(work)
        with pytest.raises(InvalidInput) as refused:
            await deadlines.add_deadline(
                work, grant.id, kind=DeadlineKind.OWN, due_on=date(2026, 5, 1)
            )
        assert refused.value.field == "name"
        assert await deadlines.deadlines_of(work, [grant.id]) == []


async def test_the_list_of_givers_is_the_municipality_s_own(town, add):
    async with await town.work() as work:
        assert await givers.givers(work) == []
        assert "Skolverket" in await givers.giver_names(work)
        await add(work, giver="skolverket")
        own = await givers.add_giver(work, name="Stiftelsen Ålderdom")
        with pytest.raises(Conflict):
            await givers.add_giver(work, name="STIFTELSEN ÅLDERDOM")
        await givers.change_giver(work, own.id, name="Stiftelsen Åldern")
        await givers.change_giver(work, own.id, ended=True)
        names = await givers.giver_names(work)
        listed = [(row.name, row.ended_on) for row in await givers.givers(work)]
    assert (names.count("Skolverket"), "Stiftelsen Åldern" in names) == (1, False)
    assert listed == [("Skolverket", None), ("Stiftelsen Åldern", work.today)]
