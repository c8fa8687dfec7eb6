"""The service from outside, over its ASGI application."""

import os
import subprocess
import sys
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.routing import Route

from roder.platform.app import create_app

PAGE = {"accept": "text/html"}


SELDOM = {
    "alembic",
    "authlib",
    "botocore",
    "cryptography",
    "dramatiq",
    "httpx",
    "joserfc",
    "markdown_it",
    "nh3",
    "psycopg",
}
"""Packages that a service is asked to use only now and then, some not at all."""

START = """
import asyncio, sys
from roder.infra.settings import Settings
from roder.platform.app import create_app

async def main():
    app = create_app(Settings())
    async with app.router.lifespan_context(app):
        print(sorted(set(sys.modules) & set(sys.argv[1:])))

asyncio.run(main())
"""


@asynccontextmanager
async def browser(settings, **options):
    app = create_app(settings)
    app.router.routes.insert(0, Route("/fault", fault))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        base = settings.base_url
        async with httpx.AsyncClient(transport=transport, base_url=base, **options) as client:
            yield client


async def fault(request):
    raise RuntimeError("hemligt lösenord")


@pytest.fixture
async def client(settings):
    async with browser(settings) as client:
        yield client


async def test_a_healthy_service_says_so(client):
    answer = await client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_what_is_seldom_needed_takes_no_memory_until_then(settings):
    where = {
        "database_url": settings.database_url,
        "s3_endpoint": settings.s3_endpoint,
        "s3_bucket": settings.s3_bucket,
        "s3_access_key": settings.s3_access_key,
        "s3_secret_key": settings.s3_secret_key.get_secret_value(),
    }
    environment = os.environ | {f"RODER_{name.upper()}": value for name, value in where.items()}

    done = subprocess.run(
        [sys.executable, "-c", START, *SELDOM], env=environment, capture_output=True, text=True
    )

    assert done.stdout.splitlines()[-1:] == ["[]"], done.stderr


async def test_a_service_without_its_database_is_not_healthy_and_tells_no_secret(settings):
    broken = settings.model_copy(
        update={"database_url": "postgresql://roder_app:hemligt@127.0.0.1:9/roder"}
    )
    async with browser(broken) as client:
        answer = await client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "database": "unavailable", "store": "ok"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/ingenstans", 404, "NOT_FOUND"),
        ("GET", "/static/../app.py", 404, "NOT_FOUND"),
        ("GET", "/lund-finns-inte/logga-in", 404, "NOT_FOUND"),
        ("GET", "/%00/logga-in", 404, "NOT_FOUND"),
        ("DELETE", "/", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/fault", 500, "INTERNAL"),
    ],
)
async def test_a_refusal_is_one_sentence_as_json_or_as_a_page(client, method, path, status, code):
    plain = await client.request(method, path)
    page = await client.request(method, path, headers=PAGE)

    assert (plain.status_code, plain.json()["code"]) == (status, code)
    assert page.status_code == status
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>" in page.text
    for text in (plain.text, page.text):
        assert "hemligt" not in text
        assert "Traceback" not in text


async def test_every_answer_says_what_a_browser_must_not_do(client):
    for path in ("/", "/healthz", "/ingenstans", "/fault"):
        headers = (await client.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-request-id"]
        assert "no-store" in headers["cache-control"]


async def test_a_request_keeps_the_id_its_caller_gave_it_unless_it_is_no_id(client):
    kept = await client.get("/healthz", headers={"x-request-id": "abc-12345"})
    replaced = await client.get("/healthz", headers={"x-request-id": "<script>"})

    assert kept.headers["x-request-id"] == "abc-12345"
    assert "<" not in replaced.headers["x-request-id"]


async def test_the_start_page_lists_municipalities_and_escapes_their_names(client, new_town):
    town = await new_town("<script>alert(1)</script>")

    page = await client.get("/", headers=PAGE)

    assert f"/{town.tenant.slug}/logga-in" in page.text
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


async def test_pages_speak_the_language_of_the_browser(client):
    swedish = await client.get("/", headers=PAGE)
    english = await client.get("/", headers=PAGE | {"accept-language": "en-GB,sv;q=0.5"})

    assert "Välj din kommun" in swedish.text
    assert '<html lang="sv"' in swedish.text
    assert "Choose your municipality" in english.text
    assert '<html lang="en"' in english.text


async def test_the_schema_is_there_for_all(client):
    answer = await client.get("/schema.graphql")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "type Query" in answer.text
