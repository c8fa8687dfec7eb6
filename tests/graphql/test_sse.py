"""Server-sent events: the bytes of a stream, and what happens when somebody leaves."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from starlette.types import Message

from roder.graphql.sse import EventStream, Following, Result, once


class Client:
    """A client of the ASGI side that goes away when it is told to."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.left = asyncio.Event()
        self.got = asyncio.Event()

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        if message.get("body"):
            self.got.set()

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    async def listen(self, stream: EventStream) -> None:
        await stream({"type": "http"}, self.receive, self.send)


async def count(to: int) -> AsyncGenerator[Result]:
    for number in range(1, to + 1):
        yield {"count": number}, []


async def test_results_come_as_next_events_and_one_complete():
    client = Client()

    await client.listen(EventStream(Following(count(2))))

    assert client.body == (
        b'event: next\ndata: {"data":{"count":1}}\n\n'
        b'event: next\ndata: {"data":{"count":2}}\n\n'
        b"event: complete\ndata:\n\n"
    )
    headers = dict(client.sent[0]["headers"])
    assert headers[b"content-type"].startswith(b"text/event-stream")
    assert b"content-length" not in headers
    assert client.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


async def test_a_query_is_told_as_one_result():
    client = Client()

    await client.listen(once(({"a": 1}, [])))

    assert client.body == (b'event: next\ndata: {"data":{"a":1}}\n\nevent: complete\ndata:\n\n')


async def test_the_first_result_can_be_looked_at_and_is_sent_all_the_same():
    following = Following(count(1))
    assert await following.first(within=5) == ({"count": 1}, [])
    client = Client()

    await client.listen(EventStream(following))

    assert client.body.count(b"event: next") == 1


async def test_a_stream_without_any_result_completes():
    following = Following(count(0))
    assert await following.first(within=5) is None
    client = Client()

    await client.listen(EventStream(following))

    assert client.body == b"event: complete\ndata:\n\n"


async def test_silence_is_filled_with_comments_and_loses_nothing():
    async def slow() -> AsyncGenerator[Result]:
        await asyncio.sleep(0.25)
        yield {"count": 1}, []

    following = Following(slow())
    assert await following.first(within=0.01) is None
    client = Client()

    await client.listen(EventStream(following, keep_alive=0.05))

    assert client.body.startswith(b":\n\n:\n\n")
    assert client.body.endswith(
        b'event: next\ndata: {"data":{"count":1}}\n\nevent: complete\ndata:\n\n'
    )


async def test_what_was_opened_is_closed_when_the_client_goes_away():
    closed = asyncio.Event()

    async def endless() -> AsyncGenerator[Result]:
        try:
            yield {"count": 1}, []
            await asyncio.Event().wait()
        finally:
            closed.set()

    client = Client()
    listening = asyncio.create_task(client.listen(EventStream(Following(endless()))))
    await asyncio.wait_for(client.got.wait(), 60)
    client.left.set()
    await asyncio.wait_for(listening, 60)

    assert closed.is_set()


async def test_a_fault_in_the_middle_ends_the_stream():
    async def faulty() -> AsyncGenerator[Result]:
        yield {"count": 1}, []
        raise RuntimeError("planted")

    client = Client()

    await client.listen(EventStream(Following(faulty())))

    assert client.body.endswith(b"event: complete\ndata:\n\n")


async def test_a_client_that_does_not_read_is_not_waited_for():
    closed = asyncio.Event()

    async def endless() -> AsyncGenerator[Result]:
        try:
            while True:
                yield {"count": 1}, []
        finally:
            closed.set()

    following = Following(endless())
    await asyncio.wait_for(closed.wait(), 60)
    client = Client()

    await client.listen(EventStream(following))

    assert client.body.count(b"event: next") == 100
    assert client.body.endswith(b"event: complete\ndata:\n\n")


EVENTS = {"Accept": "text/event-stream"}


async def test_a_subscription_is_a_stream_of_events(api: Any):
    response = await api.post({"query": "subscription { names }"}, headers=EVENTS)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text == (
        'event: next\ndata: {"data":{"names":"Asta Admin"}}\n\n'
        'event: next\ndata: {"data":{"names":"Elis Anställd"}}\n\n'
        "event: complete\ndata:\n\n"
    )


async def test_a_query_over_a_stream_is_one_event(api: Any):
    response = await api.post({"query": "{ me }"}, headers=EVENTS)
    assert response.text == (
        'event: next\ndata: {"data":{"me":"Asta Admin"}}\n\nevent: complete\ndata:\n\n'
    )


async def test_what_is_refused_before_the_stream_is_told_in_json(api: Any):
    response = await api.post({"query": "subscription { nothing }"}, headers=EVENTS)
    assert (response.status_code, api.code(response)) == (422, "INVALID_QUERY")
    response = await api.post({"query": "subscription { forbidden }"}, headers=EVENTS)
    assert (response.status_code, api.code(response)) == (403, "FORBIDDEN")
    response = await api.post({"query": "subscription { names }"})
    assert (response.status_code, api.code(response)) == (406, "NOT_ACCEPTABLE")


async def test_a_subscription_ends_when_the_client_goes_away(api: Any):
    api.closed.clear()
    slug = api.town.tenant.slug
    headers = {
        "authorization": f"Bearer {api.token}",
        "content-type": "application/json",
        "accept": "text/event-stream",
    }
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/{slug}/graphql",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    got = asyncio.Event()
    messages = [{"type": "http.request", "body": b'{"query": "subscription { endless }"}'}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        await got.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if b"first" in message.get("body", b""):
            got.set()

    await asyncio.wait_for(api.app(scope, receive, send), 10)

    assert api.closed == ["endless"]
