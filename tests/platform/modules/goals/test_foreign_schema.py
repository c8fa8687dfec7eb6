"""Every mutation of the module answers a foreign id as it answers an absent one."""

import json
import re
from datetime import date

import pytest

from roder.platform.modules.goals.planning.activities import add_checkpoint
from roder.platform.modules.goals.schema import (
    DesignMutation,
    EntryMutation,
    PlanMutation,
)
from roder.tenants.rows import uuid7

MUTATIONS = {
    "changeSteeringModel": '(input: {id: $model, name: "X"})',
    "copySteeringModel": "(input: {id: $model})",
    "deleteSteeringModel": "(id: $model)",
    "addPlanNode": '(input: {levelId: $level, unitId: $own, title: "X", parentId: $goal})',
    "changePlanNode": '(input: {id: $goal, title: "X"})',
    "changeIndicator": "(input: {id: $indicator, measure: {decimals: 1}})",
    "movePlanNode": "(input: {id: $goal})",
    "removePlanNode": "(id: $goal)",
    "distributePlanNode": "(id: $goal, unitIds: [$own, $unit])",
    "handOverPlanNodes": "(fromId: $person, toId: $person2)",
    "setOutcome": '(input: {indicatorId: $indicator, unitId: $own, period: "2026", total: 1})',
    "setOutcomes": '(input: [{indicatorId: $indicator, unitId: $unit, period: "2026"}])',
    "writeComment": '(input: {aboutId: $goal, unitId: $own, period: "2026", text: "X"})',
    "setLightByHand": '(input: {goalId: $goal, unitId: $own, period: "2026", light: RED, '
    'reason: "X"})',
    "takeBackLight": '(goalId: $goal, unitId: $own, period: "2026")',
    "changeActivity": "(input: {id: $activity})",
    "addCheckpoint": '(activityId: $activity, dueOn: "2026-05-01")',
    "passCheckpoint": "(id: $checkpoint)",
    "removeCheckpoint": "(id: $checkpoint)",
}
WITHOUT_IDS = {"createSteeringModel", "lockYear", "unlockYear"}


@pytest.fixture
async def foreign(town, thread, ids):
    async with await town.work() as work:
        checkpoint = await add_checkpoint(work, thread.nodes["activity"], due_on=date(2026, 5, 1))
    return {
        "model": ids["model"],
        "level": ids["goal_level"],
        "goal": ids["goal"],
        "indicator": ids["indicator"],
        "activity": ids["activity"],
        "unit": ids["committee"],
        "person": f"Person:{town.people['manager'].id}",
        "person2": f"Person:{town.people['local'].id}",
        "checkpoint": f"Checkpoint:{checkpoint.id}",
    }


def test_every_mutation_stands_here():
    made = {
        field.graphql_name or _camel(field.name)
        for part in (DesignMutation, PlanMutation, EntryMutation)
        for field in part.__strawberry_definition__.fields
    }
    assert made == set(MUTATIONS) | WITHOUT_IDS


@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_foreign_id_is_answered_as_an_absent_one(ask_other, other_town, foreign, name):
    own = {"own": f"Unit:{other_town.units['committee'].id}"}
    absent = {key: f"{id.partition(':')[0]}:{uuid7()}" for key, id in foreign.items()}
    used = sorted(set(re.findall(r"\$(\w+)", MUTATIONS[name])))
    variables = ", ".join(f"${key}: ID!" for key in used)
    document = (
        f"mutation ({variables}) {{ {name}{MUTATIONS[name]} "
        "{ __typename ... on Problem { code message field } } }"
    )

    answers = [
        await ask_other(document, **{key: (given | own)[key] for key in used})
        for given in (foreign, absent)
    ]

    assert json.dumps(answers[0]) == json.dumps(answers[1])
    assert answers[0][name]["__typename"] == "Problem"
    assert answers[0][name]["code"] in ("NOT_FOUND", "INVALID_INPUT")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
