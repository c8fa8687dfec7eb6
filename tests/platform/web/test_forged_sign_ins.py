"""Sign-ins that somebody has forged: each is refused, writes nothing, and lets nobody in."""

import base64
import json
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc.jwk import RSAKey
from oidc_steps import at_provider, go, providers, refused, use
from sqlalchemy import select

from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.models import Person, RoleGrant
from roder.tenants.sign_in.models import PersonIdentity

UNTRUSTED = "gick inte att lita på"
LOA3 = "http://id.elegnamnden.se/loa/1.0/loa3"
LOA2 = "http://id.elegnamnden.se/loa/1.0/loa2"
STRANGER = RSAKey.generate_key(2048, {"kid": "rsa"})


def claims(**changed):
    def lie(provider):
        provider.sign, provider.claims = "RS256", changed

    return lie


def sign(how, **header):
    def lie(provider):
        provider.sign, provider.header = how, header

    return lie


def token(make):
    """The whole token, made of its claims."""

    def lie(provider):
        provider.sign = "RS256"
        provider.forge = lambda claims: make(provider, claims)

    return lie


def twice(name, value):
    def make(provider, claims):
        text = json.dumps(claims)[:-1] + f', "{name}": {json.dumps(value)}}}'
        return provider.signed_by(provider.key, {"kid": "rsa"}, text)

    return token(make)


def header_twice(provider, claims):
    whole = provider.signed_by(provider.key, {"kid": "rsa"}, claims)
    head = base64.urlsafe_b64encode(b'{"alg":"none","alg":"RS256","kid":"rsa"}').rstrip(b"=")
    return ".".join([head.decode(), *whole.split(".")[1:]])


NOW = int(time.time())

FORGED = {
    "no signature (alg none)": sign("none"),
    "HS256 with the public key": sign("public"),
    "broken signature": sign("broken"),
    "signed by a stranger under the provider's kid": sign("stranger"),
    "stranger with jku": sign("stranger", jku="https://evil.example/keys"),
    "stranger with x5u": sign("stranger", x5u="https://evil.example/cert"),
    "stranger with own jwk": sign("stranger", jwk=STRANGER.as_dict(private=False)),
    "stranger with x5c": sign("stranger", x5c=["MIIB"]),
    "stranger without kid": sign("stranger", kid=None),
    "kid that is a path": sign("own", kid="../../../../dev/null"),
    "kid of a key of another kind": sign("own", kid="ec"),
    "kid that is a list": sign("own", kid=["rsa"]),
    "critical header that nobody knows": sign("own", crit=["exp2"], exp2=1),
    "algorithm in small letters": sign("own", alg="rs256"),
    "algorithm of another key": sign("own", alg="ES256"),
    "another audience": claims(aud="another-service"),
    "no audience": claims(aud=None),
    "two audiences without azp": claims(aud=["roder", "another-service"]),
    "azp of another": claims(azp="another-service"),
    "another issuer": claims(iss="https://evil.example"),
    "no issuer": claims(iss=None),
    "issuer with a slash more": token(
        lambda provider, claims: provider.signed_by(
            provider.key, {"kid": "rsa"}, {**claims, "iss": provider.issuer + "/"}
        )
    ),
    "another nonce": claims(nonce="another"),
    "no nonce": claims(nonce=None),
    "expired": claims(exp=NOW - 3600),
    "expires never": claims(exp=None),
    "expires at a word": claims(exp="soon"),
    "made in the future": claims(iat=NOW + 10_000),
    "not before tomorrow": claims(nbf=NOW + 86_400),
    "no subject": claims(sub=None),
    "empty subject": claims(sub=""),
    "subject that is a list": claims(sub=["anna"]),
    "subject that is too long": claims(sub="x" * 256),
    "subject with U+0000": claims(sub="an\0na"),
    "name with half of a letter": token(
        lambda provider, claims: provider.signed_by(
            provider.key, {"kid": "rsa"}, json.dumps({**claims, "name": "an\ud800na"})
        )
    ),
    "hash of another access token": claims(at_hash="x"),
    "subject twice": twice("sub", "somebody-else"),
    "audience twice": twice("aud", "roder"),
    "algorithm twice": token(header_twice),
    "huge token": claims(padding="x" * 40_000),
    "claims that are no object": token(
        lambda provider, claims: provider.signed_by(provider.key, {"kid": "rsa"}, "[1, 2]")
    ),
    "claims that are no JSON": token(
        lambda provider, claims: provider.signed_by(provider.key, {"kid": "rsa"}, "{")
    ),
    "five parts": token(lambda provider, claims: "a.b.c.d.e"),
    "no token": token(lambda provider, claims: None),
    "token that is an object": token(lambda provider, claims: {"sub": "x"}),
}


async def rows(town):
    """All that a sign-in could write, but for the count of tries and the log."""
    async with await town.work(write=False) as work:
        return (
            len(await work.scalars(select(PersonIdentity))),
            len(await work.scalars(select(Person))),
            len(await work.scalars(select(RoleGrant))),
        )


async def told(town, action):
    async with await town.work(write=False) as work:
        entries = await work.scalars(
            select(LogEntry).where(LogEntry.action == action, LogEntry.kind == "session")
        )
        return [entry.detail for entry in entries]


@pytest.mark.parametrize("lie", FORGED.values(), ids=FORGED.keys())
async def test_a_forged_answer_of_the_provider_is_refused(client, town, provider, lie):
    await use(provider, town)
    before = await rows(town)
    lie(provider)

    answer = await client.get(
        await at_provider(await go(client, town), town.people["manager"].email)
    )

    await refused(client, town, answer, UNTRUSTED)
    assert await rows(town) == before == (0, 5, 4)
    assert await told(town, Action.REFUSED) == [{"why": "SIGN_IN_FAILED", "level": "0"}]
    assert await told(town, Action.SIGN_IN) == []


async def other_state(client, back):
    return back.replace("state=", "state=x")


async def no_state(client, back):
    return back.replace("state=", "stat=")


async def no_cookie(client, back):
    client.cookies.clear()
    return back


async def changed_cookie(client, back):
    cookie = client.cookies["roder_signing_in"]
    client.cookies.clear()
    client.cookies.set("roder_signing_in", cookie[:-6] + "AAAAA=", path="/")
    return back


async def reused_code(client, back):
    """Whoever saw the address of the answer sends it once more, with a cookie of their own."""
    cookie = client.cookies["roder_signing_in"]
    assert (await client.get(back)).status_code == 303
    client.cookies.clear()
    client.cookies.set("roder_signing_in", cookie, path="/")
    return back


async def no_code(client, back):
    return back.replace("code=", "cod=")


async def another_issuer_told(client, back):
    return f"{back}&iss=https://evil.example"


@pytest.mark.parametrize(
    "change",
    [
        other_state,
        no_state,
        no_cookie,
        changed_cookie,
        reused_code,
        no_code,
        another_issuer_told,
    ],
    ids=lambda change: change.__name__,
)
async def test_a_forged_way_back_is_refused(client, town, provider, change):
    await use(provider, town)
    back = await at_provider(await go(client, town), town.people["manager"].email)
    came_in = int(change is reused_code)

    answer = await client.get(await change(client, back))

    assert answer.status_code == 401
    assert "roder_session=" not in str(answer.headers.get_list("set-cookie"))
    assert len(await told(town, Action.SIGN_IN)) == came_in
    assert [each["why"] for each in await told(town, Action.REFUSED)] == ["SIGN_IN_FAILED"]
    assert (await rows(town))[0] == came_in


@pytest.mark.parametrize("acr", [LOA2, None, "urn:unknown", [LOA3], 3, LOA3.upper(), f"{LOA3} "])
async def test_a_downgraded_level_is_refused(client, town, provider, acr):
    await use(provider, town)
    provider.sign, provider.claims = "RS256", {"acr": acr}
    address = await go(client, town, niva="3")
    assert LOA3 in parse_qs(urlsplit(address).query)["acr_values"][0].split()
    assert LOA2 not in parse_qs(urlsplit(address).query)["acr_values"][0].split()

    answer = await client.get(await at_provider(address, town.people["manager"].email))

    await refused(client, town, answer, "nivå 3 behövs")
    assert await rows(town) == (0, 5, 4)
    assert await told(town, Action.REFUSED) == [{"why": "LEVEL_TOO_LOW", "level": "3"}]


@pytest.mark.parametrize("verified", [False, "false", None, 1, "yes"])
async def test_an_address_that_is_not_verified_binds_nobody(client, town, provider, verified):
    await use(provider, town, vouches=False)
    provider.sign, provider.claims = "RS256", {"email_verified": verified}

    answer = await client.get(
        await at_provider(await go(client, town), town.people["manager"].email)
    )

    await refused(client, town, answer, "har inte bekräftat")
    assert await rows(town) == (0, 5, 4)


async def test_an_answer_of_another_municipalitys_provider_is_refused(
    client, town, other_town, provider, other_provider
):
    await use(provider, town)
    await use(other_provider, other_town)
    email = town.people["manager"].email
    foreign = await at_provider(await go(client, other_town), email)
    [code] = parse_qs(urlsplit(foreign).query)["code"]
    client.cookies.clear()
    [state] = parse_qs(urlsplit(await go(client, town)).query)["state"]

    query = urlencode({"code": code, "state": state})
    answer = await client.get(f"/{town.tenant.slug}/logga-in/svar?{query}")

    await refused(client, town, answer, "redan använd")
    assert await rows(town) == await rows(other_town) == (0, 5, 4)


async def test_an_answer_of_the_other_provider_of_the_same_municipality_is_refused(
    client, town, provider, other_provider
):
    """Mix-up: the browser was sent to one provider, and comes back with another's code."""
    await use(provider, town)
    await use(other_provider, town)
    [first, second] = [provider.issuer, other_provider.issuer]
    by_issuer = {row.issuer: row.id for row in await providers(town)}
    email = town.people["manager"].email
    foreign = await at_provider(await go(client, town, provider=str(by_issuer[second])), email)
    [code] = parse_qs(urlsplit(foreign).query)["code"]
    address = await go(client, town, provider=str(by_issuer[first]))
    [state] = parse_qs(urlsplit(address).query)["state"]

    query = urlencode({"code": code, "state": state, "iss": second})
    answer = await client.get(f"/{town.tenant.slug}/logga-in/svar?{query}")

    await refused(client, town, answer, "avbröts")
    assert await rows(town) == (0, 5, 4)
