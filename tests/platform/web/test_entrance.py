"""Coming in and going out in the demonstration, over the ASGI application."""

import pytest
from pydantic import SecretStr
from served import visited
from sqlalchemy import func, select, update

from roder.platform.web.sign_in_page import way_on
from roder.tenants.models import UserSession
from roder.tenants.sign_in.sessions import LIFE
from roder.tenants.work import Tenancy

PAGE = {"accept": "text/html"}


async def sessions(town):
    async with await town.work(write=False) as work:
        return await work.first(select(func.count(UserSession.id)))


async def ask(client, town, headers=None):
    return await client.post(
        f"/{town.tenant.slug}/graphql", json={"query": "{ __typename }"}, headers=headers
    )


async def test_signing_in_and_out(client, town, other_town):
    place = f"/{town.tenant.slug}"
    page = await client.get(f"{place}/logga-in", headers=PAGE)
    assert "Mona Chef" in page.text
    assert "Hemtjänst Öst" in page.text
    assert "Det du gör här loggas" in page.text

    person = {"person": str(town.people["manager"].id)}
    answer = await client.post(f"{place}/logga-in", data=person)

    assert (answer.status_code, answer.headers["location"]) == (303, place)
    cookie = answer.headers["set-cookie"]
    for part in ("roder_session=session_", "HttpOnly", "SameSite=lax", f"Path={place};"):
        assert part in f"{cookie};"
    assert f"Max-Age={LIFE.seconds}" in cookie
    assert "Du är inloggad som Mona Chef" in (await client.get(f"{place}/logga-in")).text
    assert (await ask(client, town)).status_code == 200
    key = client.cookies["roder_session"]
    stolen = await ask(client, other_town, headers={"cookie": f"roder_session={key}"})
    assert stolen.status_code == 401

    gone = await client.post(f"{place}/logga-ut")

    assert (gone.status_code, gone.headers["location"]) == (303, "/")
    assert (await ask(client, town, headers={"cookie": f"roder_session={key}"})).status_code == 401


async def test_signing_in_goes_on_to_the_page_that_was_wanted(client, town):
    wanted = f"/{town.tenant.slug}/hemtjanst-ost/2026/malanalys?visa=saknas"
    page = await client.get(f"/{town.tenant.slug}/logga-in", params={"till": wanted})
    person = {"person": str(town.people["manager"].id), "till": wanted}

    answer = await client.post(f"/{town.tenant.slug}/logga-in", data=person)

    assert f'name="till" value="{wanted}"' in page.text
    assert answer.headers["location"] == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/osthammar/",
        "//evil.example/osthammar/",
        "/\\evil.example/",
        "/osthammar\\@evil.example",
        "/osthammar//evil.example",
        "/osthammar/%2F%2Fevil.example",
        "/osthammar/../lund",
        "/osthammar/%2e%2e/lund",
        "/osthammar/./x",
        "/osthammar/a\tb",
        "/osthammar/a\r\nSet-Cookie:x=1",
        "/osthammar/a%0d%0ab",
        "/osthammar/a b",
        "/osthammarx",
        "/osthammar.evil.example",
        "/lund",
        "/",
        "",
        " /osthammar/x",
        "javascript:alert(1)",
        "osthammar/x",
        "/osthammar/" + "x" * 2000,
        None,
    ],
)
def test_signing_in_leads_nowhere_else(wanted):
    assert way_on(wanted, TENANT) == "/osthammar"


@pytest.mark.parametrize(
    "wanted",
    [
        "/osthammar",
        "/osthammar/mitt-arbete",
        "/osthammar?x=1",
        "/osthammar/socialnamnden/2026/malanalys?visa=%C3%A5r&rad=2#rad-2",
    ],
)
def test_signing_in_leads_to_any_page_of_the_municipality(wanted):
    assert way_on(wanted, TENANT) == wanted


TENANT = Tenancy(None, "osthammar", "Östhammar")


async def test_signing_in_gives_a_new_key_and_ends_what_the_browser_had(client, town):
    person = {"person": str(town.people["manager"].id)}
    place = f"/{town.tenant.slug}/logga-in"
    await client.post(place, data=person)
    first = client.cookies["roder_session"]

    await client.post(place, data=person)

    assert client.cookies["roder_session"] != first
    old = await ask(client, town, headers={"cookie": f"roder_session={first}"})
    assert old.status_code == 401
    assert (await ask(client, town)).status_code == 200


async def test_a_key_that_was_planted_in_the_browser_opens_nothing_afterwards(client, town):
    planted = "session_" + "A" * 43
    client.cookies.set("roder_session", planted, path=f"/{town.tenant.slug}")
    person = {"person": str(town.people["manager"].id)}

    answer = await client.post(f"/{town.tenant.slug}/logga-in", data=person)

    assert planted not in answer.headers["set-cookie"]
    stolen = await ask(client, town, headers={"cookie": f"roder_session={planted}"})
    assert stolen.status_code == 401


async def test_a_script_can_tell_an_ended_session_from_other_refusals(client, town):
    person = {"person": str(town.people["manager"].id)}
    await client.post(f"/{town.tenant.slug}/logga-in", data=person)
    async with await town.work() as work:
        await work.execute(update(UserSession).values(ended_at=work.now))

    ended = await ask(client, town)
    wrong = await ask(client, town, headers={"authorization": "Bearer roder_unknown"})

    codes = [answer.json()["errors"][0]["extensions"]["code"] for answer in (ended, wrong)]
    assert [ended.status_code, wrong.status_code] == [401, 401]
    assert codes == ["SESSION_ENDED", "UNAUTHENTICATED"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 422),
        ("person=", 422),
        ("person=1", 422),
        ("person=%FF", 422),
        (b"\xff", 422),
        ("&".join(f"a{n}=1" for n in range(30)), 422),
        ("person=00000000-0000-7000-8000-000000000000", 401),
        ("x" * 20_000, 413),
    ],
)
async def test_whoever_names_nobody_is_not_signed_in(client, town, body, status):
    answer = await client.post(f"/{town.tenant.slug}/logga-in", content=body)

    assert answer.status_code == status
    assert "set-cookie" not in answer.headers
    assert await sessions(town) == 0


async def test_someone_of_another_municipality_is_not_signed_in(client, town, other_town):
    person = {"person": str(other_town.people["manager"].id)}

    answer = await client.post(f"/{town.tenant.slug}/logga-in", data=person)

    assert answer.status_code == 401
    assert await sessions(town) == 0


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}]
)
async def test_a_page_of_another_site_signs_nobody_in_or_out(client, town, headers):
    place = f"/{town.tenant.slug}"
    person = {"person": str(town.people["manager"].id)}

    refused = await client.post(f"{place}/logga-in", data=person, headers=headers)
    assert (refused.status_code, await sessions(town)) == (403, 0)

    await client.post(f"{place}/logga-in", data=person)
    for path in ("logga-ut", "logga-in/oidc"):
        assert (await client.post(f"{place}/{path}", headers=headers)).status_code == 403
    assert (await ask(client, town)).status_code == 200


async def test_in_production_nobody_signs_in_without_a_password(settings, town):
    production = settings.model_copy(
        update={
            "mode": "production",
            "public_url": "https://roder.example",
            "secret_key": SecretStr("s" * 40),
        }
    )
    async with visited(production) as client:
        place = f"/{town.tenant.slug}/logga-in"
        page = await client.get(place, headers=PAGE)
        answer = await client.post(place, data={"person": str(town.people["manager"].id)})
        begun = await client.post(f"{place}/oidc")

    assert (page.status_code, answer.status_code, begun.status_code) == (200, 405, 502)
    assert "Mona Chef" not in page.text
    assert "har inte ordnat inloggningen än" in page.text
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert await sessions(town) == 0
