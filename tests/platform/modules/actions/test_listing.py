"""Which actions there are: narrowed, in order, a part at a time, and as a workbook."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from roder.infra.excel import read_sheet
from roder.platform.modules.actions.exporting import ask_for_actions, export_actions
from roder.platform.modules.actions.finding import find_actions
from roder.platform.modules.actions.listing import Due, Wanted, due_of, planned_actions, present
from roder.platform.modules.actions.models import ActionState
from roder.platform.modules.actions.service import drop_action, finish_action
from roder.platform.modules.actions.settings import ActionSettings
from roder.tenants.models import StoredFile
from roder.tenants.municipality import save_settings
from roder.tenants.sealed.stored import get_bytes
from roder.workers.run import Pace, run_job


@pytest.fixture
async def planned(town, plan):
    """Four at home care and one at the school board."""
    async with await town.work() as work:
        day = work.today
        await plan(work, title="Sedan", due_on=day + timedelta(days=90), owner="manager")
        await plan(work, title="Utan dag", detail="Med nattlaget")
        await plan(work, title="Försenad", due_on=day - timedelta(days=1), owner="employee")
        done = await plan(work, title="Klar", due_on=day - timedelta(days=9))
        await finish_action(work, done.id, outcome="Nya nycklar")
    async with await town.work() as work:
        school = town.units["school_board"].id
        dropped = await plan(work, title="Skolans", unit_id=school, module="goals", about="Mål 3")
        await drop_action(work, dropped.id, outcome="Ryms i budgeten")
    return town


async def titles(work, **wanted):
    return [row.title for row in (await planned_actions(work, Wanted(**wanted))).rows]


async def test_open_ones_come_first_by_their_day_then_the_latest_that_ended(planned):
    async with await planned.work("employee", write=False) as work:
        assert await titles(work) == ["Försenad", "Sedan", "Utan dag", "Skolans", "Klar"]
        part = await planned_actions(work, offset=1, limit=2)
        assert ([row.title for row in part.rows], part.total) == (["Sedan", "Utan dag"], 5)
        rows = (await planned_actions(work)).rows
        dues = await due_of(work, rows)
    assert [dues.get(row.id) for row in rows] == [Due.LATE, None, Due.NEVER, None, None]


async def test_each_way_to_narrow_leaves_what_fits(planned):
    units, people = planned.units, planned.people
    async with await planned.work("employee", write=False) as work:
        below_committee = await titles(work, unit_id=units["committee"].id)
        assert below_committee == ["Försenad", "Sedan", "Utan dag", "Klar"]
        assert await titles(work, unit_id=units["school_board"].id) == ["Skolans"]
        assert len(await titles(work, unit_id=units["council"].id)) == 5
        assert await titles(work, state=ActionState.DONE) == ["Klar"]
        assert await titles(work, due=Due.LATE) == ["Försenad"]
        assert await titles(work, due=Due.SOON) == []
        assert await titles(work, due=Due.NEVER) == ["Utan dag"]
        assert await titles(work, module="goals") == ["Skolans"]
        assert await titles(work, owner_id=people["manager"].id) == ["Sedan"]
        assert await titles(work, words="nattLAGET") == ["Utan dag"]
        assert await titles(work, words="nya nycklar") == ["Klar"]
        assert await titles(work, words="%") == []
        assert await present(work) == (
            frozenset({units["home_care"].id, units["school_board"].id}),
            frozenset({"reports", "goals"}),
        )


@pytest.mark.parametrize(
    ("days", "due"),
    [(-1, Due.LATE), (0, Due.SOON), (14, Due.SOON), (15, None)],
)
async def test_an_action_is_due_soon_from_two_weeks_before_its_last_day(town, plan, days, due):
    async with await town.work() as work:
        row = await plan(work, due_on=work.today + timedelta(days=days))
        assert (await due_of(work, [row])).get(row.id) is due
        for wanted in (Due.LATE, Due.SOON):
            assert (await titles(work, due=wanted) == [row.title]) is (wanted is due)
        await finish_action(work, row.id, outcome="Klart")
        assert await due_of(work, [row]) == {}
        assert await titles(work, due=Due.SOON) == []


async def test_a_municipality_chooses_when_an_action_is_due_soon(town, plan):
    async with await town.work() as work:
        row = await plan(work, due_on=work.today + timedelta(days=20))
        await save_settings(work, "actions", ActionSettings, values={"soon_days": 20})
    async with await town.work() as work:
        assert await due_of(work, [row]) == {row.id: Due.SOON}


async def test_search_finds_an_action_and_its_page(planned):
    async with await planned.work("employee", write=False) as work:
        [found] = await find_actions(work, "utan dag", 2026)
        [row] = (await planned_actions(work, Wanted(words="Utan dag"))).rows
    assert (found.title, found.page, found.params) == (
        "Utan dag",
        "planned_action",
        {"id": row.id},
    )
    assert found.detail == "Att göra, Kvalitetsberättelse 2026"


async def test_another_municipality_sees_none_of_them(planned, other_town):
    async with await other_town.work() as work:
        assert await titles(work) == []
        assert await present(work) == (frozenset(), frozenset())


async def test_the_workbook_has_the_rows_that_were_asked_for(planned):
    tenant = planned.tenant.id
    async with await planned.work("employee") as work:
        asked = await ask_for_actions(work, Wanted(unit_id=planned.units["committee"].id))
    kinds = {export_actions.name: export_actions}
    await run_job(planned.runtime, kinds, tenant_id=tenant, job_id=asked.id, pace=Pace())
    async with await planned.work() as work:
        file = await work.first(select(StoredFile).where(StoredFile.job_id == asked.id))
        sheet = read_sheet(await get_bytes(work, file.key, file.key_number))
        yesterday = (work.today - timedelta(days=1)).isoformat()

    assert file.name.startswith("Åtgärder")
    rows = [cells for _number, cells in sheet.rows]
    head = next(place for place, cells in enumerate(rows) if cells.get(0) == "Åtgärd")
    assert list(rows[head].values())[:6] == [
        "Åtgärd",
        "Kommer från",
        "Enhet",
        "Ansvarig",
        "Sista dag",
        "Läge",
    ]
    below = rows[head + 1 :]
    assert [cells[0] for cells in below] == ["Försenad", "Sedan", "Utan dag", "Klar"]
    assert [below[0][place] for place in (1, 2, 3)] == [
        "Kvalitetsberättelse 2026",
        "Hemtjänst Öst",
        "Elis Anställd",
    ]
    assert below[0][4] == yesterday
    assert "Försenad" in below[0][5]
    assert below[3][7] == "Nya nycklar"
