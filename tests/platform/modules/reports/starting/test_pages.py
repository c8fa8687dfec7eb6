"""Starting a report for many units, over HTTP and through the API."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from planned import clients, words
from report_desk import TEXTS, set_up
from sqlalchemy import select

from roder.graphql.schema import build_schema
from roder.platform.modules.goals.service import lock_year
from roder.platform.modules.organisation.module import ORGANISATION
from roder.platform.modules.reports.models import Report, ReportTemplate
from roder.platform.modules.reports.module import REPORTS
from roder.tenants.rows import uuid7

SCHEMA = build_schema((ORGANISATION, REPORTS))
LIST, MANY = "kommunfullmaktige/2026/rapporter", "kommunfullmaktige/2026/rapporter/flera"


@pytest.fixture
async def enter(runtime, settings, town):
    async with clients(runtime, settings, town) as make:
        yield make


@pytest.fixture
async def template(town) -> ReportTemplate:
    """Home care has its report of 2026 already."""
    desk = await set_up(town, TEXTS[:2])
    async with await town.work(write=False) as work:
        return await work.get(ReportTemplate, desk.report.template_id)


@pytest.fixture
def having(town):
    async def ask() -> list[str]:
        names = {unit.id: name for name, unit in town.units.items()}
        async with await town.work(write=False) as work:
            return sorted(names[id] for id in await work.scalars(select(Report.unit_id)))

    return ask


def asked(template, **more) -> dict[str, object]:
    return {"template": str(template.id), "period": "2026", "due_on": "2027-02-01", **more}


def sent(page) -> list[str]:
    return re.findall(r'name="enhet" value="([^"]+)"', page.text)


async def test_all_right_below_are_seen_first_and_then_begun(enter, town, template, having):
    http = await enter()
    preview = await http.post(LIST, data=asked(template) | {"for": "below"})
    before = await having()
    form = asked(template, enhet=sent(preview), do="save")
    answer = await http.post(MANY, data=form)

    assert preview.status_code == 200
    text = words(preview)
    assert "Enheter som får rapporten: 2 Barn- och utbildningsnämnden Socialnämnden" in text
    assert "Börja för de här enheterna" in text
    assert before == ["home_care"]
    assert answer.status_code == 303
    assert f"/rapportlage?mall={template.id}&period=2026" in answer.headers["location"]
    assert await having() == ["committee", "home_care", "school_board"]
    async with await town.work(write=False) as work:
        days = await work.scalars(select(Report.due_on).where(Report.due_on.is_not(None)))
    assert [day.isoformat() for day in days] == ["2027-02-01"] * 2


async def test_chosen_units_are_ticked_in_the_tree(enter, town, template, having):
    http = await enter()
    choose = await http.post(LIST, data=asked(template) | {"for": "chosen"})
    ids = [str(town.units[name].id) for name in ("committee", "home_care")]
    preview = await http.post(MANY, data=asked(template, enhet=ids, do="preview"))
    back = await http.post(MANY, data=asked(template, enhet=ids, do="choose"))
    nobody = await http.post(MANY, data=asked(template, do="preview"))

    assert [str(town.units[name].id) for name in ("council", "school_board", "committee")] == sent(
        choose
    )
    assert "Hemtjänst Öst har den redan" in words(choose)
    assert " checked" not in choose.text
    assert "Enheter som får rapporten: 1 Socialnämnden" in words(preview)
    assert "Enheter som har den redan: 1 Hemtjänst Öst" in words(preview)
    assert back.text.count(" checked") == 1
    assert nobody.status_code == 422
    assert "Välj 1 till 500 enheter." in words(nobody)
    assert await having() == ["home_care"]


async def test_own_unit_is_begun_at_once_as_before(enter, template, having):
    http = await enter()
    for form in (asked(template), asked(template) | {"for": "own"}):
        answer = await http.post(LIST, data=form)
        assert answer.status_code in (303, 409)
    assert await having() == ["council", "home_care"]


async def test_units_of_elsewhere_are_not_there(enter, town, new_town, template, having):
    neighbour = await new_town("Grannen")
    http = await enter()
    for strange in (str(neighbour.units["committee"].id), str(uuid7()), "nej"):
        for do in ("preview", "save", "choose"):
            answer = await http.post(MANY, data=asked(template, enhet=[strange], do=do))
            assert answer.status_code == 404, (strange, do)
    beside = asked(template, enhet=[str(town.units["school_board"].id)], do="save")
    answer = await http.post(MANY.replace("kommunfullmaktige", "socialnamnden"), data=beside)
    assert answer.status_code == 404
    assert await having() == ["home_care"]


@pytest.mark.parametrize("who", ["manager", "employee", "auditor"])
async def test_without_the_right_nothing_is_begun(enter, town, template, having, who):
    http = await enter(who)
    ids = [str(town.units["committee"].id)]
    refused = [
        await http.post(LIST, data=asked(template) | {"for": "below"}),
        await http.post(MANY, data=asked(template, enhet=ids, do="preview")),
        await http.post(MANY, data=asked(template, enhet=ids, do="save")),
    ]
    assert [answer.status_code for answer in refused] == [403] * 3
    assert await having() == ["home_care"]


async def test_a_locked_year_is_told_before_units_are_chosen(enter, town, template, having):
    async with await town.work() as work:
        await lock_year(work, 2026)
    http = await enter()
    for data in (asked(template) | {"for": "below"}, asked(template) | {"for": "chosen"}):
        answer = await http.post(LIST, data=data)
        assert answer.status_code == 409
        assert "2026 är låst" in words(answer)
    assert await having() == ["home_care"]


async def test_a_locked_year_without_reports_says_since_when_and_that_none_can_be_begun(
    enter, town
):
    http = await enter()
    before = words(await http.get(LIST))
    async with await town.work() as work:
        lock = await lock_year(work, 2026)
        lock.created_at = datetime(2020, 1, 31, 12, tzinfo=UTC)
    page = words(await http.get(LIST))

    assert "Ingen rapport pågår. Kommunfullmäktige har ingen rapport för 2026 än." in before
    assert (
        "Kommunfullmäktige har ingen rapport för 2026. "
        "Året är låst sedan 31 januari 2020, så ingen kan påbörjas."
    ) in page
    assert "pågår." not in page
    assert " än." not in page
    assert "Ny från mall" not in page


async def test_the_choice_is_offered_only_above_other_units(enter, template):
    http = await enter()
    assert "Alla enheter närmast under (2)" in words(await http.get(LIST))
    lowest = words(await http.get("hemtjanst-ost/2026/rapporter"))
    assert "närmast under" not in lowest


async def test_the_api_starts_them_and_tells_who_had_it(town, template, mutate, having):
    ids = [f"Unit:{town.units[name].id}" for name in ("school_board", "home_care")]
    done = await mutate(
        "administrator",
        "startReports",
        "StartReportsInput",
        "... on StartedReports { reports { title unit { name } } standing { unit { name } } }",
        templateId=f"ReportTemplate:{template.id}",
        unitIds=ids,
        period="2026",
    )
    refused = await mutate(
        "manager",
        "startReports",
        "StartReportsInput",
        "",
        templateId=f"ReportTemplate:{template.id}",
        unitIds=ids,
        period="2027",
    )

    assert done == {
        "__typename": "StartedReports",
        "reports": [{"title": "Berättelse 2026", "unit": {"name": "Barn- och utbildningsnämnden"}}],
        "standing": [{"unit": {"name": "Hemtjänst Öst"}}],
    }
    assert refused["code"] == "FORBIDDEN"
    assert await having() == ["home_care", "school_board"]
