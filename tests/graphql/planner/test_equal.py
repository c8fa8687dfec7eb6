"""What a plan answers is what Strawberry answers, byte for byte: held over random queries.

`RODER_QUERIES=20000` compares more of them; on a developer's machine each run takes other ones.
A failure shows the smallest query that was found, who asked it, and where the answers differ.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from time import monotonic

import both_ways
import orjson
import pytest
from full_town import CORE
from hostile_town import WHO
from hypothesis import HealthCheck, Phase, given, settings
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


WAYS: Counter[str] = Counter()
"""The ways that queries took, and the status of the answers: `pytest -s` tells them."""

FOUND: defaultdict[str, Found] = defaultdict(Found)


async def differ(asker, who: str, query: Query) -> str | None:
    """A report of how the two ways answer differently, if they do. What shows the access log shows
    that it was asked for, and so is never the same twice."""
    if "accessLog" in query.text:
        return None

    async def ask(*, planned: bool) -> bytes:
        asker.plans.way = "refused"
        answer = await asker.ask(query, planned=planned)
        if planned:
            WAYS[f"{asker.plans.way}, {answer.status}"] += 1
        return b"%d %b" % (answer.status, answer.body)

    with capture_logs() as logs:  # faults of ours are answered; to write them down takes long
        found = await both_ways.told_apart(lambda: ask(planned=False), lambda: ask(planned=True))
    if any(log["event"] in ("plan_failed", "plan_not_made") for log in logs):
        found = "  the planner failed, and Strawberry answered"
    if found is None:
        return None
    found += "".join(f"\n  {log['event']}: {log.get('exc_info') or log}" for log in logs)
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
        raise AssertionError(told)


def test_the_random_queries_took_every_way():
    """Else the test above compares Strawberry with itself."""
    print(f"\n{dict(WAYS.most_common())}")
    ways = {way.partition(",")[0] for way in WAYS}

    assert WAYS.total() < 100 or ways >= {"planned", "assembled", "resolvers"}


async def test_a_wrong_answer_of_a_plan_is_found(askers, one_way, monkeypatch):
    asker = askers["administrator"]
    answer = type(asker.plans).answer

    async def wrong(self, *given, **named):
        found = await answer(self, *given, **named)
        return found and found.replace(b"elna.enbuske", b"elna.enbusek")

    asked = Query("{ people { nodes { email } } }", {})
    assert await differ(asker, "administrator", asked) is None
    monkeypatch.setattr(type(asker.plans), "answer", wrong)

    told = await differ(asker, "administrator", asked)

    assert told
    assert "{ people { nodes { email } } }\nvariables {}\nasked by: administrator\n" in told
    assert "elna.enbuske" in told
    assert "elna.enbusek" in told
