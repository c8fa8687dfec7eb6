"""A page that is left open brings itself up to date, and keeps nobody signed in by that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from goal_grid import PATH, make_board
from playwright.async_api import expect
from report_desk import TEXTS, set_up, write
from sqlalchemy import delete, func, select, update

from roder.platform.modules.goals.values.outcomes import set_outcomes
from roder.platform.modules.reports.service import complete_section
from roder.tenants.models import UserSession

HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def leave_alone(town):
    """Half an hour goes by, in which nobody touches a page."""

    async def leave() -> None:
        async with await town.work() as work:
            past = func.now() - HALF_AN_HOUR
            await work.execute(update(UserSession).values(last_seen_at=past))

    return leave


async def still_alone(town) -> bool:
    async with await town.work(write=False) as work:
        [seen] = await work.scalars(select(UserSession.last_seen_at))
        return work.now - seen >= HALF_AN_HOUR


async def test_a_goal_analysis_that_shows_others_values(visit, town, leave_alone):
    board = await make_board(town)
    page = await visit(town, "manager", f"{PATH}#innehall")
    await leave_alone()
    async with await town.work("local") as work:
        await set_outcomes(work, [board.entry("climate", total="70")])
    await expect(page.locator(board.field("climate", "total"))).to_have_value("70")

    assert await still_alone(town)
    await page.reload()
    assert not await still_alone(town)


async def test_a_report_that_shows_what_others_mark(visit, town, leave_alone):
    desk = await set_up(town, TEXTS[:3])
    page = await visit(town, "manager", desk.at("Avsnitt 1"))
    await leave_alone()
    async with await town.work("local") as work:
        await complete_section(work, desk.sections["Avsnitt 2"].id, empty=True)
    await page.locator("#progress", has_text="1 av 3").wait_for()

    assert await still_alone(town)
    await page.reload()
    assert not await still_alone(town)


async def test_a_text_that_another_cannot_save_for_its_writer(visit, town, leave_alone):
    desk = await set_up(town)
    visit.expect("status of 401")
    page = await visit(town, "manager", desk.at("Inledning"))
    theirs = await visit(town, "local", "profil")
    async with await town.work() as work:
        await work.execute(
            delete(UserSession).where(UserSession.person_id == town.people["manager"].id)
        )
    await page.context.add_cookies(await theirs.context.cookies())
    await write(page, "Mitt")
    await page.get_by_text("Någon annan har loggat in").wait_for()
    await leave_alone()
    async with page.expect_response(f"**/{desk.save('Inledning')}") as asked:
        pass

    assert (await asked.value).status == 401
    assert await still_alone(town)


async def test_an_export_that_is_waited_for(visit, town, leave_alone):
    await make_board(town)
    page = await visit(town, "manager", PATH)
    await page.evaluate(
        """() => document.getElementById("export").dataset.look =
            `/${document.body.dataset.tenant}/export/nej`"""
    )
    visit.expect("status of 404")
    await leave_alone()
    async with page.expect_response("**/export/nej") as asked:
        pass

    assert (await asked.value).status == 404
    assert await still_alone(town)
