"""The module in the API: what a client sends and sees. The rules themselves are tested beside."""

import json
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import event

from roder.graphql.context import Context
from roder.graphql.schema import build_schema
from roder.infra.i18n import use_locale
from roder.platform.modules import MODULES
from roder.platform.modules.goals.models import Outcome, PlanNode, SteeringModel, YearLock
from roder.tenants.rows import uuid7


@pytest.fixture(scope="session")
def schema():
    return build_schema(MODULES)


class Client:
    def __init__(self, schema, town):
        self.schema, self.town = schema, town

    async def __call__(self, document, *, who="administrator", write=None, **variables):
        """The data of an answer without errors."""
        result = await self.answer(document, who=who, write=write, **variables)
        assert result.errors is None, result.errors
        return result.data

    async def answer(self, document, *, who="administrator", write=None, **variables):
        write = document.lstrip().startswith("mutation") if write is None else write
        async with await self.town.work(who, write=write) as work:
            return await self.schema.execute(
                document, variable_values=variables, context_value=Context(work)
            )


@pytest.fixture
def ask(schema, town):
    return Client(schema, town)


@pytest.fixture
def ask_other(schema, other_town):
    return Client(schema, other_town)


@pytest.fixture
def ids(thread):
    """Global ids by the names of levels and units, and `model`."""
    types = {"assignment": "Assignment", "activity": "Activity"}
    found = {
        key: f"{types.get(key, 'Indicator' if 'indicator' in key else 'Goal')}:{id}"
        for key, id in thread.nodes.items()
    }
    units = {key: f"Unit:{id}" for key, id in thread.units.items()}
    levels = {f"{key}_level": f"Level:{id}" for key, id in thread.levels.items()}
    return found | units | levels | {"model": f"SteeringModel:{thread.model_id}"}


@asynccontextmanager
async def statements(runtime):
    made = []

    def record(connection, cursor, statement, *rest):
        made.append(statement)

    event.listen(runtime.engine.sync_engine, "before_cursor_execute", record)
    try:
        yield made
    finally:
        event.remove(runtime.engine.sync_engine, "before_cursor_execute", record)


PROBLEM = "... on Problem { code message field }"


async def test_a_model_is_created_changed_and_read(ask):
    made = await ask(
        f"""mutation ($levels: [LevelInput!]!) {{
          createSteeringModel(input: {{year: 2026, name: "Mål", levels: $levels}}) {{
            ... on SteeringModel {{ id }} {PROBLEM}
          }} }}""",
        levels=[
            {"key": "goal", "kind": "GOAL", "name": {"sv": "Mål", "en": "Goal"}},
            {
                "key": "indicator",
                "kind": "INDICATOR",
                "name": {"sv": "Styrtal"},
                "parents": ["goal"],
                "unitKinds": ["COMMITTEE"],
                "spread": "DISTRIBUTED",
            },
        ],
    )
    id = made["createSteeringModel"]["id"]
    await ask(
        f"""mutation ($id: ID!) {{
          changeSteeringModel(input: {{id: $id, name: "Målen"}}) {{ __typename {PROBLEM} }} }}""",
        id=id,
    )
    with use_locale("en"):
        read = await ask(
            """query ($id: ID!) { steeringModel(id: $id) {
                 year name lights { light colour word words { sv } }
                 levels { key position kind name names { sv en } parents unitKinds spread
                          lightRule handLights } } }""",
            id=id,
            who="employee",
        )

    model = read["steeringModel"]
    assert (model["year"], model["name"]) == (2026, "Målen")
    assert model["lights"][0] == {
        "light": "GREEN",
        "colour": "#2e7d32",
        "word": "Achieved",
        "words": {"sv": "Uppnått"},
    }
    assert model["levels"] == [
        {
            "key": "goal",
            "position": 0,
            "kind": "GOAL",
            "name": "Goal",
            "names": {"sv": "Mål", "en": "Goal"},
            "parents": [],
            "unitKinds": [],
            "spread": "VISIBLE",
            "lightRule": "WORST_CHILD",
            "handLights": ["GREEN", "RED"],
        },
        {
            "key": "indicator",
            "position": 1,
            "kind": "INDICATOR",
            "name": "Styrtal",
            "names": {"sv": "Styrtal", "en": None},
            "parents": ["goal"],
            "unitKinds": ["COMMITTEE"],
            "spread": "DISTRIBUTED",
            "lightRule": "WORST_CHILD",
            "handLights": [],
        },
    ]


async def test_models_are_copied_listed_and_deleted(ask, ids, counted):
    copied = await ask(
        """mutation ($id: ID!) { copySteeringModel(input: {id: $id, withNodes: false}) {
             ... on CopiedModel { copied leftBehind model { id year } } } }""",
        id=ids["model"],
    )
    model = copied["copySteeringModel"]["model"]
    assert copied["copySteeringModel"] == {"copied": 0, "leftBehind": 0, "model": model}
    listed = "{ steeringModels { totalCount nodes { year } } }"
    assert (await ask(listed))["steeringModels"] == {
        "totalCount": 2,
        "nodes": [{"year": 2026}, {"year": 2027}],
    }
    gone = await ask(
        """mutation ($id: ID!) { deleteSteeringModel(id: $id) {
             ... on SteeringModelDeleted { id } } }""",
        id=model["id"],
    )
    assert gone["deleteSteeringModel"] == {"id": model["id"]}
    assert await counted(SteeringModel) == 1


async def test_a_node_is_added_changed_moved_and_removed(ask, ids, town, counted):
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
    node = added["addPlanNode"]
    id = node.pop("id")
    assert id.startswith("Indicator:")
    assert node == {
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
    assert await counted(PlanNode) == 7


async def test_null_where_there_must_be_a_value_is_an_error_and_nothing_is_written(
    ask, ids, stored, thread
):
    result = await ask.answer(
        """mutation ($id: ID!) { changePlanNode(input: {id: $id, title: null}) { __typename } }""",
        id=ids["goal"],
    )

    assert result.errors is not None
    assert (await stored(PlanNode, thread.nodes["goal"])).title == "Minska sjukfrånvaro"


async def test_the_plan_is_a_tree_read_in_a_fixed_number_of_statements(ask, ids, runtime):
    tree = """query ($id: ID!, $unit: ID!) { planNode(id: $id) {
        title kind level { key } unit { name } parent { id }
        comment(unitId: $unit, period: "2026") { text }
        children { title level { name } unit { name } children(unitId: $unit) {
          __typename id title unit { name } level { key } parent { id } origin { id }
          responsible { name } changedBy { name }
          comment(unitId: $unit, period: "2026") { text }
          ... on Indicator { decimals bySex outcome(unitId: $unit, period: "2026") { total } }
          ... on Activity { state { key word closed } startsOn checkpoints { dueOn } }
        } } } }"""
    async with statements(runtime) as few:
        await ask(tree, id=ids["committee_goal"], unit=ids["committee"])
    for title in ("Ett", "Två", "Tre"):
        await ask(
            """mutation ($level: ID!, $unit: ID!, $parent: ID!, $title: String!) {
              addPlanNode(input: {levelId: $level, unitId: $unit, parentId: $parent,
                                  title: $title}) { __typename } }""",
            level=ids["indicator_level"],
            unit=ids["committee"],
            parent=ids["goal"],
            title=title,
        )
    async with statements(runtime) as many:
        read = await ask(tree, id=ids["committee_goal"], unit=ids["committee"])

    assert len(many) == len(few)
    below = read["planNode"]["children"][0]["children"]
    assert [node["title"] for node in below[3:]] == ["Ett", "Två", "Tre"]
    assert below[2]["state"] == {"key": "not_started", "word": "Ej påbörjad", "closed": False}
    assert below[0]["parent"] == {"id": ids["goal"]}


async def test_what_units_decided_is_listed_in_pages(ask, ids):
    listed = """query ($unit: ID, $kind: NodeKind, $year: Int, $after: String) {
      planNodes(unitId: $unit, kind: $kind, year: $year, first: 2, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { __typename title } } }"""
    first = (await ask(listed, unit=ids["committee"], kind="GOAL", year=2026))["planNodes"]
    assert first["totalCount"] == 3
    assert [node["title"] for node in first["nodes"]] == ["God arbetsgivare", "Minska sjukfrånvaro"]
    after = first["pageInfo"]["endCursor"]
    rest = (await ask(listed, unit=ids["committee"], kind="GOAL", after=after))["planNodes"]
    assert [node["title"] for node in rest["nodes"]] == ["Nöjda brukare"]
    assert (await ask(listed, year=2025))["planNodes"]["totalCount"] == 0
    assert (await ask(listed, unit=ids["home_care"]))["planNodes"]["totalCount"] == 0


async def test_values_are_set_cleared_and_read_with_their_history(ask, ids):
    written = await ask(
        f"""mutation ($id: ID!, $unit: ID!) {{
          one: setOutcome(input: {{indicatorId: $id, unitId: $unit, period: "2026-T1",
                                   total: "8.5", target: 9}}) {{
            ... on Outcome {{ id version total }} {PROBLEM} }}
          two: setOutcome(input: {{indicatorId: $id, unitId: $unit, period: "2026-T1",
                                   total: null, source: "HR", version: 1}}) {{
            ... on Outcome {{ version total target source }} {PROBLEM} }}
          three: setOutcome(input: {{indicatorId: $id, unitId: $unit, period: "2026-T1",
                                   total: "8.55"}}) {{ {PROBLEM} }}
        }}""",
        id=ids["indicator"],
        unit=ids["committee"],
    )
    outcome = written["one"]["id"]
    assert written["one"] == {"id": outcome, "version": 1, "total": "8.5"}
    assert written["two"] == {"version": 2, "total": None, "target": "9", "source": "HR"}
    assert (written["three"]["code"], written["three"]["field"]) == ("INVALID_INPUT", "total")
    read = await ask(
        """query ($id: ID!, $unit: ID!) { planNode(id: $id) { ... on Indicator {
             outcome(unitId: $unit, period: "2026-T1") {
               id enteredBy { name } unit { code } indicator { id }
               history { version total enteredBy { name } source } }
             outcomes(unitId: $unit) { totalCount nodes { period target } } } } }""",
        id=ids["indicator"],
        unit=ids["committee"],
        who="employee",
    )
    assert read["planNode"]["outcome"] == {
        "id": outcome,
        "enteredBy": {"name": "Asta Admin"},
        "unit": {"code": "committee"},
        "indicator": {"id": ids["indicator"]},
        "history": [
            {"version": 1, "total": "8.5", "enteredBy": {"name": "Asta Admin"}, "source": ""},
            {"version": 2, "total": None, "enteredBy": {"name": "Asta Admin"}, "source": "HR"},
        ],
    }
    assert read["planNode"]["outcomes"] == {
        "totalCount": 1,
        "nodes": [{"period": "2026-T1", "target": "9"}],
    }


async def test_of_a_set_of_values_all_are_kept_or_none(ask, ids, counted):
    document = f"""mutation ($input: [SetOutcomeInput!]!) {{ setOutcomes(input: $input) {{
        ... on OutcomesSet {{ outcomes {{ period total }} }} {PROBLEM} }} }}"""
    entry = {"indicatorId": ids["indicator"], "unitId": ids["committee"], "total": "7"}
    refused = await ask(document, input=[entry | {"period": "2026-T1"}, entry | {"period": "2026"}])
    assert refused["setOutcomes"]["code"] == "INVALID_INPUT"
    assert "Nummer 2: Styrtalet följs upp per tertial" in refused["setOutcomes"]["message"]
    assert await counted(Outcome) == 0
    kept = await ask(document, input=[entry | {"period": "2026-T1"}, entry | {"period": "2026-T2"}])
    assert kept["setOutcomes"]["outcomes"] == [
        {"period": "2026-T1", "total": "7"},
        {"period": "2026-T2", "total": "7"},
    ]


async def test_comments_and_lights_are_written_and_taken_away(ask, ids):
    place = {"goal": ids["goal"], "unit": ids["committee"]}
    written = await ask(
        f"""mutation ($goal: ID!, $unit: ID!) {{
          said: writeComment(input: {{aboutId: $goal, unitId: $unit, period: "2026",
                                      text: "Klart", inReport: false}}) {{
            ... on Comment {{ text inReport version writtenBy {{ name }} unit {{ code }}
                              about {{ id }} }} {PROBLEM} }}
          lit: setLightByHand(input: {{goalId: $goal, unitId: $unit, period: "2026",
                                       light: RED, reason: "Nej"}}) {{
            ... on HandLight {{ light reason setBy {{ name }} takenBackAt about {{ id }}
                                unit {{ code }} }} {PROBLEM} }}
          green: setLightByHand(input: {{goalId: $goal, unitId: $unit, period: "2026",
                                       light: GREEN, reason: "Jo"}}) {{ {PROBLEM} }}
        }}""",
        **place,
    )
    assert written["said"] == {
        "text": "Klart",
        "inReport": False,
        "version": 1,
        "writtenBy": {"name": "Asta Admin"},
        "unit": {"code": "committee"},
        "about": {"id": ids["goal"]},
    }
    assert written["lit"] == {
        "light": "RED",
        "reason": "Nej",
        "setBy": {"name": "Asta Admin"},
        "takenBackAt": None,
        "about": {"id": ids["goal"]},
        "unit": {"code": "committee"},
    }
    assert (written["green"]["code"], written["green"]["field"]) == ("CONFLICT", "light")
    gone = await ask(
        """mutation ($goal: ID!, $unit: ID!) {
          writeComment(input: {aboutId: $goal, unitId: $unit, period: "2026", text: ""}) {
            ... on CommentRemoved { about { id } } }
          takeBackLight(goalId: $goal, unitId: $unit, period: "2026") {
            ... on HandLight { takenBackBy { name } } } }""",
        **place,
    )
    assert gone["writeComment"] == {"about": {"id": ids["goal"]}}
    assert gone["takeBackLight"] == {"takenBackBy": {"name": "Asta Admin"}}
    read = await ask(
        """query ($goal: ID!, $unit: ID!) { planNode(id: $goal) {
          comments(period: "2026") { totalCount }
          ... on Goal { handLights(unitId: $unit, period: "2026") { light reason } } } }""",
        **place,
    )
    assert read["planNode"] == {
        "comments": {"totalCount": 0},
        "handLights": [{"light": "RED", "reason": "Nej"}],
    }


async def test_an_activity_gets_a_state_and_checkpoints(ask, ids):
    made = await ask(
        f"""mutation ($id: ID!) {{
          changeActivity(input: {{id: $id, state: "done", endsOn: "2026-05-01"}}) {{
            ... on Activity {{ state {{ key closed }} stateBy {{ name }} startsOn endsOn version }}
            {PROBLEM} }}
          addCheckpoint(activityId: $id, dueOn: "2026-04-01", note: "Titta") {{
            ... on Checkpoint {{ id dueOn note passedAt activity {{ id }} }} }} }}""",
        id=ids["activity"],
    )
    checkpoint = made["addCheckpoint"].pop("id")
    assert made == {
        "changeActivity": {
            "state": {"key": "done", "closed": True},
            "stateBy": {"name": "Asta Admin"},
            "startsOn": None,
            "endsOn": "2026-05-01",
            "version": 2,
        },
        "addCheckpoint": {
            "dueOn": "2026-04-01",
            "note": "Titta",
            "passedAt": None,
            "activity": {"id": ids["activity"]},
        },
    }
    passed = await ask(
        f"""mutation ($id: ID!) {{
          passCheckpoint(id: $id) {{ ... on Checkpoint {{ passedBy {{ name }} }} }}
          removeCheckpoint(id: $id) {{ {PROBLEM} }} }}""",
        id=checkpoint,
    )
    assert passed["passCheckpoint"] == {"passedBy": {"name": "Asta Admin"}}
    assert passed["removeCheckpoint"]["code"] == "CONFLICT"
    states = (await ask("{ activityStates { key word closed } }"))["activityStates"]
    assert states[0] == {"key": "not_started", "word": "Ej påbörjad", "closed": False}
    assert len(states) == 5


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


async def test_a_year_is_locked_and_opened(ask, counted):
    locked = await ask(
        """mutation { lockYear(year: 2025, reason: "Bokslut") {
             ... on YearLock { year reason lockedBy { name } } } }"""
    )
    assert locked["lockYear"] == {
        "year": 2025,
        "reason": "Bokslut",
        "lockedBy": {"name": "Asta Admin"},
    }
    assert await ask("{ lockedYears { year } }", who="employee") == {
        "lockedYears": [{"year": 2025}]
    }
    opened = "mutation { unlockYear(year: 2025) { ... on YearUnlocked { year } } }"
    assert (await ask(opened))["unlockYear"] == {"year": 2025}
    assert await counted(YearLock) == 0


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


async def test_another_municipality_reads_nothing(ask_other, ids):
    read = await ask_other(
        """query ($model: ID!, $goal: ID!, $unit: ID!) {
          steeringModel(id: $model) { id } planNode(id: $goal) { id } node(id: $goal) { id }
          steeringModels { totalCount } planNodes(unitId: $unit) { totalCount } }""",
        model=ids["model"],
        goal=ids["goal"],
        unit=ids["committee"],
    )
    assert read == {
        "steeringModel": None,
        "planNode": None,
        "node": None,
        "steeringModels": {"totalCount": 0},
        "planNodes": {"totalCount": 0},
    }


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
