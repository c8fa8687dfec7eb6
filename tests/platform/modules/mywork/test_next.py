"""What comes when everything is done."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from planned import clients, words

from roder.platform.modules.goals.service import lock_year, set_outcome
from roder.platform.modules.mywork.service import my_next_task
from roder.platform.modules.mywork.words import coming


async def told(plan, day: str, who: str) -> str:
    async with plan.on(day, who) as work:
        return coming(await my_next_task(work))


async def test_the_period_under_way_that_ends_first_comes_next(plan):
    expected = "Nästa sak är utfallen för tertial 1 2026, som öppnar 1 maj."
    for day in ("2026-01-10", "2026-04-30"):
        assert await told(plan, day, "manager") == expected
    later = "Nästa sak är utfallen för tertial 2 2026, som öppnar 1 september."
    assert await told(plan, "2026-05-01", "manager") == later


async def test_an_activity_comes_as_many_days_before_its_end_as_it_is_asked_for(plan):
    await plan.end("talks", "2026-06-30")
    async with plan.on("2026-05-10") as work:
        following = await my_next_task(work)

    assert following is not None
    assert following[0] == date(2026, 6, 2)
    assert coming(following) == ("Nästa sak är att avsluta aktiviteten Hälsosamtal, från 2 juni.")


async def test_what_is_locked_or_anothers_does_not_come(plan):
    assert await told(plan, "2026-05-10", "employee") == ""
    assert await told(plan, "2026-05-10", "auditor") == ""
    async with plan.on("2026-05-10") as work:
        await lock_year(work, 2026)
    assert await told(plan, "2026-05-10", "manager") == ""


async def test_a_value_given_before_its_period_is_over_does_not_come(plan):
    node, home = plan.nodes["visits"], plan.town.units["home_care"].id
    async with plan.on("2026-05-10", "manager") as work:
        values = {"total": Decimal(80), "target": Decimal(90)}
        await set_outcome(work, node, unit_id=home, period="2026-T2", values=values)

    assert await told(plan, "2026-05-10", "manager") == ""


async def test_the_page_says_nothing_of_it_to_who_has_nothing_to_come(
    runtime, settings, town, this_year
):
    async with clients(runtime, settings, town) as enter:
        page = words(await (await enter("employee")).get("mitt-arbete"))

    assert "Allt är klart." in page
    assert "Nästa sak" not in page
    assert "Visa läget" in page


async def test_the_page_names_what_is_to_come(runtime, settings, town, yearly):
    async with clients(runtime, settings, town) as enter:
        page = words(await (await enter()).get("mitt-arbete"))

    assert "Allt är klart." in page
    assert f"Nästa sak är utfallen för {yearly}, som öppnar 1 januari." in page
