"""No query that we show takes the slow way: each is answered by a statement, or assembled of what
statements and services give, and none by the resolvers alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, OperationType, parse, print_ast, separate_operations

from roder.graphql.documents import Document
from roder.graphql.planner.answering import Plans
from roder.platform.web.api_examples import WANTED
from roder.platform.web.api_queries import QUERIES

API = Path(__file__).parents[3] / "infra" / "docs" / "api"


def queries(text: str) -> dict[str, str]:
    """The queries of a document by their names, without its mutations and subscriptions."""
    document = parse(text)
    kinds = {
        node.name.value if node.name else "": node.operation
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    }
    alone = {name: print_ast(part) for name, part in separate_operations(document).items()}
    return {name: alone[name] for name in kinds if kinds[name] is OperationType.QUERY}


SHOWN = {
    f"{source}: {name}": text
    for source, whole in [
        *((path.name, path.read_text()) for path in sorted(API.glob("*.graphql"))),
        *QUERIES.items(),
    ]
    for name, text in queries(whole).items()
}


@pytest.fixture(scope="module")
async def known(osthammar) -> dict[str, Any]:
    """Values for the variables of the examples."""
    text = "{ units { id code } reportTemplates { id } reports(first: 1) { nodes { id } } }"
    found = (await osthammar.post(text)).json()["data"]
    return {
        "on": "2026-01-01",
        "unitId": next(unit["id"] for unit in found["units"] if unit["code"] == "SN"),
        "period": "2026",
        "year": 2026,
        "templateId": found["reportTemplates"][0]["id"],
        "reportId": found["reports"]["nodes"][0]["id"],
    }


async def test_no_example_takes_the_slow_way(osthammar, known):
    ways = await ways_of(osthammar, known, SHOWN)
    print("", *(f"{way}: {name}" for name, way in ways.items()), sep="\n")

    assert len(ways) == 16
    assert set(ways.values()) == {"statement", "assembled"}


async def test_what_fills_the_variables_of_examples_is_one_statement_each(osthammar, known):
    ways = await ways_of(osthammar, known, WANTED)

    assert set(ways.values()) == {"statement"}


async def test_no_query_of_the_client_takes_the_slow_way(osthammar, tmp_path):
    with taken() as ways:
        ran = await osthammar.client("--out", tmp_path)

    assert ran.status == 0, ran.told
    print("", dict(ways), sep="\n")
    assert len(ways) == 5
    assert set(ways.values()) == {"statement", "assembled"}


async def ways_of(osthammar: Any, known: dict[str, Any], shown: dict[str, str]) -> dict[str, str]:
    ways: dict[str, str] = {}
    for name, text in shown.items():
        variables = {key: value for key, value in known.items() if f"${key}" in text}
        async with osthammar.http() as http:
            answer = await http.post(
                osthammar.url,
                json={"query": text, "variables": variables},
                headers={"roder-plan": "1"},
            )
        told: dict[str, Any] = answer.json()
        assert "errors" not in told, (name, told["errors"])
        ways[name] = told["extensions"]["plan"]
    return ways


@contextmanager
def taken() -> Iterator[dict[str, str]]:
    """The ways that documents take meanwhile, by their texts."""
    ways: dict[str, str] = {}
    answer, assemble = Plans.answer, Plans.assemble

    async def answered(self: Plans, *given: Any, **more: Any) -> bytes | None:
        found = await answer(self, *given, **more)
        ways[text_in(given)] = "resolvers" if found is None else "statement"
        return found

    async def assembled(self: Plans, *given: Any, **more: Any) -> bytes | None:
        found = await assemble(self, *given, **more)
        ways[text_in(given)] = "resolvers" if found is None else "assembled"
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Plans, "answer", answered)
        patch.setattr(Plans, "assemble", assembled)
        yield ways


def text_in(given: tuple[Any, ...]) -> str:
    return next(one.text for one in given if isinstance(one, Document))
