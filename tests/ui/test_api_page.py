"""The API page: queries are written and run in the browser, with and without scripts."""

import json

import pytest
from full_town import full
from playwright.async_api import expect
from ui_checks import check_axe, check_everywhere, check_html, shoot, source

from roder.platform.web.api_examples import examples

RUN = "Kör"


async def run(page):
    """Press the button, and wait for an answer that is not the last one."""
    await page.locator("#answer").evaluate("(old) => old.setAttribute('data-old', '')")
    await page.get_by_role("button", name=RUN).click()
    await page.locator("#answer:not([data-old])").get_by_text("Status ").first.wait_for()
    await page.wait_for_load_state()  # without scripts the answer is a page, and there whole


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_query_runs_as_who_is_signed_in(visit, town, javascript):
    page = await visit(town, "administrator", "api", javascript=javascript)

    await page.get_by_label("Fråga", exact=True).fill("{ me { name } units { name } }")
    await run(page)

    answer = json.loads(await page.locator("#answer pre").inner_text())
    assert answer["data"]["me"] == {"name": "Asta Admin"}
    assert "Status 200" in await page.locator("#answer").inner_text()
    assert "4 poster" in await page.locator("#answer").inner_text()
    assert await page.get_by_label("Fråga", exact=True).input_value() != ""


async def test_enter_keeps_the_indent_ctrl_enter_runs_and_tab_leaves(visit, town):
    page = await visit(town, "manager", "api")
    field = page.get_by_label("Fråga", exact=True)
    await field.fill("")
    await field.focus()

    await page.keyboard.type("{")
    await page.keyboard.press("Enter")
    await page.keyboard.type("me { name }")
    await page.keyboard.press("Enter")
    await page.keyboard.type("}")
    assert await field.input_value() == "{\n  me { name }\n  }"
    await page.keyboard.press("Control+Enter")
    await page.locator("#answer pre").get_by_text("Mona Chef").wait_for()
    await page.keyboard.press("Tab")

    await expect(page.locator("#variables")).to_be_focused()


async def test_what_changes_data_needs_a_tick(visit, town):
    page = await visit(town, "administrator", "api")
    rename = 'mutation { changeMunicipality(name: "Nyhammar") { __typename } }'
    await page.get_by_label("Fråga", exact=True).fill(rename)

    await run(page)
    assert "Kryssa i" in await page.locator("#answer").inner_text()
    await page.get_by_label("Fråga", exact=True).fill("{ municipality { name } }")
    await run(page)
    await page.get_by_text('"Östhammar"').wait_for()

    await page.get_by_label("Fråga", exact=True).fill(rename)
    await page.get_by_label("Frågan ändrar uppgifter").check()
    await run(page)
    await page.get_by_text('"Municipality"').wait_for()


async def test_a_fault_in_the_variables_says_where(visit, town):
    page = await visit(town, "manager", "api")
    await page.get_by_label("Variabler, som JSON").fill('{"period" 2026}')
    await run(page)

    assert "på rad 1, tecken 11" in await page.locator("#answer").inner_text()
    await check_axe(page, told="with a fault")


@pytest.mark.parametrize("javascript", [True, False])
async def test_an_example_fills_the_field(visit, town, javascript):
    page = await visit(town, "manager", "api", javascript=javascript)

    await page.get_by_role("link", name="En enhets mål, med färger").click()
    await page.wait_for_url("**/api?exempel=*")
    await page.get_by_text("goalAnalysis").wait_for()

    variables = json.loads(await page.get_by_label("Variabler, som JSON").input_value())
    assert variables["unitId"] == f"Unit:{town.units['home_care'].id}"


async def test_every_example_runs_against_the_demonstration(visit, runtime):
    town = await full(runtime)
    page = await visit(town, town.administrator.id, "api")
    for example in examples():
        await page.goto(f"{page.url.partition('?')[0]}?exempel={example.key}")
        if example.changes:
            await page.get_by_label("Frågan ändrar uppgifter").check()
        await run(page)
        answer = json.loads(await page.locator("#answer pre").inner_text())
        assert "errors" not in answer, (example.key, answer)
        assert "Problem" not in str(answer), (example.key, answer)
        assert not any(
            "code" in (each or {}) and "message" in (each or {})
            for each in answer["data"].values()
            if isinstance(each, dict)
        ), (example.key, answer)


async def test_all_pages_of_the_api_are_for_everybody(visit, town):
    page = await visit(town, "administrator", "api")
    await run(page)
    await check_everywhere(page)
    await shoot(page, "api")
    root = f"/{town.tenant.slug}/api"
    for path in (f"{root}/schema", f"{root}/schema?q=outcome", f"{root}/schema/Indicator"):
        await page.goto(f"{visit.address}{path}")
        await check_everywhere(page)
    paths = [
        root,
        f"{root}/schema",
        f"{root}/schema/Mutation",
        f"{root}/schema/Node",
        f"{root}/schema/Light",
        f"{root}/schema/ID",
        f"{root}/utforska",
    ]
    await check_html({path: await source(page, path) for path in paths})


async def test_types_are_found_and_lead_to_one_another(visit, town):
    page = await visit(town, "employee", "api/schema", javascript=False)

    await page.get_by_label("Hitta en typ eller ett fält").fill("greenLimit")
    await page.get_by_role("button", name="Sök").click()
    await page.wait_for_url("**q=greenLimit")
    await page.get_by_role("link", name="Indicator", exact=True).click()
    told = page.locator("main")
    await expect(told).to_contain_text("How far from the target is still green")
    await page.get_by_role("link", name="Outcome", exact=True).click()

    await expect(page.locator("h1")).to_have_text("Outcome")
    await expect(page.get_by_role("link", name="Indicator.outcome", exact=True)).to_have_count(1)


async def test_graphiql_asks_as_who_is_signed_in_and_leads_back(visit, town):
    page = await visit(town, "manager", "api/utforska")
    await page.locator(".graphiql-container").wait_for()

    editor = page.locator(".graphiql-query-editor .CodeMirror")
    await editor.click()
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text("{ me { name } }")
    await page.keyboard.press("Control+Enter")
    await page.locator(".result-window").get_by_text("Mona Chef").wait_for()

    answer = await page.context.request.get(page.url)
    policy = answer.headers["content-security-policy"]
    assert "font-src 'self' data:" in policy
    assert "unsafe" not in policy
    await page.get_by_role("link", name="Sidan API gör samma sak").click()
    await expect(page.locator("h1")).to_have_text("API")


async def test_a_query_without_a_session_is_not_run(visit, town):
    page = await visit(town, "manager", "api")
    await page.context.clear_cookies()
    visit.expect("status of 401")

    await page.get_by_role("button", name=RUN).click()
    await page.get_by_text("Du har varit borta en stund").wait_for()

    assert "me {" in await page.get_by_label("Fråga", exact=True).input_value()
