"""What the plan, its follow-up and the workbook say, before they are Word, PDF or Excel."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from control_plans import a_plan, activate, an_item

from roder.infra.documents.model import Landscape, LightMark, RichText, Table
from roder.platform.modules.internal_control import service
from roder.platform.modules.internal_control.documents import follow_up_document, plan_document
from roder.platform.modules.internal_control.models import TreatmentKind
from roder.platform.modules.internal_control.reading import whole_plan
from roder.platform.modules.internal_control.sheets import plan_sheet

LATE, WAITS = LightMark("none", "Inte utförd"), LightMark("none", "Inte gjort än")


def tables(document):
    blocks = [
        each
        for block in document.blocks
        for each in (block.blocks if isinstance(block, Landscape) else (block,))
    ]
    return [block for block in blocks if isinstance(block, Table)]


async def follow_up(work, plan, today):
    whole = await whole_plan(work, plan.id)
    return follow_up_document(Days(work, today), whole, language="sv", logo=None)


class Days:
    """The work, on another day."""

    def __init__(self, work, today):
        self.tenant, self.today = work.tenant, today


async def test_a_control_whose_day_lies_ahead_is_not_called_undone(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
        await activate(work, made.plan)
        ahead = tables(await follow_up(work, made.plan, date(2026, 6, 30)))
        behind = tables(await follow_up(work, made.plan, date(2026, 7, 1)))

    assert [row for row in ahead[0].rows if row[0].light == "none"] == [(WAITS, "1")]
    assert [row for row in behind[0].rows if row[0].light == "none"] == [(LATE, "1")]
    assert [row[2] for row in ahead[2].rows] == [WAITS, WAITS]
    assert [row[2] for row in behind[2].rows] == [LATE, WAITS]


async def test_no_column_stands_empty_for_conclusions_that_nobody_has_drawn(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
        await activate(work, made.plan)
        before = tables(await follow_up(work, made.plan, date(2026, 6, 1)))[1]
        await service.conclude_item(work, made.item.id, conclusion="Det räcker.")
        after = tables(await follow_up(work, made.plan, date(2026, 6, 1)))[1]

    assert [column.title for column in before.columns][-1] == "Förra året"
    assert [column.title for column in after.columns][-1] == "Slutsats"
    assert after.rows[0][-1] == "Det räcker."


async def test_the_plan_says_what_is_done_about_a_risk_and_what_was_changed(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
        await service.add_treatment(
            work, made.risk.id, kind=TreatmentKind.REDUCE, what="Två ser på varje lön."
        )
        ended = await service.add_treatment(
            work, made.risk.id, kind=TreatmentKind.SHARE, what="En försäkring."
        )
        await service.end_treatment(work, ended.id)
        await activate(work, made.plan)
        changes = {"sample": "40 av 400 löner"}
        await service.change_item(work, made.item.id, changes=changes, reason="Fler fel i våras.")
        whole = await whole_plan(work, made.plan.id)
        document = plan_document(work, whole, language="sv", logo=None)
        today = work.today.isoformat()

    texts = [block.html for block in document.blocks if isinstance(block, RichText)]
    assert "<p><strong>Vad som görs:</strong> Minska: Två ser på varje lön.</p>" in texts
    assert not any("försäkring" in text for text in texts)
    changed = tables(document)[-1]
    assert [column.title for column in changed.columns] == [
        "Dag",
        "Vad",
        "Tidigare",
        "Därefter",
        "Varför",
    ]
    assert changed.rows == (
        (
            today,
            "Stickprov av löner: hur mycket som granskas",
            "20 av 400 löner",
            "40 av 400 löner",
            "Fler fel i våras.",
        ),
    )


async def test_the_workbook_follows_the_numbers_and_marks_what_was_not_done(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
        await service.add_item(work, made.mirror.id, an_item("Attestliggare"))
        await activate(work, made.plan)
        whole = await whole_plan(work, made.plan.id)
        first = whole.items[0].occasions[0]
        await service.miss_occasion(work, first.id, reason="Systemet byttes.")
        whole = await whole_plan(work, made.plan.id)
        sheet = plan_sheet(replace(whole, risks=tuple(reversed(whole.risks))), title="Plan")

    rows = list(sheet.rows)
    assert [row[0] for row in rows] == [1, 1, 2, 2]
    lights = [column.title for column in sheet.columns].index("Bedömning")
    assert [row[lights] for row in rows] == [LATE, None, None, None]
    assert rows[0][lights + 1] == "Systemet byttes."
