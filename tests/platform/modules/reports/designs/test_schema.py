"""Templates and their chapters through the API."""

from __future__ import annotations

from typing import Any

import pytest

TABLE = {
    "title": "Resultat {year}",
    "kind": "TABLE",
    "columns": [{"key": "grade", "title": "Betyg", "kind": "CHOICE", "choices": ["A", "B"]}],
    "fixedRows": [{"key": "nine", "title": "Årskurs 9"}],
}


@pytest.fixture
async def empty(mutate) -> str:
    """The id of a template without chapters."""
    made = await mutate(
        "administrator",
        "addReportTemplate",
        "AddReportTemplateInput",
        "... on ReportTemplate { id title periodicity }",
        key="school_report",
        title="Skolans berättelse",
        titleEn="School report",
        periodicity="HALF_YEAR",
    )
    assert (made["title"], made["periodicity"]) == ("Skolans berättelse", "HALF_YEAR")
    return made["id"]


@pytest.fixture
def add(mutate, empty):
    """`await add("local", content={…})`: a chapter of the empty template."""

    async def add(who: str, **given: Any) -> Any:
        return await mutate(
            who,
            "addChapter",
            "AddChapterInput",
            "... on Chapter { id key unit { name } columns { key kind choices } "
            "fixedRows { title } }",
            templateId=empty,
            **given,
        )

    return add


@pytest.fixture
async def local(town, add) -> str:
    """The id of a chapter that home care has added for itself."""
    unit = f"Unit:{town.units['home_care'].id}"
    made = await add("local", content={"title": "Eget"}, unitId=unit)
    assert made["unit"] == {"name": "Hemtjänst Öst"}
    return made["id"]


async def test_a_chapter_is_added_with_its_table(add):
    table = await add("administrator", content=TABLE)

    assert (table["key"], table["fixedRows"]) == ("resultat_year", [{"title": "Årskurs 9"}])
    assert table["columns"] == [{"key": "grade", "kind": "CHOICE", "choices": ["A", "B"]}]
    assert table["unit"] is None
    assert (await add("local", content={"title": "Centralt"}))["code"] == "FORBIDDEN"


async def test_a_chapter_is_changed_moved_shown_and_removed(town, empty, add, local, mutate, ask):
    table = await add("administrator", content=TABLE)
    moved = await mutate(
        "local",
        "moveChapter",
        "MoveChapterInput",
        "... on Chapter { parent { key } }",
        id=local,
        parentId=table["id"],
    )
    assert moved["parent"] == {"key": "resultat_year"}
    changed = await mutate(
        "local",
        "changeChapter",
        "ChangeChapterInput",
        "... on Chapter { title numbered }",
        id=local,
        content={"title": "Vårt eget", "numbered": False},
    )
    assert (changed["title"], changed["numbered"]) == ("Vårt eget", False)

    query = """query ($id: ID!, $unit: ID) { reportTemplate(id: $id) {
        outline(unitId: $unit) { number depth chapter { title } } } }"""
    unit = f"Unit:{town.units['home_care'].id}"
    shown = await ask("employee", query, id=empty, unit=unit)
    assert [
        (entry["number"], entry["depth"], entry["chapter"]["title"])
        for entry in shown["reportTemplate"]["outline"]
    ] == [("1", 1, "Resultat {year}"), ("", 2, "Vårt eget")]

    removed = await ask(
        "local",
        "mutation ($id: ID!) { removeChapter(id: $id) { ... on ChapterRemoved "
        "{ template { outline { number } } } } }",
        id=local,
    )
    assert removed["removeChapter"]["template"]["outline"] == [{"number": "1"}]


async def test_templates_are_copied_and_changed_through_the_api(template, mutate, ask):
    copy = await mutate(
        "administrator",
        "copyReportTemplate",
        "CopyReportTemplateInput",
        "... on ReportTemplate { id key outline { number } }",
        id=f"ReportTemplate:{template.id}",
        key="school_report",
        title="Skolans berättelse",
    )
    assert (copy["key"], len(copy["outline"])) == ("school_report", 15)
    changed = await mutate(
        "administrator",
        "changeReportTemplate",
        "ChangeReportTemplateInput",
        "... on ReportTemplate { title continuesIn { key } continuesSamePeriod description }",
        id=copy["id"],
        title="Skolrapport",
        continuesIn="",
        description="För skolor",
        continuesSamePeriod=True,
    )
    assert changed == {
        "__typename": "ReportTemplate",
        "title": "Skolrapport",
        "continuesIn": None,
        "continuesSamePeriod": True,
        "description": "För skolor",
    }
    listed = await ask("employee", "{ reportTemplates { key } }")
    assert [row["key"] for row in listed["reportTemplates"]] == [
        *("operational_plan", "quality_report", "school_report")
    ]
