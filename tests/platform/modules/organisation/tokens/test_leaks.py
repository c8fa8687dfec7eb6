"""Keys in the API and in the wrong hands: narrowed, changed, found by scanners, shut at once."""

import base64
import hashlib
from collections import OrderedDict
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from roder.platform.modules.organisation.tokens.jobs import tell_of_leak, warn_of_expiry
from roder.platform.modules.organisation.tokens.leaks import WHOLE, _bucket
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.models import ApiToken
from roder.tenants.sign_in.guesses import network
from roder.tenants.tokens.keys import new_token_key
from roder.tenants.tokens.tokens import create_token
from roder.workers.jobs import Run
from roder.workers.models import Job

LEAK = """mutation ($key: String!) { revokeLeakedToken(key: $key) {
  ... on LeakedTokensRevoked { tokens { name leaked revokedAt revokedBy { name } } }
  ... on Problem { code message field } } }"""
CHANGE = """mutation ($input: ChangeTokenInput!) { changeToken(input: $input) {
  ... on ApiToken { name networks expiresAt } ... on Problem { code message field } } }"""
MAKE = """mutation ($input: CreateTokenInput!) { createToken(input: $input) {
  ... on TokenCreated { key token { start units { code } networks createdBy { name } } }
  ... on Problem { code message field } } }"""
LIST = """query ($person: ID, $state: TokenState, $search: String) {
  apiTokens(personId: $person, state: $state, search: $search) { name } }"""
SENTENCE = "Ingen av kommunens nycklar finns i texten. Klistra in nyckeln eller dess början."


async def make(town, name="Läckt", who="manager", **options):
    async with await town.work() as work:
        return await create_token(work, name=name, person_id=town.people[who].id, **options)


async def tokens(town):
    async with await town.work(write=False) as work:
        return await work.scalars(select(ApiToken).order_by(ApiToken.id))


async def mails(town, kind="organisation.mail_leak"):
    async with await town.work(write=False) as work:
        jobs = await work.scalars(select(Job).where(Job.kind == kind))
    return {job.arguments["person_id"] for job in jobs}


def label(key, kind):
    digest = base64.b64encode(hashlib.sha256(key.encode()).digest()).decode()
    return {"token_hash": digest, "token_type": "roder_api_token", "label": kind}


async def test_who_has_a_key_may_have_it_revoked_without_signing_in(pages, town, other_town):
    one, two, kept = await make(town), await make(other_town), await make(town, "Kvar")
    strange = new_token_key()
    sent = [{"token": key, "type": "roder_api_token"} for key in (one.key, strange, two.key)]

    answer = await pages.post("/token-leaks", json=sent)

    assert answer.status_code == 200
    assert answer.json() == [
        label(one.key, "true_positive"),
        label(strange, "false_positive"),
        label(two.key, "true_positive"),
    ]
    assert [
        (token.name, token.leaked, token.revoked_at is None) for token in await tokens(town)
    ] == [
        ("Läckt", True, False),
        ("Kvar", False, True),
    ]
    assert [token.leaked for token in await tokens(other_town)] == [True]
    wanted = {str(town.people[who].id) for who in ("manager", "administrator")}
    assert await mails(town) == wanted
    async with await town.work(write=False) as work:
        withdrawn = select(LogEntry).where(LogEntry.action == Action.WITHDRAW)
        [noted] = await work.scalars(withdrawn.where(LogEntry.kind == "api_token"))
    assert noted.records == [one.token.id]
    assert (noted.process, noted.way, noted.person_id) == ("token-leaks", "api", None)
    assert noted.detail == {"start": one.token.start, "why": "leaked"}
    headers = {"Authorization": f"Bearer {one.key}"}
    asked = {"json": {"query": "{ me { name } }"}, "headers": headers}
    assert (await pages.post(f"/{town.tenant.slug}/graphql", **asked)).status_code == 401
    asked["headers"] = {"Authorization": f"Bearer {kept.key}"}
    assert (await pages.post(f"/{town.tenant.slug}/graphql", **asked)).status_code == 200


async def test_a_key_that_is_reported_twice_is_revoked_once(pages, town):
    made = await make(town)
    for _again in range(2):
        answer = await pages.post("/token-leaks", content=f"x {made.key} y")
        assert answer.json() == [label(made.key, "true_positive")]

    assert len(await mails(town)) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"\xff\xfe\x00", 422),
        (b"roder_" + b"x" * 49, 422),
        (b"[" * 100_000, 422),
        (b"x" * 300_000, 413),
        (" ".join(new_token_key() for _each in range(101)).encode(), 422),
    ],
    ids=["empty", "bytes", "lookalike", "depth", "large", "many"],
)
async def test_a_report_that_holds_no_key_is_refused(pages, body, status):
    assert (await pages.post("/token-leaks", content=body)).status_code == status


async def report_from(pages, address, body):
    """As from there, past the limits only when they are not reached."""
    transport = httpx.ASGITransport(pages._transport.app, client=(address, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url=pages.base_url) as there:
        return await there.post("/token-leaks", content=body)


@pytest.fixture
def limits(pages):
    """The buckets of the process, full at the beginning and at the end."""
    state = pages._transport.app.state
    state.leak_reports = OrderedDict()
    yield state.leak_reports
    state.leak_reports = OrderedDict()


@pytest.mark.parametrize(
    ("flooding", "same", "other"),
    [
        ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
        ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"),
    ],
)
async def test_who_reports_too_much_waits_and_nobody_else_does(
    pages, limits, flooding, same, other
):
    body = new_token_key()
    answers = [(await report_from(pages, flooding, body)).status_code for _each in range(20)]
    assert answers == [200] * 20
    limits[network(flooding)].left = -100  # a minute gives 20 of them back
    left = limits[WHOLE].left

    refused = await report_from(pages, same, body)

    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "3"
    assert limits[WHOLE].left >= left
    assert (await report_from(pages, other, body)).status_code == 200


async def test_more_reports_than_a_process_takes_in_all_are_asked_to_wait(pages, limits):
    assert (await report_from(pages, "192.0.2.1", new_token_key())).status_code == 200
    limits[WHOLE].left = -100

    refused = await report_from(pages, "192.0.2.2", new_token_key())

    assert refused.status_code == 429


async def test_no_more_addresses_are_remembered_than_fit(pages, limits):
    for number in range(1_050):
        _bucket(limits, f"192.0.2.{number}", 20.0, 0.0)
    assert len(limits) == 1_000


@pytest.mark.parametrize("by", ["key", "start", "shown", "text"])
async def test_a_leaked_key_is_revoked_by_all_that_one_may_have_of_it(api, town, by):
    made = await make(town)
    pasted = {
        "key": made.key,
        "start": made.key[:20],
        "shown": f"{made.token.start}…",
        "text": f"GET /?key={made.key} 200\nGET / 404",
    }[by]

    done = (await api.ask(LEAK, key=pasted))["revokeLeakedToken"]

    [told] = done["tokens"]
    assert (told["name"], told["leaked"]) == ("Läckt", True)
    assert told["revokedBy"] == {"name": "Asta Admin"}


@pytest.mark.parametrize(
    "pasted",
    ["", "roder_", "roder_abc", "hej", new_token_key(), "x" * 99_999],
    ids=["empty", "prefix", "short", "word", "stranger", "long"],
)
async def test_a_text_without_a_key_of_the_municipality_revokes_nothing(api, other_town, pasted):
    foreign = await make(other_town)
    for key in (pasted, foreign.key):
        assert await api.refusal(LEAK, key=key) == ("NOT_FOUND", "key")

    assert [token.leaked for token in await tokens(other_town)] == [False]
    assert await mails(api.town) == set()


@pytest.mark.parametrize("who", ["local", "manager", "employee", "auditor"])
async def test_only_a_full_administrator_revokes_the_keys_of_others(client, town, who):
    made, one = await make(town), await client(town, who)

    assert await one.refusal(LEAK, key=made.key) == ("FORBIDDEN", None)
    assert not any(token.revoked_at for token in await tokens(town))


async def test_a_key_is_made_for_units_and_networks(api, town):
    sent = {
        "name": "Statistik",
        "personId": f"Person:{town.people['manager'].id}",
        "unitIds": [f"Unit:{town.units['home_care'].id}"],
        "networks": ["192.0.2.9/24"],
    }
    made = (await api.ask(MAKE, input=sent))["createToken"]

    assert made["token"] == {
        "start": made["key"][:12],
        "units": [{"code": "home_care"}],
        "networks": ["192.0.2.0/24"],
        "createdBy": {"name": "Asta Admin"},
    }


async def test_a_key_is_renamed_extended_and_moved_to_other_networks(api, town):
    made = await make(town, days=3)
    sent = {"id": f"ApiToken:{made.token.id}", "name": "Nytt", "days": 300, "networks": ["::1"]}

    changed = (await api.ask(CHANGE, input=sent))["changeToken"]

    assert (changed["name"], changed["networks"]) == ("Nytt", ["::1/128"])
    [_own, kept] = await tokens(town)
    assert kept.expires_at - made.token.expires_at > timedelta(days=296)
    await api.ask(LEAK, key=made.key)
    assert await api.refusal(CHANGE, input=sent) == ("CONFLICT", None)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"name": " "}, "name"), ({"days": 0}, "days"), ({"networks": ["x"]}, "networks")],
)
async def test_a_change_that_cannot_be_is_refused_by_its_field(api, town, values, field):
    made = await make(town)
    sent = {"id": f"ApiToken:{made.token.id}", **values}

    assert await api.refusal(CHANGE, input=sent) == ("INVALID_INPUT", field)
    kept = (await tokens(town))[-1]
    assert (kept.name, kept.networks) == ("Läckt", [])


async def test_keys_are_listed_by_owner_state_and_name(api, town):
    await make(town, "Gammal", who="employee")
    await make(town, "Slut")
    await make(town, "Läckt")
    async with await town.work() as work:
        for name, values in (
            ("Gammal", {"created_at": work.now - timedelta(days=100)}),
            ("Slut", {"expires_at": work.now - timedelta(days=1)}),
            ("Läckt", {"revoked_at": work.now}),
        ):
            await work.execute(update(ApiToken).where(ApiToken.name == name).values(**values))

    async def listed(**given):
        return [token["name"] for token in (await api.ask(LIST, **given))["apiTokens"]]

    assert await listed() == ["Prov", "Gammal", "Slut", "Läckt"]
    assert await listed(state="STANDING") == ["Prov", "Gammal"]
    assert await listed(state="UNUSED") == ["Gammal"]
    assert await listed(state="EXPIRED") == ["Slut"]
    assert await listed(state="REVOKED") == ["Läckt"]
    assert await listed(person=f"Person:{town.people['employee'].id}") == ["Gammal"]
    assert await listed(search="LÄCK") == ["Läckt"]
    assert await listed(search=(await tokens(town))[1].start) == ["Gammal"]
    assert await listed(search="%") == []


async def test_owners_are_told_once_two_weeks_before_a_key_stops(town):
    soon, later = await make(town, "Snart", days=13), await make(town, "Sen", days=15)
    for _day in range(2):
        async with await town.work() as work:
            await warn_of_expiry.function(work, Run(soon.token.id, 1))

    assert await mails(town, "organisation.mail_expiry") == {str(town.people["manager"].id)}
    async with await town.work(write=False) as work:
        told = {token.name: token.warned_at is not None for token in await tokens(town)}
        jobs = await work.scalars(select(Job).where(Job.kind == "organisation.mail_expiry"))
    assert told == {"Snart": True, "Sen": False}
    assert [job.arguments["token_id"] for job in jobs] == [str(soon.token.id)]
    assert later.token.revoked_at is None


async def test_a_leak_is_told_to_those_who_are_administrators_now(town):
    from roder.tenants.people import grant_role, withdraw_role

    made = await make(town)
    async with await town.work() as work:
        grant = await grant_role(work, town.people["local"].id, role="full_administrator")
        await withdraw_role(work, grant.id)
        await grant_role(work, town.people["employee"].id, role="full_administrator")
    async with await town.work() as work:
        await tell_of_leak(work, made.token)

    assert await mails(town) == {
        str(town.people[who].id) for who in ("manager", "administrator", "employee")
    }


async def test_a_key_is_changed_on_its_page(visitor, town):
    made, visit = await make(town, "Statistik"), await visitor(town)
    path = f"/installningar/nycklar/{made.token.id}"
    shown = await visit.get(path)
    assert f"{made.token.start}…" in shown.text
    assert made.key not in shown.text

    wrong = await visit.post(path, {"name": "Ny", "days": "x", "networks": ""})
    assert wrong.status_code == 422
    lost = await visit.post(path, {"name": "Ny", "days": "", "networks": "10.0.0.0/8\nfel"})
    assert lost.status_code == 422
    assert "10.0.0.0/8\nfel" in lost.text
    assert [token.name for token in await tokens(town)] == ["Statistik"]

    done = await visit.post(path, {"name": "Ny", "days": "", "networks": "10.0.0.0/8\r\n::1"})
    assert done.status_code == 303
    [kept] = await tokens(town)
    assert (kept.name, kept.networks) == ("Ny", ["10.0.0.0/8", "::1/128"])
    assert kept.expires_at == made.token.expires_at


async def test_a_leaked_key_is_pasted_on_a_page_once(visitor, town):
    made, visit = await make(town), await visitor(town)
    wrong = await visit.post("/installningar/nycklar/lackt", {"key": "roder_okänd"})
    assert wrong.status_code == 404
    assert SENTENCE in wrong.text

    done = await visit.post("/installningar/nycklar/lackt", {"key": made.key})

    assert done.status_code == 303
    assert [token.leaked for token in await tokens(town)] == [True]


@pytest.mark.parametrize("who", ["local", "employee"])
async def test_the_pages_of_keys_are_for_full_administrators(visitor, town, who):
    made, visit = await make(town), await visitor(town, who)

    for path in ("/lackt", f"/{made.token.id}"):
        assert (await visit.get(f"/installningar/nycklar{path}")).status_code == 403
        answer = await visit.post(f"/installningar/nycklar{path}", {"key": made.key, "name": "X"})
        assert answer.status_code == 403
    assert [(token.name, token.leaked) for token in await tokens(town)] == [("Läckt", False)]
