"""What a plan answers is what Strawberry answers, byte for byte: held over random queries.

`RODER_QUERIES=20000` compares more of them; on a developer's machine each run takes other ones.
A failure shows the smallest query that was found, who asked it, and where the answers differ.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field
from time import monotonic

import both_ways
import orjson
import pytest
from full_town import CORE
from hostile_town import WHO
from hypothesis import HealthCheck, Phase, event, given, settings
from random_queries import Query, queries
from structlog.testing import capture_logs

COUNT = int(os.environ.get("RODER_QUERIES", "2000"))


SHRINKING = 30
"""Seconds to look for a smaller query that fails; then the smallest so far is shown."""


@dataclass
class Found:
    """What has failed already: asked again after that time, it fails, and nothing new does."""

    since: float = 0
    told: dict[str, str] = field(default_factory=dict)


FOUND: defaultdict[str, Found] = defaultdict(Found)


async def differ(asker, who: str, query: Query) -> str | None:
    """A report of how the two ways answer differently, if they do."""

    async def ask(*, planned: bool) -> bytes:
        before = asker.plans.answers
        answer = await asker.ask(query, planned=planned)
        if planned:
            way = "planned" if asker.plans.answers > before else "strawberry"
            event(f"{answer.status}, {way}")
        return b"%d %b" % (answer.status, answer.body)

    with capture_logs() as logs:  # faults of ours are answered; to write them down takes long
        found = await both_ways.told_apart(lambda: ask(planned=False), lambda: ask(planned=True))
    if any(log["event"] == "plan_failed" for log in logs):
        found = "  the plan failed, and Strawberry answered"
    if found is None:
        return None
    sent = asker.sent(query)
    variables = orjson.dumps(sent["variables"], option=orjson.OPT_INDENT_2).decode()
    return f"\n{sent['query']}\nvariables {variables}\nasked by: {who}\n{found}\n"


@pytest.mark.parametrize("who", WHO)
@settings(
    max_examples=COUNT // len(WHO),
    deadline=None,
    database=None,
    report_multiple_bugs=False,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
@given(query=queries(CORE))
async def test_any_query_is_answered_alike_both_ways(askers, one_way, who, query):
    known = FOUND[who]
    key = f"{query}"
    if known.told and monotonic() - known.since > SHRINKING:
        told = known.told.get(key)
    else:
        told = await differ(askers[who], who, query)
    if told:
        known.since = known.since or monotonic()
        known.told[key] = told
        pytest.fail(told, pytrace=False)
