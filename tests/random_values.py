"""What random queries write as arguments: ids and cursors of the town that is asked, and texts
that have broken writers of JSON or SQL before.

An id stands as a sign like ‹own:Goal:3›, which is filled in when it is sent: so the same queries
are made in every run, though the ids are new in each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphql import (
    GraphQLEnumType,
    GraphQLInputType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_list_type,
)
from hypothesis import strategies as st

ABSENT = "0192f0c4-0000-7000-8000-000000000000"
HOSTILE = (
    "åäö ÅÄÖ é",
    "'; drop table units; --",
    'say "hello"',
    "back\\slash \\\\ \\n \\u0041",
    "".join(map(chr, range(1, 32))),
    "\x7f\x80\x9f",
    "\u2028\u2029\ufeff\u202e",
    "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "e\u0301 \ufffd \uffff \U0010ffff",
    "</script><!--",
    "%s %(x)s {0} $1 :x ${a}",
    "null",
    "",
    " ",
    "\n\t\r",
    "ß ſ ı İ",
    "x" * 300,
)
PERIODS = (
    "2025",
    "2026",
    "2025-T2",
    "2025-T3",
    "2026-T1",
    "2025-H1",
    "2026-Q3",
    "2026-05",
    "2022",
    "2019",
    "2030",
    "1899",
    "9999",
    "2026-T4",
    "2026-13",
    "",
)
DATES = ("2026-11-22", "2026-01-01", "2019-01-01", "2018-12-31", "0001-01-01", "9999-12-31")
YEARS = (2025, 2026, 2022, 2019, 1999, 0, -1, 2**31 - 1, -(2**31))
SIZES = (2, 1, 3, 5, 20, 200, 0, 201, -1, 2**31 - 1)
BROKEN_IDS = ("", "Goal", "Goal:", ":", "Goal:x", f"goal:{ABSENT}", f"Query:{ABSENT}", f"{ABSENT}")
BROKEN_CURSORS = ("", "x", "åäö", "W10", "bnVsbA", "WzEsMl0", "=" * 9)
CURSORS = ("planNodes", "reports", "people", "steeringModels", "comments", "outcomes")

_SIGN = re.compile("‹(own|foreign|bare|cursor):(\\w+):(\\d+)›")
_MEANT = {
    "indicatorId": ("Indicator",),
    "modelId": ("SteeringModel",),
    "personId": ("Person",),
    "reportId": ("Report",),
    "templateId": ("ReportTemplate",),
    "unitId": ("Unit",),
}


@dataclass(frozen=True, slots=True)
class Pool:
    """What the signs stand for in one town: ids by type, cursors by the list's field."""

    own: Mapping[str, Sequence[str]]
    foreign: Mapping[str, Sequence[str]]
    cursors: Mapping[str, Sequence[str]]

    def fill(self, text: str) -> str:
        return _SIGN.sub(lambda sign: self._meant(sign[1], sign[2], int(sign[3])), text)

    def _meant(self, kind: str, name: str, place: int) -> str:
        if kind == "cursor":
            found = self.cursors[name]
        else:
            found = (self.foreign if kind == "foreign" else self.own)[name]
        one = found[place % len(found)]
        return one.partition(":")[2] if kind == "bare" else one


def values(
    schema: GraphQLSchema, types: Sequence[str], place: str, name: str, type_: GraphQLInputType
) -> st.SearchStrategy[object]:
    """JSON values, never null, for the argument `name` of the field `place`, whose records are of
    `types` (empty when they are of none that has an id)."""
    plain = get_nullable_type(type_)
    if is_list_type(plain):
        if name == "topics":
            return st.lists(_topics(), max_size=3)
        return st.lists(values(schema, types, place, name, plain.of_type), max_size=3)
    named = get_named_type(type_)
    if isinstance(named, GraphQLEnumType):
        return st.sampled_from(sorted(named.values))
    if named.name == "ID":
        nodes = [node.name for node in schema.get_possible_types(schema.type_map["Node"])]
        likely = _MEANT.get(name) or tuple(types) or tuple(nodes)
        return _ids(likely, nodes)
    if named.name == "Boolean":
        return st.booleans()
    if named.name == "Int":
        usual = SIZES if name == "first" else YEARS
        return _mostly(st.sampled_from(usual[:4]), st.sampled_from(usual))
    if named.name == "Date":
        return st.sampled_from(DATES)
    if name == "period":
        return _mostly(st.sampled_from(PERIODS[:8]), st.sampled_from(PERIODS + HOSTILE))
    if name == "after":
        return _cursors(place)
    return st.sampled_from(HOSTILE)


def _ids(likely: Sequence[str], nodes: Sequence[str]) -> st.SearchStrategy[str]:
    place = st.integers(0, 40)
    right = st.builds("‹own:{}:{}›".format, st.sampled_from(likely), place)
    other = st.builds("‹own:{}:{}›".format, st.sampled_from(nodes), place)
    foreign = st.builds("‹foreign:{}:{}›".format, st.sampled_from(likely), place)
    absent = st.sampled_from(likely).map(f"{{}}:{ABSENT}".format)
    broken = st.sampled_from(BROKEN_IDS) | st.sampled_from(HOSTILE)
    return _mostly(right, other | foreign | absent | broken)


def _cursors(place: str) -> st.SearchStrategy[str]:
    own = place if place in CURSORS else "people"
    right = st.builds("‹cursor:{}:{}›".format, st.just(own), st.integers(0, 20))
    other = st.builds("‹cursor:{}:{}›".format, st.sampled_from(CURSORS), st.integers(0, 20))
    return _mostly(right, other | st.sampled_from(BROKEN_CURSORS + HOSTILE))


def _topics() -> st.SearchStrategy[str]:
    years = st.sampled_from(YEARS[:4])
    goals = st.builds("goals:‹bare:Unit:{}›:{}".format, st.integers(0, 9), years)
    others = st.sampled_from(("report:‹bare:Report:0›", "job:‹bare:Job:0›", "report:x", "x"))
    return _mostly(goals, others | st.sampled_from(HOSTILE))


def _mostly(
    right: st.SearchStrategy[object], odd: st.SearchStrategy[object]
) -> st.SearchStrategy[object]:
    """One refusal empties most of an answer, so there are few of them."""
    return st.integers(0, 19).flatmap(lambda number: odd if number == 13 else right)
