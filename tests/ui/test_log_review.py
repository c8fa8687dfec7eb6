"""A month of the log reviewed in the browser: 2,000 events, from the list to the archive."""

from __future__ import annotations

from review_steps import Clock, list_a_month, review_by_hand
from ui_checks import check_everywhere, check_html, source

EVENTS = 2_000


async def test_a_month_of_2000_events_is_reviewed_signed_and_archived(visit, town):
    clock = Clock()
    await list_a_month(town, EVENTS, clock)
    page = await visit(town, "reviewer", "mitt-arbete")

    await review_by_hand(page, EVENTS, clock)

    print(f"{EVENTS} events: {clock}")
