"""Internal control through the API: one mutation at a time, and a plan that is under way."""

from __future__ import annotations

from typing import Any

from asking import ask

PROBLEM = "... on Problem { code message field }"


async def do(town: Any, who: str, name: str, input_type: str, shown: str, **values: Any) -> Any:
    """One mutation with an input; its answer, which may be a Problem."""
    query = (
        f"mutation($i: {input_type}!) {{ {name}(input: $i) {{ __typename {shown} {PROBLEM} }} }}"
    )
    return (await ask(town, who, query, i=values))[name]


async def do_id(town: Any, who: str, name: str, shown: str, id: str) -> Any:
    query = f"mutation($id: ID!) {{ {name}(id: $id) {{ __typename {shown} {PROBLEM} }} }}"
    return (await ask(town, who, query, id=id))[name]


def unit(town: Any, key: str) -> str:
    return f"Unit:{town.units[key].id}"


def person(town: Any, who: str) -> str:
    return f"Person:{town.people[who].id}"


async def planned(town: Any) -> Any:
    """A risk in a draft of the committee, with one control; ids of risk, plan, item."""
    risk = await do(
        town,
        "administrator",
        "addRisk",
        "AddRiskInput",
        "... on Risk { id number value }",
        unitId=unit(town, "committee"),
        title="Fel lön betalas ut",
        category="operations",
        probability=3,
        consequence=4,
    )
    plan = await do(
        town,
        "administrator",
        "startControlPlan",
        "StartControlPlanInput",
        "... on ControlPlan { id state version }",
        unitId=unit(town, "committee"),
        year=2026,
    )
    mirrored = await do(
        town,
        "administrator",
        "mirrorRisks",
        "MirrorRisksInput",
        "... on MirroredRisks { plan { version } risks { id number title value } }",
        planId=plan["id"],
        riskIds=[risk["id"]],
    )
    assert mirrored["risks"][0]["value"] == risk["value"] == 12
    item = await do(
        town,
        "administrator",
        "addControlItem",
        "AddControlItemInput",
        "... on ControlItem { id number periodicity occasions { id dueOn } }",
        planRiskId=mirrored["risks"][0]["id"],
        title="Stickprov av löner",
        method="Jämför lönelistan med schemat.",
        periodicity="HALF_YEAR",
        sample="20 av 400 löner",
        kind="SELF_INSPECTION",
        responsibleId=person(town, "employee"),
        unitId=unit(town, "home_care"),
    )
    assert [each["dueOn"] for each in item["occasions"]] == ["2026-06-30", "2026-12-31"]
    return risk, plan, item


DECISION = {
    "decidedBy": "Socialnämnden",
    "decidedOn": "2026-01-20",
    "decidedParagraph": "§ 12",
    "registryNumber": "SN-2026-7",
}


async def started(town: Any) -> Any:
    risk, plan, item = await planned(town)
    id = plan["id"]
    attested = await do_id(
        town, "administrator", "attestControlPlan", "... on ControlPlan { state }", id
    )
    decided = await do(
        town,
        "administrator",
        "decideControlPlan",
        "DecideControlPlanInput",
        "... on ControlPlan { state decidedParagraph registryNumber }",
        id=id,
        **DECISION,
    )
    active = await do_id(
        town, "administrator", "activateControlPlan", "... on ControlPlan { state }", id
    )
    assert [attested["state"], decided["state"], active["state"]] == [
        "ATTESTED",
        "DECIDED",
        "ACTIVE",
    ]
    assert (decided["decidedParagraph"], decided["registryNumber"]) == ("§ 12", "SN-2026-7")
    return risk, plan, item
