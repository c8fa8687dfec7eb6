"""Whose page asks, and whether somebody is there: an old tab, a poll, a refetch."""

from datetime import timedelta

import pytest
from planned import clients
from report_desk import set_up, versions
from sqlalchemy import func, select, update

from roder.tenants.models import UserSession
from roder.tenants.rows import uuid7

SCRIPT = {"hx-request": "true"}
TEXT = {"text": "<p>Mina ord</p>", "was": ""}


@pytest.fixture
async def enter(runtime, settings, town):
    async with clients(runtime, settings, town) as make:
        yield make


@pytest.fixture
async def desk(town):
    return await set_up(town)


async def idle(town):
    """How many whole minutes ago the sessions were last in use."""
    async with await town.work(write=False) as work:
        seen = await work.scalars(select(UserSession.last_seen_at))
        return [(work.now - at) // timedelta(minutes=1) for at in seen]


async def grow_idle(town):
    async with await town.work() as work:
        past = func.now() - timedelta(minutes=30)
        await work.execute(update(UserSession).values(last_seen_at=past))


@pytest.mark.parametrize("headers", [SCRIPT, {}])
async def test_what_was_written_on_anothers_page_is_not_saved(enter, town, desk, headers):
    client = await enter("local")
    whose = {"roder-person": str(town.people["manager"].id)}

    refused = await client.post(desk.save("Inledning"), data=TEXT, headers=headers | whose)

    assert refused.status_code == 401
    assert "Någon annan har loggat in i den här webbläsaren." in refused.text
    assert await versions(town, desk, "Inledning") == []


@pytest.mark.parametrize("named", [True, False])
async def test_ones_own_page_saves_with_the_name_and_without(enter, town, desk, named):
    client = await enter("local")
    whose = {"roder-person": str(town.people["local"].id)} if named else {}

    saved = await client.post(desk.save("Inledning"), data=TEXT, headers=SCRIPT | whose)

    assert saved.status_code == 200
    assert await versions(town, desk, "Inledning") == ["<p>Mina ord</p>"]


@pytest.mark.parametrize("way", ["export", "report", "grid", "again"])
async def test_what_a_page_asks_by_itself_keeps_no_session_alive(enter, town, desk, way):
    client = await enter("manager")
    grid = f"{desk.slug}/2026/malanalys?visa=alla"
    method, path, asker, headers = {
        "export": ("GET", f"export/{uuid7()}", desk.path, SCRIPT),
        "report": ("GET", desk.at("Inledning"), desk.at("Inledning"), SCRIPT),
        "grid": ("GET", grid, grid, {"sec-fetch-dest": "empty"}),
        "again": ("POST", desk.save("Inledning"), desk.path, SCRIPT | {"roder-again": "yes"}),
    }[way]
    await grow_idle(town)

    await client.request(
        method, path, headers={"referer": str(client.base_url.join(asker)), **headers}
    )

    assert await idle(town) == [30]


@pytest.mark.parametrize("way", ["page", "reload", "dialog", "file", "save"])
async def test_what_somebody_asks_for_keeps_the_session_alive(enter, town, desk, way):
    client = await enter("manager")
    method, path, asker, headers = {
        "page": ("GET", desk.path, desk.list, {"sec-fetch-dest": "document"}),
        "reload": ("GET", desk.path, desk.path, {"sec-fetch-dest": "document"}),
        "dialog": ("GET", f"{desk.path}/bild", desk.path, SCRIPT),
        "file": ("GET", f"export/{uuid7()}", desk.path, {"sec-fetch-dest": "document"}),
        "save": ("POST", desk.save("Inledning"), desk.save("Inledning"), SCRIPT),
    }[way]
    await grow_idle(town)

    await client.request(
        method, path, headers={"referer": str(client.base_url.join(asker)), **headers}
    )

    assert await idle(town) == [0]
