"""What `scim2-tester` says of the service, over a real connection."""

import asyncio
import threading
from collections import Counter

import httpx2
import pytest
import uvicorn
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

from roder.platform.app import create_app


@pytest.fixture
def served(settings):
    """The whole service on a port of its own, in a thread with a loop of its own."""
    config = uvicorn.Config(create_app(settings), port=0, log_config=None, lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
        [socket] = server.servers[0].sockets
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


async def test_the_tester_finds_no_fault(scim, served, town, capsys):
    def judge():
        address = f"{served}/{town.tenant.slug}/scim/v2"
        headers = {"Authorization": f"Bearer {scim.key}"}
        with httpx2.Client(base_url=address, headers=headers, timeout=60) as client:
            return check_server(SyncSCIMClient(client))

    results = await asyncio.to_thread(judge)

    states = Counter(result.status.name for result in results)
    told = [f"{r.status.name} {r.title}: {r.reason}" for r in results if r.status != Status.SUCCESS]
    with capsys.disabled():
        print(f"\nscim2-tester: {len(results)} checks, {states}")
    assert told == []
    assert len(results) >= 70
