"""API tokens: at most what their owner may, and no longer than they live."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from roder.infra.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from roder.tenants.actors import Source, Way
from roder.tenants.entry import enter
from roder.tenants.keys import digest
from roder.tenants.models import ApiToken
from roder.tenants.people import end_person, return_person
from roder.tenants.rows import uuid7
from roder.tenants.tokens.keys import is_whole
from roder.tenants.tokens.leaks import revoke_leaked_tokens
from roder.tenants.tokens.tokens import change_token, create_token, list_tokens, revoke_token
from roder.tenants.work import open_work


async def make(town, who="manager", **options):
    async with await town.work() as work:
        person = town.people[who].id
        return await create_token(work, name="Prov", person_id=person, **options)


async def come_in(town, key, *, slug=None):
    entered = await enter(town.runtime, slug or town.tenant.slug, bearer=key)
    return open_work(town.runtime, entered.tenant, entered.actor, write=False)


async def test_a_token_acts_for_its_owner_and_is_kept_as_a_hash_only(town):
    made = await make(town, scopes=["write", "read", "read"])
    async with await come_in(town, made.key) as work:
        assert work.actor.id == town.people["manager"].id
        assert work.actor.token_id == made.token.id
        assert work.allows("goals.edit", at=town.units["home_care"].id)
        assert not work.allows("goals.edit", at=town.units["school_board"].id)
        kept = await work.get(ApiToken, made.token.id)

    assert (kept.digest, kept.scopes) == (digest(made.key), ["read", "write"])
    assert kept.start == made.key[:12]
    assert is_whole(made.key)


@pytest.mark.parametrize(
    ("scopes", "may"),
    [
        (["read"], {"goals.read", "reports.read"}),
        (["write"], {"goals.edit", "reports.write"}),
        (["read:goals"], {"goals.read"}),
        (["write:reports", "read:goals"], {"goals.read", "reports.write"}),
        ([], set()),
    ],
)
async def test_scopes_narrow_a_token(town, scopes, may):
    asked = ("goals.read", "goals.edit", "reports.read", "reports.write")
    made = await make(town, scopes=scopes)
    async with await come_in(town, made.key) as work:
        assert {permission for permission in asked if work.allows(permission)} == may


async def test_scopes_never_widen_what_the_owner_may(town):
    made = await make(town, "employee", scopes=["read", "write", "write:goals"])
    async with await come_in(town, made.key) as work:
        assert not work.allows("goals.edit")
        assert not work.allows("people.read")


async def test_a_token_lives_its_days_and_not_longer(town):
    made = await make(town, days=30)
    async with await town.work() as work:
        kept = await work.get(ApiToken, made.token.id)
        left = kept.expires_at - work.now
        assert timedelta(days=30) - timedelta(minutes=1) < left <= timedelta(days=30)
        await work.execute(update(ApiToken).values(expires_at=work.now))

    with pytest.raises(Unauthenticated):
        await come_in(town, made.key)


async def test_a_token_that_was_revoked_or_whose_owner_has_left_lets_nobody_in(town):
    revoked, orphan = await make(town, "employee"), await make(town, "manager")
    async with await town.work() as work:
        first = (await revoke_token(work, revoked.token.id)).revoked_at
        assert (await revoke_token(work, revoked.token.id)).revoked_at == first
        await end_person(work, town.people["manager"].id)

    for made in (revoked, orphan):
        with pytest.raises(Unauthenticated):
            await come_in(town, made.key)


async def test_another_municipalitys_token_is_as_unknown_as_any(town, other_town):
    made = await make(town)
    told = set()
    for key in (made.key, "roder_nonsense", ""):
        with pytest.raises(Unauthenticated) as refused:
            await come_in(town, key, slug=other_town.tenant.slug)
        told.add(str(refused.value))

    assert len(told) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"scopes": ["read:nothing"]}, "scopes"),
        ({"scopes": ["read:"]}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 731}, "days"),
    ],
)
async def test_a_token_that_cannot_be_is_refused_by_its_field(town, values, field):
    async with await town.work() as work:
        given = {"name": "Prov", "person_id": town.people["manager"].id} | values
        with pytest.raises(InvalidInput) as refused:
            await create_token(work, **given)

    assert refused.value.field == field
    assert await town.count(ApiToken) == 0


@pytest.mark.parametrize("who", ["local", "manager", "employee", "auditor"])
async def test_only_a_full_administrator_manages_tokens(town, who):
    made = await make(town)
    async with await town.work(who) as work:
        for attempt in (
            create_token(work, name="Egen", person_id=town.people[who].id),
            change_token(work, made.token.id, name="Min"),
            revoke_token(work, made.token.id),
            revoke_leaked_tokens(work, made.key),
            *([] if who == "auditor" else [list_tokens(work)]),
        ):
            with pytest.raises(Forbidden):
                await attempt

    async with await town.work(write=False) as work:
        [kept] = await work.scalars(select(ApiToken))
        assert kept.revoked_at is None


async def test_a_foreign_token_and_person_are_absent(town, other_town):
    made = await make(town)
    async with await other_town.work() as work:
        told = set()
        for token, person in ((made.token.id, town.people["manager"].id), (uuid7(), uuid7())):
            for attempt in (
                revoke_token(work, token),
                create_token(work, name="Prov", person_id=person),
            ):
                with pytest.raises(NotFound) as refused:
                    await attempt
                told.add(str(refused.value))
        assert len(told) == 1
        assert await list_tokens(work) == []


@pytest.mark.parametrize(
    ("who", "scopes"),
    [("administrator", ["read"]), ("administrator", ["write"]), ("manager", ["write:tokens"])],
)
async def test_a_narrow_token_makes_none_that_may_more_than_itself(town, who, scopes):
    narrow = replace(await town.actor("administrator"), scopes=frozenset({"write:tokens"}))

    async with open_work(town.runtime, town.tenant, narrow, write=True) as work:
        with pytest.raises(Forbidden):
            await create_token(work, name="Mer", person_id=town.people[who].id, scopes=scopes)

    async with await town.work() as work:
        assert await list_tokens(work) == []


NETS = ["10.1.0.0/16", "2001:db8::/32"]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"days": 31}, "days"),
        ({"days": 365}, "days"),
        ({"networks": []}, "networks"),
        ({"networks": ["10.0.0.0/8"]}, "networks"),
        ({"networks": ["10.1.2.0/24", "192.0.2.0/24"]}, "networks"),
        ({"networks": ["::/0"]}, "networks"),
        ({"networks": ["10.1.0.0/16", "2001::/16"]}, "networks"),
    ],
)
@pytest.mark.parametrize("for_whom", ["administrator", "manager"])
async def test_a_key_makes_none_that_is_wider_than_itself(town, options, field, for_whom):
    own = await make(town, "administrator", scopes=["read", "write"], days=30, networks=NETS)
    fitting = {"scopes": ["read", "write"], "days": 30, "networks": ["10.1.2.0/24"]}
    person = town.people[for_whom].id
    with pytest.raises(InvalidInput) as refused:
        async with await by_key(town, own) as work:
            await create_token(work, name="Ny", person_id=person, **(fitting | options))
    assert refused.value.field == field
    assert await town.count(ApiToken) == 1

    async with await by_key(town, own) as work:
        made = await create_token(work, name="Ny", person_id=person, **fitting | {"days": 29})
    assert made.token.networks == ["10.1.2.0/24"]
    assert made.token.expires_at <= own.token.expires_at


async def test_a_key_that_is_made_without_days_lasts_no_longer_than_what_makes_it(town):
    person = town.people["administrator"].id
    for days, longest in ((30, 30), (700, 365)):
        own = await make(town, "administrator", scopes=["read", "write"], days=days)
        async with await by_key(town, own) as work:
            made = await create_token(work, name="Ny", person_id=person)
            most = min(own.token.expires_at, work.now + timedelta(days=longest))
        assert made.token.expires_at == most


async def test_a_key_for_some_units_makes_no_key_for_others(town):
    """It comes in nowhere to make any: this is said by the service function itself."""
    own = await make(
        town,
        "administrator",
        scopes=["read", "write"],
        unit_ids=[town.units["home_care"].id],
    )
    whole = replace(await town.actor("administrator"), token_id=own.token.id)
    for units in ([], [town.units["council"].id], [u.id for u in town.units.values()]):
        with pytest.raises(InvalidInput) as refused:
            async with open_work(town.runtime, town.tenant, whole, write=True) as work:
                await create_token(work, name="Ny", person_id=whole.id, unit_ids=units, days=300)
        assert refused.value.field == "unitIds"
    with pytest.raises(Forbidden):
        async with await by_key(town, own) as work:
            await create_token(work, name="Ny", person_id=whole.id, days=300)
    assert await town.count(ApiToken) == 1


async def test_a_key_lengthens_and_widens_no_key_beyond_itself(town):
    own = await make(town, "administrator", scopes=["read", "write"], days=30, networks=NETS)
    other = await make(town, scopes=["read"], days=20, networks=["10.1.2.0/24"])
    for token in (own.token, other.token):
        for change in ({"days": 31}, {"networks": []}, {"networks": ["10.0.0.0/8"]}):
            with pytest.raises(InvalidInput) as refused:
                async with await by_key(town, own) as work:
                    await change_token(work, token.id, **change)
            assert refused.value.field in change
    async with await town.work() as work:
        for made in (own, other):
            kept = await work.get(ApiToken, made.token.id)
            assert kept.expires_at == made.token.expires_at
            assert kept.networks == made.token.networks

    async with await by_key(town, own) as work:
        longer = await change_token(
            work, other.token.id, name="Annat", days=29, networks=["10.1.0.0/17"]
        )
        assert (longer.name, longer.networks) == ("Annat", ["10.1.0.0/17"])
        assert (await change_token(work, own.token.id, days=2)).expires_at < own.token.expires_at


async def test_a_key_shortens_one_that_lasts_longer_than_itself(town):
    own = await make(town, "administrator", scopes=["read", "write"], days=30)
    other = await make(town, days=300)
    async with await by_key(town, own) as work:
        shorter = await change_token(work, other.token.id, days=200)
    assert own.token.expires_at < shorter.expires_at < other.token.expires_at


async def by_key(town, made):
    source = Source(Way.API, "", "10.1.2.3")
    entered = await enter(town.runtime, town.tenant.slug, bearer=made.key, source=source)
    return open_work(town.runtime, entered.tenant, entered.actor, write=True)


async def test_who_comes_back_does_not_get_the_old_keys_back(town):
    person = town.people["manager"]
    async with await town.work() as work:
        made = await create_token(work, name="Prov", person_id=person.id)
        await end_person(work, person.id)
    async with await town.work() as work:
        await return_person(work, person.id)

    with pytest.raises(Unauthenticated):
        await enter(town.runtime, town.tenant.slug, bearer=made.key)
