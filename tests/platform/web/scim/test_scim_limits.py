"""What a key for the directory is held to."""

from __future__ import annotations

from scim_client import ERROR, refused

from roder.graphql.rates import Rates
from roder.infra.settings import Settings
from roder.tenants.scim.models import ScimGroup, ScimRequest
from roder.tenants.tokens.tokens import create_token


async def test_who_asks_too_often_is_told_to_wait_and_nothing_is_kept_of_it(scim, town, app):
    rates, app.state.rates = app.state.rates, Rates(Settings(api_points=3, api_tenant_points=100))
    try:
        answers = [await scim("GET", "/Schemas") for _n in range(4)]
    finally:
        app.state.rates = rates

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused(answers[-1], 429)
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert "ratelimit" in answers[0].headers
    assert await town.count(ScimRequest) == 0


async def test_a_key_for_other_networks_is_refused(scim, town):
    async with await town.work() as work:
        made = await create_token(
            work,
            name="Entra",
            person_id=town.people["administrator"].id,
            scopes=("scim",),
            networks=("192.0.2.0/24",),
        )

    answer = await scim("GET", "/Users", headers={"authorization": f"Bearer {made.key}".encode()})

    assert answer.status_code in (401, 403)
    assert answer.json()["schemas"] == [ERROR]


async def test_a_key_for_some_units_provisions_nobody(scim, town):
    async with await town.work() as work:
        made = await create_token(
            work,
            name="Entra",
            person_id=town.people["administrator"].id,
            scopes=("scim",),
            unit_ids=(town.units["home_care"].id,),
        )
    key = {"authorization": f"Bearer {made.key}".encode()}

    refused(await scim("GET", "/Users", headers=key), 403)
    refused(await scim("POST", "/Groups", {"displayName": "G"}, headers=key), 403)
    assert await town.count(ScimGroup) == 0
