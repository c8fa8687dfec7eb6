"""A whole school year in the API: from a school to the organiser's report."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asking
import pytest

ANSWER = "__typename ... on Node { id } ... on Problem { code message field }"
TOTALS = ("done", "begun", "notBegun", "late", "doneBefore", "countBefore")
STEPS = "step dueOn stage late report { title period }"
OVERVIEW = f"""query ($year: Int!) {{ schoolOverview(year: $year) {{ label
  legalReference {{ key }}
  schools {{ standing missing steps {{ {STEPS} }}
    school {{ code forms firstYear version unit {{ name }} organiser {{ name }}
      principals {{ fromOn untilOn person {{ name }} }}
      participations {{ who step how writtenBy {{ name }} }} }} }}
  organisers {{ schools unit {{ name }} step {{ {STEPS} }} }}
  totals {{ step {" ".join(TOTALS)} }} }} }}"""


@pytest.fixture
def ask(town):
    async def send(document: str, who: str = "administrator", **variables: Any) -> Any:
        return await asking.ask(town, who, document, **variables)

    return send


@pytest.fixture
def change(ask):
    """What a mutation answers with: the id of its record, or the problem."""

    async def send(name: str, type_: str, by: str = "administrator", **input: Any) -> Any:
        document = f"mutation ($input: {type_}!) {{ {name}(input: $input) {{ {ANSWER} }} }}"
        (answer,) = (await ask(document, by, input=input)).values()
        return answer

    return send


async def test_a_school_year_from_the_plan_to_the_organisers_report(town, ask, change, write):
    committee = f"Unit:{town.units['committee'].id}"
    school = await _described(town, ask, change, committee)
    begun = {}
    for step in ("PLAN", "REPORT"):
        given = {"schoolId": school, "step": step, "year": 2090}
        refused = await change("beginSchoolReport", "BeginSchoolReportInput", "employee", **given)
        assert refused["code"] == "FORBIDDEN"
        begun[step] = await change(
            "beginSchoolReport", "BeginSchoolReportInput", "manager", **given
        )
    async with await town.work("manager") as work:
        plan, report = (UUID(each["id"].partition(":")[2]) for each in begun.values())
        await write(work, plan, done=True, goals="Läsa mer")
        await write(work, report, analysis="Läsning varje dag")
    given = {"organiserId": committee, "year": 2090}
    await change("beginOrganiserReport", "OrganiserReportInput", **given)
    document = """mutation ($input: OrganiserReportInput!) { gatherOrganiserReport(input: $input) {
      ... on SchoolGathering { schools report { title } chapters { key text } } } }"""
    gathered = (await ask(document, input=given))["gatherOrganiserReport"]
    assert gathered == {
        "schools": 1,
        "report": {"title": "Huvudmannens kvalitetsrapport 2090/91"},
        "chapters": [{"key": "analysis", "text": "<h3>Hemtjänst Öst</h3><p>Läsning varje dag</p>"}],
    }
    exported = await change("exportSchools", "ExportSchoolsInput", "employee", year=2090)
    assert exported["__typename"] == "Job"

    found = (await ask(OVERVIEW, "employee", year=2090))["schoolOverview"]
    assert found == _expected()
    assert (await ask(OVERVIEW, "employee", year=2089))["schoolOverview"]["schools"] == []


async def test_schools_are_listed_by_form_and_by_unit(town, school, ask):
    document = """query ($form: SchoolForm, $unit: ID) { schoolUnits(form: $form, unitId: $unit) {
      totalCount nodes { code forms unit { name } } } }"""
    home_care = f"Unit:{town.units['home_care'].id}"
    row = {"code": "40000001", "forms": ["COMPULSORY"], "unit": {"name": "Hemtjänst Öst"}}
    for variables, nodes in (
        ({}, [row]),
        ({"form": "COMPULSORY"}, [row]),
        ({"form": "PRESCHOOL"}, []),
        ({"unit": home_care}, [row]),
        ({"unit": f"Unit:{town.units['committee'].id}"}, []),
    ):
        found = (await ask(document, "employee", **variables))["schoolUnits"]
        assert found == {"totalCount": len(nodes), "nodes": nodes}
    document = "query ($id: ID!) { schoolUnit(id: $id) { code } }"
    one = await ask(document, "employee", id=f"SchoolUnit:{school.id}")
    assert one["schoolUnit"] == {"code": "40000001"}


async def _described(town, ask, change, committee: str) -> str:
    """A school with a principal and a group that took part; the answer is its id."""
    unit = f"Unit:{town.units['home_care'].id}"
    told = {"forms": ["COMPULSORY"], "organiserId": committee, "firstYear": 2090}
    school = (await change("addSchoolUnit", "AddSchoolUnitInput", unitId=unit, **told))["id"]
    again = await change("addSchoolUnit", "AddSchoolUnitInput", unitId=unit, **told)
    assert (again["code"], again["field"]) == ("CONFLICT", "unitId")
    told |= {"code": "40000009"}
    await change("changeSchoolUnit", "ChangeSchoolUnitInput", id=school, version=1, **told)
    person = f"Person:{town.people['manager'].id}"
    appointed = await change(
        "appointPrincipal",
        "AppointPrincipalInput",
        schoolId=school,
        personId=person,
        fromOn="2090-08-01",
    )
    await change("changePrincipal", "ChangePrincipalInput", id=appointed["id"], fromOn="2090-07-01")
    part = {"schoolId": school, "year": 2090, "step": "PLAN", "who": "STAFF", "how": "Möte"}
    part |= {"heldOn": "2026-09-01"}
    for _again in (1, 2):
        noted = await change(
            "addSchoolParticipation", "AddSchoolParticipationInput", "manager", **part
        )
    document = f'mutation {{ removeSchoolParticipation(id: "{noted["id"]}") {{ {ANSWER} }} }}'
    removed = await ask(document, "manager")
    assert removed["removeSchoolParticipation"]["id"] == school
    return str(school)


def _expected() -> dict[str, Any]:
    plan = {"title": "Plan för kvalitetsarbetet 2090/91", "period": "2090"}
    report = {"title": "Kvalitetsrapport för enheten 2090/91", "period": "2091"}
    own = {"title": "Huvudmannens kvalitetsrapport 2090/91", "period": "2091"}
    steps = [
        ("PLAN", "2090-09-30", "DONE", plan),
        ("FOLLOW_UP", "2091-01-31", "NOT_BEGUN", report),
        ("ANALYSIS", "2091-06-15", "BEGUN", report),
        ("REPORT", "2091-06-30", "BEGUN", report),
        ("ORGANISER_REPORT", "2091-09-30", "BEGUN", own),
    ]
    told = [
        {"step": step, "dueOn": due, "stage": stage, "late": False, "report": title}
        for step, due, stage, title in steps
    ]
    done = {"PLAN": (1, 0, 0), "FOLLOW_UP": (0, 0, 1), "ANALYSIS": (0, 1, 0), "REPORT": (0, 1, 0)}
    part = {"who": "STAFF", "step": "PLAN", "how": "Möte", "writtenBy": {"name": "Mona Chef"}}
    person = {"fromOn": "2090-07-01", "untilOn": None, "person": {"name": "Mona Chef"}}
    school = {
        "code": "40000009",
        "forms": ["COMPULSORY"],
        "firstYear": 2090,
        "version": 2,
        "unit": {"name": "Hemtjänst Öst"},
        "organiser": {"name": "Socialnämnden"},
        "principals": [person],
        "participations": [part],
    }
    return {
        "label": "2090/91",
        "legalReference": {"key": "school.quality"},
        "schools": [
            {
                "standing": "UNDER_WAY",
                "missing": ["CHILDREN", "GUARDIANS"],
                "steps": told[:4],
                "school": school,
            }
        ],
        "organisers": [{"schools": 1, "unit": {"name": "Socialnämnden"}, "step": told[4]}],
        "totals": [
            {"step": step, **dict(zip(TOTALS, (*counts, 0, 0, 0), strict=True))}
            for step, counts in done.items()
        ],
    }
