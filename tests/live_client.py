"""Clients that follow what is live, for tests: one that asks, one that reads a stream."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.applications import Starlette

from roder.platform.modules.reports.live import report_topic
from roder.platform.modules.reports.models import Report, ReportTemplate
from roder.tenants.changes import tell_changed
from roder.tenants.rows import uuid7

STREAM = {"accept": "text/event-stream"}


async def make_report(town):
    async with await town.work() as work:
        template = ReportTemplate(id=uuid7(), key="prov", title={"sv": "Prov"})
        work.add(template)
        await work.flush()
        made = Report(
            id=uuid7(),
            template_id=template.id,
            unit_id=town.units["committee"].id,
            period="2026",
            title="Prov 2026",
        )
        work.add(made)
    return report_topic(made.id)


@dataclass
class Listening:
    """The events of one stream as they come: name, data and id."""

    app: Starlette
    path: str
    query: str
    headers: dict[str, str]
    sends: bytes | None = None
    status: int = 0
    events: list[tuple[str, object, str]] = field(default_factory=list)
    body: bytes = b""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self):
        if self.sends is not None and not self.status:
            return {"type": "http.request", "body": self.sends, "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        if message["type"] == "http.response.start":
            self.status = message["status"]
        self.body += message.get("body", b"")
        *whole, _rest = self.body.decode().split("\n\n")
        self.events = [read for text in whole if (read := read_event(text))]
        self.came.set()

    async def run(self):
        raw = [(key.encode(), value.encode()) for key, value in self.headers.items()]
        scope = {
            "type": "http",
            "method": "GET" if self.sends is None else "POST",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query.encode(),
            "headers": raw,
            "http_version": "1.1",
            "scheme": "http",
            "server": ("127.0.0.1", 8000),
        }
        await self.app(scope, self.receive, self.send)

    def named(self, name):
        return [data for kind, data, _id in self.events if kind == name]

    async def until(self, name, count=1):
        """The data of the events of a name, once there are so many."""
        async with asyncio.timeout(10):
            while len(self.named(name)) < count:
                self.came.clear()
                await self.came.wait()
        return self.named(name)


def read_event(text):
    lines = dict(line.split(": ", 1) for line in text.split("\n") if ": " in line)
    if "data" not in lines:
        return None
    return lines["event"], json.loads(lines["data"] or "null"), lines.get("id", "")


def where(town, *topics, after=None):
    asked = [("topic", topic) for topic in topics] + ([("after", after)] if after else [])
    return f"/{town.tenant.slug}/live", urlencode(asked)


@asynccontextmanager
async def stream(app, town, headers, *topics, after=None, **more):
    path, query = where(town, *topics, after=after)
    listening = Listening(app, path, query, headers | STREAM | more)
    running = asyncio.create_task(listening.run())
    try:
        yield listening
    finally:
        listening.left.set()
        await asyncio.wait_for(running, 5)


async def ask(http, town, headers, *topics, after=None, **more):
    path, query = where(town, *topics, after=after)
    return await http.get(f"{path}?{query}", headers=headers | more)


async def change(town, topic, *ids, who="manager"):
    async with await town.work(who) as work:
        await tell_changed(work, topic, *ids)
