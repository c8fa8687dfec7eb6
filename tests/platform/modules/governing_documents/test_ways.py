"""Documents as the planner finds them: what narrows the list, and what stays with the resolver."""

from __future__ import annotations

import pytest
from graphql import get_variable_values

from roder.graphql.context import Context
from roder.graphql.documents import core_schema, find_operation, parse_document
from roder.graphql.planner.plans import Asking, make_plan
from roder.platform.schema import product_schema

SCHEMA = product_schema()
LIST = """query ($words: String! = "", $type: String! = "", $state: GoverningDocumentState,
    $unit: ID, $body: ID, $overdue: Boolean! = false) {
  governingDocuments(words: $words, typeKey: $type, state: $state, unitId: $unit, bodyId: $body,
    overdue: $overdue) { totalCount nodes { title state } } }"""


@pytest.fixture
def find(town):
    """The titles that are found; the plugin `both_ways` asks by the statement as well."""

    async def ask(**values):
        async with await town.work("employee", write=False) as work:
            found = await SCHEMA.execute(LIST, variable_values=values, context_value=Context(work))
        assert found.errors is None, found.errors
        return [node["title"] for node in found.data["governingDocuments"]["nodes"]]

    return ask


async def test_words_are_found_as_they_stand_whatever_signs_they_have(town, add, find):
    titles = ("100 % ren el", "1000 liter", "A_B", "AxB", "Vägar/gator", "Ångström")
    async with await town.work() as work:
        for title in titles:
            await add(work, title=title)

    for words, found in {
        "": {*titles},
        "0 %": {"100 % ren el"},
        "a_b": {"A_B"},
        "/gat": {"Vägar/gator"},
        "ÅNG": {"Ångström"},
        "finns inte": set(),
    }.items():
        assert set(await find(words=words)) == found


async def test_state_type_and_place_narrow_the_list(town, add, decided, find):
    board, committee = (town.units[name].id for name in ("school_board", "committee"))
    async with await town.work() as work:
        await add(work, title="Utkast", unit_id=committee, body_id=committee)
        await decided(work, title="Gäller", unit_id=board, body_id=board)

    assert await find(state="VALID") == ["Gäller"]
    assert await find(state="DRAFT") == ["Utkast"]
    assert await find(type="finns_inte") == []
    assert await find(unit=f"Unit:{board}") == ["Gäller"]
    assert await find(body=f"Unit:{committee}") == ["Utkast"]
    assert await find(state="DRAFT", unit=f"Unit:{board}") == []


async def test_the_overdue_are_left_to_the_resolver_which_tells_the_log_of_owners(town):
    core, document = core_schema(SCHEMA), parse_document(LIST)
    operation = find_operation(document, None)
    variables = get_variable_values(core, operation.variable_definitions or (), {})
    plan = make_plan(core, document, operation, variables, lambda _permission: True, frozenset())
    sent = {"words": "a_b", "type": "", "overdue": False}

    async with await town.work("employee", write=False) as work:
        rights = "select coalesce(max(version), 0) from rights_versions where tenant_id = $1"
        [[version]] = await work.raw(rights, [town.tenant.id])
        asking = Asking(town.tenant.id, work.actor.id, work.today, "sv", version)
        [[found]] = await work.raw(plan.body, plan.parameters(asking, sent))
        [[left]] = await work.raw(plan.body, plan.parameters(asking, sent | {"overdue": True}))

    assert "%a/_b%" in plan.parameters(asking, sent)
    assert found is not None
    assert left is None
