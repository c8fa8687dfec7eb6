"""A list costs no decision a row: as many are asked for of a few rows as of many."""

from decimal import Decimal

import pytest
from planned import COMMITTEE, clients

from roder.authz import permit
from roder.platform.modules.goals.planning.adding import add_nodes
from roder.platform.modules.goals.values.outcomes import OutcomeEntry, set_outcomes
from roder.tenants import work as works


@pytest.fixture
def decided(monkeypatch):
    """The permissions that are asked for, and those that Casbin is asked about."""
    asked, of_casbin = [], []
    enforcer = permit._enforcer()
    enforce, allowed = enforcer.enforce, permit.allowed

    def ask(actor, permission, **about):
        asked.append(permission)
        return allowed(actor, permission, **about)

    monkeypatch.setattr(enforcer, "enforce", lambda *a: of_casbin.append(a) or enforce(*a))
    monkeypatch.setattr(works, "allowed", ask)
    monkeypatch.setattr(permit, "allowed", ask)
    permit._decided.cache_clear()
    return asked, of_casbin


async def grown(town, thread, rows):
    async with await town.work() as work:
        nodes = await add_nodes(work, [thread.new("indicator") for _ in range(rows)])
        unit = thread.units["committee"]
        entries = [OutcomeEntry(node.id, unit, "2026", {"total": Decimal(1)}) for node in nodes]
        await set_outcomes(work, entries)


async def test_a_list_of_the_api_asks_once_for_all_its_records(town, thread, ask, decided, one_way):
    asked, of_casbin = decided
    query = """query ($unit: ID!) { planNodes(unitId: $unit, year: 2026, first: 1000) {
        nodes { id title } } }"""
    unit = f"Unit:{thread.units['committee']}"
    found = []
    for rows in (10, 1000):
        await grown(town, thread, rows)
        asked.clear()
        of_casbin.clear()
        answer = await ask(query, unit=unit, who="employee")
        found.append((len(answer["planNodes"]["nodes"]), list(asked), len(of_casbin)))

    assert found == [(17, ["goals.read"], 1), (1000, ["goals.read"], 0)]


async def test_a_page_asks_as_often_for_three_hundred_rows_as_for_thirty(
    town, thread, runtime, settings, decided
):
    asked, _of_casbin = decided
    found = []
    async with clients(runtime, settings, town) as make:
        client = await make("manager")
        for rows in (30, 270):
            await grown(town, thread, rows)
            asked.clear()
            response = await client.get(f"{COMMITTEE}malanalys")
            found.append((response.status_code, response.text.count("Nytt indicator"), list(asked)))

    (first, few, asked_of_few), (then, many, asked_of_many) = found
    assert (first, then, many) == (200, 200, few * 10)
    assert asked_of_few == asked_of_many
