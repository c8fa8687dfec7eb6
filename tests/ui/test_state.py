"""The state of a unit, its indicators as a list, and one of them in full."""

from __future__ import annotations

import gzip
import re
from decimal import Decimal
from urllib.parse import urljoin
from uuid import UUID

import pytest
from goal_plan import fill, make_plan, staff
from playwright.async_api import expect
from sqlalchemy import select
from ui_checks import check_everywhere, check_html, shoot, source

from roder.platform.modules.goals.models import Outcome
from roder.platform.modules.goals.steering.locks import lock_year
from roder.platform.modules.goals.values.comments import write_comment

CANARY = "<img src=x onerror=window.bitten=1><script>window.bitten=1</script>"
STATE = "socialnamnden/2026/laget"
LIST = "socialnamnden/2026/nyckeltal"


@pytest.fixture
async def nodes(town) -> dict[str, UUID]:
    """A plan at the committee, filled in but for one value, and something at the unit below."""
    async with await town.work() as work:
        plan = await make_plan(work, town.units)
        _top, goal, indicators = await staff(plan)
        await fill(plan, indicators, {0: "9", 2: "34.5"})
        for year, total in (("2024", "71"), ("2025", "74")):
            plan.value(indicators[1], period=year, total=total, target="75")
        own = await plan.node("own_goal", "Åtagande", at="home_care")
        figure = await plan.node("own_indicator", "Nöjda brukare", at="home_care", parent=own)
        plan.value(figure, at="home_care", total="3", target="4")
        await work.flush()
        await write_comment(
            work,
            indicators[1].id,
            unit_id=town.units["committee"].id,
            period="2026",
            text="Enkäten visar att fler trivs.",
        )
    found = [goal, own, figure, *indicators]
    return {node.title: node.id for node in found}


def one(nodes: dict[str, UUID], title: str) -> str:
    return f"{LIST}/{nodes[title]}"


async def test_every_page_passes_everywhere(visit, town, nodes):
    paths = {
        "state": STATE,
        "state_list": f"{STATE}?vy=lista&jamfor=1",
        "indicators": LIST,
        "indicator": one(nodes, "Helhetsintrycket"),
    }
    for name, path in paths.items():
        page = await visit(town, "administrator", path)
        for details in await page.locator("main details").all():
            await details.evaluate("(one) => { one.open = true; }")
        await check_everywhere(page)
        await shoot(page, name)


async def test_every_page_is_html_without_a_fault(visit, town, nodes):
    page = await visit(town, "administrator", STATE)
    root = f"/{town.tenant.slug}/"
    paths = [
        STATE,
        f"{STATE}?vy=lista&jamfor=1",
        f"{STATE}?period=2026-T1",
        "socialnamnden/2031/laget",
        "hemtjanst-ost/2026/laget",
        LIST,
        f"{LIST}?q=ingen-alls",
        "socialnamnden/2031/nyckeltal",
        one(nodes, "Helhetsintrycket"),
        one(nodes, "Anställda män"),
    ]

    await check_html({path: await source(page, root + path) for path in paths})


async def test_an_employee_sees_how_it_goes_at_once_and_can_change_nothing(visit, town, nodes):
    page = await visit(town, "employee", STATE)

    assert await page.locator("h1").inner_text() == "Läget för Socialnämnden 2026"
    area = page.locator(".area")
    assert await area.count() == 1
    told = await area.inner_text()
    assert "Attraktiv arbetsgivare" in told
    assert "Ingen färg än" in told
    assert "2 av 4 styrtal når målet, 1 värde saknas" in told
    assert await page.locator("main input:not([type=hidden]), main textarea").count() == 0
    below = page.locator("table.below tbody tr")
    assert await below.all_inner_texts() == ["Hemtjänst Öst\t0\t0\t1\t0\t0"]


async def test_the_chosen_indicator_is_shown_without_scripts(visit, town, nodes):
    page = await visit(town, "employee", STATE, javascript=False)
    await page.get_by_label("Välj styrtal").select_option(label="Heltidsanställda")
    await page.get_by_role("button", name="Visa", exact=True).click()

    await expect(page.locator("section", has_text="Valt styrtal")).to_contain_text("34,5")
    await expect(page.locator("[data-print]")).to_be_hidden()
    await page.get_by_role("link", name="Lista").click()
    await page.wait_for_url(lambda url: "styrtal=" in url and "vy=lista" in url)
    await expect(page.locator("table.state-list tbody tr")).to_have_count(1)


async def test_a_page_that_is_only_read_fetches_no_htmx(visit, town, nodes):
    page = await visit(town, "employee", STATE)

    await page.keyboard.press("Control+k")
    assert await page.evaluate("typeof window.htmx") == "undefined"
    await page.locator("#wanted").fill("Heltids")
    await page.locator("#hits a", has_text="Heltidsanställda").first.click()

    await page.locator("h1", has_text="Heltidsanställda").wait_for()


async def test_a_card_leads_to_the_goal_in_the_goal_analysis(visit, town, nodes):
    page = await visit(town, "employee", STATE)

    await page.locator(".area h2 a").click()

    await expect(page).to_have_url(re.compile(r"/socialnamnden/2026/malanalys#r-[0-9a-f-]{36}$"))


async def test_a_year_without_goals_says_what_to_do_and_readers_where_to_look(visit, town, nodes):
    writer = await visit(town, "administrator", "socialnamnden/2031/laget")
    reader = await visit(town, "employee", "socialnamnden/2031/laget")

    assert "Här finns inga mål för 2031 än." in await writer.locator(".empty").inner_text()
    told = await reader.locator(".empty").inner_text()
    assert "Enheten har inte publicerat några mål för 2031." in told
    assert "Kommunfullmäktige" in told
    await check_everywhere(reader)


async def test_the_list_is_narrowed_by_words_and_facets(visit, town, nodes):
    page = await visit(town, "employee", LIST, javascript=False)
    titles = page.locator("table.indicators tbody th a")

    assert await titles.all_inner_texts() == [
        "Minskad sjukfrånvaro",
        "Helhetsintrycket",
        "Heltidsanställda",
        "Anställda män",
    ]
    await page.get_by_label("Ord i namnet").fill("anställda")
    await page.get_by_label("Värden").select_option("nagot")
    await page.get_by_role("button", name="Filtrera").click()
    await expect(titles).to_have_text(["Anställda män"])
    await expect(page.locator("main")).to_contain_text("1 av 4 styrtal")


async def test_an_indicator_tells_its_limits_history_and_comments(visit, town, nodes):
    page = await visit(town, "employee", one(nodes, "Helhetsintrycket"))
    told = await page.locator("main").inner_text()

    assert "Grönt från 76, annars rött." in told
    assert "Enkäten visar att fler trivs." in told
    rows = page.locator("table.values tbody tr")
    assert await rows.all_inner_texts() == ["2026\t77\t76\t", "2025\t74\t75\t", "2024\t71\t75\t"]
    assert await page.locator("table.values input").count() == 0
    crumbs = await page.locator(".crumbs li").all_inner_texts()
    assert crumbs == ["Socialnämnden", "Attraktiv arbetsgivare", "Minska sjukfrånvaro", "Nyckeltal"]


async def test_a_value_is_saved_as_it_is_left_and_the_light_follows(visit, town, nodes):
    page = await visit(town, "administrator", one(nodes, "Anställda män"))

    await page.get_by_label("Utfall 2026").fill("15")
    await page.keyboard.press("Enter")
    await page.locator("#now .light.green").wait_for()

    await expect(page.locator("#now strong")).to_have_text("15\u00a0%")
    await expect(page.locator("#log")).to_contain_text("1 ändring")
    assert await total(town, nodes["Anställda män"]) == Decimal(15)


async def test_what_is_not_a_number_is_told_and_not_saved(visit, town, nodes):
    page = await visit(town, "administrator", one(nodes, "Anställda män"))
    visit.expect("status of 422")

    await page.get_by_label("Utfall 2026").fill("sju")
    await page.keyboard.press("Enter")
    told = page.locator("#told-2026")
    await told.filter(has_text="är inte ett tal").wait_for()

    await check_everywhere(page)
    assert await total(town, nodes["Anställda män"]) is None


async def test_a_row_is_saved_without_scripts(visit, town, nodes):
    page = await visit(town, "administrator", one(nodes, "Anställda män"), javascript=False)

    await page.get_by_label("Utfall 2026").fill("13")
    await page.get_by_role("button", name="Spara 2026").click()

    await expect(page.locator("#now")).to_contain_text("Ej uppnått")
    assert await total(town, nodes["Anställda män"]) == Decimal(13)


async def test_without_scripts_a_refused_row_stands_as_it_was_written(visit, town, nodes):
    page = await visit(town, "administrator", one(nodes, "Anställda män"), javascript=False)
    visit.expect("status of 422")

    await page.get_by_label("Utfall 2026").fill("sju")
    await page.get_by_role("button", name="Spara 2026").click()

    await expect(page.locator("#told-2026")).to_contain_text("är inte ett tal")
    await expect(page.get_by_label("Utfall 2026")).to_have_value("sju")
    assert await total(town, nodes["Anställda män"]) is None


async def test_a_locked_year_shows_its_values_and_why_they_stand(visit, town, nodes):
    async with await town.work() as work:
        await lock_year(work, 2026)

    page = await visit(town, "administrator", one(nodes, "Anställda män"))

    assert await page.locator("table.values input").count() == 0
    assert "låst" in await page.locator("#values .hint").first.inner_text()


async def test_no_text_runs_as_a_script(visit, town, nodes):
    async with await town.work() as work:
        plan = await make_canary(work, town)
    for path in (STATE, f"{STATE}?vy=lista&jamfor=1", LIST, f"{LIST}/{plan}"):
        page = await visit(town, "employee", path)
        assert await page.evaluate("window.bitten") is None
        assert "onerror" in await page.locator("main").inner_text()


async def make_canary(work, town) -> UUID:
    from goal_plan import Plan

    from roder.platform.modules.goals.view.view import model_with_levels

    model, levels = await model_with_levels(work, year=2026)
    units = {key: unit.id for key, unit in town.units.items()}
    plan = Plan(work, model, {level.key: level for level in levels}, units)
    top = await plan.node("committee_goal", CANARY)
    goal = await plan.node("goal", CANARY, parent=top)
    node = await plan.node("indicator", CANARY, parent=goal, measure_unit=CANARY[:40])
    node.description = CANARY
    plan.value(node, total="1", target="2")
    plan.value(node, period="2025", total="1", target="2")
    plan.comment(node, CANARY)
    await work.flush()
    return node.id


async def test_what_another_municipality_has_is_not_there(visit, town, other_town, nodes):
    async with await other_town.work() as work:
        await make_plan(work, other_town.units)
    path = f"socialnamnden/2026/nyckeltal/{nodes['Helhetsintrycket']}"

    page = await visit(other_town, "administrator", path, status=404)

    assert "Helhetsintrycket" not in await page.content()


async def test_an_indicator_is_not_on_the_page_of_a_unit_that_cannot_see_it(visit, town, nodes):
    path = f"socialnamnden/2026/nyckeltal/{nodes['Nöjda brukare']}"

    await visit(town, "administrator", path, status=404)


async def test_the_state_weighs_at_most_sixty_kilobytes(visit, town, nodes):
    page = await visit(town, "employee", STATE)
    html = await source(page)
    files = set(re.findall(r'(?:href|src)="(/[^"#]+\.(?:css|js|svg|woff2)[^"#]*)', html))
    files |= {one for one in await page.evaluate(LOADED) if one.startswith("/static")}
    weights = {"html": len(gzip.compress(html.encode()))}
    for file in files:
        answer = await page.context.request.get(urljoin(page.url, file))
        body = await answer.body()
        woff = file.split("?")[0].endswith("woff2")
        weights[file] = len(body) if woff else len(gzip.compress(body))

    assert sum(weights.values()) <= 60_000, weights


LOADED = """() => performance.getEntriesByType("resource").map((one) => {
    const at = new URL(one.name);
    return at.pathname + at.search;
})"""


async def total(town, node_id: UUID) -> Decimal | None:
    async with await town.work(write=False) as work:
        return await work.first(select(Outcome.total).where(Outcome.node_id == node_id))
