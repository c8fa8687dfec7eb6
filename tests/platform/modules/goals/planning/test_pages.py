"""Strategic planning over HTTP, as those without scripts have it: read, written, and refused."""

from __future__ import annotations

import re

import pytest
from planned import COMMITTEE, HOME_CARE, Planned, clients, make_planned, node, standing, words
from sent_statements import sent_statements
from sqlalchemy import select

from roder.platform.modules.goals.models import Activity, Indicator, PlanNode
from roder.platform.modules.goals.planning.nodes import change_node

SCRIPT = {"HX-Request": "true"}
CANARY = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
MEASURED = {
    "measure_unit": "%",
    "decimals": "1",
    "direction": "lower",
    "green_limit": "0,5",
    "yellow_limit": "1,5",
    "periodicity": "tertial",
    "source": "Kolada",
    "consolidation": "mean",
}


@pytest.fixture
async def plan(town) -> Planned:
    return await make_planned(town)


@pytest.fixture
async def enter(runtime, settings, town):
    """`http = await enter("manager")` asks below the municipality, signed in."""
    async with clients(runtime, settings, town) as make:
        yield make


@pytest.fixture
def nodes(town):
    return lambda: standing(town)


# Reading.


async def test_a_unit_sees_its_own_thread_in_the_names_of_the_model(enter, plan):
    http = await enter()

    page = await http.get(f"{COMMITTEE}planering")

    assert page.status_code == 200
    text = words(page)
    assert "Socialnämnden: Nämndmål 1 · Mål 2 · Styrtal 2 · Aktivitet 1" in text
    order = ["God arbetsgivare", "Minska sjukfrånvaro", "Sjukfrånvaro", "Heltidsanställda"]
    places = [page.text.index(f">{title}</a>") for title in order]
    assert places == sorted(places)
    assert "Vår egen insats" not in text


async def test_what_is_inherited_says_from_where_and_the_own_stands_below_it(enter, plan):
    http = await enter("manager")

    text = words(await http.get(f"{HOME_CARE}planering"))

    assert text.count("ärvt från Socialnämnden") == 4
    assert "Vår egen insats Ej påbörjad" in text


async def test_the_board_has_a_column_for_each_level(enter, plan):
    http = await enter()

    page = await http.get(f"{COMMITTEE}planering?vy=tavla")

    columns = re.findall(r"<h2>(\w+) <span[^>]*>(\d+)</span></h2>", page.text)
    assert columns == [
        ("Nämndmål", "1"),
        ("Mål", "2"),
        ("Styrtal", "2"),
        ("Uppdrag", "0"),
        ("Aktivitet", "1"),
    ]


async def test_reading_takes_as_many_statements_for_many_nodes(enter, runtime, plan):
    http = await enter()
    counts = []
    form = {"level": plan.levels["indicator"], "under": plan.nodes["leave"]}

    for more in (5, 0):
        with sent_statements(runtime) as sent:
            assert (await http.get(f"{COMMITTEE}planering")).status_code == 200
        counts.append(len(sent))
        for number in range(more):
            await http.post(f"{COMMITTEE}planering/ny", data={**form, "title": f"N {number}"})

    assert counts[0] == counts[1]


async def test_readers_see_the_controls_and_why_they_may_not(enter, plan):
    http = await enter("employee")

    page = await http.get(plan.at("leave"))

    assert page.status_code == 200
    assert "Du kan läsa men inte ändra här." in words(page)
    assert page.text.count('aria-disabled="true" aria-describedby="why-not"') == 6
    assert "<textarea" not in page.text


async def test_the_panel_alone_is_what_a_script_gets(enter, plan):
    http = await enter()

    part = await http.get(plan.at("leave"), headers=SCRIPT)

    assert part.status_code == 200
    assert "<html" not in part.text
    assert "Under det, hos alla enheter: Styrtal 2 · Aktivitet 1" in words(part)


async def test_a_year_without_a_model_says_what_comes_first(enter, plan):
    administrator, employee = await enter(), await enter("employee")

    first = words(await administrator.get("socialnamnden/2027/planering"))
    other = words(await employee.get("socialnamnden/2027/planering"))

    assert "Här finns inga mål för 2027 än." in first
    assert "Kopiera från 2026" in first
    assert "Gör en styrmodell" in first
    assert "En administratör gör i ordning året" in other
    assert "Gör en styrmodell" not in other


async def test_a_unit_without_goals_says_so_to_writers_and_readers(enter, plan):
    administrator, employee = await enter(), await enter("employee")
    path = "barn-och-utbildningsnamnden/2026/planering"

    writer, reader = await administrator.get(path), await employee.get(path)

    assert "Här finns inga mål för 2026 än." in words(writer)
    assert "Lägg till nämndmål" in words(writer)
    assert "Enheten har inte publicerat några mål för 2026." in words(reader)


@pytest.mark.parametrize("path", ["", "/flytta", "/fordela", "/ta-bort"])
async def test_another_municipality_s_node_is_not_there(enter, other_town, plan, path):
    foreign = await make_planned(other_town)
    http = await enter()

    page = await http.get(f"{COMMITTEE}planering/{foreign.nodes['leave']}{path}")

    assert page.status_code == 404


@pytest.mark.parametrize(
    "path", ["", "/flytta", "/ordning", "/fordela", "/ta-tillbaka", "/ta-bort"]
)
async def test_another_municipality_s_node_cannot_be_written(enter, other_town, plan, path):
    foreign = await make_planned(other_town)
    http = await enter()
    form = {"title": "Taget", "till": str(plan.nodes["employer"]), "direction": "next"}

    page = await http.post(f"{COMMITTEE}planering/{foreign.nodes['leave']}{path}", data=form)

    assert page.status_code == 404
    assert (await node(other_town, foreign.nodes["leave"])).title == "Minska sjukfrånvaro"
    assert (await node(other_town, foreign.nodes["leave"])).version == 1


async def test_what_people_write_is_shown_and_never_run(enter, town, plan):
    async with await town.work() as work:
        changes = {"title": CANARY, "description": CANARY}
        await change_node(work, plan.nodes["leave"], changes=changes)
    http = await enter()

    for path in (
        f"{COMMITTEE}planering",
        f"{COMMITTEE}planering?vy=tavla",
        plan.at("leave"),
        f"{plan.at('leave')}/flytta",
        f"{plan.at('sick')}/fordela",
        f"{plan.at('leave')}/ta-bort",
        f"{COMMITTEE}planering/ny?under={plan.nodes['leave']}",
    ):
        page = await http.get(path)
        assert page.status_code == 200
        assert "alert(" in page.text or "sick" in path or "fordela" in path
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


# Adding.


@pytest.mark.parametrize(
    ("level", "under"),
    [
        ("committee_goal", None),
        ("goal", "employer"),
        ("indicator", "leave"),
        ("assignment", "leave"),
        ("activity", "leave"),
    ],
)
async def test_something_of_each_kind_is_added_by_its_title(enter, town, plan, level, under):
    http = await enter()
    form = {"level": str(plan.levels[level]), "title": "Något nytt"}
    above = {"under": str(plan.nodes[under])} if under else {}

    answer = await http.post(f"{COMMITTEE}planering/ny", data=form | above)

    assert answer.status_code == 303
    added = await node(town, answer.headers["location"].rpartition("/")[2])
    assert (added.title, added.level_id) == ("Något nytt", plan.levels[level])
    assert added.parent_id == (plan.nodes[under] if under else None)
    assert added.unit_id == town.units["committee"].id


async def test_an_indicator_is_added_with_how_it_is_measured(enter, town, plan):
    http = await enter()
    form = {"level": str(plan.levels["indicator"]), "under": str(plan.nodes["leave"])}
    measured = {**MEASURED, "by_sex": "on"}

    answer = await http.post(
        f"{COMMITTEE}planering/ny", data={**form, **measured, "title": "Ny", "again": "1"}
    )

    assert answer.status_code == 303
    assert answer.headers["location"].endswith(
        f"/planering/ny?under={plan.nodes['leave']}&level={plan.levels['indicator']}"
    )
    async with await town.work(write=False) as work:
        added = await work.first(
            select(Indicator)
            .join(
                PlanNode,
                (PlanNode.id == Indicator.id) & (PlanNode.tenant_id == Indicator.tenant_id),
            )
            .where(PlanNode.title == "Ny")
        )
    assert added is not None
    assert (added.measure_unit, added.decimals, added.by_sex) == ("%", 1, True)
    assert (str(added.green_limit), str(added.yellow_limit)) == ("0.5", "1.5")
    assert (added.direction, added.periodicity) == ("lower", "tertial")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"title": " "}, "Skriv något här: det kan inte vara tomt."),
        ({"level": "x"}, "Välj något i listan."),
        ({"level": ""}, "Välj vad du vill lägga till."),
        ({"responsible": "x"}, "Välj något i listan."),
        ({"green_limit": "sju"}, '"sju" är inte ett tal. Skriv till exempel 77 eller 76,5.'),
        ({"direction": "x"}, "Välj något i listan."),
        ({"decimals": "99"}, "Välj 0 till 6 decimaler."),
    ],
)
async def test_a_form_that_cannot_be_added_comes_back_with_what_was_written(
    enter, nodes, plan, sent, said
):
    http = await enter()
    before = await nodes()
    form = {
        "level": str(plan.levels["indicator"]),
        "under": str(plan.nodes["leave"]),
        "title": "Mitt styrtal",
        **MEASURED,
    }

    page = await http.post(f"{COMMITTEE}planering/ny", data=form | sent)

    assert page.status_code == 422
    assert said in words(page)
    assert f'value="{sent.get("title", "Mitt styrtal")}"' in page.text
    assert await nodes() == before


async def test_a_contributor_builds_on_what_is_inherited(enter, town, plan):
    http = await enter("manager")
    form = {"level": str(plan.levels["activity"]), "under": str(plan.nodes["leave"])}

    answer = await http.post(f"{HOME_CARE}planering/ny", data={**form, "title": "Vårt"})

    assert answer.status_code == 303
    added = await node(town, answer.headers["location"].rpartition("/")[2])
    assert (added.unit_id, added.local) == (town.units["home_care"].id, True)


@pytest.mark.parametrize(("who", "unit"), [("manager", COMMITTEE), ("employee", HOME_CARE)])
async def test_nothing_is_added_where_one_may_not(enter, nodes, plan, who, unit):
    http = await enter(who)
    before = await nodes()
    form = {"level": str(plan.levels["activity"]), "under": str(plan.nodes["leave"])}

    answer = await http.post(f"{unit}planering/ny", data={**form, "title": "Vårt"})

    assert answer.status_code == 403
    assert await nodes() == before


# Changing.


async def test_all_of_the_panel_is_saved_at_once(enter, town, plan):
    http = await enter()
    manager = str(town.people["manager"].id)
    form = {"title": "Ny rubrik", "description": "Två\nrader", "responsible": manager}

    answer = await http.post(
        plan.at("sick"), data={**form, **MEASURED, "version": "1", "yellow_limit": ""}
    )

    assert answer.status_code == 303
    saved = await node(town, plan.nodes["sick"])
    assert (saved.title, saved.description) == ("Ny rubrik", "<p>Två</p><p>rader</p>")
    assert saved.responsible_id == town.people["manager"].id
    async with await town.work(write=False) as work:
        indicator = await work.get(Indicator, saved.id)
    assert (indicator.decimals, indicator.source, str(indicator.green_limit)) == (
        1,
        "Kolada",
        "0.5",
    )


async def test_an_activity_has_days_and_a_state(enter, town, plan):
    http = await enter()
    days = {"starts_on": "2026-02-01", "ends_on": "2026-05-31", "state": "ongoing"}

    await http.post(plan.at("talks"), data={"title": "Hälsosamtal", **days})
    refused = await http.post(
        plan.at("talks"), data={"title": "Hälsosamtal", **days, "ends_on": "2026-01-01"}
    )

    assert refused.status_code == 422
    assert "En aktivitet kan inte sluta innan den börjar." in words(refused)
    async with await town.work(write=False) as work:
        activity = await work.get(Activity, plan.nodes["talks"])
    assert (str(activity.starts_on), str(activity.ends_on)) == ("2026-02-01", "2026-05-31")
    assert activity.state == "ongoing"


async def test_a_description_with_more_than_words_is_left_as_it_is(enter, town, plan):
    rich = "<ul><li>ett</li><li>två</li></ul>"
    async with await town.work() as work:
        await change_node(work, plan.nodes["leave"], changes={"description": rich})
    http = await enter()

    await http.post(plan.at("leave"), data={"title": "Annan", "description": "- ett\r\n- två"})

    saved = await node(town, plan.nodes["leave"])
    assert (saved.title, saved.description) == ("Annan", rich)


async def test_who_saved_meanwhile_is_told_and_the_text_stays(enter, town, plan):
    http = await enter()
    async with await town.work() as work:
        await change_node(work, plan.nodes["leave"], changes={"title": "Hennes"})

    page = await http.post(plan.at("leave"), data={"title": "Mitt", "version": "1"})

    assert page.status_code == 409
    assert "Asta Admin sparade" in words(page)
    assert 'value="Mitt"' in page.text
    assert (await node(town, plan.nodes["leave"])).title == "Hennes"
