"""What laws say: preloaded, dated, changed from a day on by those who may, never overwritten."""

from datetime import date

import pytest
from sqlalchemy import delete, func, select

from roder.infra.errors import Forbidden, InvalidInput, NotFound
from roder.tenants.legal import (
    LegalReference,
    change_legal_reference,
    law,
    legal_references,
    plant_legal_references,
    shipped,
)
from roder.tenants.log.access_log import Action, LogEntry

TURN = date(2025, 7, 1)
DAYS = {"summons.council": 7, "minutes.adjust": 14, "minutes.notice": 2, "minutes.appeal": 21}
KEYS = {
    "internal_control.duty",
    "summons.council",
    "minutes.content",
    "minutes.adjust",
    "minutes.notice",
    "minutes.appeal",
    "documents.public_list",
    "school.quality",
    "school.complaints",
    "deviations.lex_sarah_sol",
    "deviations.lex_sarah_lss",
    "deviations.lex_maria",
    "deviations.quality_system",
    "deviations.patient_safety_report",
}
WORDING = {"name": "5 kap. 69 § kommunallagen", "says": "Inom tio dagar.", "source": "Lag (2027:1)"}


async def count(work):
    return await work.first(select(func.count()).select_from(LegalReference))


async def test_a_new_municipality_has_what_comes_with_the_service(town):
    async with await town.work("employee", write=False) as work:
        rows = await legal_references(work)
        today = await legal_references(work, on=date(2026, 11, 22))

    assert len(rows) == len(shipped())
    assert [row.key for row in today] == sorted(KEYS)
    assert {row.key: row.days for row in today if row.days} == DAYS
    yearly = {row.key: row.yearly_day for row in today if row.yearly_day}
    assert yearly == {"deviations.patient_safety_report": "03-01"}
    assert all(row.name and row.says and row.source and row.changed_by is None for row in rows)


async def test_a_law_is_that_of_the_day(town):
    async with await town.work("employee", write=False) as work:
        adjust = await law(work, "minutes.adjust")
        before = await law(work, "internal_control.duty", on=date(2025, 6, 30))
        since = await law(work, "internal_control.duty", on=TURN)
        old_act = await law(work, "deviations.lex_sarah_sol", on=date(2025, 6, 30))
        new_act = await law(work, "deviations.lex_sarah_sol", on=TURN)
        assert await law(work, "no.such") is None

    assert (adjust.name, adjust.days) == ("5 kap. 69 § kommunallagen (2017:725)", 14)
    assert (before.valid_from, before.valid_to) == (None, TURN)
    assert (since.valid_from, since.valid_to) == (TURN, None)
    assert "oegentligheter" in since.says
    assert "oegentligheter" not in before.says
    assert (old_act.name, new_act.name) == (
        "14 kap. socialtjänstlagen (2001:453)",
        "27 kap. socialtjänstlagen (2025:400)",
    )


@pytest.mark.parametrize(
    ("key", "day"),
    [
        ("deviations.lex_sarah_sol", TURN),
        ("deviations.lex_sarah_sol", date(2025, 1, 1)),
        ("deviations.quality_system", TURN),
        ("internal_control.duty", date(2025, 1, 1)),
        ("school.complaints", TURN),
    ],
)
async def test_what_is_not_read_in_the_law_itself_says_so(work, key, day):
    assert "kontrollera" in (await law(work, key, on=day)).says


async def test_a_change_holds_from_its_day_and_keeps_what_held_before(town):
    async with await town.work() as work:
        row = await change_legal_reference(
            work, "minutes.adjust", valid_from=date(2027, 1, 1), days=10, **WORDING
        )
        assert (await law(work, "minutes.adjust", on=date(2026, 12, 31))).days == 14
        assert (await law(work, "minutes.adjust", on=date(2027, 1, 1))).id == row.id

    async with await town.work(write=False) as work:
        kept = [each for each in await legal_references(work) if each.key == "minutes.adjust"]
        told = await work.first(select(LogEntry).where(LogEntry.kind == "legal_reference"))
    assert [(each.days, each.valid_from, each.valid_to) for each in kept] == [
        (10, date(2027, 1, 1), None),
        (14, None, date(2027, 1, 1)),
    ]
    assert kept[0].changed_by == town.people["administrator"].id
    assert (told.action, told.records) == (Action.CHANGE, [row.id])


@pytest.mark.parametrize(
    ("written", "kept"), [("04-15", "04-15"), (" 12-31 ", "12-31"), ("", None), (None, None)]
)
async def test_a_law_sets_a_day_of_each_year(work, written, kept):
    given = {"valid_from": date(2027, 1, 1), "yearly_day": written}
    row = await change_legal_reference(work, "minutes.adjust", **given, **WORDING)
    assert row.yearly_day == kept


@pytest.mark.parametrize(
    "written", ["02-29", "13-01", "1 mars", "2026-03-01", "3-1", "03/01", "W01-1"]
)
async def test_what_is_no_day_of_each_year_is_refused(work, written):
    given = {"valid_from": date(2027, 1, 1), "yearly_day": written}
    with pytest.raises(InvalidInput) as refused:
        await change_legal_reference(work, "minutes.adjust", **given, **WORDING)
    assert refused.value.field == "yearlyDay"
    assert await count(work) == len(shipped())


async def test_the_same_day_again_corrects_the_wording(work):
    day = date(2027, 1, 1)
    first = await change_legal_reference(work, "minutes.adjust", valid_from=day, days=10, **WORDING)
    again = await change_legal_reference(
        work, "minutes.adjust", valid_from=day, **WORDING | {"says": "Inom åtta dagar."}, days=8
    )
    assert again.id == first.id
    assert (again.says, again.days) == ("Inom åtta dagar.", 8)
    assert await count(work) == len(shipped()) + 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"says": ""}, "says"),
        ({"source": ""}, "source"),
        ({"says": "x" * 1001}, "says"),
        ({"days": 0}, "days"),
        ({"valid_from": date(2025, 6, 30)}, "validFrom"),
    ],
)
async def test_a_wording_that_says_too_little_or_comes_too_early_is_refused(work, values, field):
    given = {"valid_from": date(2027, 1, 1), **WORDING} | values
    with pytest.raises(InvalidInput) as refused:
        async with work.attempt():
            await change_legal_reference(work, "internal_control.duty", **given)
    assert refused.value.field == field
    assert await count(work) == len(shipped())


async def test_a_key_that_no_part_knows_is_not_made(work):
    with pytest.raises(NotFound):
        await change_legal_reference(work, "own.law", valid_from=TURN, **WORDING)
    assert await count(work) == len(shipped())


@pytest.mark.parametrize("who", ["local", "manager", "employee", "auditor"])
async def test_only_a_full_administrator_changes_what_laws_say(town, who):
    async with await town.work(who) as work:
        with pytest.raises(Forbidden):
            await change_legal_reference(work, "minutes.adjust", valid_from=TURN, **WORDING)
        assert await count(work) == len(shipped())


async def test_a_key_of_a_later_version_is_added_and_what_was_changed_stays(town):
    async with await town.work() as work:
        await change_legal_reference(
            work, "minutes.adjust", valid_from=date(2027, 1, 1), days=10, **WORDING
        )
        await work.execute(delete(LegalReference).where(LegalReference.key == "minutes.appeal"))

        assert await plant_legal_references(work) == 1
        assert await plant_legal_references(work) == 0

        assert (await law(work, "minutes.appeal")).days == 21
        assert (await law(work, "minutes.adjust", on=date(2027, 1, 1))).days == 10


async def test_another_municipality_keeps_its_own_wording(town, other_town):
    async with await town.work() as work:
        await change_legal_reference(
            work, "minutes.adjust", valid_from=date(2026, 1, 1), days=10, **WORDING
        )
    async with await other_town.work(write=False) as work:
        assert (await law(work, "minutes.adjust")).days == 14
