"""The organisation tree through the real API."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import func, select

from roder.tenants.models import Unit, UnitVersion
from roder.tenants.rows import uuid7

PROBLEM = "... on Problem { code message field }"
ADD = f"""mutation($input: AddUnitInput!) {{
  addUnit(input: $input) {{ ... on Unit {{ id }} {PROBLEM} }} }}"""
CHANGE = f"""mutation($input: ChangeUnitInput!) {{
  changeUnit(input: $input) {{ ... on Unit {{ name parent {{ code }} }} {PROBLEM} }} }}"""
END = f"""mutation($input: EndUnitInput!) {{
  endUnit(input: $input) {{ ... on Unit {{ versions {{ validFrom validTo }} }} {PROBLEM} }} }}"""
MERGE = f"""mutation($input: MergeUnitsInput!) {{
  mergeUnits(input: $input) {{
    ... on Unit {{ id name children {{ code }} predecessors {{ fromDate unit {{ code name }} }} }}
    {PROBLEM} }} }}"""
SPLIT = f"""mutation($input: SplitUnitInput!) {{
  splitUnit(input: $input) {{
    ... on UnitSplit {{ units {{ code children {{ code }} }} }} {PROBLEM} }} }}"""
CANCEL = f"""mutation($id: ID!) {{
  cancelChange(id: $id) {{ ... on ChangeCancelled {{ day unit {{ name }} }} {PROBLEM} }} }}"""
YEAR = "2100-01-01"


def gid(unit) -> str:
    return f"Unit:{unit if not hasattr(unit, 'id') else unit.id}"


async def stock(town) -> tuple[int, int]:
    async with await town.work(write=False) as work:
        units = (await work.execute(select(func.count(Unit.id)))).scalar_one()
        return units, (await work.execute(select(func.count(UnitVersion.id)))).scalar_one()


async def test_the_tree_is_shown_as_it_was_on_a_day(api, town):
    home_care = gid(town.units["home_care"])
    change = {"id": home_care, "fromDate": YEAR, "name": "Hemvård Öst", "parentId": None}
    assert await api.ask(CHANGE, input=change) == {
        "changeUnit": {"name": "Hemvård Öst", "parent": None}
    }

    query = """query($on: Date, $id: ID!) {
      units(on: $on) { code name parent { name } }
      unit(id: $id, on: $on) { name parent { name } }
    }"""
    before = await api.ask(query, on="2099-12-31", id=home_care)
    assert before["units"] == [
        {"code": "council", "name": "Kommunfullmäktige", "parent": None},
        {
            "code": "school_board",
            "name": "Barn- och utbildningsnämnden",
            "parent": {"name": "Kommunfullmäktige"},
        },
        {
            "code": "committee",
            "name": "Socialnämnden",
            "parent": {"name": "Kommunfullmäktige"},
        },
        {"code": "home_care", "name": "Hemtjänst Öst", "parent": {"name": "Socialnämnden"}},
    ]
    assert before["unit"] == {"name": "Hemtjänst Öst", "parent": {"name": "Socialnämnden"}}
    after = await api.ask(query, on=YEAR, id=home_care)
    assert after["unit"] == {"name": "Hemvård Öst", "parent": None}
    assert (await api.ask(query, on="2017-12-31", id=home_care)) == {"units": [], "unit": None}


async def test_children_and_parents_are_of_the_day_that_was_asked_for(api, town):
    change = {"id": gid(town.units["committee"]), "fromDate": YEAR, "name": "Omsorgsnämnden"}
    await api.ask(CHANGE, input=change)
    query = """query($id: ID!, $on: Date) { unit(id: $id, on: $on) {
      children { name children { code parent { name } } }
      then: children(on: "2100-01-01") { name } } }"""
    council = gid(town.units["council"])

    today = await api.ask(query, id=council)
    assert today["unit"]["children"] == [
        {"name": "Barn- och utbildningsnämnden", "children": []},
        {
            "name": "Socialnämnden",
            "children": [{"code": "home_care", "parent": {"name": "Socialnämnden"}}],
        },
    ]
    assert [unit["name"] for unit in today["unit"]["then"]] == [
        "Barn- och utbildningsnämnden",
        "Omsorgsnämnden",
    ]
    later = await api.ask(query, id=council, on=YEAR)
    assert later["unit"]["children"][1] == {
        "name": "Omsorgsnämnden",
        "children": [{"code": "home_care", "parent": {"name": "Omsorgsnämnden"}}],
    }


async def test_the_history_of_a_unit_is_told(api, town):
    home_care = gid(town.units["home_care"])
    await api.ask(CHANGE, input={"id": home_care, "fromDate": YEAR, "name": "Hemvård"})
    await api.ask(END, input={"id": home_care, "on": "2101-01-01"})
    query = """query($id: ID!) {
      unit(id: $id) { versions { name validFrom validTo parent { code } } } }"""

    assert (await api.ask(query, id=home_care))["unit"]["versions"] == [
        {
            "name": "Hemtjänst Öst",
            "validFrom": "2018-01-01",
            "validTo": YEAR,
            "parent": {"code": "committee"},
        },
        {
            "name": "Hemvård",
            "validFrom": YEAR,
            "validTo": "2101-01-01",
            "parent": {"code": "committee"},
        },
    ]


async def test_units_merge_split_and_go_back(api, town):
    before = await stock(town)
    committee, school_board = gid(town.units["committee"]), gid(town.units["school_board"])
    council = gid(town.units["council"])
    new = {"code": "w", "name": "Välfärd", "kind": "COMMITTEE", "parentId": council}
    merge = {"predecessorIds": [committee, school_board], "fromDate": YEAR, "intoNew": new}
    merged = (await api.ask(MERGE, input=merge))["mergeUnits"]
    assert sorted(link["unit"]["code"] for link in merged["predecessors"]) == [
        "committee",
        "school_board",
    ]
    assert merged["children"] == [{"code": "home_care"}]

    parts = [
        {"new": new | {"code": "a"}, "childIds": [gid(town.units["home_care"])]},
        {"new": new | {"code": "b"}},
    ]
    split = {"id": merged["id"], "fromDate": "2101-01-01", "into": parts}
    assert await api.ask(SPLIT, input=split) == {
        "splitUnit": {
            "units": [
                {"code": "a", "children": [{"code": "home_care"}]},
                {"code": "b", "children": []},
            ]
        }
    }
    links = "query($id: ID!) { unit(id: $id) { successors { fromDate unit { name } } } }"
    assert (await api.ask(links, id=committee))["unit"]["successors"] == [
        {"fromDate": YEAR, "unit": {"name": "Välfärd"}}
    ]

    assert await api.ask(CANCEL, id=merged["id"]) == {
        "cancelChange": {"day": "2101-01-01", "unit": {"name": "Välfärd"}}
    }
    assert await api.ask(CANCEL, id=merged["id"]) == {"cancelChange": {"day": YEAR, "unit": None}}
    assert await stock(town) == before


async def test_bad_reorganisations_are_refused_with_their_field(api, town):
    before = await stock(town)
    unit, other = gid(town.units["committee"]), gid(town.units["school_board"])
    new = {"code": "w", "name": "Välfärd", "kind": "COMMITTEE"}
    both = {"predecessorIds": [unit], "fromDate": YEAR, "intoId": other, "intoNew": new}
    assert await api.refusal(MERGE, input=both) == ("INVALID_INPUT", "intoId")
    none = {"predecessorIds": [], "fromDate": YEAR, "intoId": other}
    assert await api.refusal(MERGE, input=none) == ("INVALID_INPUT", "predecessorIds")
    absent = {"predecessorIds": [unit], "fromDate": YEAR, "intoId": gid(uuid7())}
    assert await api.refusal(MERGE, input=absent) == ("NOT_FOUND", None)
    split = {"id": unit, "fromDate": YEAR, "into": [{"new": new}, {"unitId": other}]}
    assert await api.refusal(SPLIT, input=split) == ("CONFLICT", "into.childIds")
    assert await api.refusal(END, input={"id": unit, "on": YEAR}) == ("CONFLICT", None)
    assert await api.refusal(CANCEL, id=unit) == ("CONFLICT", None)
    assert await api.refusal(CANCEL, id="nonsense") == ("INVALID_INPUT", "id")
    loop = {"id": unit, "fromDate": YEAR, "parentId": gid(town.units["home_care"])}
    assert await api.refusal(CHANGE, input=loop) == ("CONFLICT", "parentId")

    assert await stock(town) == before


@pytest.mark.parametrize(
    ("code", "name", "field"),
    [
        ("", "Namn", "code"),
        ("x" * 41, "Namn", "code"),
        ("x", " ", "name"),
        ("x", "n" * 201, "name"),
    ],
)
async def test_a_unit_needs_a_code_and_a_name(api, town, code, name, field):
    before = await stock(town)
    unit = {"code": code, "name": name, "kind": "UNIT"}

    assert await api.refusal(ADD, input=unit) == ("INVALID_INPUT", field)
    assert await stock(town) == before


async def test_of_two_who_add_the_same_code_at_once_one_is_refused(api, town):
    before = await stock(town)
    unit = {"code": "same", "name": "Enhet", "kind": "UNIT", "parentId": gid(town.units["council"])}
    answers = await asyncio.gather(*(api.ask(ADD, input=unit) for _ in range(4)))

    codes = sorted(answer["addUnit"].get("code", "") for answer in answers)
    assert codes == ["", "CONFLICT", "CONFLICT", "CONFLICT"]
    assert await stock(town) == (before[0] + 1, before[1] + 1)


async def test_of_two_moves_that_would_make_a_loop_together_one_is_refused(api, town):
    one, other = gid(town.units["committee"]), gid(town.units["school_board"])
    moves = [
        {"id": one, "fromDate": YEAR, "parentId": other},
        {"id": other, "fromDate": YEAR, "parentId": one},
    ]
    answers = await asyncio.gather(*(api.ask(CHANGE, input=move) for move in moves))

    codes = sorted(answer["changeUnit"].get("code", "") for answer in answers)
    assert codes == ["", "CONFLICT"]


async def test_a_unit_is_not_ended_while_someone_adds_another_below_it(api, town):
    above = gid(town.units["home_care"])
    unit = {"code": "team", "name": "Team", "kind": "UNIT", "parentId": above}
    added, ended = await asyncio.gather(
        api.ask(ADD, input=unit), api.ask(END, input={"id": above, "on": YEAR})
    )

    refused = [answer for answer in (added["addUnit"], ended["endUnit"]) if "code" in answer]
    assert [answer["code"] for answer in refused] == ["CONFLICT"]


@pytest.mark.parametrize("who", ["employee", "manager", "auditor"])
async def test_those_without_the_right_see_the_tree_and_change_nothing(client, town, who):
    before = await stock(town)
    one = await client(town, who)
    unit = gid(town.units["home_care"])
    assert len((await one.ask("{ units { code } }"))["units"]) == 4
    for document, sent in (
        (ADD, {"code": "x", "name": "X", "kind": "UNIT", "parentId": unit}),
        (CHANGE, {"id": unit, "fromDate": YEAR, "name": "X"}),
        (END, {"id": unit, "on": YEAR}),
        (MERGE, {"predecessorIds": [unit], "fromDate": YEAR, "intoId": unit}),
        (SPLIT, {"id": unit, "fromDate": YEAR, "into": []}),
    ):
        assert await one.refusal(document, input=sent) == ("FORBIDDEN", None)
    assert await one.refusal(CANCEL, id=unit) == ("FORBIDDEN", None)
    assert await stock(town) == before


async def test_a_local_administrator_adds_below_the_own_unit_and_nowhere_else(client, town):
    local = await client(town, "local")
    unit = {"code": "team", "name": "Team Norr", "kind": "UNIT"}
    before = await stock(town)
    for above in (None, gid(town.units["committee"])):
        assert await local.refusal(ADD, input=unit | {"parentId": above}) == ("FORBIDDEN", None)
    assert await stock(town) == before

    added = await local.ask(ADD, input=unit | {"parentId": gid(town.units["home_care"])})
    assert added["addUnit"]["id"].startswith("Unit:")


async def test_roles_at_a_unit_are_told_to_administrators_only(client, town):
    query = "query($id: ID!) { unit(id: $id) { roleGrants { role person { name } } } }"
    unit = gid(town.units["home_care"])
    local, employee = await client(town, "local"), await client(town, "employee")

    held = (await local.ask(query, id=unit))["unit"]["roleGrants"]
    assert sorted((grant["role"], grant["person"]["name"]) for grant in held) == [
        ("contributor", "Mona Chef"),
        ("local_administrator", "Lo Lokal"),
    ]
    assert (await employee.ask(query, id=unit))["unit"]["roleGrants"] == []


async def test_the_tree_of_another_municipality_is_not_there(api, client, other_town):
    stranger = await client(other_town)
    query = "query($id: ID!) { unit(id: $id) { code } node(id: $id) { id } }"
    foreign = gid(api.town.units["home_care"])
    assert await stranger.ask(query, id=foreign) == {"unit": None, "node": None}
    change = {"id": foreign, "fromDate": str(date(2100, 1, 1)), "name": "X"}
    assert await stranger.refusal(CHANGE, input=change) == ("NOT_FOUND", None)
