"""Roles for a time, handed on, seeing as somebody, support, and who can see what, on pages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from roder.tenants.actors import operator
from roder.tenants.models import Person, RoleGrant
from roder.tenants.seeing_models import SeeAs, SupportConsent
from roder.tenants.support import make_link
from roder.tenants.work import open_work

WHY = {"reason": "Hittar inte rapporten"}


def path(town, who, rest=""):
    return f"/personer/{town.people[who].id}{rest}"


def days(town, first, last):
    today = town.today
    return {
        "from": (today + timedelta(days=first)).isoformat() if first is not None else "",
        "to": (today + timedelta(days=last)).isoformat() if last is not None else "",
    }


@pytest.fixture
async def town(town):
    async with await town.work(write=False) as work:
        town.today = work.today
    return town


async def test_a_role_for_some_days_is_given_and_told(town, visitor):
    visit = await visitor(town)
    sent = {"role": "contributor", "unit": str(town.units["home_care"].id), "reason": "Vikariat"}
    done = await visit.twice(path(town, "employee", "/roller"), sent | days(town, 2, 3))

    assert done.status_code == 303
    async with await town.work(write=False) as work:
        grant = await work.first(
            select(RoleGrant).where(RoleGrant.person_id == town.people["employee"].id)
        )
    assert grant.valid_to - grant.valid_from == timedelta(days=2)
    page = (await visit.get(path(town, "employee"))).text
    assert "gäller inte nu" in page
    assert "Vikariat" in page
    assert "Asta Admin" in page

    refused = await visit.post(path(town, "employee", "/roller"), sent | days(town, None, -2))
    assert refused.status_code == 422
    assert "Rollen måste sluta efter att den börjar" in refused.text


async def test_a_role_is_handed_on_seen_by_both_and_declined(town, visitor):
    giver, taker, admin = [
        await visitor(town, who) for who in ("manager", "employee", "administrator")
    ]
    own = re.search(r'name="roles" value="([0-9a-f-]+)"', (await giver.get("/profil/roller")).text)
    sent = {"roles": own[1], "colleague": "elis anställd", "reason": "Semester"}

    assert (await giver.post("/profil/roller", sent | days(town, 0, 7))).status_code == 303
    assert "du har lämnat den till Elis Anställd" in (await giver.get("/profil/roller")).text
    page = (await taker.get("/profil/roller")).text
    assert "Mona Chef har lämnat den till dig" in page
    for who in ("manager", "employee"):
        assert (
            "Mona Chef har lämnat den till Elis Anställd" in (await admin.get(path(town, who))).text
        )
    grant = re.search(r"/profil/roller/([0-9a-f-]{36})/avsluta", page)[1]
    declined = await taker.post(f"/profil/roller/{grant}/avsluta", {})
    assert declined.status_code == 303
    assert "Ingen har lämnat" not in (await giver.get("/profil/roller")).text
    assert (await town.actor("employee")).grants[1:] == ()


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"colleague": "Nils Ingenstans"}, "Ingen här heter så"),
        ({"colleague": "mona chef"}, "inte dig själv"),
        ({"to": ""}, "Välj den sista dagen"),
        ({"to": "2020-01-01"}, "Rollen måste sluta"),
        ({"roles": ""}, "Välj minst en roll"),
        ({"to": "hej"}, "Skriv dagen som"),
    ],
)
async def test_what_cannot_be_handed_on_is_told_beside_the_form(town, visitor, bad, sentence):
    visit = await visitor(town, "manager")
    own = re.search(r'name="roles" value="([0-9a-f-]+)"', (await visit.get("/profil/roller")).text)
    sent = {"roles": own[1], "colleague": "Elis Anställd"} | days(town, 0, 7)

    refused = await visit.post("/profil/roller", sent | bad)

    assert refused.status_code == 422
    assert sentence in refused.text
    assert await town.count(RoleGrant) == 4


async def test_an_administrator_sees_as_somebody_and_every_edge_only_reads(town, visitor):
    visit = await visitor(town)
    assert (await visit.post(path(town, "employee", "/se-som"), {"reason": ""})).status_code == 422
    assert (await visit.post(path(town, "employee", "/se-som"), WHY)).status_code == 303

    for address in ("/mitt-arbete", "/profil", "/organisation"):
        page = await visit.get(address)
        assert page.status_code == 200
        assert "Du ser tjänsten som Elis Anställd." in page.text
    assert (await visit.get("/personer")).status_code == 403
    refused = await visit.post("/profil", {"locale": "en"})
    assert refused.status_code == 403
    assert "Du ser tjänsten som Elis Anställd och kan bara läsa här" in refused.text
    answer = await visit.http.post(
        f"/{town.tenant.slug}/graphql",
        headers=visit._headers() | {"accept": "application/graphql-response+json"},
        json={"query": 'mutation { tellFault(input: {page: "/", text: "x"}) { __typename } }'},
    )
    assert answer.status_code == 403
    async with await town.work(write=False) as work:
        assert (await work.get(Person, town.people["employee"].id)).locale == "sv"

    ended = await visit.post("/se-som/avsluta", {})
    assert ended.status_code == 303
    assert "Du ser tjänsten som" not in (await visit.get("/profil")).text
    seen = (await (await visitor(town, "employee")).get("/profil/roller")).text
    assert "Asta Admin" in seen
    assert "Hittar inte rapporten" in seen
    assert "Hittar inte rapporten" in (await visit.get(path(town, "employee"))).text


async def test_others_do_not_see_as_anybody(town, visitor):
    for who in ("local", "manager", "employee", "auditor"):
        visit = await visitor(town, who)
        assert (await visit.post(path(town, "employee", "/se-som"), WHY)).status_code == 403
        assert (await visit.get(path(town, "employee", "/se-som"))).status_code == 403
    assert await town.count(SeeAs) == 0


async def test_support_is_let_in_comes_by_a_link_and_is_out_at_once(town, visitor):
    visit = await visitor(town)
    sent = {"reason": "Målen visas inte", "modules": "goals", "may": "read"} | days(town, None, 1)
    assert (await visit.post("/installningar/support", sent)).status_code == 303
    page = (await visit.get("/installningar/support")).text
    assert "Målen visas inte" in page
    async with open_work(town.runtime, town.tenant, operator(), write=True) as work:
        key = await make_link(work, email="help@operator.example")

    guest = replace(visit, cookies={})
    shown = await guest.get(f"/support?nyckel={key}")
    assert f'value="{key}"' in shown.text
    came = await guest.post("/support", {"nyckel": key})
    assert came.status_code == 303
    guest.cookies.update(came.cookies)
    inside = await guest.get("/organisation")
    assert inside.status_code == 200
    assert "Support (help@operator.example)" in inside.text
    for closed in ("/personer", "/installningar", "/logg"):
        assert (await guest.get(closed)).status_code == 403
    assert (await guest.post("/support", {"nyckel": key})).status_code == 404

    async with await town.work(write=False) as work:
        consent = await work.first(select(SupportConsent.id))
    assert "Målen visas inte" in (await visit.get(f"/installningar/support/{consent}")).text
    ended = await visit.post(f"/installningar/support/{consent}/avsluta", {})
    assert ended.status_code == 303
    assert (
        (await guest.get("/organisation"))
        .headers["location"]
        .startswith(f"/{town.tenant.slug}/logga-in")
    )


async def test_support_is_not_let_in_without_all_that_it_takes(town, visitor):
    visit = await visitor(town)
    good = {"reason": "Fel", "modules": "goals", "may": "read"} | days(town, None, 1)
    for bad in ({"reason": ""}, {"modules": "nonsense"}, {"to": ""}, days(town, None, 30)):
        assert (await visit.post("/installningar/support", good | bad)).status_code == 422
    auditor = await visitor(town, "auditor")
    assert (await auditor.get("/installningar/support")).status_code == 200
    assert (await auditor.post("/installningar/support", good)).status_code == 403
    assert await town.count(SupportConsent) == 0


async def test_who_can_see_a_record_is_told(town, visitor):
    unit = town.units["home_care"].id
    page = (await (await visitor(town)).get(f"/vem-ser/Unit/{unit}")).text
    assert "Alla som arbetar här kan läsa det." in page
    assert "Lo Lokal" in page
    page = (await (await visitor(town, "employee")).get(f"/vem-ser/Unit/{unit}")).text
    assert "Lo Lokal" not in page
    assert "Lokaladministratör" in page or "Lokal administratör" in page
    visit = await visitor(town)
    for absent in (f"Unit/{town.people['local'].id}", f"Nothing/{unit}"):
        assert (await visit.get(f"/vem-ser/{absent}")).status_code == 404


async def test_an_auditor_reads_the_settings_with_their_forms_shut(town, visitor):
    visit = await visitor(town, "auditor")
    for address in ("", "/begrepp", "/support", "/utseende", "/inloggning", "/berattat"):
        page = await visit.get(f"/installningar{address}")
        assert page.status_code in (200, 404), address
        if page.status_code == 200:
            assert "Du kan läsa inställningarna men inte ändra dem." in page.text
            assert '<fieldset class="shut" disabled>' in page.text
