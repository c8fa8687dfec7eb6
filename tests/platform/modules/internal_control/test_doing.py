"""Controls that are done: by whom, with which light, and what becomes of a deviation."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from control_plans import YEAR, a_plan, activate, all_of, count, occasions, remedy

from roder.infra.errors import Conflict, Forbidden, InvalidInput
from roder.platform.modules.actions.models import PlannedAction
from roder.platform.modules.internal_control import service
from roder.platform.modules.internal_control.models import (
    ControlLight,
    Deviation,
    OccasionFile,
)
from roder.tenants.files import keep_upload


async def test_a_red_control_takes_an_action_or_a_reason(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
        first, second = await occasions(work, made.item)
        done = {"done_on": date(YEAR, 6, 20), "light": ControlLight.RED, "result": "3 fel av 20."}
        with pytest.raises(Conflict):
            await service.record_occasion(work, first.id, **done)
        await activate(work, made.plan)
        first_id, second_id = first.id, second.id
        for wrong, field in (
            (None, "remedy"),
            (remedy(town, owner_id=None), "ownerId"),
            (remedy(town, due_on=None), "dueOn"),
        ):
            with pytest.raises(InvalidInput) as refused:
                async with work.attempt():
                    await service.record_occasion(work, first_id, **done, remedy=wrong)
            assert refused.value.field == field
        assert (await count(work, Deviation), await count(work, PlannedAction)) == (0, 0)

        await service.record_occasion(work, first_id, **done, remedy=remedy(town))
        await service.record_occasion(
            work,
            second_id,
            **done | {"light": ControlLight.YELLOW},
            remedy=service.Remedy(no_action_reason="Rättat på plats."),
        )
        found = await all_of(work, Deviation)
        action = await work.get(PlannedAction, found[0].action_id)

    assert [row.what for row in found] == ["3 fel av 20.", "3 fel av 20."]
    assert [row.no_action_reason for row in found] == ["", "Rättat på plats."]
    assert (action.owner_id, action.due_on) == (town.people["manager"].id, date(YEAR, 12, 1))
    assert action.unit_id == town.units["committee"].id


async def test_a_result_is_corrected_over_what_was_seen_and_green_ends_the_deviation(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
        await activate(work, made.plan)
        first, _second = await occasions(work, made.item)
        seen = first.version
        done = {"done_on": date(YEAR, 6, 20), "result": "Ett fel."}
        await service.record_occasion(
            work,
            first.id,
            **done,
            light=ControlLight.YELLOW,
            remedy=service.Remedy(no_action_reason="Rättat."),
        )
        with pytest.raises(Conflict):
            await service.record_occasion(
                work, first.id, **done, light=ControlLight.GREEN, version=seen
            )
        with pytest.raises(InvalidInput) as refused:
            await service.record_occasion(
                work,
                first.id,
                done_on=work.today + timedelta(days=1),
                light=ControlLight.GREEN,
                result="X",
            )
        assert refused.value.field == "doneOn"
        await service.record_occasion(work, first.id, **done, light=ControlLight.GREEN)
        assert await count(work, Deviation) == 0


async def test_an_open_action_keeps_the_light_from_turning_green(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
        await activate(work, made.plan)
        first, _second = await occasions(work, made.item)
        done = {"done_on": date(YEAR, 6, 20), "result": "Ett fel."}
        await service.record_occasion(
            work, first.id, **done, light=ControlLight.RED, remedy=remedy(town)
        )
        with pytest.raises(Conflict):
            await service.record_occasion(work, first.id, **done, light=ControlLight.GREEN)


async def test_whoever_is_responsible_records_and_leaves_the_action_to_those_who_write(town):
    async with await town.work() as work:
        made = await a_plan(
            town,
            work,
            responsible_id=town.people["employee"].id,
            unit_id=town.units["home_care"].id,
        )
        await activate(work, made.plan)
        first, second = await occasions(work, made.item)
        second_id = second.id
    done = {"done_on": date(YEAR, 6, 20), "light": ControlLight.RED, "result": "Fel."}
    async with await town.work("employee") as work:
        await service.record_occasion(work, first.id, **done)
        with pytest.raises(Forbidden):
            async with work.attempt():
                await service.record_occasion(work, second_id, **done, remedy=remedy(town))
    async with await town.work("auditor") as work:
        with pytest.raises(Forbidden):
            await service.record_occasion(work, second_id, **done)
    async with await town.work("manager") as work:
        (row,) = await all_of(work, Deviation)
        assert (row.action_id, row.found_by) == (None, town.people["employee"].id)
        await service.settle_deviation(work, row.id, remedy(town))
        with pytest.raises(Conflict):
            await service.settle_deviation(work, row.id, remedy(town))
        assert await count(work, PlannedAction) == 1


async def test_nobody_else_records_a_control_without_a_name(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
        await activate(work, made.plan)
        first, _second = await occasions(work, made.item)
    async with await town.work("employee") as work:
        with pytest.raises(Forbidden):
            await service.record_occasion(
                work,
                first.id,
                done_on=date(YEAR, 6, 1),
                light=ControlLight.GREEN,
                result="Bra.",
            )


async def test_evidence_lies_beside_the_result(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
        await activate(work, made.plan)
        first, _second = await occasions(work, made.item)
        file = await keep_upload(
            work, name="urval.txt", media_type="text/plain", body=BytesIO(b"1, 2, 3")
        )
        row = await service.add_evidence(work, first.id, file_id=file.id)
        with pytest.raises(Conflict):
            await service.add_evidence(work, first.id, file_id=file.id)
        whole = await service.whole_plan(work, made.plan.id)
        assert whole.items[0].evidence[first.id] == (row,)
        assert row.title == "urval.txt"
        await service.remove_evidence(work, row.id)
        assert await count(work, OccasionFile) == 0
