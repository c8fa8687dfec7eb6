"""What a provider answers: forged tokens, tokens for others, and addresses that lead away."""

import time

import pytest
from oidc_steps import refused, sessions, signed_in, use

from roder.tenants.sign_in.providers import set_sign_in_provider


@pytest.mark.parametrize("sign", ["RS256", "PS384", "ES256"])
async def test_a_signature_of_the_provider_is_taken(client, town, provider, sign):
    await use(provider, town)
    provider.sign = sign

    answer = await signed_in(client, town, town.people["manager"].email)

    assert (answer.status_code, await sessions(town)) == (303, 1)


@pytest.mark.parametrize("sign", ["none", "public", "broken", "stranger"])
async def test_a_token_that_the_provider_did_not_sign_is_refused(client, town, provider, sign):
    await use(provider, town)
    provider.sign = sign

    answer = await signed_in(client, town, town.people["manager"].email)

    await refused(client, town, answer, "gick inte att lita på")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-service"},
        {"aud": None},
        {"aud": ["another-service"]},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": ["x"]},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"iat": int(time.time()) + 10_000},
        {"nbf": int(time.time()) + 10_000},
        {"sub": None},
        {"azp": "another-service"},
        {"at_hash": "x"},
    ],
    ids=lambda claims: "-".join(f"{name}-{type(value).__name__}" for name, value in claims.items()),
)
async def test_a_token_for_another_place_or_time_is_refused(client, town, provider, claims):
    await use(provider, town)
    provider.sign, provider.claims = "RS256", claims

    answer = await signed_in(client, town, town.people["manager"].email)

    await refused(client, town, answer, "gick inte att lita på")


async def test_a_token_for_us_among_others_says_that_we_asked(client, town, provider):
    await use(provider, town)
    both = [f"roder-{town.tenant.slug}", "another-service"]
    provider.sign, provider.claims = "RS256", {"aud": both}
    answer = await signed_in(client, town, town.people["manager"].email)
    await refused(client, town, answer, "gick inte att lita på")

    provider.claims = {"aud": both, "azp": both[0]}

    assert (await signed_in(client, town, town.people["manager"].email)).status_code == 303


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "http://login.example/authorize"},
        {"token_endpoint": "https://169.254.169.254/token"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": ["https://login.example/jwks"]},
        {"padding": "x" * 300_000},
    ],
    ids=lambda metadata: str(metadata)[:60],
)
async def test_a_provider_that_points_elsewhere_is_not_followed(client, town, provider, metadata):
    await use(provider, town)
    provider.metadata = metadata

    answer = await client.post(f"/{town.tenant.slug}/logga-in/oidc")

    await refused(client, town, answer, "svarar inte som den ska", 502)


async def test_a_provider_that_redirects_is_not_followed(client, town, provider):
    await use(provider, town)
    provider.moved = True

    answer = await client.post(f"/{town.tenant.slug}/logga-in/oidc")

    await refused(client, town, answer, "svarar inte som den ska", 502)


async def test_a_provider_that_is_not_there_is_told_on_the_page(client, town, provider):
    async with await town.work() as work:
        await set_sign_in_provider(work, issuer="http://127.0.0.1:9", client_id="roder")

    answer = await client.post(f"/{town.tenant.slug}/logga-in/oidc")

    await refused(client, town, answer, "svarar inte som den ska", 502)
