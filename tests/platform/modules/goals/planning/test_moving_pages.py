"""Moving, ordering, distributing, removing, copying and handing over, and who may not."""

from __future__ import annotations

import re

import pytest
from planned import (
    COMMITTEE,
    HOME_CARE,
    Planned,
    clients,
    make_planned,
    node,
    standing,
    words,
)
from sqlalchemy import select

from roder.platform.modules.goals.models import PlanNode, SteeringModel
from roder.platform.modules.goals.planning.nodes import change_node
from roder.platform.modules.goals.steering.locks import lock_year


@pytest.fixture
async def plan(town) -> Planned:
    return await make_planned(town)


@pytest.fixture
async def enter(runtime, settings, town):
    async with clients(runtime, settings, town) as make:
        yield make


@pytest.fixture
def nodes(town):
    return lambda: standing(town)


async def test_a_move_says_first_what_comes_along(enter, nodes, plan):
    http = await enter()
    before = await nodes()

    places = await http.get(f"{plan.at('sick')}/flytta")
    preview = await http.get(f"{plan.at('sick')}/flytta?till={plan.nodes['content']}")

    assert "Nöjda medarbetare Mål · God arbetsgivare" in words(places)
    assert "”Sjukfrånvaro” flyttas till platsen under ”Nöjda medarbetare”." in words(preview)
    assert await nodes() == before


async def test_a_search_leaves_the_places_that_hold_the_words(enter, plan):
    http = await enter()

    page = await http.get(f"{plan.at('talks')}/flytta?q=NÖJDA")

    assert re.findall(r"\?till=[^>]*>([^<]+)</a>", page.text) == ["Nöjda medarbetare"]


async def test_a_move_to_where_it_cannot_stand_is_refused_in_words(enter, nodes, plan):
    http = await enter()
    before = await nodes()
    form = {"till": str(plan.nodes["sick"])}

    preview = await http.get(f"{plan.at('leave')}/flytta?till={plan.nodes['sick']}")
    answer = await http.post(f"{plan.at('leave')}/flytta", data=form)

    refusal = "”Mål” kan inte stå under ”Sjukfrånvaro”."
    said = words(preview).replace('"', "”")
    assert refusal.split(" kan inte ")[1] in said
    assert "<form" not in preview.text.partition('id="content"')[2].partition("</main>")[0]
    assert answer.status_code == 422
    assert await nodes() == before


async def test_it_moves_with_all_below_it(enter, town, plan):
    http = await enter()

    answer = await http.post(f"{plan.at('sick')}/flytta", data={"till": str(plan.nodes["content"])})

    assert answer.status_code == 303
    assert (await node(town, plan.nodes["sick"])).parent_id == plan.nodes["content"]


async def test_siblings_change_places_one_step_at_a_time(enter, town, plan):
    http = await enter()
    path = f"{plan.at('full_time')}/ordning"

    first = await http.post(path, data={"direction": "previous"})
    again = await http.post(path, data={"direction": "previous"})

    assert (first.status_code, again.status_code) == (303, 409)
    assert "Det står redan först." in words(again)
    page = await http.get(f"{COMMITTEE}planering")
    assert page.text.index(">Heltidsanställda</a>") < page.text.index(">Sjukfrånvaro</a>")


async def test_distribution_shows_first_who_gets_what(enter, nodes, town, plan):
    http = await enter()
    before = await nodes()
    unit = str(town.units["home_care"].id)
    path = f"{plan.at('sick')}/fordela"

    preview = await http.post(path, data={"enhet": unit, "do": "preview"})
    assert await nodes() == before
    answer = await http.post(path, data={"enhet": unit, "do": "save"})

    assert "1 enheter får ”Sjukfrånvaro” som sitt eget" in words(preview)
    assert "Hemtjänst Öst" in words(preview)
    assert answer.status_code == 303
    async with await town.work(write=False) as work:
        [copy] = await work.scalars(
            select(PlanNode).where(PlanNode.origin_id == plan.nodes["sick"])
        )
    assert (copy.unit_id, copy.parent_id) == (town.units["home_care"].id, plan.nodes["leave"])
    shown = words(await http.get(f"{COMMITTEE}planering"))
    assert "Fördelat till: 1 av 1 enheter" in shown
    below = words(await (await enter("manager")).get(f"{HOME_CARE}planering"))
    assert "fördelat från Socialnämnden" in below


async def test_a_copy_that_nothing_hangs_on_is_taken_back(enter, nodes, town, plan):
    http = await enter()
    before = await nodes()
    unit = str(town.units["home_care"].id)
    await http.post(f"{plan.at('sick')}/fordela", data={"enhet": unit, "do": "save"})
    page = await http.get(f"{plan.at('sick')}/fordela")
    [copy] = re.findall(r'name="copy" value="([^"]+)"', page.text)

    other = await http.post(f"{plan.at('full_time')}/ta-tillbaka", data={"copy": copy})
    answer = await http.post(f"{plan.at('sick')}/ta-tillbaka", data={"copy": copy})

    assert (other.status_code, answer.status_code) == (422, 303)
    assert await nodes() == before


@pytest.mark.parametrize("units", [[], ["x"], ["school_board"]])
async def test_units_that_cannot_get_it_are_refused(enter, nodes, town, plan, units):
    http = await enter()
    before = await nodes()
    ids = [str(town.units[unit].id) if unit in town.units else unit for unit in units]

    answer = await http.post(f"{plan.at('sick')}/fordela", data={"enhet": ids, "do": "save"})

    assert answer.status_code == 422
    assert await nodes() == before


async def test_what_has_something_below_it_stays_and_says_why(enter, nodes, plan):
    http = await enter()
    before = await nodes()

    asked = await http.get(f"{plan.at('leave')}/ta-bort")
    answer = await http.post(f"{plan.at('leave')}/ta-bort")

    assert "”Minska sjukfrånvaro” kan inte tas bort än, eftersom det har: 3" in words(asked)
    assert answer.status_code == 409
    assert await nodes() == before


async def test_what_nothing_hangs_on_is_removed_after_a_question(enter, town, plan):
    http = await enter()

    asked = await http.get(f"{plan.at('talks')}/ta-bort")
    answer = await http.post(f"{plan.at('talks')}/ta-bort")

    assert "Det går inte att ångra." in words(asked)
    assert answer.headers["location"].endswith(str(plan.nodes["leave"]))
    async with await town.work(write=False) as work:
        assert await work.find(PlanNode, plan.nodes["talks"]) is None


async def test_the_plan_is_copied_to_next_year_when_it_has_been_seen(enter, town, plan):
    http = await enter()
    path = f"{COMMITTEE}planering/kopiera"

    asked = words(await http.get(path))
    preview = words(await http.post(path, data={"what": "all", "do": "preview"}))
    async with await town.work(write=False) as work:
        assert len(await work.scalars(select(SteeringModel))) == 1
    answer = await http.post(path, data={"what": "all", "do": "save"})
    again = await http.post(path, data={"what": "all", "do": "save"})

    assert "Utfall, måltal och prognoser" in asked
    assert "7 mål, styrtal, uppdrag och aktiviteter följer med, från alla enheter." in preview
    assert answer.headers["location"].endswith("/socialnamnden/2027/planering")
    assert again.status_code == 409
    async with await town.work(write=False) as work:
        assert len(await work.scalars(select(PlanNode))) == 14


async def test_only_who_designs_may_copy(enter, town, plan):
    http = await enter("manager")
    path = f"{HOME_CARE}planering/kopiera"

    asked = words(await http.get(path))
    answer = await http.post(path, data={"what": "all", "do": "save"})

    assert "Planen kopieras av en administratör för hela kommunen" in asked
    assert answer.status_code == 403
    async with await town.work(write=False) as work:
        assert len(await work.scalars(select(SteeringModel))) == 1


async def test_all_that_one_answers_for_is_handed_over_when_it_has_been_seen(enter, town, plan):
    giver, taker = town.people["manager"].id, town.people["local"].id
    async with await town.work() as work:
        for name in ("sick", "talks"):
            await change_node(work, plan.nodes[name], changes={"responsible_id": giver})
    http = await enter()
    path, form = f"{COMMITTEE}planering/lamna-over", {"from": str(giver), "to": str(taker)}

    preview = words(await http.post(path, data=form | {"do": "preview"}))
    assert (await node(town, plan.nodes["sick"])).responsible_id == giver
    same = await http.post(path, data={"from": str(giver), "to": str(giver)})
    answer = await http.post(path, data=form | {"do": "save"})

    assert "2 mål, styrtal, uppdrag och aktiviteter går från Mona Chef till Lo Lokal." in preview
    assert same.status_code == 422
    assert answer.status_code == 303
    assert (await node(town, plan.nodes["sick"])).responsible_id == taker


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("", {"title": "Mitt"}),
        ("/flytta", {"till": ""}),
        ("/ordning", {"direction": "next"}),
        ("/fordela", {"do": "save"}),
        ("/ta-bort", {}),
    ],
)
async def test_a_contributor_cannot_touch_what_is_inherited(enter, nodes, town, plan, path, form):
    http = await enter("manager")
    before = await nodes()
    sent = form | ({"enhet": str(town.units["home_care"].id)} if path == "/fordela" else {})

    answer = await http.post(plan.at("leave", HOME_CARE) + path, data=sent)

    assert answer.status_code == 403
    assert await nodes() == before


async def test_nothing_of_a_locked_year_is_changed_and_the_page_says_why(enter, nodes, town, plan):
    async with await town.work() as work:
        await lock_year(work, 2026, reason="Bokslutet är klart")
    http = await enter()
    before = await nodes()

    page = await http.get(plan.at("leave"))
    answer = await http.post(plan.at("leave"), data={"title": "Mitt"})

    assert "2026 är låst sedan" in words(page)
    assert 'id="node-form"' not in page.text
    assert answer.status_code == 409
    assert await nodes() == before
