"""Signing out at the provider too, and what it publishes being kept for a while."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from oidc_steps import at_provider, go, providers, sessions, signed_in, use
from sqlalchemy import select

from roder.infra import openid
from roder.tenants.models import UserSession
from roder.tenants.sign_in.providers import remove_sign_in_provider, set_sign_in_provider

DISCOVERY, KEYS = "/.well-known/openid-configuration", "/jwks"


@pytest.fixture(autouse=True)
def _nothing_kept():
    openid._published.clear()


async def leave(client, town):
    """Sign out; the address at the provider that the page goes on to, None without such a page."""
    answer = await client.post(f"/{town.tenant.slug}/logga-ut")
    cookies = answer.headers.get_list("set-cookie")
    assert any(c.startswith('roder_session=""') and "Max-Age=0" in c for c in cookies)
    if answer.status_code == 303:
        assert answer.headers["location"] == "/"
        return None
    assert answer.status_code == 200
    assert "Du är utloggad här" in answer.text
    [address] = re.findall(r'<a class="button" href="([^"]+)">', answer.text)
    assert f"url={address}" in answer.text
    return unescape(address)


async def ended(town):
    async with await town.work(write=False) as work:
        return [row.ended_at is not None for row in await work.scalars(select(UserSession))]


async def test_signing_out_ends_the_session_here_and_then_at_the_provider(client, town, provider):
    await use(provider, town)
    await signed_in(client, town, town.people["manager"].email)

    address = await leave(client, town)

    assert address.startswith(f"{provider.issuer}/oauth2/end_session?")
    told = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert told.keys() == {"client_id", "post_logout_redirect_uri", "id_token_hint"}
    assert told["client_id"] == f"roder-{town.tenant.slug}"
    back = f"http://127.0.0.1:8000/{town.tenant.slug}/logga-in"
    assert told["post_logout_redirect_uri"] == back
    assert told["id_token_hint"].count(".") == 2
    assert await ended(town) == [True]
    async with httpx.AsyncClient(timeout=60) as http:
        assert (await http.get(address)).status_code == 200


async def test_what_signing_out_takes_is_sent_there_only_and_used_once(client, town, provider):
    await use(provider, town)
    answer = await signed_in(client, town, town.people["manager"].email)
    [cookie] = [
        c for c in answer.headers.get_list("set-cookie") if c.startswith("roder_signed_in_there=")
    ]

    assert f"Path=/{town.tenant.slug}/logga-ut" in cookie
    assert "HttpOnly" in cookie
    assert town.people["manager"].email not in cookie
    assert await leave(client, town)
    assert await leave(client, town) is None


async def test_an_id_token_too_long_for_a_cookie_is_left_out(client, town, provider):
    await use(provider, town)
    email = town.people["manager"].email
    provider.sign, provider.claims = "RS256", {"groups": ["x" * 3000]}
    answer = await signed_in(client, town, email)

    assert all(len(cookie) < 4096 for cookie in answer.headers.get_list("set-cookie"))
    told = parse_qs(urlsplit(await leave(client, town)).query)
    assert told.keys() == {"client_id", "post_logout_redirect_uri"}


@pytest.mark.parametrize(
    "published",
    [None, "javascript:alert(1)", "http://login.example/out", ["x"], "https://10.0.0.1/"],
)
async def test_without_a_safe_way_out_at_the_provider_one_is_signed_out_here(
    client, town, provider, published
):
    await use(provider, town)
    provider.metadata = {"end_session_endpoint": published}
    await signed_in(client, town, town.people["manager"].email)

    assert await leave(client, town) is None
    assert await ended(town) == [True]


async def test_a_provider_that_is_silent_or_another_by_now_keeps_nobody_in(client, town, provider):
    await use(provider, town)
    await signed_in(client, town, town.people["manager"].email)
    openid._published.clear()
    provider.moved = True
    assert await leave(client, town) is None

    provider.be_honest()
    await signed_in(client, town, town.people["manager"].email)
    [standing] = await providers(town)
    async with await town.work() as work:
        await remove_sign_in_provider(work, standing.id)
        await set_sign_in_provider(work, issuer="http://127.0.0.1:9", client_id="roder")
    assert await leave(client, town) is None
    assert await ended(town) == [True, True]


async def test_who_came_in_another_way_is_not_sent_to_the_provider(client, town, provider):
    await use(provider, town)
    who = {"person": str(town.people["manager"].id)}
    await client.post(f"/{town.tenant.slug}/logga-in", data=who)

    assert await leave(client, town) is None
    assert provider.asked == []


async def test_a_way_out_of_another_municipality_is_not_taken(
    client, town, other_town, provider, other_provider
):
    await use(provider, town)
    await use(other_provider, other_town)
    await signed_in(client, town, town.people["manager"].email)
    cookie = client.cookies["roder_signed_in_there"]
    client.cookies.set("roder_signed_in_there", cookie, path=f"/{other_town.tenant.slug}/logga-ut")

    assert await leave(client, other_town) is None


async def test_what_the_provider_publishes_is_asked_for_once_in_a_while(
    client, town, other_town, provider, monkeypatch
):
    await use(provider, town)
    provider.sign = "RS256"
    email = town.people["manager"].email
    for _nth in range(3):
        await signed_in(client, town, email)
    assert [provider.asked.count(path) for path in (DISCOVERY, KEYS)] == [1, 1]

    await use(provider, other_town)
    await go(client, other_town)
    assert provider.asked.count(DISCOVERY) == 2

    real = openid.time.monotonic
    monkeypatch.setattr(openid.time, "monotonic", lambda: real() + openid.KEPT_SECONDS)
    await signed_in(client, town, email)
    assert [provider.asked.count(path) for path in (DISCOVERY, KEYS)] == [3, 2]
    assert await sessions(town) == 4


async def test_a_key_that_is_new_at_the_provider_is_fetched_at_once(client, town, provider):
    await use(provider, town)
    email = town.people["manager"].email
    await signed_in(client, town, email)
    provider.sign = "ES256"

    answer = await signed_in(client, town, email)

    assert (answer.status_code, await sessions(town)) == (303, 2)
    assert provider.asked.count(KEYS) == 2


async def test_another_key_under_a_known_name_is_refused(client, town, provider):
    await use(provider, town)
    back = await at_provider(await go(client, town), town.people["manager"].email)
    provider.sign, provider.claims = "stranger", {}

    answer = await client.get(back)

    assert answer.status_code == 401
    assert provider.asked.count(KEYS) == 1


async def test_a_token_that_names_no_key_is_held_to_the_keys_of_now(client, town, provider):
    await use(provider, town)
    for _nth in range(2):
        await signed_in(client, town, town.people["manager"].email)

    assert provider.asked.count(KEYS) == 2
    assert await sessions(town) == 2


async def test_little_is_kept_however_many_municipalities_there_are(
    client, town, provider, monkeypatch
):
    monkeypatch.setattr(openid, "MOST_KEPT", 2)
    await use(provider, town)
    for nth in range(5):
        openid._published[str(nth), "https://x.example"] = (0.0, {})
    await go(client, town)
    assert len(openid._published) == 2

    openid._published.clear()
    provider.metadata = {"padding": "x" * openid.KEPT_BYTES}
    await go(client, town)
    assert len(openid._published) == 0
