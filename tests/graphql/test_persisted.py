"""Persisted documents: what is kept, for whom, and how much of it."""

import secrets
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select

from roder.graphql.documents import Bounded
from roder.graphql.http import Asked, NotWellFormed
from roder.graphql.limits import QueryRefused
from roder.graphql.models import PersistedDocument
from roder.graphql.persisted import find_document, find_text, keep_document, keep_text
from roder.infra.runtime import Runtime
from roder.tenants.entry import Entered
from roder.tenants.work import Work

NewTown = Callable[..., Awaitable[Any]]


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


async def kept(work: Work) -> list[str]:
    order = PersistedDocument.created_at, PersistedDocument.id
    return list(await work.scalars(select(PersistedDocument.text).order_by(*order)))


async def test_a_document_is_found_by_its_digest_in_its_own_municipality(
    town: Any, other_town: Any
):
    async with await town.work() as work:
        await keep_document(work, digest("{ me }"), "{ me }")
        assert await find_document(work, digest("{ me }")) == "{ me }"
    async with await other_town.work() as work:
        with pytest.raises(QueryRefused) as refused:
            await find_document(work, digest("{ me }"))
    assert (refused.value.code, refused.value.status) == ("PERSISTED_DOCUMENT_NOT_FOUND", 404)


async def test_a_document_that_is_kept_twice_is_one_row(town: Any):
    for _time in range(2):
        async with await town.work() as work:
            await keep_document(work, digest("{ me }"), "{ me }")
    async with await town.work() as work:
        assert await kept(work) == ["{ me }"]
        row = await work.first(select(PersistedDocument))
        assert (row.digest, row.created_by) == (digest("{ me }"), work.actor.id)


async def test_the_oldest_documents_make_room(town: Any):
    async with await town.work() as work:
        for number in range(5):
            text = f"query A{number} {{ me }}"
            await keep_document(work, digest(text), text, most=3)
        assert await kept(work) == [f"query A{number} {{ me }}" for number in (2, 3, 4)]


async def test_making_room_in_one_municipality_leaves_the_others(town: Any, other_town: Any):
    async with await other_town.work() as work:
        await keep_document(work, digest("{ a }"), "{ a }")
    async with await town.work() as work:
        for text in ("{ b }", "{ c }"):
            await keep_document(work, digest(text), text, most=1)
        assert await kept(work) == ["{ c }"]
    async with await other_town.work() as work:
        assert await kept(work) == ["{ a }"]


@pytest.mark.parametrize(
    "document_id",
    ["", "x", "sha256:", "sha256:" + "A" * 64, "sha256:" + "a" * 63, "md5:" + "a" * 32, "\0"],
)
async def test_an_id_of_another_kind_is_refused(runtime: Runtime, town: Any, document_id: str):
    entered = Entered(town.tenant, await town.actor("employee"))
    with pytest.raises(NotWellFormed) as refused:
        await find_text(runtime, entered, Asked(document_id=document_id))
    assert refused.value.field == "documentId"


async def test_a_document_with_the_hash_of_another_is_refused_and_not_kept(
    runtime: Runtime, town: Any
):
    entered = Entered(town.tenant, await town.actor("employee"))
    asked = Asked(query="{ a }", document_id=f"sha256:{digest('{ b }')}")
    with pytest.raises(QueryRefused) as refused:
        await find_text(runtime, entered, asked)
    assert refused.value.code == "PERSISTED_DOCUMENT_MISMATCH"
    async with await town.work() as work:
        assert await kept(work) == []


async def test_any_employee_can_keep_a_document_and_ask_for_it(runtime: Runtime, town: Any):
    entered = Entered(town.tenant, await town.actor("employee"))
    document_id = f"sha256:{digest('{ me }')}"
    await keep_text(runtime, entered, Asked(query="{ me }", document_id=document_id))
    await keep_text(runtime, entered, Asked(query="{ you }"))
    assert await find_text(runtime, entered, Asked(document_id=document_id)) == "{ me }"
    async with await town.work() as work:
        assert await kept(work) == ["{ me }"]


def test_what_was_used_last_stays_within_the_weight():
    cache: Bounded[str] = Bounded(10)
    cache.keep("a", "A", weight=4)
    cache.keep("b", "B", weight=4)
    assert cache.get("a") == "A"
    cache.keep("c", "C", weight=4)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == ("A", None, "C")
    cache.keep("a", "A2", weight=6)
    assert (cache.get("a"), cache.get("c")) == ("A2", "C")
    cache.keep("huge", "H", weight=11)
    assert [cache.get(key) for key in ("a", "c", "huge")] == [None, None, None]


async def test_a_document_is_kept_by_its_hash_and_asked_for_by_it(api: Any, other_town: Any):
    query = f"query A{secrets.token_hex(4)} {{ me }}"
    id_ = f"sha256:{sha256(query.encode()).hexdigest()}"

    response = await api.post({"documentId": id_})
    assert (response.status_code, api.code(response)) == (404, "PERSISTED_DOCUMENT_NOT_FOUND")
    response = await api.post({"documentId": id_, "query": query + " "})
    assert (response.status_code, api.code(response)) == (422, "PERSISTED_DOCUMENT_MISMATCH")
    assert api.code(await api.post({"documentId": id_})) == "PERSISTED_DOCUMENT_NOT_FOUND"

    data = {"data": {"me": "Asta Admin"}}
    assert (await api.post({"documentId": id_, "query": query})).json() == data
    assert (await api.post({"documentId": id_})).json() == data

    token = await api.new_token(other_town)
    response = await api.post(
        {"documentId": id_},
        slug=other_town.tenant.slug,
        headers={"Authorization": f"Bearer {token}"},
    )
    assert api.code(response) == "PERSISTED_DOCUMENT_NOT_FOUND"
