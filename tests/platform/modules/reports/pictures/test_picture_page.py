"""The bytes of a report's picture over HTTP: for the municipality's people, in no shared cache."""

from __future__ import annotations

from io import BytesIO

import httpx
import pytest
from PIL import Image

from roder.platform.app import create_app
from roder.platform.modules.reports.service import add_image, withdraw_consent
from roder.tenants.actors import service
from roder.tenants.municipality import switch_module
from roder.tenants.rows import uuid7
from roder.tenants.sign_in.sessions import start_session
from roder.tenants.work import open_work


@pytest.fixture
async def get(settings, town):
    """`await get(town, "employee", id)`; None is somebody who has not signed in."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):

        async def ask(where, who: str | None, id) -> httpx.Response:
            cookies = {}
            if who:
                async with open_work(where.runtime, where.tenant, service(), write=True) as work:
                    cookies["roder_session"] = await start_session(work, where.people[who].id)
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(
                transport=transport, base_url=settings.base_url, cookies=cookies
            ) as http:
                return await http.get(f"/{where.tenant.slug}/bilder/{id}")

        yield ask


@pytest.fixture
async def image(town, report):
    drawn = BytesIO()
    Image.new("RGB", (40, 30), "#1f5f8b").save(drawn, "JPEG")
    async with await town.work("manager") as work:
        return await add_image(
            work,
            report.id,
            data=drawn.getvalue(),
            alt="Personal",
            source="Kommunen",
            shows_person=True,
            consent="Registratorn",
            expires_on=work.today,
        )


async def test_whoever_may_read_the_report_gets_its_picture(get, town, image):
    answer = await get(town, "employee", image.id)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["cache-control"] == "private, max-age=600"
    assert answer.headers["x-content-type-options"] == "nosniff"
    with Image.open(BytesIO(answer.content)) as shown:
        assert shown.size == (40, 30)


async def test_nobody_else_gets_it(get, town, other_town, image):
    stranger = await get(town, None, image.id)
    assert stranger.status_code == 303
    assert "/logga-in?" in stranger.headers["location"]
    foreign = await get(other_town, "administrator", image.id)
    absent = await get(other_town, "administrator", uuid7())
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert foreign.text.replace(str(image.id), "") == absent.text.replace(str(image.id), "")


@pytest.mark.parametrize("id", ["x", "..%2F..%2Fetc", "0" * 400])
async def test_what_is_no_id_is_not_found(get, town, id):
    assert (await get(town, "employee", id)).status_code == 404


async def test_a_picture_whose_consent_was_withdrawn_is_not_found_and_says_why(get, town, image):
    async with await town.work("manager") as work:
        await withdraw_consent(work, image.id)

    answer = await get(town, "employee", image.id)

    assert answer.status_code == 404
    assert "samtycket gick ut" in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_pictures_go_with_their_module(get, town, image):
    async with await town.work() as work:
        await switch_module(work, "reports", on=False)
    assert (await get(town, "employee", image.id)).status_code == 404
