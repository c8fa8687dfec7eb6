"""Support through the API: faults a page at a time, and whom to ask where."""

from __future__ import annotations

import pytest

from roder.graphql.context import Context
from roder.platform.modules.support import contacts, faults
from roder.platform.modules.support.models import Effect, Workaround
from roder.platform.modules.support.rules import Answers
from roder.platform.schema import product_schema

SCHEMA = product_schema()

FAULTS = """query ($first: Int, $after: String, $words: String! = "", $state: FaultState) {
  faultReports(first: $first, after: $after, words: $words, state: $state) {
    totalCount nodes { title faultClass } pageInfo { hasNextPage endCursor }
  }
}"""


@pytest.fixture
def ask(town):
    async def send(who, query, **values):
        async with await town.work(who) as work:
            return await SCHEMA.execute(query, variable_values=values, context_value=Context(work))

    return send


async def report(work, title, effect, *, critical=False):
    asked = Answers(True, effect, critical, Workaround.NONE)
    return await faults.report_fault(work, title=title, what="Det går inte.", asked=asked)


@pytest.fixture
async def reported(town):
    """The employee has met three, one of them solved; the manager one."""
    async with await town.work("employee") as work:
        await report(work, "Litet", Effect.BLEMISH)
        await report(work, "Nere", Effect.DOWN, critical=True)
        solved = await report(work, "Löst", Effect.DOWN, critical=True)
    async with await town.work("manager") as work:
        await report(work, "Chefens", Effect.BROKEN, critical=True)
    async with await town.work() as work:
        await faults.solve_fault(work, solved.id, said="Rättat")
    return town


async def test_open_faults_come_first_the_gravest_first_a_page_at_a_time(reported, ask):
    found, after = [], None
    while True:
        data = (await ask("administrator", FAULTS, first=3, after=after)).data["faultReports"]
        assert data["totalCount"] == 4
        found.append([(node["title"], node["faultClass"]) for node in data["nodes"]])
        after = data["pageInfo"]["endCursor"]
        if not data["pageInfo"]["hasNextPage"]:
            break
    assert found == [[("Nere", "A"), ("Chefens", "B"), ("Litet", "D")], [("Löst", "A")]]


async def test_one_sees_ones_own_faults_and_those_that_fit(reported, ask):
    async def titles(who, **narrowed):
        nodes = (await ask(who, FAULTS, **narrowed)).data["faultReports"]["nodes"]
        return [node["title"] for node in nodes]

    assert await titles("employee") == ["Nere", "Litet", "Löst"]
    assert await titles("employee", state="SOLVED") == ["Löst"]
    assert await titles("employee", words="chef") == []
    assert await titles("administrator", words="chef") == ["Chefens"]
    refused = await ask("auditor", FAULTS)
    assert [error.extensions["code"] for error in refused.errors] == ["FORBIDDEN"]


async def test_a_cursor_of_another_list_is_refused(reported, ask):
    answer = await ask("employee", FAULTS, after="WzFd")
    assert [error.extensions["code"] for error in answer.errors] == ["INVALID_INPUT"]


async def test_whom_to_ask_is_told_for_a_unit_and_a_module(town, ask):
    async with await town.work() as work:
        for unit, area, name in (
            ("council", "", "Servicedesk"),
            ("committee", "goals", "Målstöd"),
        ):
            await contacts.save_contact(
                work, unit_id=town.units[unit].id, role="Stöd", area=area, name=name, phone="1"
            )
    query = """query ($unit: ID!, $area: String! = "") {
      supportContactsFor(unitId: $unit, area: $area) { name unit { name } }
    }"""
    home_care = f"Unit:{town.units['home_care'].id}"
    both = (await ask("employee", query, unit=home_care, area="goals")).data
    assert both["supportContactsFor"] == [
        {"name": "Målstöd", "unit": {"name": "Socialnämnden"}},
        {"name": "Servicedesk", "unit": {"name": "Kommunfullmäktige"}},
    ]
    one = (await ask("employee", query, unit=home_care)).data
    assert [each["name"] for each in one["supportContactsFor"]] == ["Servicedesk"]
    none = await ask("employee", query, unit="Unit:00000000-0000-0000-0000-000000000007")
    assert [error.extensions["code"] for error in none.errors] == ["NOT_FOUND"]
