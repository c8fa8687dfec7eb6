"""A plan from draft to closed: what may be done in which state, by whom, and what is kept."""

from datetime import date

import pytest
from control_plans import (
    DECISION,
    YEAR,
    a_plan,
    a_risk,
    activate,
    all_of,
    an_item,
    count,
    occasions,
    remedy,
)

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.infra.periods import PeriodKind
from roder.platform.modules.actions.service import finish_action
from roder.platform.modules.internal_control import service
from roder.platform.modules.internal_control.models import (
    Attestation,
    ControlChange,
    ControlItem,
    ControlLight,
    ControlOccasion,
    ControlPlan,
    FollowUp,
    PlanRisk,
    PlanState,
)


async def test_a_unit_has_one_plan_a_year(town):
    async with await town.work() as work:
        unit_id = town.units["committee"].id
        await service.start_plan(work, unit_id=unit_id, year=YEAR)
        with pytest.raises(Conflict, match="2026"):
            await service.start_plan(work, unit_id=unit_id, year=YEAR)
        await service.start_plan(work, unit_id=unit_id, year=YEAR + 1)

        assert [plan.year for plan in await service.plans(work)] == [YEAR + 1, YEAR]


async def test_a_plan_mirrors_risks_as_they_were_when_they_were_chosen(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
        await service.assess_risk(work, made.risk.id, probability=1, consequence=1)
        await service.change_risk(work, made.risk.id, changes={"title": "Annat"})
        assert (made.mirror.title, made.mirror.value) == ("Fel lön betalas ut", 12)

        await service.choose_risks(work, made.plan.id, [made.risk.id])
        assert (made.mirror.title, made.mirror.value) == ("Annat", 1)
        assert await count(work, PlanRisk) == 1


async def test_only_living_assessed_risks_of_the_unit_are_mirrored(town):
    async with await town.work() as work:
        unit_id = town.units["committee"].id
        plan = await service.start_plan(work, unit_id=unit_id, year=YEAR)
        elsewhere = await a_risk(work, town.units["school_board"].id)
        unassessed = await service.add_risk(work, unit_id=unit_id, title="Ny", category="it")
        closed = await a_risk(work, unit_id)
        await service.close_risk(work, closed.id, reason="Borta.")
        below = await a_risk(work, town.units["home_care"].id)

        for wrong in (elsewhere, unassessed, closed):
            with pytest.raises(InvalidInput):
                await service.choose_risks(work, plan.id, [wrong.id])
        with pytest.raises(NotFound):
            await service.choose_risks(work, plan.id, [plan.id])
        assert await count(work, PlanRisk) == 0
        assert len(await service.choose_risks(work, plan.id, [below.id])) == 1


async def test_a_control_is_due_as_often_as_it_says_or_on_days_of_its_own(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
        days = [each.due_on for each in await occasions(work, made.item)]
        assert days == [date(YEAR, 6, 30), date(YEAR, 12, 31)]

        await service.change_item(
            work, made.item.id, changes={"days": [date(YEAR, 3, 1), date(YEAR + 1, 1, 15)]}
        )
        days = [each.due_on for each in await occasions(work, made.item)]
        assert days == [date(YEAR, 3, 1), date(YEAR + 1, 1, 15)]
        for wrong in ([], [date(YEAR - 1, 12, 31)]):
            with pytest.raises(InvalidInput):
                await service.change_item(work, made.item.id, changes={"days": wrong})
        await service.change_item(work, made.item.id, changes={"periodicity": PeriodKind.QUARTER})
        assert len(await occasions(work, made.item)) == 4


async def test_an_attested_plan_is_fixed_until_the_attestation_is_withdrawn(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
        await service.attest_plan(work, made.plan.id)
        assert made.plan.state is PlanState.ATTESTED
        with pytest.raises(Conflict):
            await service.attest_plan(work, made.plan.id)
        with pytest.raises(Conflict):
            await service.change_item(work, made.item.id, changes={"title": "X"})
        with pytest.raises(Conflict):
            await service.add_item(work, made.mirror.id, an_item())
        with pytest.raises(Conflict):
            await service.change_plan(work, made.plan.id, changes={"introduction": "X"})

        (standing,) = await all_of(work, Attestation)
        await service.decide_plan(work, made.plan.id, decision=DECISION)
        await service.withdraw_attestation(work, standing.id, reason="En kontroll saknas.")
        assert (made.plan.state, made.plan.decided_on) == (PlanState.DRAFT, None)
        (change,) = await all_of(work, ControlChange)
        assert change.before["decided_paragraph"] == "§ 12"
        with pytest.raises(Conflict):
            await service.withdraw_attestation(work, standing.id, reason="Igen")
        await service.change_item(work, made.item.id, changes={"title": "Ny"})
        await service.attest_plan(work, made.plan.id)
        assert await count(work, Attestation) == 2


async def test_the_last_attested_control_attests_the_plan(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
        second = await service.add_item(work, made.mirror.id, an_item("Behörigheter"))
        await service.attest_item(work, made.item.id)
        assert made.plan.state is PlanState.DRAFT
        with pytest.raises(Conflict):
            await service.attest_item(work, made.item.id)
        with pytest.raises(Conflict):
            await service.change_item(work, made.item.id, changes={"title": "X"})
        await service.change_item(work, second.id, changes={"title": "Behörighet"})
        await service.attest_item(work, second.id)
        assert made.plan.state is PlanState.ATTESTED

        standing = await all_of(work, Attestation)
        await service.withdraw_attestation(work, standing[0].id, reason="Fel metod.")
        assert made.plan.state is PlanState.DRAFT


async def test_a_plan_goes_its_way_and_nothing_is_skipped(town):
    async with await town.work() as work:
        unit_id = town.units["committee"].id
        empty = await service.start_plan(work, unit_id=unit_id, year=YEAR + 1)
        made = await a_plan(town, work)
        with pytest.raises(Conflict):
            await service.attest_plan(work, empty.id)
        for early in (
            service.decide_plan(work, made.plan.id, decision=DECISION),
            service.activate_plan(work, made.plan.id),
            service.follow_up_plan(work, made.plan.id, summary="X"),
            service.decide_follow_up(work, made.plan.id, decision=DECISION),
            service.close_plan(work, made.plan.id),
            service.copy_plan(work, made.plan.id),
        ):
            with pytest.raises(Conflict):
                await early
        await service.attest_plan(work, made.plan.id)
        with pytest.raises(InvalidInput) as refused:
            await service.decide_plan(work, made.plan.id, decision=DECISION | {"decided_on": None})
        assert refused.value.field == "decidedOn"
        assert made.plan.state is PlanState.ATTESTED


async def test_a_plan_under_way_changes_only_with_a_reason_that_is_kept(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
        await activate(work, made.plan)
        (standing,) = await all_of(work, Attestation)
        with pytest.raises(Conflict):
            await service.withdraw_attestation(work, standing.id, reason="För sent")
        with pytest.raises(InvalidInput) as refused:
            async with work.attempt():
                await service.change_item(work, made.item.id, changes={"title": "Ny"})
        assert refused.value.field == "reason"
        await work.session.refresh(made.item)
        assert made.item.title == "Stickprov av löner"

        await service.change_item(
            work,
            made.item.id,
            changes={"title": "Ny", "days": [date(YEAR, 11, 1)]},
            reason="Ny rutin.",
        )
        added = await service.add_item(work, made.mirror.id, an_item("Till"), reason="Mer.")
        await service.remove_item(work, added.id, reason="Dubbel.")
        first, second, third = await all_of(work, ControlChange)

        assert first.before == {"title": "Stickprov av löner", "days": "2026-06-30, 2026-12-31"}
        assert first.after == {"title": "Ny", "days": "2026-11-01"}
        assert (second.after, third.before) == ({"title": "Till"}, {"title": "Till"})
        assert (third.reason, third.changed_by) == ("Dubbel.", town.people["administrator"].id)
        assert added.removed_at is not None


async def test_who_writes_does_not_attest_and_a_local_administrator_only_below(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
    for who in ("manager", "local", "employee", "auditor"):
        async with await town.work(who) as work:
            with pytest.raises(Forbidden):
                await service.attest_plan(work, made.plan.id)
            assert await count(work, Attestation) == 0
    async with await town.work("local") as work:
        own = await service.start_plan(work, unit_id=town.units["home_care"].id, year=YEAR)
        risk = await a_risk(work, town.units["home_care"].id)
        (mirror,) = await service.choose_risks(work, own.id, [risk.id])
        await service.add_item(work, mirror.id, an_item())
        await service.attest_plan(work, own.id)
        assert own.state is PlanState.ATTESTED


async def finished(town, work):
    """A plan whose control has found an error, with an open action, and is to be done again."""
    made = await a_plan(town, work)
    await activate(work, made.plan)
    first, second = await occasions(work, made.item)
    await service.record_occasion(
        work,
        first.id,
        done_on=date(YEAR, 6, 20),
        light=ControlLight.RED,
        result="3 fel av 20.",
        remedy=remedy(town),
    )
    return made, second


async def test_a_follow_up_waits_for_every_control_and_its_conclusion(town):
    async with await town.work() as work:
        made, second = await finished(town, work)
        with pytest.raises(Conflict, match="1 Stickprov av löner"):
            await service.follow_up_plan(work, made.plan.id, summary="Klart.")
        with pytest.raises(InvalidInput):
            await service.miss_occasion(work, second.id, reason=" ")
        await service.miss_occasion(work, second.id, reason="Systembyte.")
        with pytest.raises(Conflict, match="1 Stickprov av löner"):
            await service.follow_up_plan(work, made.plan.id, summary="Klart.")
        assert await count(work, FollowUp) == 0
        await service.conclude_item(work, made.item.id, conclusion="Rutinen följs inte.")
        await service.follow_up_plan(work, made.plan.id, summary="Brister i löner.")

        assert made.plan.state is PlanState.FOLLOWED_UP
        with pytest.raises(Conflict):
            await service.conclude_item(work, made.item.id, conclusion="Annat")
        with pytest.raises(Conflict):
            await service.close_plan(work, made.plan.id)
        await service.take_back_follow_up(work, made.plan.id)
        await service.follow_up_plan(work, made.plan.id, summary="Brister.")
        follow_up = await service.decide_follow_up(
            work, made.plan.id, decision=DECISION | {"decided_paragraph": "§ 99"}
        )
        with pytest.raises(Conflict):
            await service.take_back_follow_up(work, made.plan.id)
        await service.close_plan(work, made.plan.id)
        assert (follow_up.decided_paragraph, made.plan.decided_paragraph) == ("§ 99", "§ 12")
        assert made.plan.state is PlanState.CLOSED


async def test_the_next_year_has_the_same_controls_with_what_is_not_finished(town):
    async with await town.work() as work:
        made, _second = await finished(town, work)
        gone = await a_risk(work, town.units["committee"].id, "Borta")
        (mirror,) = await service.choose_risks(work, made.plan.id, [gone.id], reason="Ny risk.")
        await service.add_item(work, mirror.id, an_item("Gammal kontroll"), reason="Ny risk.")
        await service.close_risk(work, gone.id, reason="Borta.")
        await service.assess_risk(work, made.risk.id, probability=4, consequence=4)
        copied = await service.copy_plan(work, made.plan.id)
        with pytest.raises(Conflict):
            await service.copy_plan(work, made.plan.id)
        whole = await service.whole_plan(work, copied.plan.id)

        assert (copied.plan.year, copied.plan.state) == (YEAR + 1, PlanState.DRAFT)
        assert ([row.title for row in copied.left_out], copied.carried) == (["Borta"], 1)
        (item,) = whole.items
        assert [each.due_on for each in item.occasions] == [
            date(YEAR + 1, 6, 30),
            date(YEAR + 1, 12, 31),
        ]
        assert whole.risks[0].risk.value == 16
        assert (item.last_year.light, item.light) == (ControlLight.RED, None)
        (carried,) = item.deviations
        assert (carried.deviation.what, carried.action.title) == ("3 fel av 20.", "Rätta scheman")
        with pytest.raises(Conflict):
            await service.remove_item(work, item.item.id)
        await finish_action(work, carried.action.id, outcome="Klart.")
        await service.remove_item(work, item.item.id)
        assert item.item.removed_at is not None


async def test_days_of_their_own_are_moved_to_the_next_year(town):
    async with await town.work() as work:
        made = await a_plan(town, work, days=[date(YEAR, 2, 28), date(YEAR + 1, 1, 10)])
        await service.attest_plan(work, made.plan.id)
        copied = await service.copy_plan(work, made.plan.id)
        (item,) = await all_of(work, ControlItem, ControlItem.plan_id == copied.plan.id)
        days = [each.due_on for each in await occasions(work, item)]
        assert days == [date(YEAR + 1, 2, 28), date(YEAR + 2, 1, 10)]


async def test_the_board_sees_the_committees_side_by_side(town):
    async with await town.work() as work:
        made, _second = await finished(town, work)
        await a_risk(work, town.units["home_care"].id, category="it", probability=1)
        await a_risk(work, town.units["school_board"].id, category="legal")
        overview = await service.control_overview(work, year=YEAR)
        other = await service.control_overview(work, year=YEAR + 1)

    social, schools = sorted(overview.committees, key=lambda row: row.plan is None)
    assert social.plan.id == made.plan.id
    assert (social.risks, social.high_risks, social.items) == (2, 1, 1)
    assert (social.occasions, social.done, social.overdue) == (2, 1, 0)
    assert social.lights == {ControlLight.GREEN: 0, ControlLight.YELLOW: 0, ControlLight.RED: 1}
    assert (social.least, social.too_few) == (3, True)
    assert {key: (c.risks, c.items) for key, c in social.by_category.items()} == {
        "operations": (1, 1),
        "it": (1, 0),
    }
    assert (schools.plan, schools.risks, schools.items) == (None, 1, 0)
    assert [unit.id for unit in overview.without_plan] == [town.units["school_board"].id]
    assert len(overview.uncovered["irregularities"]) == 2
    assert [unit.id for unit in overview.uncovered["it"]] == [town.units["school_board"].id]
    assert len(other.without_plan) == 2


async def test_a_draft_gives_up_what_nobody_has_attested(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
        with pytest.raises(Conflict):
            await service.drop_risk(work, made.mirror.id)
        await service.remove_item(work, made.item.id)
        assert await count(work, ControlItem) == 0
        assert await count(work, ControlOccasion) == 0
        await service.drop_risk(work, made.mirror.id)
        assert (await count(work, PlanRisk), await count(work, ControlPlan)) == (0, 1)
