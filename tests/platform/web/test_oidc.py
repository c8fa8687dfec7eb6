"""Signing in with the municipality's own accounts, against a provider that speaks HTTP."""

import time
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from oidc_steps import at_provider, claims_of, go, providers, refused, sessions, signed_in, use
from sqlalchemy import select

from roder.tenants.models import UserSession
from roder.tenants.people import change_person, end_person
from roder.tenants.sign_in.providers import remove_sign_in_provider

PHONE = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Mobile Safari/537.36"
)


async def test_signing_in_with_the_municipalitys_account(client, town, provider):
    await use(provider, town, label="Logga in med Östhammars kommuns konto")
    page = await client.get(f"/{town.tenant.slug}/logga-in")
    wanted = f"/{town.tenant.slug}/hemtjanst-ost/2026/malanalys"
    assert "Logga in med Östhammars kommuns konto" in page.text
    assert "Det du gör här loggas" in page.text
    client.headers["user-agent"] = PHONE

    address = await go(client, town, till=wanted)
    asked = parse_qs(urlsplit(address).query)
    answer = await client.get(await at_provider(address, town.people["manager"].email.upper()))

    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid email profile"]
    assert asked["redirect_uri"] == [f"http://127.0.0.1:8000/{town.tenant.slug}/logga-in/svar"]
    assert (answer.status_code, answer.headers["location"]) == (303, wanted)
    cookies = answer.headers.get_list("set-cookie")
    assert any(c.startswith("roder_session=session_") and "HttpOnly" in c for c in cookies)
    assert any(c.startswith('roder_signing_in=""') and "Max-Age=0" in c for c in cookies)
    me = await client.post(f"/{town.tenant.slug}/graphql", json={"query": "{ me { name } }"})
    assert me.json() == {"data": {"me": {"name": "Mona Chef"}}}
    async with await town.work(write=False) as work:
        [session] = await work.scalars(select(UserSession))
    assert (session.browser, session.system) == ("Chrome", "Android")


@pytest.mark.parametrize(
    ("methods", "sent"),
    [
        (["client_secret_post"], "a b+c/d"),
        (["client_secret_basic"], "Basic cm9kZXIlMjB4OmElMjBiJTJCYyUyRmQ="),
        (None, "Basic cm9kZXIlMjB4OmElMjBiJTJCYyUyRmQ="),
    ],
)
async def test_the_secret_is_sent_as_the_provider_takes_it(client, town, provider, methods, sent):
    await use(provider, town, client_id="roder x", client_secret="a b+c/d")
    provider.metadata = {"token_endpoint_auth_methods_supported": methods}

    await signed_in(client, town, town.people["manager"].email)

    assert provider.secrets == [sent]


@pytest.mark.parametrize("change", ["state", "no state", "strange state", "no cookie", "cookie"])
async def test_an_answer_to_what_this_browser_did_not_ask_is_refused(
    client, town, provider, change
):
    await use(provider, town)
    back = await at_provider(await go(client, town), town.people["manager"].email)
    parts = urlsplit(back)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if change == "no cookie":
        client.cookies.clear()
    elif change == "cookie":
        cookie = client.cookies["roder_signing_in"]
        client.cookies.clear()
        client.cookies.set("roder_signing_in", cookie[:-6] + "AAAAA=", path="/")
    else:
        query["state"] = {"state": "another", "no state": "", "strange state": "å"}[change]

    answer = await client.get(f"{parts.path}?{urlencode(query)}")

    await refused(client, town, answer, "Försök igen")
    assert provider.secrets == []


async def test_what_was_begun_too_long_ago_is_refused(client, town, provider, monkeypatch):
    await use(provider, town)
    back = await at_provider(await go(client, town), town.people["manager"].email)
    real = time.time
    monkeypatch.setattr("cryptography.fernet.time.time", lambda: real() + 601)

    answer = await client.get(back)

    await refused(client, town, answer, "för länge sedan")


async def test_an_answer_is_taken_once(client, town, provider):
    await use(provider, town)
    back = await at_provider(await go(client, town), town.people["manager"].email)
    cookie = client.cookies["roder_signing_in"]
    assert (await client.get(back)).status_code == 303

    again = await client.get(back)
    client.cookies.set("roder_signing_in", cookie, path="/")
    with_cookie = await client.get(back)

    assert [again.status_code, with_cookie.status_code] == [401, 401]
    assert "redan använd" in with_cookie.text
    assert await sessions(town) == 1


async def test_a_code_without_its_verifier_lets_nobody_in(client, town, provider):
    """What PKCE is for: a code that was caught on the way, used in another browser's sign-in."""
    await use(provider, town)
    caught = await at_provider(await go(client, town), town.people["administrator"].email)
    client.cookies.clear()
    own = await at_provider(await go(client, town), town.people["employee"].email)
    [code] = parse_qs(urlsplit(caught).query)["code"]
    parts = urlsplit(own)
    [state] = parse_qs(parts.query)["state"]

    answer = await client.get(f"{parts.path}?{urlencode({'code': code, 'state': state})}")

    await refused(client, town, answer, "redan använd")


@pytest.mark.parametrize(
    ("claims", "sentence", "status"),
    [
        ({"email_verified": False}, "har inte bekräftat", 401),
        ({"email_verified": "false"}, "har inte bekräftat", 401),
        ({"email": None}, "lämnade inte ut", 401),
        ({"email": ["a@b.example"]}, "lämnade inte ut", 401),
        ({"email": "x" * 300}, "lämnade inte ut", 401),
        ({"email": "okand@kommun.example"}, "okand@kommun.example finns inte i registret", 403),
        ({"email": "<script>@kommun.example"}, "&lt;script&gt;@kommun.example finns inte", 403),
        ({"email": "%@%"}, "finns inte i registret", 403),
    ],
)
async def test_whoever_the_register_does_not_know_is_told_whom_to_ask(
    client, town, provider, claims, sentence, status
):
    await use(provider, town)
    provider.sign, provider.claims = "RS256", claims

    answer = await signed_in(client, town, town.people["manager"].email)

    await refused(client, town, answer, sentence, status)


async def test_someone_who_has_left_is_not_let_in(client, town, provider):
    await use(provider, town)
    async with await town.work() as work:
        await end_person(work, town.people["manager"].id)

    answer = await signed_in(client, town, town.people["manager"].email)

    await refused(client, town, answer, "finns inte i registret", 403)


async def test_another_claim_can_hold_the_address(client, town, provider):
    await use(provider, town, claim="preferred_username", vouches=True)
    email = town.people["manager"].email
    await claims_of(provider, "mona", preferred_username=email, email="x@y.example")

    answer = await signed_in(client, town, "mona")

    assert (answer.status_code, await sessions(town)) == (303, 1)


async def test_the_provider_of_another_municipality_lets_nobody_in(
    client, town, other_town, provider, other_provider
):
    await use(provider, town)
    await use(other_provider, other_town)
    email = town.people["manager"].email
    async with await other_town.work() as work:
        await change_person(work, other_town.people["employee"].id, email=email)

    # An answer meant for the other municipality, with what the browser was given there.
    back = urlsplit(await at_provider(await go(client, other_town), email))
    cookie = client.cookies["roder_signing_in"]
    client.cookies.set("roder_signing_in", cookie, path=f"/{town.tenant.slug}/logga-in")
    moved = await client.get(f"/{town.tenant.slug}/logga-in/svar?{back.query}")
    await refused(client, town, moved, "i en annan webbläsare")
    client.cookies.clear()

    # The other provider's code, in a sign-in that was begun here.
    state = parse_qs(urlsplit(await go(client, town)).query)["state"][0]
    code = parse_qs(back.query)["code"][0]
    here = f"/{town.tenant.slug}/logga-in/svar?{urlencode({'code': code, 'state': state})}"
    await refused(client, town, await client.get(here), "redan använd")

    # A token with the other provider's name in it.
    provider.sign, provider.claims = "RS256", {"iss": other_provider.issuer}
    answer = await signed_in(client, town, email)
    await refused(client, town, answer, "gick inte att lita på")
    assert await sessions(other_town) == 0


async def test_an_answer_in_another_providers_name_is_refused(client, town, provider):
    await use(provider, town)
    back = await at_provider(await go(client, town), town.people["manager"].email)

    answer = await client.get(f"{back}&iss=https://evil.example")

    await refused(client, town, answer, "avbröts")
    assert provider.secrets == []


async def test_whoever_changes_their_mind_is_back_on_the_page(client, town, provider):
    await use(provider, town)
    wanted = f"/{town.tenant.slug}/mitt-arbete"
    state = parse_qs(urlsplit(await go(client, town, till=wanted)).query)["state"][0]

    answer = await client.get(
        f"/{town.tenant.slug}/logga-in/svar?error=access_denied&state={state}"
    )

    await refused(client, town, answer, "Inloggningen avbröts")
    assert f'value="{wanted}"' in answer.text


async def test_without_a_provider_there_is_no_button(client, town, provider):
    await use(provider, town)
    [standing] = await providers(town)
    async with await town.work() as work:
        await remove_sign_in_provider(work, standing.id)

    page = await client.get(f"/{town.tenant.slug}/logga-in")
    answer = await client.post(f"/{town.tenant.slug}/logga-in/oidc")

    assert "logga-in/oidc" not in page.text
    assert answer.status_code == 502
    assert "har inte ordnat inloggningen än" in answer.text


async def test_a_session_by_the_provider_ends_after_an_hour_of_nothing(client, town, provider):
    await use(provider, town)
    await signed_in(client, town, town.people["manager"].email)
    async with await town.work() as work:
        [session] = await work.scalars(select(UserSession))
        session.last_seen_at = work.now - timedelta(minutes=60)

    answer = await client.post(f"/{town.tenant.slug}/graphql", json={"query": "{ __typename }"})

    assert answer.status_code == 401
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] == "SESSION_ENDED"
    assert error["message"].startswith("Du har varit borta i 60 minuter")
