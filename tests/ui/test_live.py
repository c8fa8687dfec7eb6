"""Following changes in the browser: by a stream, or by asking where there is none."""

import asyncio

import pytest
from live_client import make_report

from roder.tenants.changes import cursor_now, tell_changed
from roder.tenants.presence import here, who_is_here
from roder.tenants.rows import uuid7

NOTE = """
(topic) => {
  window.told = [];
  for (const name of ["change", "presence", "job"]) {
    document.addEventListener(`roder:${name}`, ({ detail }) => told.push([name, detail]));
  }
  document.body.dataset.live = topic;
}
"""
HIDE = """
(value) => {
  Object.defineProperty(document, "hidden", { value, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""
FAST = """
() => {
  const set = window.setTimeout;
  window.setTimeout = (done, wait) => set(done, wait / 50);
}
"""
FIELD = "<textarea aria-label='Text' data-presence='2.5'></textarea><button>Vidare</button>"


@pytest.fixture
async def report(town):
    return await make_report(town)


async def follow(page, topic, after=""):
    await page.evaluate("(after) => { document.body.dataset.liveAfter = after }", after)
    await page.evaluate(NOTE, topic)
    await page.add_script_tag(url="/static/js/live.js?prov", type="module")


async def told(page, name, count=1):
    """The details of the events of a name, once there are so many."""
    asked = "(name) => told.filter((one) => one[0] === name).map((one) => one[1])"
    async with asyncio.timeout(60):
        while len(found := await page.evaluate(asked, name)) < count:
            await page.wait_for_timeout(50)
    return found


async def change(town, topic, *ids):
    async with await town.work("manager") as work:
        await tell_changed(work, topic, *ids)


async def test_what_a_colleague_saves_is_told_to_the_page(visit, town, report):
    page = await visit(town, "employee", "profil")
    what = uuid7()

    await follow(page, report)
    [nobody] = await told(page, "presence")
    await change(town, report, what)
    [seen] = await told(page, "change")

    assert (seen["topic"], seen["ids"], seen["by"]["name"]) == (report, [str(what)], "Mona Chef")
    assert nobody == {"topic": report, "people": []}


async def test_a_page_that_was_hidden_gets_what_it_missed(visit, town, report):
    page = await visit(town, "employee", "profil")
    async with await town.work("employee", write=False) as work:
        await follow(page, report, await cursor_now(work))  # as a page is made that has a topic
    await told(page, "presence")

    await page.evaluate(HIDE, True)
    what = uuid7()
    await change(town, report, what)
    await page.wait_for_timeout(500)
    assert await page.evaluate("told.filter(([name]) => name === 'change')") == []
    await page.evaluate(HIDE, False)

    [seen] = await told(page, "change")
    assert seen["ids"] == [str(what)]


async def test_without_a_stream_it_is_asked_for_and_nothing_is_lost(visit, town, report):
    page = await visit(town, "employee", "profil")
    await page.route("**/live?*", lambda route: refuse_streams(route))
    await page.evaluate(FAST)
    what = uuid7()

    await follow(page, report)
    await told(page, "presence")
    await change(town, report, what)
    [seen] = await told(page, "change")

    assert seen["ids"] == [str(what)]
    visit.expect("status of 503")


async def refuse_streams(route):
    if "text/event-stream" in route.request.headers["accept"]:
        await route.fulfill(status=503)
    else:
        await route.continue_()


async def test_whoever_writes_is_shown_to_colleagues_until_they_leave_the_field(
    visit, town, report
):
    page = await visit(town, "manager", "profil")
    await follow(page, report)
    await page.evaluate(
        f"document.querySelector('main').insertAdjacentHTML('beforeend', `{FIELD}`)"
    )

    async def names():
        async with await town.work("employee", write=False) as work:
            return [(person.name, person.place) for person in await who_is_here(work, report)]

    async with page.expect_response(beats(there=True)) as answer:
        await page.focus("[data-presence]")
    assert (await answer.value).status == 204
    assert await names() == [("Mona Chef", "2.5")]
    async with page.expect_response(beats(there=False)) as answer:
        await page.keyboard.press("Tab")
    await answer.value
    assert await names() == []


def beats(*, there):
    def is_one(answer):
        sent = answer.request.post_data_json if answer.request.method == "POST" else {}
        return sent.get("writing") is there

    return is_one


async def test_a_colleagues_writing_is_told_to_the_page(visit, town, report):
    page = await visit(town, "employee", "profil")
    await follow(page, report)
    await told(page, "presence")
    async with await town.work("manager") as work:
        await here(work, report, "2.5")

    _nobody, eva = await told(page, "presence", 2)

    assert [(person["name"], person["place"]) for person in eva["people"]] == [("Mona Chef", "2.5")]


async def test_a_page_that_follows_nothing_asks_for_nothing(visit, town):
    page = await visit(town, "employee", "profil")
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    await page.add_script_tag(url="/static/js/live.js?prov", type="module")
    await page.wait_for_timeout(300)

    assert not [address for address in asked if address.endswith("/live")]
