"""Entering values, comments, lights and states through the API."""

from roder.platform.modules.goals.models import Outcome

PROBLEM = "... on Problem { code message field }"


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


async def test_each_refused_row_of_a_set_is_told_by_its_place(ask, ids, counted):
    document = """mutation ($input: [SetOutcomeInput!]!) { setOutcomes(input: $input) {
        ... on OutcomesSet { count } ... on Problem { rows { index code field message } } } }"""
    entry = {"indicatorId": ids["indicator"], "unitId": ids["committee"], "total": "7"}
    rows = [entry | {"period": "2026-T1"}, entry | {"period": "2026"}]
    refused = await ask(document, input=rows)
    strange = await ask(document, input=[*rows[:1], entry | {"period": "2026-T2", "unitId": "x"}])
    many = await ask(document, input=rows[1:] * 101)

    assert refused["setOutcomes"]["rows"] == [
        {
            "index": 1,
            "code": "INVALID_INPUT",
            "field": "period",
            "message": "Styrtalet följs upp per tertial. 2026 är inte ett sådant.",
        }
    ]
    assert [(row["index"], row["field"]) for row in strange["setOutcomes"]["rows"]] == [
        (1, "unitId")
    ]
    assert [row["index"] for row in many["setOutcomes"]["rows"]] == list(range(100))
    assert await counted(Outcome) == 0
    assert await ask(document, input=rows[:1]) == {"setOutcomes": {"count": 1}}


async def test_comments_and_lights_are_written(ask, ids):
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


async def test_comments_and_lights_are_taken_away(ask, ids):
    place = {"goal": ids["goal"], "unit": ids["committee"]}
    await ask(
        """mutation ($goal: ID!, $unit: ID!) {
          writeComment(input: {aboutId: $goal, unitId: $unit, period: "2026", text: "Klart"}) {
            __typename }
          setLightByHand(input: {goalId: $goal, unitId: $unit, period: "2026", light: RED,
                                 reason: "Nej"}) { __typename } }""",
        **place,
    )
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
