"""The portfolio: numbers, assessments and their history, the matrix then and now, its design."""

from datetime import timedelta

import pytest
from control_plans import a_risk, count
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from roder.infra.errors import Conflict, Forbidden, InvalidInput, ModuleOff, NotFound
from roder.platform.modules.actions.models import PlannedAction
from roder.platform.modules.internal_control import service
from roder.platform.modules.internal_control.models import (
    ControlLight,
    Process,
    Risk,
    RiskAssessment,
    TreatmentKind,
)
from roder.tenants.municipality import switch_module
from roder.tenants.rows import uuid7


def steps(many):
    return [{"word": {"sv": f"Steg {n}"}} for n in range(1, many + 1)]


async def resize(work, size, **values):
    given = {"yellow_from": 4, "red_from": 9}
    return await service.change_matrix(
        work, size=size, probability=steps(size), consequence=steps(size), **given | values
    )


async def test_risks_are_numbered_in_the_municipality_and_their_value_is_the_product(town):
    async with await town.work() as work:
        first = await a_risk(work, town.units["committee"].id)
        second = await a_risk(work, town.units["school_board"].id, probability=2, consequence=1)

        assert [first.number, second.number] == [1, 2]
        assert (first.value, second.value) == (12, 2)
        assert [risk.id for risk in await service.risks(work)] == [first.id, second.id]
        below = await service.risks(work, unit_id=town.units["council"].id)
        assert len(below) == 2
        assert await service.risks(work, unit_id=town.units["home_care"].id) == []


async def test_the_database_refuses_a_value_that_is_not_the_product(town):
    async with await town.work() as work:
        risk = await a_risk(work, town.units["committee"].id)
        wrong = update(Risk).where(Risk.id == risk.id).values(value=16)
        with pytest.raises(DBAPIError, match="ck_risks_product"):
            async with work.session.begin_nested():
                await work.execute(wrong)

    async with await town.work(write=False) as work:
        assert [risk.value for risk in await service.risks(work)] == [12]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"probability": 5}, "probability"),
        ({"consequence": 0}, "consequence"),
        ({"consequence": None}, "consequence"),
        ({"category": "weather"}, "category"),
        ({"title": " "}, "title"),
    ],
)
async def test_a_risk_that_does_not_fit_is_refused_and_nothing_is_written(town, values, field):
    async with await town.work() as work:
        with pytest.raises(InvalidInput) as refused:
            async with work.attempt():
                await a_risk(work, town.units["committee"].id, **values)

        assert refused.value.field == field
        assert await count(work, Risk) == 0
        assert await count(work, RiskAssessment) == 0


async def test_an_assessment_keeps_what_the_risk_was_before(town):
    async with await town.work() as work:
        risk = await a_risk(work, town.units["committee"].id)
        await service.assess_risk(
            work, risk.id, probability=2, consequence=4, reason="Ny rutin.", version=risk.version
        )
        latest, first = await service.risk_history(work, risk.id)

    assert risk.value == 8
    assert (latest.before_probability, latest.before_consequence) == (3, 4)
    assert (latest.probability, latest.consequence, latest.value) == (2, 4, 8)
    assert (latest.reason, latest.size) == ("Ny rutin.", 4)
    assert latest.assessed_by == town.people["administrator"].id
    assert first.before_probability is None


async def test_an_assessment_of_what_somebody_else_has_saved_is_refused(town):
    async with await town.work() as work:
        risk = await a_risk(work, town.units["committee"].id)
        seen = risk.version
        await service.change_risk(work, risk.id, changes={"title": "Annan"}, version=seen)
        with pytest.raises(Conflict):
            await service.assess_risk(work, risk.id, probability=1, consequence=1, version=seen)
        assert await count(work, RiskAssessment) == 1


async def test_the_matrix_is_shown_as_it_was_on_a_day(town):
    async with await town.work() as work:
        risk = await a_risk(work, town.units["committee"].id)
        earlier = work.now - timedelta(days=30)
        await work.execute(update(Risk).values(created_at=earlier))
        work.add(
            RiskAssessment(
                risk_id=risk.id,
                probability=1,
                consequence=5,
                value=5,
                size=5,
                reason="",
                assessed_at=earlier,
            )
        )
        unseen = await service.add_risk(
            work, unit_id=town.units["home_care"].id, title="Ny", category="it"
        )

        now = await service.risk_matrix(work)
        then = await service.risk_matrix(work, on=(earlier + timedelta(days=1)).date())
        before = await service.risk_matrix(work, on=(earlier - timedelta(days=2)).date())

    assert [dot.risk.id for dot in now.cells[3, 4].dots] == [risk.id]
    assert now.cells[3, 4].light is ControlLight.RED
    assert (now.size, now.unassessed) == (4, (unseen,))
    assert [row[0].consequence for row in now.rows()] == [4, 3, 2, 1]
    assert (then.size, [dot.value for dot in then.cells[1, 5].dots]) == (5, [5])
    assert then.unassessed == ()
    assert not any(cell.dots for cell in before.cells.values())


async def test_a_matrix_is_not_shrunk_below_living_risks_and_tells_which(town):
    async with await town.work() as work:
        risk = await a_risk(work, town.units["committee"].id)
        with pytest.raises(Conflict, match="R1 Fel lön betalas ut"):
            await resize(work, 3)
        assert (await service.design_of(work)).size == 4

        await service.close_risk(work, risk.id, reason="Systemet är bytt.")
        assert (await resize(work, 3)).size == 3

        again = await service.reopen_risk(work, risk.id)
        assert (again.value, again.assessed_at) == (None, None)
        assert (await service.risk_matrix(work)).unassessed == (again,)


async def test_a_cell_has_its_own_colour_or_that_of_its_value(town):
    async with await town.work() as work:
        design = await resize(work, 5, yellow_from=5, red_from=15, cells={"1,5": "red"})

    assert design.colour(1, 5) is ControlLight.RED
    assert design.colour(5, 1) is ControlLight.YELLOW
    assert design.colour(4, 1) is ControlLight.GREEN
    assert design.colour(3, 5) is ControlLight.RED
    assert design.colour_word(ControlLight.RED) == "Hög"


@pytest.mark.parametrize(
    ("size", "values"),
    [
        (2, {}),
        (7, {}),
        (4, {"red_from": 2}),
        (4, {"cells": {"5,1": "red"}}),
        (4, {"cells": {"1,1": "blue"}}),
    ],
)
async def test_a_matrix_that_does_not_hang_together_is_refused(town, size, values):
    async with await town.work() as work:
        with pytest.raises(InvalidInput):
            await resize(work, size, **values)
        assert (await service.design_of(work)).size == 4


async def test_a_category_in_use_is_ended_and_not_taken_away(town):
    async with await town.work() as work:
        await a_risk(work, town.units["committee"].id, category="irregularities")
        rows = [c.model_dump() for c in (await service.design_of(work)).categories]
        with pytest.raises(Conflict, match="Fel och oegentligheter"):
            await service.change_categories(
                work, [row for row in rows if row["key"] != "irregularities"]
            )
        for row in rows:
            row["ended"] = row["key"] == "irregularities"
        design = await service.change_categories(work, rows)

        assert design.category("irregularities").law == "internal_control.duty"
        with pytest.raises(InvalidInput):
            await a_risk(work, town.units["committee"].id, category="irregularities")


async def test_a_closed_risk_is_neither_assessed_nor_closed_again(town):
    async with await town.work() as work:
        risk = await a_risk(work, town.units["committee"].id)
        with pytest.raises(InvalidInput):
            await service.close_risk(work, risk.id, reason=" ")
        await service.close_risk(work, risk.id, reason="Finns inte mer.")

        with pytest.raises(Conflict):
            await service.assess_risk(work, risk.id, probability=1, consequence=1)
        with pytest.raises(Conflict):
            await service.close_risk(work, risk.id, reason="Igen")
        assert risk.closed_by == town.people["administrator"].id
        assert await count(work, RiskAssessment) == 1


async def test_a_treatment_plans_an_action_when_it_is_given_one(town):
    async with await town.work() as work:
        risk = await a_risk(work, town.units["committee"].id)
        accepted = await service.add_treatment(
            work, risk.id, kind=TreatmentKind.ACCEPT, what="Får finnas."
        )
        reduced = await service.add_treatment(
            work,
            risk.id,
            kind=TreatmentKind.REDUCE,
            what="Två attesterar.",
            action_title="Skriv rutinen",
            owner_id=town.people["manager"].id,
        )
        action = await work.get(PlannedAction, reduced.action_id)
        await service.end_treatment(work, accepted.id)
        with pytest.raises(Conflict):
            await service.end_treatment(work, accepted.id)

    assert accepted.action_id is None
    assert (action.title, action.about) == ("Skriv rutinen", "R1 Fel lön betalas ut")
    assert action.module == "internal_control"


async def test_a_process_with_living_risks_does_not_end(town):
    async with await town.work() as work:
        unit_id = town.units["committee"].id
        process = await service.add_process(work, unit_id=unit_id, name="Lönehantering")
        risk = await a_risk(work, unit_id, process_id=process.id)
        with pytest.raises(Conflict, match="R1"):
            await service.end_process(work, process.id)
        await service.close_risk(work, risk.id, reason="Borta.")
        await service.end_process(work, process.id)

        assert await service.processes(work) == []
        assert await service.processes(work, ended=True) == [process]
        with pytest.raises(InvalidInput):
            await a_risk(work, unit_id, process_id=process.id)


async def test_who_writes_writes_at_own_units_and_all_read(town):
    async with await town.work("manager") as work:
        await a_risk(work, town.units["home_care"].id)
        with pytest.raises(Forbidden):
            await a_risk(work, town.units["committee"].id)
        with pytest.raises(Forbidden):
            await resize(work, 5)
    for who in ("employee", "auditor"):
        async with await town.work(who) as work:
            (risk,) = await service.risks(work)
            assert len(await service.risk_history(work, risk.id)) == 1
            with pytest.raises(Forbidden):
                await service.assess_risk(work, risk.id, probability=1, consequence=1)
            with pytest.raises(Forbidden):
                await service.add_process(work, unit_id=town.units["home_care"].id, name="X")
            assert await count(work, Process) == 0


async def test_another_municipality_cannot_tell_that_a_risk_exists(town, other_town):
    async with await town.work() as work:
        risk = await a_risk(work, town.units["committee"].id)
    async with await other_town.work() as work:
        with pytest.raises(ModuleOff):
            await service.risk_history(work, risk.id)
        await switch_module(work, "internal_control", on=True)
    other_town.tenant = type(other_town.tenant)(
        **{
            name: getattr(other_town.tenant, name)
            for name in ("id", "slug", "name", "languages", "accent")
        },
        modules=frozenset({"internal_control"}),
    )
    async with await other_town.work() as work:
        for id in (risk.id, uuid7()):
            with pytest.raises(NotFound) as refused:
                await service.assess_risk(work, id, probability=1, consequence=1)
            assert str(refused.value) == str(NotFound())
