import httpx
import pytest
from live_client import make_report
from starlette.applications import Starlette

from roder.platform.modules.organisation.files.upload import routes as file_routes
from roder.platform.web.live import live_routes
from roder.tenants.sign_in.sessions import start_session


@pytest.fixture
def app(runtime):
    app = Starlette(routes=[*live_routes, *file_routes])
    app.state.runtime = runtime
    return app


@pytest.fixture
async def http(app):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.fixture
def signed_in(runtime):
    """`await signed_in(town, who)`: headers with the cookie of a new session."""

    async def sign_in(town, who="employee"):
        async with await town.work() as work:
            key = await start_session(work, town.people[who].id)
        return {"cookie": f"roder_session={key}"}

    return sign_in


@pytest.fixture
async def report(town):
    return await make_report(town)
