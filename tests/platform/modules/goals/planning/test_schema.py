"""Changing the plan through the API. The rules themselves are tested beside."""

import json

import pytest

from roder.platform.modules.goals.models import PlanNode, YearLock
from roder.tenants.rows import uuid7

PROBLEM = "... on Problem { code message field }"


async def test_an_indicator_is_added_with_how_it_is_measured(ask, ids):
    added = await ask(
        f"""mutation ($level: ID!, $unit: ID!, $parent: ID!) {{
          addPlanNode(input: {{
            levelId: $level, unitId: $unit, parentId: $parent, title: "Boenden",
            measure: {{decimals: 2, direction: LOWER, periodicity: MONTH, yellowLimit: "1.5"}}
          }}) {{
            ... on Indicator {{ id version position measureUnit decimals direction greenLimit
              yellowLimit periodicity bySex source consolidation local }} {PROBLEM} }} }}""",
        level=ids["indicator_level"],
        unit=ids["committee"],
        parent=ids["goal"],
    )
    assert added["addPlanNode"].pop("id").startswith("Indicator:")
    assert added["addPlanNode"] == {
        "version": 1,
        "position": 3,
        "measureUnit": "",
        "decimals": 2,
        "direction": "LOWER",
        "greenLimit": "0",
        "yellowLimit": "1.5",
        "periodicity": "MONTH",
        "bySex": False,
        "source": "",
        "consolidation": "NONE",
        "local": False,
    }


async def test_a_node_is_changed_moved_and_removed(ask, ids, town, counted):
    id = ids["indicator"]
    changed = await ask(
        f"""mutation ($id: ID!, $person: ID) {{
          changePlanNode(input: {{id: $id, version: 1, title: "Hem", responsibleId: $person}}) {{
            ... on Indicator {{ title version responsible {{ name }} changedBy {{ name }} }}
            {PROBLEM} }}
          changeIndicator(input: {{id: $id, measure: {{yellowLimit: null, decimals: 1}}}}) {{
            ... on Indicator {{ yellowLimit decimals version }} {PROBLEM} }}
          movePlanNode(input: {{id: $id, parentId: "{ids["goal"]}", position: 0}}) {{
            ... on Indicator {{ position version parent {{ id }} }} {PROBLEM} }}
        }}""",
        id=id,
        person=f"Person:{town.people['manager'].id}",
    )
    assert changed == {
        "changePlanNode": {
            "title": "Hem",
            "version": 2,
            "responsible": {"name": "Mona Chef"},
            "changedBy": {"name": "Asta Admin"},
        },
        "changeIndicator": {"yellowLimit": None, "decimals": 1, "version": 3},
        "movePlanNode": {"position": 0, "version": 4, "parent": {"id": ids["goal"]}},
    }
    clash = await ask(
        f"""mutation ($id: ID!) {{ changePlanNode(input: {{id: $id, version: 1, title: "Nej"}}) {{
              {PROBLEM} }} }}""",
        id=id,
    )
    assert clash["changePlanNode"]["code"] == "CONFLICT"
    assert clash["changePlanNode"]["field"] == "version"
    removed = "mutation ($id: ID!) { removePlanNode(id: $id) { ... on PlanNodeRemoved { id } } }"
    assert (await ask(removed, id=id))["removePlanNode"] == {"id": id}
    assert await counted(PlanNode) == 6


async def test_null_where_there_must_be_a_value_is_an_error_and_nothing_is_written(
    ask, ids, stored, thread
):
    result = await ask.answer(
        """mutation ($id: ID!) { changePlanNode(input: {id: $id, title: null}) { __typename } }""",
        id=ids["goal"],
    )

    assert result.errors is not None
    assert (await stored(PlanNode, thread.nodes["goal"])).title == "Minska sjukfrånvaro"


async def test_a_goal_is_distributed_and_handed_over(ask, ids, town):
    copies = await ask(
        """mutation ($id: ID!, $unit: ID!) { distributePlanNode(id: $id, unitIds: [$unit]) {
             ... on PlanNodeDistributed { copies { unit { code } origin { id } } } } }""",
        id=ids["own_goal"],
        unit=ids["home_care"],
    )
    assert copies["distributePlanNode"]["copies"] == [
        {"unit": {"code": "home_care"}, "origin": {"id": ids["own_goal"]}}
    ]
    people = {who: f"Person:{town.people[who].id}" for who in ("manager", "local")}
    handed = await ask(
        """mutation ($one: ID!, $other: ID!) { handOverPlanNodes(fromId: $one, toId: $other) {
             ... on PlanNodesHandedOver { count } } }""",
        one=people["manager"],
        other=people["local"],
    )
    assert handed["handOverPlanNodes"] == {"count": 0}


async def test_an_id_that_names_another_kind_is_like_an_absent_one(ask, ids, thread, counted):
    wrong = f"Goal:{thread.nodes['indicator']}"
    absent = f"Goal:{uuid7()}"
    for id in (wrong, absent):
        read = await ask(
            "query ($id: ID!) { node(id: $id) { id } planNode(id: $id) { id } }", id=id
        )
        assert read == {"node": None, "planNode": None}
    refusals = [
        await ask(
            f"""mutation ($id: ID!, $unit: ID!) {{
              changePlanNode(input: {{id: $id, title: "X"}}) {{ {PROBLEM} }}
              removePlanNode(id: $id) {{ {PROBLEM} }}
              movePlanNode(input: {{id: $id}}) {{ {PROBLEM} }}
              changeIndicator(input: {{id: $id, measure: {{}}}}) {{ {PROBLEM} }}
              changeActivity(input: {{id: $id}}) {{ {PROBLEM} }}
              writeComment(input: {{aboutId: $id, unitId: $unit, period: "2026", text: "X"}}) {{
                {PROBLEM} }}
              setLightByHand(input: {{goalId: $id, unitId: $unit, period: "2026", light: RED,
                                      reason: "X"}}) {{ {PROBLEM} }} }}""",
            id=id,
            unit=ids["committee"],
        )
        for id in (wrong, absent)
    ]
    assert json.dumps(refusals[0]) == json.dumps(refusals[1])
    assert {refusal["code"] for refusal in refusals[0].values()} == {"NOT_FOUND"}
    assert await counted(PlanNode) == 7


@pytest.mark.parametrize("who", ["employee", "auditor"])
async def test_a_reader_gets_a_problem_for_every_change(ask, ids, who, counted):
    refused = await ask(
        f"""mutation ($goal: ID!, $unit: ID!) {{
          changePlanNode(input: {{id: $goal, title: "X"}}) {{ {PROBLEM} }}
          writeComment(input: {{aboutId: $goal, unitId: $unit, period: "2026", text: "X"}}) {{
            {PROBLEM} }}
          lockYear(year: 2025) {{ {PROBLEM} }} }}""",
        goal=ids["goal"],
        unit=ids["committee"],
        who=who,
    )
    assert {problem["code"] for problem in refused.values()} == {"FORBIDDEN"}
    assert await counted(YearLock) == 0
