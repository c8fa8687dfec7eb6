"""Sign-in, API keys, films and what people have told, over HTTP."""

import time

import pytest
from sqlalchemy import select

from roder.platform.web.helping import HelpSettings
from roder.tenants.feedback import tell_fault
from roder.tenants.models import ApiToken, Feedback, ModuleSettings, SignInProvider
from roder.tenants.municipality import settings_of

CANARY = "<b onmouseover=alert(1)>x</b>"
PROVIDER = {
    "issuer": "https://id.kommun.example",
    "client_id": "roder",
    "client_secret": "hemligt-ord-77",
    "scopes": "openid email",
    "claim": "email",
    "label": "",
    "sealed": "",
}


async def test_the_secret_of_the_sign_in_goes_in_and_never_out(town, visitor):
    visit = await visitor(town)

    shown = await visit.post("/installningar/inloggning", PROVIDER)
    assert "hemligt-ord-77" not in shown.text
    assert "Hemligheten byts ut." in shown.text
    assert await town.count(SignInProvider) == 0
    sealed = shown.text.split('name="sealed" value="')[1].split('"')[0]
    seen = shown.text.split('name="seen" value="')[1][:32]
    done = await visit.post(
        "/installningar/inloggning",
        {**PROVIDER, "client_secret": "", "sealed": sealed, "seen": seen},
    )

    assert done.status_code == 303
    async with await town.work(write=False) as work:
        row = await work.first(select(SignInProvider))
    assert (row.issuer, row.sealed_secret is not None) == ("https://id.kommun.example", True)
    page = (await visit.get("/installningar/inloggning")).text
    assert "hemligt-ord-77" not in page
    assert row.sealed_secret not in page
    await visit.twice(f"/installningar/inloggning/{row.id}/ta-bort", {})
    assert await town.count(SignInProvider) == 0


async def test_a_secret_that_was_sealed_ten_minutes_ago_is_asked_for_again(
    town, visitor, monkeypatch
):
    visit = await visitor(town)
    shown = await visit.post("/installningar/inloggning", PROVIDER)
    sealed = shown.text.split('name="sealed" value="')[1].split('"')[0]
    seen = shown.text.split('name="seen" value="')[1][:32]
    real, sent = time.time, {**PROVIDER, "client_secret": "", "sealed": sealed, "seen": seen}
    monkeypatch.setattr("cryptography.fernet.time.time", lambda: real() + 601)

    refused = await visit.post("/installningar/inloggning", sent)

    assert refused.status_code == 422
    assert "Hemligheten skrevs för länge sedan." in refused.text
    assert await town.count(SignInProvider) == 0
    monkeypatch.setattr("cryptography.fernet.time.time", lambda: real() + 599)
    assert (await visit.post("/installningar/inloggning", sent)).status_code == 303


async def test_a_provider_without_https_is_refused(town, visitor):
    visit = await visitor(town)

    answer = await visit.post("/installningar/inloggning", {**PROVIDER, "issuer": "ftp://x"})

    assert answer.status_code == 422
    assert "hemligt-ord-77" not in answer.text
    assert await town.count(SignInProvider) == 0


async def test_a_key_is_shown_once(town, visitor):
    visit = await visitor(town)
    assert "Inga nycklar." in (await visit.get("/installningar/nycklar")).text
    sent = {"name": CANARY, "scope": ["read:goals", "write:reports"], "days": "90"}

    shown = await visit.post("/installningar/nycklar/ny", sent)
    assert "Mål och uppföljning: läsa" in shown.text
    assert await town.count(ApiToken) == 0
    done = await visit.twice("/installningar/nycklar/ny", sent)

    assert done.status_code == 200
    assert done.headers["cache-control"] == "no-store"
    assert 'value="roder_' in done.text
    assert CANARY not in done.text
    async with await town.work(write=False) as work:
        token = await work.first(select(ApiToken))
    assert token.scopes == ["read:goals", "write:reports"]
    assert token.person_id == town.people["administrator"].id
    listed = (await visit.get("/installningar/nycklar")).text
    assert 'value="roder_' not in listed
    assert CANARY not in listed
    asked = await visit.post(f"/installningar/nycklar/{token.id}/aterkalla")
    assert "Det går inte att ångra." in asked.text
    assert "Återkallad" not in asked.text
    await visit.twice(f"/installningar/nycklar/{token.id}/aterkalla", {})
    assert "Återkallad" in (await visit.get("/installningar/nycklar")).text


@pytest.mark.parametrize(
    "sent",
    [
        {"name": "X", "days": "90"},
        {"name": "", "scope": "read", "days": "90"},
        {"name": "X", "scope": "allt", "days": "90"},
        {"name": "X", "scope": "read", "days": "9999"},
    ],
)
async def test_a_key_that_is_not_well_said_is_not_made(town, visitor, sent):
    visit = await visitor(town)

    answer = await visit.post("/installningar/nycklar/ny", sent)

    assert answer.status_code == 422
    assert await town.count(ApiToken) == 0


@pytest.mark.parametrize("address", ["http://film.example", "javascript:alert(1)", "https://", "x"])
async def test_a_film_has_an_address_with_https(town, visitor, address):
    visit = await visitor(town)

    answer = await visit.post("/installningar/hjalpfilmer", {"start": address})

    assert answer.status_code == 422
    assert await town.count(ModuleSettings) == 0


async def test_a_film_is_linked_from_the_manual(town, visitor):
    visit = await visitor(town)
    film = "https://film.kommun.example/start"

    await visit.twice("/installningar/hjalpfilmer", {"start": film, "goals": ""})

    async with await town.work(write=False) as work:
        kept = await settings_of(work, "help", HelpSettings)
    assert kept.films == {"start": film}
    assert film in (await visit.get("/hjalp")).text


async def test_what_people_have_told_is_dealt_with(town, other_town, visitor):
    visit = await visitor(town)
    async with await town.work("employee") as work:
        fault = await tell_fault(work, page="//ond.example/", text=CANARY)

    listed = (await visit.get("/installningar/synpunkter")).text
    assert CANARY not in listed
    assert "Elis Anställd" in listed
    assert 'href="//ond.example/"' not in listed
    foreign = await visitor(other_town)
    assert (await foreign.post(f"/installningar/synpunkter/{fault.id}/klar")).status_code == 404
    done = await visit.post(f"/installningar/synpunkter/{fault.id}/klar")

    assert done.status_code == 303
    async with await town.work(write=False) as work:
        row = await work.get(Feedback, fault.id)
    assert row.done_by == town.people["administrator"].id


async def test_a_key_of_another_municipality_is_not_there(town, other_town, visitor):
    visit = await visitor(other_town)
    await visit.twice("/installningar/nycklar/ny", {"name": "X", "scope": "read", "days": "30"})
    async with await other_town.work(write=False) as work:
        token = await work.first(select(ApiToken))
    own = await visitor(town)

    answer = await own.post(f"/installningar/nycklar/{token.id}/aterkalla")

    assert answer.status_code == 404
    async with await other_town.work(write=False) as work:
        assert (await work.first(select(ApiToken))).revoked_at is None
