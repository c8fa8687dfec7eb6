"""Whom an account means: bound by the address once, and then by itself (decision 22)."""

import pytest
from oidc_steps import at_provider, claims_of, go, providers, refused, sessions, signed_in, use
from sqlalchemy import select

from roder.infra.errors import Forbidden, NotFound
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.models import Person, UserSession
from roder.tenants.people import change_person, end_person
from roder.tenants.rows import uuid7
from roder.tenants.sign_in.models import PersonIdentity
from roder.tenants.sign_in.people import accounts_of, find_account, release_account
from roder.tenants.sign_in.settings import change_sign_in_settings


async def accounts(town):
    async with await town.work(write=False) as work:
        rows = await work.scalars(select(PersonIdentity).order_by(PersonIdentity.id))
        return [(row.issuer, row.subject, row.person_id) for row in rows]


async def who(client, town):
    me = await client.post(f"/{town.tenant.slug}/graphql", json={"query": "{ me { name } }"})
    return me.json()["data"]["me"]["name"]


async def test_the_first_sign_in_binds_the_account_and_then_the_account_decides(
    client, town, provider
):
    await use(provider, town)
    manager, employee = town.people["manager"], town.people["employee"]
    await claims_of(provider, "a-77", email=manager.email)
    assert (await signed_in(client, town, "a-77")).status_code == 303
    assert await accounts(town) == [(provider.issuer, "a-77", manager.id)]

    # Another address at the provider, even somebody else's here, changes nothing.
    await claims_of(provider, "a-77", email=employee.email)
    assert (await signed_in(client, town, "a-77")).status_code == 303

    assert await who(client, town) == "Mona Chef"
    assert await accounts(town) == [(provider.issuer, "a-77", manager.id)]


async def test_an_address_that_has_changed_hands_lets_nobody_into_the_old_account(
    client, town, provider
):
    await use(provider, town)
    manager = town.people["manager"]
    await claims_of(provider, "old", email=manager.email)
    await signed_in(client, town, "old")
    client.cookies.clear()
    await claims_of(provider, "new", email=manager.email)

    answer = await signed_in(client, town, "new")

    assert (answer.status_code, await sessions(town)) == (403, 1)
    assert "hör till ett annat konto" in answer.text
    assert await accounts(town) == [(provider.issuer, "old", manager.id)]


async def test_a_released_account_is_bound_anew_by_the_address(client, town, provider):
    await use(provider, town)
    manager = town.people["manager"]
    await claims_of(provider, "before", email=manager.email)
    await claims_of(provider, "after", email=manager.email)
    await signed_in(client, town, "before")

    async with await town.work() as work:
        [bound] = await accounts_of(work, manager.id)
        assert await release_account(work, bound.id) == manager.id
    answer = await signed_in(client, town, "after")

    assert answer.status_code == 303
    assert await accounts(town) == [(provider.issuer, "after", manager.id)]
    refused_now = await signed_in(client, town, "before")
    assert refused_now.status_code == 403


async def test_the_same_subject_of_two_issuers_is_two_people(
    client, town, provider, other_provider
):
    await use(provider, town)
    await use(other_provider, town)
    ids = {row.issuer: str(row.id) for row in await providers(town)}
    manager, employee = town.people["manager"], town.people["employee"]
    await claims_of(provider, "77", email=manager.email)
    await claims_of(other_provider, "77", email=employee.email)

    await signed_in(client, town, "77", provider=ids[provider.issuer])
    first = await who(client, town)
    await signed_in(client, town, "77", provider=ids[other_provider.issuer])

    assert (first, await who(client, town)) == ("Mona Chef", "Elis Anställd")
    assert await accounts(town) == [
        (provider.issuer, "77", manager.id),
        (other_provider.issuer, "77", employee.id),
    ]


async def test_a_person_may_have_an_account_at_each_issuer(client, town, provider, other_provider):
    await use(provider, town)
    await use(other_provider, town)
    email = town.people["manager"].email
    for row in await providers(town):
        assert (await signed_in(client, town, email, provider=str(row.id))).status_code == 303

    assert len(await accounts(town)) == 2
    async with await town.work(write=False) as work:
        rows = await work.scalars(select(UserSession).order_by(UserSession.id))
    assert [row.issuer for row in rows] == [provider.issuer, other_provider.issuer]


async def test_every_provider_has_its_button_in_the_municipalitys_order(
    client, town, provider, other_provider
):
    await use(other_provider, town, label="Freja")
    await use(provider, town)

    page = (await client.get(f"/{town.tenant.slug}/logga-in")).text

    first, second = page.index(">Freja<"), page.index("Logga in med ditt konto hos Östhammar")
    assert first < second


async def test_a_button_that_is_gone_is_told(client, town, provider):
    await use(provider, town)
    slug = town.tenant.slug
    answer = await client.post(f"/{slug}/logga-in/oidc", data={"provider": str(uuid7())})
    await refused(client, town, answer, "finns inte längre", 502)

    answer = await client.post(f"/{slug}/logga-in/oidc", data={"provider": "x"})
    assert answer.status_code == 422


async def test_one_who_has_left_does_not_come_in_by_their_account(client, town, provider):
    await use(provider, town)
    manager = town.people["manager"]
    await claims_of(provider, "a-77", email=manager.email)
    await signed_in(client, town, "a-77")
    async with await town.work() as work:
        await end_person(work, manager.id)
        await change_person(work, manager.id, email="gammal@kommun.example")
        await change_person(work, town.people["employee"].id, email=manager.email)
    client.cookies.clear()

    answer = await signed_in(client, town, "a-77")

    assert answer.status_code == 403
    assert "finns inte i registret" in answer.text


async def test_who_is_unknown_is_put_into_the_register_only_where_that_is_chosen(
    client, town, provider
):
    await use(provider, town)
    await claims_of(provider, "n-1", email="ny@kommun.example", name="Nils Ny")
    provider.sign, provider.claims = "RS256", {"name": "Nils Ny"}
    assert (await signed_in(client, town, "n-1")).status_code == 403
    async with await town.work() as work:
        await change_sign_in_settings(work, {"make_people": True})

    answer = await signed_in(client, town, "n-1")

    assert answer.status_code == 303
    assert await who(client, town) == "Nils Ny"
    async with await town.work(write=False) as work:
        made = await work.first(select(Person).where(Person.email == "ny@kommun.example"))
        entry = await work.first(select(LogEntry).where(LogEntry.action == Action.ADD).limit(1))
    assert made.name == "Nils Ny"
    assert entry is not None


@pytest.mark.parametrize("name", [None, "", "   ", 7, ["Nils"]])
async def test_nobody_is_made_without_a_name(client, town, provider, name):
    await use(provider, town)
    async with await town.work() as work:
        await change_sign_in_settings(work, {"make_people": True})
    await claims_of(provider, "n-1", email="ny@kommun.example")
    provider.sign, provider.claims = "RS256", {"name": name}

    answer = await signed_in(client, town, "n-1")

    await refused(client, town, answer, "finns inte i registret", 403)
    assert await accounts(town) == []


async def test_the_sign_in_and_out_are_in_the_access_log_with_provider_and_level(
    client, town, provider
):
    await use(provider, town)
    await signed_in(client, town, town.people["manager"].email)
    await client.post(f"/{town.tenant.slug}/logga-ut")

    async with await town.work(write=False) as work:
        entries = await work.scalars(
            select(LogEntry)
            .where(LogEntry.kind == "session", LogEntry.action.in_(["sign_in", "sign_out"]))
            .order_by(LogEntry.seq)
        )
    manager = town.people["manager"].id
    assert [(entry.action, entry.person_id, entry.about) for entry in entries] == [
        (Action.SIGN_IN, manager, [manager]),
        (Action.SIGN_OUT, manager, [manager]),
    ]
    assert {str(entry.detail) for entry in entries} == {
        str({"level": "1", "provider": provider.issuer})
    }
    assert [(entry.way, entry.address) for entry in entries] == [("page", "127.0.0.1")] * 2


@pytest.mark.parametrize("where", ["local", "manager", "employee", "auditor"])
async def test_only_who_may_change_the_person_sees_or_releases_an_account(
    client, town, other_town, provider, where
):
    await use(provider, town)
    await signed_in(client, town, town.people["administrator"].email)
    async with await town.work(write=False) as work:
        bound = await work.first(select(PersonIdentity))

    async with await town.work(where) as work:
        with pytest.raises(Forbidden):
            await accounts_of(work, town.people["administrator"].id)
        with pytest.raises(Forbidden):
            await release_account(work, bound.id)
    async with await other_town.work() as work:
        with pytest.raises(NotFound):
            await release_account(work, bound.id)
        assert await find_account(work, bound.id) is None
    assert len(await accounts(town)) == 1


async def test_two_first_sign_ins_at_once_bind_once(client, town, provider):
    """The one that comes second finds the account bound."""
    await use(provider, town)
    email = town.people["manager"].email
    address = await go(client, town)
    await client.get(await at_provider(address, email))
    again = await signed_in(client, town, email)

    assert again.status_code == 303
    assert len(await accounts(town)) == 1
