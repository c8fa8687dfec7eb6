"""The steps of signing in with the municipality's own account, and what a refusal leaves."""

import re
from html import unescape

import httpx
from sqlalchemy import func, select

from roder.tenants.models import SignInProvider, UserSession
from roder.tenants.sign_in.providers import set_sign_in_provider


async def use(provider, town, **options):
    async with await town.work() as work:
        wanted = {"client_id": f"roder-{town.tenant.slug}", "client_secret": "hemligt~+/"}
        wanted["vouches"] = True
        await set_sign_in_provider(work, issuer=provider.issuer, **(wanted | options))


async def providers(town):
    async with await town.work(write=False) as work:
        return await work.scalars(select(SignInProvider).order_by(SignInProvider.position))


async def go(client, town, **form):
    """Press the button; the address at the provider that the page leads to."""
    page = await client.post(f"/{town.tenant.slug}/logga-in/oidc", data=form)
    assert page.status_code == 200, page.text
    [address] = re.findall(r'<a class="button" href="([^"]+)">', page.text)
    assert f"url={address}" in page.text
    return unescape(address)


async def at_provider(address, sub):
    """Sign in over there; the address that one is sent back to."""
    async with httpx.AsyncClient(timeout=60) as http:
        answer = await http.post(address, data={"sub": sub})
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def claims_of(provider, sub, **claims):
    async with httpx.AsyncClient(timeout=60) as http:
        await http.put(f"{provider.issuer}/users/{sub}", json=claims)


async def sessions(town):
    async with await town.work(write=False) as work:
        return await work.first(select(func.count(UserSession.id)))


async def signed_in(client, town, sub, **form):
    return await client.get(await at_provider(await go(client, town, **form), sub))


async def refused(client, town, answer, sentence, status=401):
    """Nobody is signed in, and the page says why and lets one try again."""
    assert answer.status_code == status, answer.text
    assert sentence in answer.text
    assert "roder_session=" not in str(answer.headers.get_list("set-cookie"))
    assert 'logga-in/oidc"' in answer.text
    assert await sessions(town) == 0
