"""Which provider a municipality signs in by, and that its secret goes in and never out."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from roder.infra.errors import Forbidden, InvalidInput, NotFound
from roder.infra.openid import ProviderSilent, is_safe_address
from roder.tenants.models import SignInProvider
from roder.tenants.people import grant_role
from roder.tenants.sign_in.providers import (
    chosen_provider,
    levels_of,
    move_sign_in_provider,
    provider_client,
    provider_label,
    remove_sign_in_provider,
    set_provider_levels,
    set_sign_in_provider,
    sign_in_provider,
    sign_in_providers,
)

ISSUER = "https://inloggning.kommun.example/realms/kommun"
SECRET = "mycket-hemligt"


async def standing(town):
    async with await town.work(write=False) as work:
        return await work.first(select(SignInProvider))


async def put(town, **values):
    wanted = {"issuer": ISSUER, "client_id": "roder", "client_secret": SECRET}
    async with await town.work() as work:
        return await set_sign_in_provider(work, **(wanted | values))


async def test_the_secret_is_sealed_in_the_row_and_opened_for_the_provider(town):
    await put(town)

    row = await standing(town)
    assert SECRET not in row.sealed_secret
    async with await town.work(write=False) as work:
        client = provider_client(work, await chosen_provider(work, None))
    assert (client.issuer, client.client_id, client.secret) == (ISSUER, "roder", SECRET)
    assert client.scopes == ("openid", "email", "profile")
    assert SECRET not in str(vars(row))


async def test_a_secret_that_is_left_out_stays(town):
    await put(town)
    await put(town, client_secret=None, label="Logga in")

    async with await town.work(write=False) as work:
        row = await chosen_provider(work, None)
        assert provider_client(work, row).secret == SECRET
        assert provider_label(work, row) == "Logga in"


async def test_a_secret_is_never_sent_to_whom_it_was_not_set_for(town):
    await put(town)
    await put(town, client_secret=None, issuer="https://evil.example")
    assert await with_secret(town) == {ISSUER: True, "https://evil.example": False}

    await put(town, client_secret=None, client_id="other")

    assert await with_secret(town) == {ISSUER: False, "https://evil.example": False}


async def with_secret(town):
    async with await town.work(write=False) as work:
        return {row.issuer: row.sealed_secret is not None for row in await sign_in_providers(work)}


async def test_a_secret_that_is_copied_to_another_municipality_stays_shut(town, other_town):
    await put(town)
    await put(other_town)
    stolen = (await standing(town)).sealed_secret
    async with await other_town.work() as work:
        row = await chosen_provider(work, None)
        row.sealed_secret = stolen

    async with await other_town.work(write=False) as work:
        with pytest.raises(ProviderSilent, match="går inte att läsa längre"):
            provider_client(work, await chosen_provider(work, None))


async def test_another_key_of_the_service_opens_no_secret(town):
    await put(town)
    settings = town.runtime.settings.model_copy(update={"secret_key": SecretStr("y" * 40)})
    town.runtime = replace(town.runtime, settings=settings)

    async with await town.work(write=False) as work:
        with pytest.raises(ProviderSilent, match="går inte att läsa längre"):
            provider_client(work, await chosen_provider(work, None))


@pytest.mark.parametrize("who", ["local", "manager", "employee", "auditor"])
async def test_only_full_administrators_set_the_provider_and_auditors_see_it(town, who):
    provider = (await put(town)).id
    async with await town.work(who) as work:
        looks = (lambda: sign_in_providers(work), lambda: sign_in_provider(work, provider))
        if who == "auditor":
            assert [row.id for row in await sign_in_providers(work)] == [provider]
        for refused in (
            *(() if who == "auditor" else looks),
            lambda: set_sign_in_provider(work, issuer="https://evil.example", client_id="x"),
            lambda: set_provider_levels(work, provider, {"x": 4}),
            lambda: move_sign_in_provider(work, provider, up=True),
            lambda: remove_sign_in_provider(work, provider),
        ):
            with pytest.raises(Forbidden):
                await refused()

    assert (await standing(town)).issuer == ISSUER


async def test_whoever_has_the_right_for_a_time_sets_no_provider(town):
    """By one of their own they would come in when the time is over."""
    kept = await put(town)
    async with await town.work() as work:
        await grant_role(
            work,
            town.people["employee"].id,
            role="full_administrator",
            valid_to=work.now + timedelta(days=7),
        )
    for values in ({"issuer": "https://egen.example"}, {"issuer": ISSUER, "client_id": "annan"}):
        async with await town.work("employee") as work:
            with pytest.raises(Forbidden, match="Ett sätt att logga in finns kvar"):
                await set_sign_in_provider(work, **({"client_id": "roder"} | values))

    async with await town.work("employee") as work:
        assert [(row.issuer, row.client_id) for row in await sign_in_providers(work)] == [
            (ISSUER, "roder")
        ]
        await remove_sign_in_provider(work, kept.id)
    assert await standing(town) is None


async def test_a_right_without_an_end_beside_one_for_a_time_sets_a_provider(town):
    async with await town.work() as work:
        for valid_to in (work.now + timedelta(days=7), None):
            await grant_role(
                work, town.people["employee"].id, role="full_administrator", valid_to=valid_to
            )
    async with await town.work("employee") as work:
        await set_sign_in_provider(work, issuer=ISSUER, client_id="roder")

    assert (await standing(town)).issuer == ISSUER


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"issuer": "http://inloggning.kommun.example"}, "issuer"),
        ({"issuer": "inloggning.kommun.example"}, "issuer"),
        ({"issuer": ISSUER + "?x=1"}, "issuer"),
        ({"issuer": ISSUER + "#x"}, "issuer"),
        ({"issuer": ""}, "issuer"),
        ({"client_id": " "}, "clientId"),
        ({"client_id": "a\nb"}, "clientId"),
        ({"client_id": "x" * 301}, "clientId"),
        ({"client_secret": "x" * 1001}, "clientSecret"),
        ({"client_secret": "hemligt å"}, "clientSecret"),
        ({"scopes": ["email profile"]}, "scopes"),
        ({"scopes": [""]}, "scopes"),
        ({"scopes": ['"']}, "scopes"),
        ({"scopes": ["x" * 600]}, "scopes"),
        ({"claim": ""}, "claim"),
        ({"claim": "e mail"}, "claim"),
        ({"claim": "upn"}, "claim"),
        ({"label": "x" * 81}, "label"),
    ],
)
async def test_what_a_provider_cannot_be_is_told_at_its_field(town, values, field):
    with pytest.raises(InvalidInput) as refused:
        await put(town, **values)

    assert refused.value.field == field
    assert await standing(town) is None


async def test_openid_is_always_asked_for(town):
    await put(town, scopes=["email", "openid", "email"])

    assert (await standing(town)).scopes == ["openid", "email"]


async def test_a_new_provider_comes_last_and_can_change_places(town):
    first, second, third = [
        await put(town, issuer=f"https://{name}.example", label=name) for name in ("a", "b", "c")
    ]
    assert await labels(town) == ["a", "b", "c"]

    async with await town.work() as work:
        await move_sign_in_provider(work, third.id, up=True)
        await move_sign_in_provider(work, first.id, up=True)
        await move_sign_in_provider(work, second.id, up=False)
    assert await labels(town) == ["a", "c", "b"]

    await put(town, issuer="https://c.example", label="changed")
    assert await labels(town) == ["a", "changed", "b"]


async def labels(town):
    async with await town.work(write=False) as work:
        return [row.label for row in await sign_in_providers(work)]


async def test_a_new_provider_has_the_usual_levels_which_are_then_its_own(town):
    provider = await put(town)
    async with await town.work() as work:
        found = {row.acr: row.level for row in await levels_of(work, provider.id)}
        assert found["http://id.elegnamnden.se/loa/1.0/loa3"] == 3
        await set_provider_levels(work, provider.id, {"urn:kommun:kort": 3})

    await put(town, label="changed")

    async with await town.work() as work:
        assert [(row.acr, row.level) for row in await levels_of(work, provider.id)] == [
            ("urn:kommun:kort", 3)
        ]


@pytest.mark.parametrize("levels", [{"x": 0}, {"x": 5}, {"a b": 3}, {"å": 3}, {"x" * 201: 3}])
async def test_a_level_that_is_none_is_not_kept(town, levels):
    provider = await put(town)
    async with await town.work() as work:
        before = {row.acr for row in await levels_of(work, provider.id)}
        with pytest.raises(InvalidInput) as refused:
            await set_provider_levels(work, provider.id, levels)

    assert refused.value.field == "levels"
    async with await town.work() as work:
        assert {row.acr for row in await levels_of(work, provider.id)} == before


async def test_a_provider_of_another_municipality_is_as_absent(town, other_town):
    foreign = await put(other_town)
    async with await town.work() as work:
        for call in (
            sign_in_provider(work, foreign.id),
            remove_sign_in_provider(work, foreign.id),
            set_provider_levels(work, foreign.id, {}),
        ):
            with pytest.raises(NotFound):
                await call
        with pytest.raises(ProviderSilent):
            await chosen_provider(work, foreign.id)
    assert await labels(other_town) == [""]


@pytest.mark.parametrize(
    ("address", "safe", "safe_nearby"),
    [
        ("https://login.example/a", True, True),
        ("https://login.example:8443", True, True),
        ("http://login.example", False, False),
        ("http://127.0.0.1:99", False, True),
        ("http://localhost:8", False, True),
        ("http://[::1]:8/", False, True),
        ("https://127.0.0.1/", False, False),
        ("https://10.0.0.1/", False, False),
        ("https://169.254.169.254/", False, False),
        ("https://2130706433/", False, False),
        ("https://0x7f.1/", False, False),
        ("https://[::ffff:127.0.0.1]/", False, False),
        ("https://localhost/", False, False),
        ("https://x.localhost/", False, False),
        ("https://intern/", False, False),
        ("https://a:b@login.example", False, False),
        ("https://login.example\\@evil.example", False, False),
        ("https://login.example:99999/", False, False),
        ("https://login.example:0/", False, False),
        ("https://å.example", False, False),
        ("https://login.example/ x", False, False),
        ("https://login.example/\n", False, False),
        ("https:///x", False, False),
        ("ftp://login.example", False, False),
        ("file:///etc/passwd", False, False),
        ("https://login.example/" + "x" * 500, False, False),
        ("", False, False),
    ],
)
def test_only_a_name_on_the_net_is_asked(address, safe, safe_nearby):
    assert is_safe_address(address, nearby=False) is safe
    assert is_safe_address(address, nearby=True) is safe_nearby
