"""From a risk to a plan that is followed up and goes on next year, all of it through the API."""

from control_api import DECISION, do, do_id, person, started


async def found_an_error(town, item):
    """The control is done once, with a deviation that has an action; its id."""
    first = item["occasions"][0]
    recorded = await do(
        town,
        "employee",
        "recordControl",
        "RecordControlInput",
        "... on ControlOccasion { light doneBy { id } deviations { id action { id } } }",
        id=first["id"],
        doneOn="2026-06-20",
        light="RED",
        result="3 fel av 20.",
        sample="Löner i maj",
    )
    assert (recorded["light"], recorded["doneBy"]["id"]) == ("RED", person(town, "employee"))
    (deviation,) = recorded["deviations"]
    settled = await do(
        town,
        "manager",
        "settleControlDeviation",
        "SettleControlDeviationInput",
        "... on ControlDeviation { action { title owner { id } dueOn state } }",
        id=deviation["id"],
        remedy={
            "actionTitle": "Rätta scheman",
            "ownerId": person(town, "manager"),
            "dueOn": "2027-02-01",
        },
    )
    assert settled["action"] == {
        "title": "Rätta scheman",
        "owner": {"id": person(town, "manager")},
        "dueOn": "2027-02-01",
        "state": "OPEN",
    }
    return deviation


async def concluded(town, item):
    """The other time is missed, and the year's control is summed up."""
    second = item["occasions"][1]
    missed = await do(
        town,
        "manager",
        "missControl",
        "MissControlInput",
        "... on ControlOccasion { missedReason }",
        id=second["id"],
        reason="Systembyte.",
    )
    assert missed["missedReason"] == "Systembyte."
    await do(
        town,
        "administrator",
        "concludeControlItem",
        "ConcludeControlItemInput",
        "... on ControlItem { conclusion }",
        id=item["id"],
        conclusion="Rutinen följs inte.",
    )


async def decided_and_closed(town, plan):
    followed = await do(
        town,
        "administrator",
        "followUpControlPlan",
        "FollowUpControlPlanInput",
        "... on ControlPlan { state followUp { summary madeBy { id } } }",
        id=plan["id"],
        summary="Brister i löner.",
    )
    assert (followed["state"], followed["followUp"]["summary"]) == (
        "FOLLOWED_UP",
        "Brister i löner.",
    )
    decided = await do(
        town,
        "administrator",
        "decideControlFollowUp",
        "DecideControlPlanInput",
        "... on ControlFollowUp { decidedOn decidedParagraph }",
        id=plan["id"],
        **DECISION | {"decidedOn": "2026-03-01", "decidedParagraph": "§ 40"},
    )
    assert decided["decidedParagraph"] == "§ 40"
    closed = await do_id(
        town, "administrator", "closeControlPlan", "... on ControlPlan { state }", plan["id"]
    )
    assert closed["state"] == "CLOSED"


async def test_a_risk_becomes_a_plan_that_is_followed_up_and_goes_on_next_year(town):
    _risk, plan, item = await started(town)
    deviation = await found_an_error(town, item)
    await concluded(town, item)
    await decided_and_closed(town, plan)
    copied = await do(
        town,
        "administrator",
        "copyControlPlan",
        "CopyControlPlanInput",
        "... on CopiedControlPlan { carried leftOut { id } plan { id year state copiedFrom { id } "
        "items { title light lastYear { light conclusion } occasions { dueOn } "
        "deviations { what carriedFrom { id } action { title } } } } }",
        id=plan["id"],
    )
    assert (copied["carried"], copied["leftOut"]) == (1, [])
    new = copied["plan"]
    assert (new["year"], new["state"], new["copiedFrom"]["id"]) == (2027, "DRAFT", plan["id"])
    assert new["items"] == [
        {
            "title": "Stickprov av löner",
            "light": None,
            "lastYear": {"light": "RED", "conclusion": "Rutinen följs inte."},
            "occasions": [{"dueOn": "2027-06-30"}, {"dueOn": "2027-12-31"}],
            "deviations": [
                {
                    "what": "3 fel av 20.",
                    "carriedFrom": {"id": deviation["id"]},
                    "action": {"title": "Rätta scheman"},
                }
            ],
        }
    ]
