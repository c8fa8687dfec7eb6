"""A review of a month with 10,000 events, done in the browser: `make bench` tells how long each
step took."""

from __future__ import annotations

import pytest
from review_steps import Clock, list_a_month, review_by_hand

pytestmark = pytest.mark.bench

EVENTS = 10_000


async def test_a_month_of_10000_events_is_reviewed_signed_and_archived(visit, town):
    clock = Clock()
    await list_a_month(town, EVENTS, clock)
    page = await visit(town, "reviewer", "mitt-arbete")

    await review_by_hand(page, EVENTS, clock)

    print(f"{EVENTS} events: {clock}")
