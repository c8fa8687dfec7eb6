"""Actions through the API: read by every employee, changed and ended by those who may."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import asking
import pytest

from roder.graphql.nodes import global_id
from roder.platform.modules.actions.schema import PlannedAction
from roder.platform.modules.organisation.people.schema import Person
from roder.platform.modules.organisation.units.schema import Unit

READ = """query (
  $unit: ID, $state: PlannedActionState, $module: String, $owner: ID, $before: Date
) {
  plannedActions(
    unitId: $unit, state: $state, module: $module, ownerId: $owner, dueBefore: $before
  ) {
    totalCount nodes {
      title module about state dueOn outcome version unit { name } owner { name } doneBy { name }
    }
  }
}"""
CHANGE = """mutation ($input: ChangePlannedActionInput!) {
  changePlannedAction(input: $input) {
    ... on PlannedAction { title detail dueOn owner { name } version }
    ... on Problem { code field }
  }
}"""
FINISH = """mutation ($id: ID!, $outcome: String!, $version: Int) {
  finishPlannedAction(id: $id, outcome: $outcome, version: $version) {
    ... on PlannedAction { state outcome doneBy { name } }
    ... on Problem { code field }
  }
}"""
DROP = FINISH.replace("finishPlannedAction", "dropPlannedAction")
PLAN = """mutation ($input: PlanActionInput!) {
  planAction(input: $input) {
    ... on PlannedAction {
      title about detail module dueOn unit { name } owner { name } version
      changes { step changedBy { name } fields { field before after } }
    }
    ... on Problem { code field }
  }
}"""
HISTORY = """query ($id: ID!) {
  plannedAction(id: $id) {
    changes { step changedBy { name } fields { field before after } }
  }
}"""
REOPEN = """mutation ($id: ID!) {
  reopenPlannedAction(id: $id) { ... on PlannedAction { state } ... on Problem { code } }
}"""


@pytest.fixture
def ask(town):
    return partial(asking.ask, town)


@pytest.fixture
async def action(town, plan):
    async with await town.work() as work:
        made = await plan(work, owner="employee", due_on=work.today)
    return global_id(PlannedAction, made.id)


async def test_every_employee_reads_them_and_narrows_them(town, ask, action):
    home_care = global_id(Unit, town.units["home_care"].id)
    fits = (
        {},
        {"unit": home_care},
        {"state": "OPEN"},
        {"module": "reports"},
        {"owner": global_id(Person, town.people["employee"].id)},
        {"before": "2099-01-01"},
    )
    for narrowed in fits:
        found = (await ask("auditor", READ, **narrowed))["plannedActions"]
        assert found["totalCount"] == 1
    [node] = found["nodes"]
    assert (node["title"], node["state"]) == ("Gå igenom rutinen för nycklar", "OPEN")
    assert (node["unit"], node["owner"]) == ({"name": "Hemtjänst Öst"}, {"name": "Elis Anställd"})
    for other in (
        {"unit": global_id(Unit, town.units["committee"].id)},
        {"state": "DONE"},
        {"module": "goals"},
        {"owner": global_id(Person, town.people["manager"].id)},
        {"before": "2020-01-01"},
    ):
        assert (await ask("auditor", READ, **other))["plannedActions"]["totalCount"] == 0


async def test_a_change_leaves_what_it_does_not_name(ask, action):
    given = {"id": action, "version": 1, "detail": "Med nattlaget", "ownerId": None}
    changed = (await ask("manager", CHANGE, input=given))["changePlannedAction"]
    assert changed["title"] == "Gå igenom rutinen för nycklar"
    assert (changed["detail"], changed["owner"], changed["version"]) == ("Med nattlaget", None, 2)
    assert changed["dueOn"] is not None
    cleared = await ask("manager", CHANGE, input={"id": action, "dueOn": None})
    assert cleared["changePlannedAction"]["dueOn"] is None


async def test_the_owner_finishes_it_and_a_writer_opens_it_again(ask, action):
    done = await ask("employee", FINISH, id=action, outcome="Rutinen är ny")
    assert done["finishPlannedAction"] == {
        "state": "DONE",
        "outcome": "Rutinen är ny",
        "doneBy": {"name": "Elis Anställd"},
    }
    opened = await ask("manager", REOPEN, id=action)
    assert opened["reopenPlannedAction"] == {"state": "OPEN"}
    dropped = await ask("manager", DROP, id=action, outcome="Ryms i en annan")
    assert dropped["dropPlannedAction"]["state"] == "DROPPED"


async def test_an_action_is_planned_by_who_writes_at_the_unit(town, ask):
    unit = global_id(Unit, town.units["home_care"].id)
    owner = global_id(Person, town.people["employee"].id)
    given = {"unitId": unit, "title": "Byt lås", "about": "Besök i maj", "ownerId": owner}
    made = (await ask("manager", PLAN, input=given | {"dueOn": "2026-12-01"}))["planAction"]
    assert made == {
        "title": "Byt lås",
        "about": "Besök i maj",
        "detail": "",
        "module": "actions",
        "dueOn": "2026-12-01",
        "unit": {"name": "Hemtjänst Öst"},
        "owner": {"name": "Elis Anställd"},
        "version": 1,
        "changes": [
            {
                "step": "PLANNED",
                "changedBy": {"name": "Mona Chef"},
                "fields": [
                    {"field": "due_on", "before": "", "after": "2026-12-01"},
                    {"field": "owner", "before": "", "after": "Elis Anställd"},
                    {"field": "title", "before": "", "after": "Byt lås"},
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    ("who", "given", "code", "field"),
    [
        ("employee", {}, "FORBIDDEN", None),
        ("auditor", {}, "FORBIDDEN", None),
        ("manager", {"title": " "}, "INVALID_INPUT", "title"),
        ("manager", {"about": "x" * 201}, "INVALID_INPUT", "about"),
        ("manager", {"unitId": global_id(Unit, UUID(int=7))}, "NOT_FOUND", "unitId"),
        ("manager", {"ownerId": global_id(Person, UUID(int=7))}, "NOT_FOUND", "ownerId"),
    ],
)
async def test_a_refused_plan_writes_nothing(town, ask, who, given, code, field):
    unit = global_id(Unit, town.units["home_care"].id)
    refused = await ask(who, PLAN, input={"unitId": unit, "title": "Byt lås"} | given)
    assert refused["planAction"] == {"code": code, "field": field}
    assert (await ask("auditor", READ))["plannedActions"]["totalCount"] == 0


async def test_the_history_is_read_by_every_employee(ask, action):
    await ask("manager", CHANGE, input={"id": action, "ownerId": None})
    await ask("manager", FINISH, id=action, outcome="Rutinen är ny")
    found = (await ask("employee", HISTORY, id=action))["plannedAction"]["changes"]
    assert [each["step"] for each in found] == ["PLANNED", "CHANGED", "DONE"]
    assert found[1] == {
        "step": "CHANGED",
        "changedBy": {"name": "Mona Chef"},
        "fields": [{"field": "owner", "before": "Elis Anställd", "after": ""}],
    }
    assert found[2]["fields"] == [{"field": "outcome", "before": "", "after": "Rutinen är ny"}]


async def test_actions_still_to_come_are_found_by_their_last_day(town, ask, action):
    asked = "query ($from: Date) { plannedActions(dueFrom: $from) { totalCount } }"
    async with await town.work() as work:
        today = work.today
    for day, count in ((today, 1), (today + timedelta(days=1), 0)):
        found = await ask("auditor", asked, **{"from": day.isoformat()})
        assert found["plannedActions"]["totalCount"] == count


async def test_refusals_tell_why_and_write_nothing(ask, action):
    refused = [
        await ask("auditor", FINISH, id=action, outcome="Klart"),
        await ask("employee", DROP, id=action, outcome="Nej"),
        await ask("manager", FINISH, id=action, outcome=" "),
        await ask("manager", FINISH, id=action, outcome="Klart", version=7),
        await ask("manager", CHANGE, input={"id": action, "title": ""}),
        await ask("employee", CHANGE, input={"id": action, "title": "Lättare"}),
        await ask("manager", REOPEN, id=action),
    ]
    told = [next(iter(each.values())) for each in refused]
    assert [(each["code"], each.get("field")) for each in told] == [
        ("FORBIDDEN", None),
        ("FORBIDDEN", None),
        ("INVALID_INPUT", "outcome"),
        ("CONFLICT", None),
        ("INVALID_INPUT", "title"),
        ("FORBIDDEN", None),
        ("CONFLICT", None),
    ]
    [node] = (await ask("auditor", READ))["plannedActions"]["nodes"]
    assert (node["state"], node["version"], node["title"]) == (
        "OPEN",
        1,
        "Gå igenom rutinen för nycklar",
    )


async def test_a_program_finds_the_action_among_ones_tasks(ask, action):
    asked = "{ myTasks { kind title action { id version } report { id } } }"
    [task] = (await ask("employee", asked))["myTasks"]
    assert task == {
        "kind": "FINISH_ACTION",
        "title": "Gå igenom rutinen för nycklar",
        "action": {"id": action, "version": 1},
        "report": None,
    }
