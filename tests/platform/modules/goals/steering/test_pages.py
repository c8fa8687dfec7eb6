"""The steering model over HTTP: seen before it is saved, refused in words, locked with a reason."""

from __future__ import annotations

import re

import pytest
from planned import COMMITTEE, Planned, clients, make_planned, words
from sqlalchemy import select

from roder.platform.modules.goals.models import SteeringModel, YearLock
from roder.platform.modules.goals.steering.design import levels_of

PATH = f"{COMMITTEE}styrmodell"
CANARY = "<script>alert(1)</script>"


@pytest.fixture
async def plan(town) -> Planned:
    return await make_planned(town)


@pytest.fixture
async def enter(runtime, settings, town):
    async with clients(runtime, settings, town) as make:
        yield make


@pytest.fixture
def levels(town):
    """The names of the levels as they are stored, in order."""

    async def ask(model_id) -> list[str]:
        async with await town.work(write=False) as work:
            return [level.name["sv"] for level in await levels_of(work, model_id)]

    return ask


def form_of(page, **changes: str | list[str] | None) -> dict[str, str | list[str]]:
    """What the browser would send of the form on the page."""
    html = page.text.partition('id="model-form"')[2].partition("</form>")[0]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", html):
        name = re.search(r'name="([^"]+)"', tag)[1]
        value = re.search(r'value="([^"]*)"', tag)[1]
        if "checkbox" not in tag or " checked" in tag:
            sent.setdefault(name, []).append(value)
    for name, options in re.findall(
        r'<select id="[^"]+" name="([^"]+)">(.*?)</select>', html, re.S
    ):
        sent[name] = re.findall(r'value="([^"]+)" selected', options)
    for name, value in changes.items():
        sent.pop(name.replace("__", "-"), None)
        if value is not None:
            sent[name.replace("__", "-")] = [value] if isinstance(value, str) else value
    return sent


NAMES = ["Nämndmål", "Mål", "Styrtal", "Uppdrag", "Aktivitet"]


async def test_a_change_is_seen_first_and_then_saved(enter, plan, levels):
    http = await enter()
    form = form_of(await http.get(PATH), sv__1="Inriktning")

    preview = await http.post(PATH, data=form | {"do": "preview"})
    assert await levels(plan.model_id) == NAMES
    answer = await http.post(PATH, data=form | {"do": "save"})

    assert preview.status_code == 200
    assert "Det här fungerar. Inget sparas förrän du väljer Spara." in words(preview)
    assert '<span class="node">Inriktning</span>' in preview.text
    assert answer.status_code == 303
    assert await levels(plan.model_id) == ["Nämndmål", "Inriktning", *NAMES[2:]]


async def test_the_form_sends_back_what_stands_unchanged(enter, town, plan, levels):
    http = await enter()
    async with await town.work(write=False) as work:
        before = [vars(level) for level in await levels_of(work, plan.model_id)]

    await http.post(PATH, data=form_of(await http.get(PATH)) | {"do": "save"})

    async with await town.work(write=False) as work:
        after = [vars(level) for level in await levels_of(work, plan.model_id)]
    for one, other in zip(before, after, strict=True):
        one.pop("_sa_instance_state"), other.pop("_sa_instance_state")
        assert one == other


async def test_a_level_is_added_ordered_and_removed_without_scripts(enter, plan, levels):
    http = await enter()
    form = form_of(await http.get(PATH))

    more = await http.post(PATH, data=form | {"do": "add"})
    form = form_of(more, sv__5="Nyckeltal", parents__5=["goal"])
    up = await http.post(PATH, data=form | {"do": "up-5"})
    answer = await http.post(PATH, data=form_of(up) | {"do": "save"})

    assert answer.status_code == 303
    assert await levels(plan.model_id) == [*NAMES[:4], "Nyckeltal", "Aktivitet"]
    form = form_of(await http.get(PATH))
    fewer = await http.post(PATH, data=form | {"do": "drop-4"})
    await http.post(PATH, data=form_of(fewer) | {"do": "save"})
    assert await levels(plan.model_id) == NAMES


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"sv__0": " "}, 422, "Skriv namnet på svenska."),
        ({"parents__1": None}, 409, "på nivån"),
        ({"name": ""}, 422, "Skriv något här: det kan inte vara tomt."),
        ({"green__colour": "red"}, 422, "#"),
        ({"parents__1": ["goal"]}, 422, "goal"),
    ],
)
async def test_what_would_not_fit_is_refused_in_words(enter, plan, levels, changes, status, said):
    http = await enter()
    form = form_of(await http.get(PATH), **changes)

    for do in ("preview", "save"):
        page = await http.post(PATH, data=form | {"do": do})
        assert page.status_code == status
        assert said in words(page)
    assert await levels(plan.model_id) == NAMES


async def test_a_level_in_use_cannot_be_dropped(enter, plan, levels):
    http = await enter()
    form = form_of(await http.get(PATH))

    fewer = await http.post(PATH, data=form | {"do": "drop-4"})
    page = await http.post(PATH, data=form_of(fewer) | {"do": "save"})

    assert page.status_code == 409
    assert "Aktivitet" in words(page)
    assert await levels(plan.model_id) == NAMES


async def test_the_preview_alone_is_what_a_script_gets(enter, plan):
    http = await enter()
    form = form_of(await http.get(PATH), sv__1=CANARY)

    part = await http.post(PATH, data=form, headers={"HX-Request": "true"})

    assert "<html" not in part.text
    assert 'id="model-preview"' in part.text
    assert CANARY not in part.text
    assert "&lt;script&gt;" in part.text


async def test_a_first_model_comes_from_a_standard(enter, town, plan, levels):
    http = await enter()
    path = "socialnamnden/2027/styrmodell"

    asked = await http.get(path)
    answer = await http.post(f"{path}/ny", data={"standard": "namnd"})

    assert "Nämnden styr" in words(asked)
    assert answer.status_code == 303
    async with await town.work(write=False) as work:
        model = await work.first(select(SteeringModel).where(SteeringModel.year == 2027))
    assert await levels(model.id) == NAMES


async def test_a_year_is_locked_with_a_reason_and_unlocked(enter, town, plan):
    http = await enter()

    await http.post(f"{PATH}/las", data={"reason": "Bokslutet är klart"})
    page = await http.get(PATH)
    refused = await http.post(PATH, data={"name": "Annat", "do": "save"})
    await http.post(f"{PATH}/las-upp")

    assert "Skäl: Bokslutet är klart" in words(page)
    assert 'id="model-form"' not in page.text
    assert refused.status_code == 409
    async with await town.work(write=False) as work:
        assert await work.scalars(select(YearLock)) == []


@pytest.mark.parametrize("path", ["", "/ny", "/las", "/las-upp", "/ta-bort"])
async def test_who_may_not_design_reads_and_changes_nothing(enter, town, plan, levels, path):
    http = await enter("manager")
    page = await http.get(PATH)

    answer = await http.post(
        f"{PATH}{path}", data={"name": "Annat", "standard": "namnd", "do": "save"}
    )

    assert "Styrmodellen ändras av dem som administrerar hela kommunen." in words(page)
    assert "<form" not in page.text.partition('id="content"')[2].partition("</main>")[0]
    assert answer.status_code == 403
    assert await levels(plan.model_id) == NAMES
    async with await town.work(write=False) as work:
        assert await work.scalars(select(YearLock)) == []


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"level": "x"},
        {"level": [str(number) for number in range(40)]},
        {"level": ["0", "0"], "key-0": "a", "sv-0": "A", "parents-0": "a"},
        {"level": "0", "kind-0": "x", "spread-0": "x", "rule-0": "x", "hand-0": "x"},
        {"level": "0", "key-0": "Å", "sv-0": "A"},
        {"do": "up-99"},
    ],
)
@pytest.mark.parametrize("script", [True, False])
async def test_a_form_that_no_page_of_ours_sends_is_refused(enter, plan, levels, form, script):
    http = await enter()
    headers = {"HX-Request": "true"} if script else {}

    page = await http.post(PATH, data={"do": "preview"} | form, headers=headers)

    assert page.status_code < 500
    assert await levels(plan.model_id) == NAMES
