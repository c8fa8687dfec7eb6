"""The design and the plan in the API: what a client sends and sees."""

from sent_statements import sent_statements

from roder.infra.i18n import use_locale
from roder.platform.modules.goals.models import SteeringModel, YearLock

PROBLEM = "... on Problem { code message field }"


LEVELS_SHOWN = [
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
    assert model["levels"] == LEVELS_SHOWN


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
    with sent_statements(runtime) as few:
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
    with sent_statements(runtime) as many:
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
