"""The checks see what they are there to see: each fault is planted on a real page and found."""

import pytest
from ui_checks import Clicks, becomes, check_axe, check_html, check_reflow, shoot

PLANT = "(html) => { document.querySelector('main').innerHTML = html }"


async def test_what_a_page_does_wrong_is_noted(visit):
    page = await visit()

    await page.evaluate("document.head.append(document.createElement('style'))")
    await page.evaluate("document.body.setAttribute('onclick', 'x()'), document.body.click()")
    await page.evaluate("setTimeout(() => { throw new Error('planted') })")
    await page.evaluate("fetch('/ingenstans')")
    await page.evaluate("fetch('https://elsewhere.example/').catch(() => 0)")
    elsewhere = await page.context.new_page()
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        await elsewhere.goto("https://elsewhere.example/a")

    async def all_of_them():
        return len(visit.faults()) >= 6

    await becomes(all_of_them, True)
    visit.expect(
        "inline style",
        "inline event handler",
        "planted",
        "status of 404",
        "Asked another host: https://elsewhere.example/a",
        "elsewhere.example/",
    )
    assert visit.faults() == []


async def test_an_error_that_was_expected_and_never_came_is_a_fault(visit):
    await visit()

    visit.expect("status of 422")

    [fault] = visit.faults()
    assert fault.startswith("Expected and never seen: status of 422")
    visit.forget()


async def test_a_page_with_another_status_than_expected_is_a_fault(visit):
    with pytest.raises(AssertionError, match=r"404 at .*ingenstans, not 200"):
        await visit(path="ingenstans")

    visit.expect("status of 404")


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<h1>A</h1><input id='a'>", "label"),
        ("<h1>A</h1><p class='planted'>text</p>", "color-contrast"),
        ("<h1>A</h1><h4>B</h4>", "heading-order"),
        ("<h1>A</h1><button id='planted'></button>", "button-name"),
    ],
)
async def test_axe_finds_a_planted_fault_and_leaves_out_what_is_declared(visit, html, fault):
    page = await visit()
    await page.evaluate(PLANT, html)
    await page.evaluate(
        "document.querySelector('.planted')?.style.setProperty('color', 'light-dark(#ccc, #444)')"
    )

    with pytest.raises(AssertionError, match=fault):
        await check_axe(page)
    await check_axe(page, leave_out=["main"])


async def test_what_is_too_wide_is_found_and_named(visit):
    page = await visit(width=320)
    await page.evaluate(PLANT, "<h1>A</h1><div id='planted'>a</div>")
    await check_reflow(page)

    await page.evaluate("document.querySelector('#planted').style.width = '500px'")

    with pytest.raises(AssertionError, match="planted"):
        await check_reflow(page)


async def test_html_with_a_fault_is_found_under_its_name():
    page = '<!doctype html>\n<html lang="sv"><head><title>A</title></head><body>{}</body></html>'

    with pytest.raises(AssertionError, match=r"second:2: .*\[no-dup-id\]") as found:
        await check_html(
            {
                "first": page.format("<p>a</p>"),
                "second": page.format('<p id="a">a</p><p id="a">b</p>'),
            }
        )

    assert "first:" not in str(found.value)


async def test_more_clicks_than_the_goal_are_a_fault(visit, town):
    page = await visit(town, None, "logga-in")

    hand = Clicks(page, at_most=1)
    async with hand:
        await hand.click("h1")
        await page.keyboard.press("Tab")
    await hand.press("Escape")

    with pytest.raises(AssertionError, match="2 clicks, at most 1: click h1; press Escape"):
        await hand.__aexit__(None, None, None)


async def test_a_picture_is_saved_only_where_a_folder_is_named(visit, tmp_path, monkeypatch):
    page = await visit()

    monkeypatch.delenv("RODER_SHOTS", raising=False)
    await shoot(page, "start")
    monkeypatch.setenv("RODER_SHOTS", str(tmp_path / "shots"))
    await shoot(page, "start")

    assert (tmp_path / "shots" / "start.png").read_bytes().startswith(b"\x89PNG")
