"""A limit to guessing that the real user does not feel (decision 21)."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from oidc_steps import at_provider, claims_of, go, sessions, signed_in, use
from sqlalchemy import func, select, update

from roder.tenants.sign_in.guesses import TRIES_OF_ALL, WINDOW, forget_guesses, network
from roder.tenants.sign_in.models import Guess
from roder.tenants.tokens.tokens import create_token

STRANGER, HOME = "203.0.113.7", "198.51.100.20"


@pytest.fixture
def browser(app, settings):
    """`browser(address)` is a new browser that comes from there."""

    def make(address):
        transport = httpx.ASGITransport(app, client=(address, 5000))
        return httpx.AsyncClient(transport=transport, base_url=settings.base_url)

    return make


async def wrong(http, town, times):
    """Guesses at the code of a sign-in that the browser has begun; the last answer."""
    begun = vars(http).setdefault("begun", {})
    slug = town.tenant.slug
    if slug not in begun:
        [state] = parse_qs(urlsplit(await go(http, town)).query)["state"]
        begun[slug] = state, http.cookies["roder_signing_in"]
    state, cookie = begun[slug]
    for _number in range(times):
        request = http.build_request("GET", f"/{slug}/logga-in/svar?code=x&state={state}")
        others = request.headers.get("cookie", "")
        request.headers["cookie"] = f"{others}; roder_signing_in={cookie}"
        answer = await http.send(request)
    return answer


async def forged(http, town, times):
    """Answers that nobody asked for; the last one."""
    for _number in range(times):
        answer = await http.get(f"/{town.tenant.slug}/logga-in/svar?code=x&state=x")
    return answer


@pytest.mark.parametrize("cookie", ["", "x", "of another municipality"])
async def test_answers_that_no_browser_asked_for_shut_nobody_out(
    browser, town, other_town, provider, cookie
):
    await use(provider, town)
    await use(provider, other_town)
    email = town.people["manager"].email
    async with browser(STRANGER) as stranger, browser(STRANGER) as new:
        if cookie == "of another municipality":
            await go(stranger, other_town)
            cookie = stranger.cookies["roder_signing_in"]
        if cookie:
            stranger.cookies.clear()
            stranger.cookies.set("roder_signing_in", cookie, path="/")
        assert (await forged(stranger, town, 50)).status_code == 401

        real = await signed_in(new, town, email)

    assert (real.status_code, await sessions(town)) == (303, 1)


async def test_an_answer_to_another_sign_in_is_a_guess(browser, town, provider):
    await use(provider, town)
    async with browser(STRANGER) as http:
        for _number in range(10):
            await go(http, town)
            assert (await forged(http, town, 1)).status_code == 401

        asked = await http.post(f"/{town.tenant.slug}/logga-in/oidc")

    assert asked.status_code == 429


async def test_after_ten_wrong_tries_an_address_waits_and_another_does_not(browser, town, provider):
    await use(provider, town)
    email = town.people["manager"].email
    async with browser(STRANGER) as stranger, browser(HOME) as home:
        assert (await wrong(stranger, town, 10)).status_code == 401

        answer = await wrong(stranger, town, 1)
        asked = await stranger.post(f"/{town.tenant.slug}/logga-in/oidc")
        real = await signed_in(home, town, email)

    for refused in (answer, asked):
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "900"
        assert "För många försök har gått fel. Vänta 15 minuter" in refused.text
    assert (real.status_code, await sessions(town)) == (303, 1)


async def test_a_right_answer_is_refused_too_while_an_address_waits(browser, town, provider):
    await use(provider, town)
    async with browser(STRANGER) as http, browser(STRANGER) as another:
        back = await at_provider(await go(http, town), town.people["manager"].email)
        await wrong(another, town, 10)
        answer = await http.get(back)

    assert (answer.status_code, await sessions(town)) == (429, 0)


async def test_a_browser_that_has_been_signed_in_before_is_let_in_from_the_same_address(
    browser, town, provider
):
    await use(provider, town)
    email = town.people["manager"].email
    async with browser(STRANGER) as known, browser(STRANGER) as stranger:
        await signed_in(known, town, email)
        await wrong(stranger, town, 11)

        answer = await signed_in(known, town, email)
        others = await stranger.post(f"/{town.tenant.slug}/logga-in/oidc")

    assert (answer.status_code, others.status_code) == (303, 429)


async def test_a_known_browser_has_ten_wrong_tries_of_its_own(browser, town, provider):
    await use(provider, town)
    email = town.people["manager"].email
    async with browser(HOME) as known, browser(HOME) as another:
        await signed_in(known, town, email)
        await signed_in(another, town, email)
        await wrong(known, town, 6)
        await wrong(another, town, 4)

        shut = await wrong(known, town, 1)

    assert shut.status_code == 429


async def test_a_cookie_of_another_municipality_or_changed_makes_no_browser_known(
    browser, town, other_town, provider
):
    await use(provider, town)
    await use(provider, other_town)
    async with browser(STRANGER) as http:
        await signed_in(http, other_town, other_town.people["manager"].email)
        cookie = http.cookies["roder_known"]
        await wrong(http, town, 10)
        for value in (cookie, cookie[:-8] + "AAAAAAA=", "x", ""):
            http.cookies.set("roder_known", value, path=f"/{town.tenant.slug}/logga-in")
            assert (await wrong(http, town, 1)).status_code == 429


async def test_tries_about_one_account_from_many_addresses_are_limited(browser, town, provider):
    """Each address has one try then; who comes from an address that has not failed gets in."""
    await use(provider, town, vouches=False)
    email = town.people["manager"].email
    await claims_of(provider, "m-1", email=email, email_verified=False)
    for number in range(10):
        async with browser(f"203.0.113.{number}") as http:
            assert (await signed_in(http, town, "m-1")).status_code == 401
    async with browser("203.0.113.3") as again:
        assert (await signed_in(again, town, "m-1")).status_code == 429

    await claims_of(provider, "m-1", email=email, email_verified=True)
    async with browser(HOME) as real:
        assert (await signed_in(real, town, "m-1")).status_code == 303


async def test_a_right_sign_in_and_a_silent_provider_count_as_no_try(browser, town, provider):
    await use(provider, town)
    email = town.people["manager"].email
    async with browser(STRANGER) as http:
        for _number in range(12):
            assert (await signed_in(http, town, email)).status_code == 303
    async with browser(HOME) as http:
        for _number in range(3):
            state = (await go(http, town)).split("state=")[1].split("&")[0]
            await http.get(f"/{town.tenant.slug}/logga-in/svar?error=access_denied&state={state}")
    async with await town.work(write=False) as work:
        assert set(await work.scalars(select(Guess.failures))) == {0}


async def test_when_many_fail_in_a_municipality_each_new_address_has_one_try(
    browser, town, provider
):
    await use(provider, town)
    async with browser(STRANGER) as http:
        await wrong(http, town, 1)
    async with await town.work() as work:
        await work.execute(update(Guess).where(Guess.kind == "all").values(failures=TRIES_OF_ALL))
    async with browser(STRANGER) as failed, browser(HOME) as real:
        assert (await wrong(failed, town, 1)).status_code == 429
        email = town.people["manager"].email
        assert (await signed_in(real, town, email)).status_code == 303


async def test_after_the_wait_all_is_forgotten_and_swept(browser, town, provider):
    await use(provider, town)
    async with browser(STRANGER) as http:
        assert (await wrong(http, town, 11)).status_code == 429
        async with await town.work() as work:
            past = work.now - WINDOW - timedelta(seconds=1)
            await work.execute(update(Guess).values(last_at=past))

        assert (await wrong(http, town, 1)).status_code == 401
    async with await town.work() as work:
        await work.execute(update(Guess).values(last_at=past))
        assert await forget_guesses(work, most=100) == 2
        assert await work.first(select(func.count(Guess.id))) == 0


async def test_one_municipalitys_guesses_are_no_other_ones(browser, town, other_town, provider):
    await use(provider, town)
    await use(provider, other_town)
    async with browser(STRANGER) as http:
        await wrong(http, town, 10)
        assert (await wrong(http, other_town, 1)).status_code == 401
        assert (await wrong(http, town, 1)).status_code == 429


async def test_nobody_reads_an_address_off_the_table(browser, town, provider):
    await use(provider, town)
    async with browser(STRANGER) as http:
        await wrong(http, town, 1)

    async with await town.work(write=False) as work:
        marks = await work.scalars(select(Guess.mark))
    assert all(STRANGER.encode() not in mark and len(mark) == 32 for mark in marks)


async def ask(http, town, key):
    headers = {"authorization": f"Bearer {key}"}
    path = f"/{town.tenant.slug}/graphql"
    return await http.post(path, json={"query": "{ me { name } }"}, headers=headers)


async def test_wrong_keys_are_limited_by_address_and_a_key_that_was_used_there_is_not(
    browser, town
):
    async with await town.work() as work:
        person = town.people["administrator"].id
        used = (await create_token(work, name="I bruk", person_id=person)).key
        unused = (await create_token(work, name="Ny", person_id=person)).key
    async with browser(STRANGER) as http, browser(HOME) as elsewhere:
        assert (await ask(http, town, used)).status_code == 200
        for number in range(10):
            assert (await ask(http, town, f"roder_{number}")).status_code == 401
        shut = await ask(http, town, "roder_x")
        guessed = await ask(http, town, unused)
        in_use = await ask(http, town, used)
        real = await ask(elsewhere, town, unused)

    assert (shut.status_code, shut.headers["retry-after"]) == (429, "900")
    assert shut.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_TRIES"
    assert [guessed.status_code, in_use.status_code, real.status_code] == [429, 200, 200]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_an_address_of_ipv6_counts_with_its_network(address, counted):
    assert network(address) == counted
