"""Schools, their principals and who took part: what is kept, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.modules.reports.models import Chapter, ReportTemplate
from roder.platform.modules.school_quality import schools, taking_part
from roder.platform.modules.school_quality.models import (
    SchoolForm,
    SchoolParticipation,
    SchoolPrincipal,
    SchoolUnit,
    Step,
    TakingPart,
)
from roder.platform.modules.school_quality.preloaded import plant_templates
from roder.platform.modules.school_quality.settings import SchoolQualitySettings
from roder.tenants.models import Person

PART = {
    "year": 2026,
    "step": Step.PLAN,
    "who": TakingPart.CHILDREN,
    "how": "Elevrådet valde målen.",
    "held_on": date(2026, 9, 4),
}


async def test_a_school_keeps_its_forms_in_the_order_of_the_law(town, given):
    forms = [SchoolForm.LEISURE_CENTRE, SchoolForm.PRESCHOOL_CLASS]
    async with await town.work() as work:
        row = await schools.add_school(work, town.units["home_care"].id, given(forms=forms))
        assert (row.forms, row.code, row.version) == (
            ["preschool_class", "leisure_centre"],
            "40000001",
            1,
        )
        row = await schools.change_school(work, row.id, given(code="", last_year=2027), version=1)
        assert (row.forms, row.code, row.last_year, row.version) == (["compulsory"], "", 2027, 2)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"forms": []}, "forms"),
        ({"code": "123"}, "code"),
        ({"first_year": 1901}, "firstYear"),
        ({"last_year": 2025}, "lastYear"),
        ({"organiser_id": "home_care"}, "organiserId"),
    ],
)
async def test_what_is_wrong_with_a_school_is_refused_where_it_stands(town, given, values, field):
    if "organiser_id" in values:
        values = {"organiser_id": town.units["home_care"].id}
    async with await town.work() as work:
        with pytest.raises(InvalidInput) as refused:
            async with work.attempt():
                await schools.add_school(work, town.units["home_care"].id, given(**values))
    assert refused.value.field == field
    async with await town.work(write=False) as work:
        assert await work.scalars(select(SchoolUnit)) == []


async def test_a_unit_is_a_school_once_and_a_code_is_of_one_unit(town, school, given):
    async with await town.work() as work:
        for unit, field in (("home_care", "unitId"), ("school_board", "code")):
            with pytest.raises(Conflict) as refused:
                async with work.attempt():
                    await schools.add_school(work, town.units[unit].id, given())
            assert refused.value.field == field
        with pytest.raises(Conflict):
            await schools.change_school(work, school.id, given(), version=7)
    async with await town.work(write=False) as work:
        assert [row.version for row in await work.scalars(select(SchoolUnit))] == [1]


async def test_a_school_of_another_municipality_is_not_there(lund, town, school, given):
    async with await lund.work() as work:
        with pytest.raises(NotFound):
            await schools.change_school(work, school.id, given(), version=1)
        with pytest.raises(NotFound):
            await taking_part.add_participation(work, school.id, **PART)


async def test_only_an_administrator_of_the_unit_says_what_is_a_school(town, given):
    for who in ("manager", "employee"):
        async with await town.work(who) as work:
            with pytest.raises(Forbidden):
                await schools.add_school(work, town.units["home_care"].id, given())
    async with await town.work("local") as work:
        with pytest.raises(Forbidden):
            await schools.add_school(work, town.units["school_board"].id, given())
        await schools.add_school(work, town.units["home_care"].id, given())


async def test_a_new_principal_ends_the_one_before_the_day_before(town, school):
    async with await town.work() as work:
        person_id = town.people["local"].id
        await schools.appoint_principal(
            work, school.id, person_id=person_id, from_on=date(2027, 1, 1)
        )
        rows = await schools.principals_of(work, school.id)
    assert [(row.person_id, row.from_on, row.until_on) for row in rows] == [
        (person_id, date(2027, 1, 1), None),
        (town.people["manager"].id, date(2026, 8, 1), date(2026, 12, 31)),
    ]


@pytest.mark.parametrize(
    ("days", "kind", "field"),
    [
        ({"from_on": date(2026, 8, 1)}, Conflict, "fromOn"),
        ({"from_on": date(2026, 1, 1)}, Conflict, "fromOn"),
        ({"from_on": date(2026, 9, 2), "until_on": date(2026, 9, 1)}, InvalidInput, "untilOn"),
    ],
)
async def test_a_school_has_one_principal_at_a_time(town, school, days, kind, field):
    async with await town.work() as work:
        with pytest.raises(kind) as refused:
            async with work.attempt():
                await schools.appoint_principal(
                    work, school.id, person_id=town.people["local"].id, **days
                )
        assert refused.value.field == field
    async with await town.work(write=False) as work:
        rows = await work.scalars(select(SchoolPrincipal))
        assert [(row.from_on, row.until_on) for row in rows] == [(date(2026, 8, 1), None)]


async def test_the_days_of_a_principal_can_be_mended_but_not_over_anothers(town, school):
    async with await town.work() as work:
        later = await schools.appoint_principal(
            work, school.id, person_id=town.people["local"].id, from_on=date(2027, 1, 1)
        )
        _later, first = await schools.principals_of(work, school.id)
        with pytest.raises(Conflict):
            async with work.attempt():
                await schools.change_principal(
                    work, first.id, from_on=date(2026, 8, 1), until_on=date(2027, 1, 1)
                )
        await schools.change_principal(
            work, later.id, from_on=date(2027, 2, 1), until_on=date(2027, 6, 30)
        )
        rows = await schools.principals_of(work, school.id)
    assert [(row.from_on, row.until_on) for row in rows] == [
        (date(2027, 2, 1), date(2027, 6, 30)),
        (date(2026, 8, 1), date(2026, 12, 31)),
    ]


async def test_nobody_who_has_left_becomes_a_principal(town, school):
    async with await town.work() as work:
        (await work.get(Person, town.people["employee"].id)).left_on = work.today
        await work.flush()
        with pytest.raises(InvalidInput) as refused:
            async with work.attempt():
                await schools.appoint_principal(
                    work,
                    school.id,
                    person_id=town.people["employee"].id,
                    from_on=date(2027, 1, 1),
                )
        assert refused.value.field == "personId"
    async with await town.work(write=False) as work:
        (row,) = await work.scalars(select(SchoolPrincipal))
        assert (row.person_id, row.until_on) == (town.people["manager"].id, None)


async def test_who_took_part_is_noted_and_taken_away_where_one_writes(town, school):
    async with await town.work("manager") as work:
        row = await taking_part.add_participation(work, school.id, **PART)
        assert (row.who, row.how, row.written_by) == (
            TakingPart.CHILDREN,
            "Elevrådet valde målen.",
            town.people["manager"].id,
        )
        found = await taking_part.participations_of(work, school.id, year=2026)
        assert [each.id for each in found] == [row.id]
        assert await taking_part.participations_of(work, school.id, year=2025) == []
    async with await town.work("employee") as work:
        with pytest.raises(Forbidden):
            await taking_part.remove_participation(work, row.id)
    async with await town.work("manager") as work:
        await taking_part.remove_participation(work, row.id)
    async with await town.work(write=False) as work:
        assert await work.scalars(select(SchoolParticipation)) == []


async def test_what_has_not_been_or_says_nothing_is_not_noted(town, school):
    async with await town.work("manager") as work:
        tomorrow = work.today + timedelta(days=1)
        for values, field in (
            ({"how": "  "}, "how"),
            ({"held_on": tomorrow}, "heldOn"),
            ({"year": 1066}, "year"),
        ):
            with pytest.raises(InvalidInput) as refused:
                async with work.attempt():
                    await taking_part.add_participation(work, school.id, **PART | values)
            assert refused.value.field == field
    async with await town.work(write=False) as work:
        assert await work.scalars(select(SchoolParticipation)) == []


async def test_the_templates_are_planted_once_and_then_left_alone(town, school):
    async with await town.work() as work:
        found = await plant_templates(work)
        found["school_plan"].title = {"sv": "Vår plan"}
        counted = await work.first(select(func.count(Chapter.id)))
        await work.flush()
    async with await town.work() as work:
        again = await plant_templates(work)
        assert again["school_plan"].title == {"sv": "Vår plan"}
        assert await work.first(select(func.count(Chapter.id))) == counted == 18
        assert len(await work.scalars(select(ReportTemplate))) == 3
    assert {key: row.continues_in for key, row in again.items()} == {
        "school_plan": "school_report",
        "school_report": "school_plan",
        "school_organiser_report": None,
    }


def test_a_step_comes_after_the_one_before_it():
    days = SchoolQualitySettings().last_days(2026)
    assert days == {
        Step.PLAN: date(2026, 9, 30),
        Step.FOLLOW_UP: date(2027, 1, 31),
        Step.ANALYSIS: date(2027, 6, 15),
        Step.REPORT: date(2027, 6, 30),
        Step.ORGANISER_REPORT: date(2027, 9, 30),
    }
    without = SchoolQualitySettings(follow_up="", organiser_report="").last_days(2026)
    assert list(without) == [Step.PLAN, Step.ANALYSIS, Step.REPORT]


@pytest.mark.parametrize("day", ["02-29", "13-01", "9-30", "04-31", "00-10"])
def test_a_day_that_is_not_there_every_year_is_no_last_day(day):
    with pytest.raises(ValueError, match="plan"):
        SchoolQualitySettings(plan=day)
