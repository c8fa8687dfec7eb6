"""The four ways of calling the API that `client.py` needs: copy them into a program of your own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from gql import Client, GraphQLRequest

PROBLEM = "... on Problem { message field }"


def ask(api: Client, text: str, **variables: Any) -> dict[str, Any]:
    """The data of a query or a mutation; ends the program with the sentence of a Problem."""
    data = api.execute(GraphQLRequest(text, variable_values=variables))
    for name, answer in data.items():
        if isinstance(answer, dict) and "message" in answer:
            raise SystemExit(f"{name} was refused: {answer['message']}")
    return data


def change(api: Client, name: str, answer: str = "__typename", **input: Any) -> dict[str, Any]:
    """One mutation whose input type is called after it, as nearly all are."""
    type_ = f"{name[0].upper()}{name[1:]}Input"
    text = f"mutation ($input: {type_}!) {{ {name}(input: $input) {{ {answer} {PROBLEM} }} }}"
    return ask(api, text, input=input)[name]


def send_file(http: httpx.Client, url: str, path: Path) -> str:
    """Send a file in, the file itself as the body. The answer is its id."""
    address = url.removesuffix("/graphql") + "/files"
    sent = http.post(address, params={"name": path.name}, content=path.read_bytes())
    if sent.is_error:
        raise SystemExit(f"{path.name} was refused: {sent.json()['errors'][0]['message']}")
    return sent.json()["id"]


def follow(http: httpx.Client, url: str, job: str) -> Iterator[dict[str, Any]]:
    """The states of a job as they come, the last when it has ended.

    A subscription is a POST whose answer is a stream of events; each line of `data` is a result.
    """
    text = """subscription ($id: ID!) {
        job(id: $id) { state done total step problem file { name link } } }"""
    body = {"query": text, "variables": {"id": job}}
    with http.stream("POST", url, json=body, headers={"Accept": "text/event-stream"}) as answer:
        if answer.is_error:
            raise SystemExit(f"The job cannot be followed: {answer.read().decode()}")
        for line in answer.iter_lines():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))["data"]["job"]
