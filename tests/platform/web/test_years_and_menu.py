"""The picker of years, where one lands, and the steering model's place in the menu."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape

import pytest
from planned import LEVELS, clients, make_planned

from roder.platform.modules.goals.planning.pages import STEERING
from roder.platform.modules.goals.steering.design import create_model
from roder.platform.modules.goals.steering.locks import lock_year
from roder.tenants.municipality import switch_module
from roder.tenants.terms import rename_terms
from roder.tenants.work import STOCKHOLM

THIS = datetime.now(STOCKHOLM).year
PAGE = f"socialnamnden/{THIS}/planering"


@pytest.fixture
async def enter(runtime, settings, town):
    async with clients(runtime, settings, town) as make:
        yield make


def told(html: str) -> dict[int, str]:
    """What the picker says of each year, in its order."""
    [picker] = re.findall(r'id="year-picker">(.*?)</details>', html, flags=re.S)
    rows = re.findall(r"<a [^>]*>(.*?)</a>", picker, flags=re.S)
    texts = (" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows)
    return {int(text[:4]): text[5:] for text in texts}


async def test_this_year_and_the_next_are_there_before_there_is_a_plan(enter, town):
    page = await (await enter()).get(PAGE)

    assert told(page.text) == {THIS + 1: "ingen plan än", THIS: "pågår, ingen plan än"}


async def test_planned_and_locked_years_are_told_in_words(enter, town):
    async with await town.work() as work:
        for year in (THIS - 4, THIS - 2, THIS):
            await create_model(work, year=year, name="Mål", levels=LEVELS)
        for year in (THIS - 2, THIS - 9):
            await lock_year(work, year)

    page = await (await enter("employee")).get(PAGE)

    assert list(told(page.text).items()) == [
        (THIS + 1, "ingen plan än"),
        (THIS, "pågår"),
        (THIS - 2, "låst"),
        (THIS - 4, ""),
        (THIS - 9, "låst, ingen plan än"),
    ]


async def test_years_of_another_municipality_are_not_told(enter, town, other_town):
    async with await other_town.work() as work:
        await create_model(work, year=THIS - 3, name="Mål", levels=LEVELS)
        await lock_year(work, THIS - 7)

    page = await (await enter()).get(PAGE)

    assert list(told(page.text)) == [THIS + 1, THIS]


async def test_without_goals_there_are_the_near_years(enter, town):
    async with await town.work() as work:
        await create_model(work, year=THIS - 3, name="Mål", levels=LEVELS)
        await switch_module(work, "goals", on=False)

    page = await (await enter()).get("organisation")

    assert list(told(page.text)) == [THIS + 1, THIS]


async def test_one_lands_in_the_latest_year_with_a_plan(enter, town):
    async with await town.work() as work:
        for year in (THIS - 5, THIS - 3):
            await create_model(work, year=year, name="Mål", levels=LEVELS)
        await lock_year(work, THIS - 3)
    http = await enter()

    menu = await http.get("organisation")
    locked = await http.get(f"socialnamnden/{THIS - 3}/planering")

    assert f"/{THIS - 3}/planering" in menu.text
    assert f"Gå till {THIS - 5}</a>" in locked.text
    assert f"Gå till {THIS + 1}" not in locked.text


# The menu.


async def test_the_steering_model_stands_last_in_the_menu_for_who_may_change_it(enter, town):
    await make_planned(town)
    seen = {}
    for who in ("administrator", "local", "manager", "employee", "auditor"):
        page = await (await enter(who)).get("organisation")
        [menu] = re.findall(r'<nav id="menu".*?</nav>', page.text, flags=re.S)
        seen[who] = "/styrmodell" in menu
        words = re.findall(r"<summary[^>]*>(\w[^<]*)<", menu)
        assert words in (["Följa upp", "Mer"], ["Följa upp"])
        if who == "administrator":
            assert menu.index("Rapporter") < menu.index(">Mer<") < menu.index("/styrmodell")

    assert seen == {
        "administrator": True,
        "local": False,
        "manager": False,
        "employee": False,
        "auditor": False,
    }


async def test_the_steering_model_has_the_municipalitys_own_word(enter, town):
    await make_planned(town)
    async with await town.work() as work:
        await rename_terms(work, {STEERING.key: {"sv": "Styrkedja & <b>"}}, known=[STEERING])
    http = await enter()

    page = await http.get("organisation")

    [address] = re.findall(
        r'<a href="([^"]*/styrmodell)"[^>]*>Styrkedja &amp; &lt;b&gt;<', page.text
    )
    found = await http.get(address.split("/", 2)[2])
    assert found.status_code == 200
    assert re.search(r'/styrmodell" aria-current="page">Styrkedja', found.text)
