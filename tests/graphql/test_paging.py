"""Connections: pages by key, in Swedish order, and what a cursor may not be."""

import base64
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
import strawberry
from sqlalchemy import func, select

from roder.graphql.context import Context, Info
from roder.graphql.nodes import Node
from roder.graphql.paging import Connection, page
from roder.graphql.schema import build_schema
from roder.tenants.models import Person

DOCUMENT = """query($first: Int, $after: String) {
  humans(first: $first, after: $after) {
    totalCount nodes { name } pageInfo { endCursor hasNextPage }
  }
}"""


@strawberry.type
class Human(Node):
    model = Person
    permission = "people.read"
    name: str


@strawberry.type
class Query:
    @strawberry.field
    async def humans(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Human]:
        by_name = (func.sv_key(Person.name),)
        return await page(info, Human, select(Person), order=by_name, first=first, after=after)


SCHEMA = build_schema(
    [SimpleNamespace(query=(Query,), mutation=(), subscription=(), types=(Human,))]
)


async def ask(town: Any, **variables: object) -> Any:
    async with await town.work(write=False) as work:
        return await SCHEMA.execute(
            DOCUMENT, variable_values=variables, context_value=Context(work)
        )


async def test_pages_follow_each_other_without_gap_or_overlap(town: Any):
    seen: list[str] = []
    cursor, more = None, True
    while more:
        humans = (await ask(town, first=2, after=cursor)).data["humans"]
        assert humans["totalCount"] == 5
        seen += [node["name"] for node in humans["nodes"]]
        cursor, more = humans["pageInfo"]["endCursor"], humans["pageInfo"]["hasNextPage"]
    assert seen == ["Asta Admin", "Elis Anställd", "Lo Lokal", "Mona Chef", "Rut Revisor"]


@pytest.mark.parametrize("first", [0, -1, 1_001, 2_000_000_000])
async def test_a_page_holds_1_to_1000(town: Any, first: int):
    [error] = (await ask(town, first=first)).errors
    assert error.extensions == {"code": "INVALID_INPUT", "field": "first"}


ID = "0192f0c4-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "place",
    [
        *(["x"], ["x", "y"], [1, ID], [None, None], [[1], {}], [True, ID], ["\0", ID]),
        *("x", 5, None, {"a": 1, "b": 2}, [], [ID, 7], ["x", None]),
    ],
)
async def test_a_cursor_of_another_list_is_refused(town: Any, place: object):
    cursor = base64.urlsafe_b64encode(orjson.dumps(place)).decode()
    [error] = (await ask(town, after=cursor)).errors
    assert error.extensions["code"] == "INVALID_INPUT"


@pytest.mark.parametrize("cursor", ["", "%%%", "å", "=", "AAAA", "W10", "x" * 10_000])
async def test_a_text_that_is_no_cursor_is_refused(town: Any, cursor: str):
    [error] = (await ask(town, after=cursor)).errors
    assert error.extensions == {"code": "INVALID_INPUT", "field": "after"}
