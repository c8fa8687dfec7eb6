"""Roles for a time, handed on, support and who can see what, through the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from roder.tenants.models import RoleGrant
from roder.tenants.seeing_models import SupportConsent

DAY = timedelta(days=1)
GRANT = """mutation($input: GrantRoleInput!) { grantRole(input: $input) {
  ... on RoleGrant { id validFrom validTo source reason grantedBy { name } endedAt }
  ... on Problem { code message field } } }"""
HISTORY = """query($id: ID!) { person(id: $id) {
  grants { role } roleHistory { role endedAt endedBy { name } grantedBy { name } } } }"""
DELEGATE = """mutation($input: DelegateRolesInput!) { delegateRoles(input: $input) {
  ... on RolesDelegated { delegations { id role unit { code } giver { name } taker { name }
    counts reason } }
  ... on Problem { code message field } } }"""
END = """mutation($id: ID!) { endDelegation(id: $id) {
  ... on DelegationEnded { endedAt } ... on Problem { code message field } } }"""
OPEN = """mutation($input: OpenSupportInput!) { openSupport(input: $input) {
  ... on SupportConsent { id mayWrite modules stands openedBy { name } visits { email } }
  ... on Problem { code message field } } }"""
CLOSE = """mutation($id: ID!) { endSupport(id: $id) {
  ... on SupportConsent { stands endedBy { name } } ... on Problem { code message field } } }"""
WHO = """query($id: ID!) { whoCanSee(id: $id) { everyone
  rules { role scope reads changes }
  people { person { name } reads changes because { role unit { code } delegatedBy { name } } }
  programs { name owner { name } reads changes } support { reason reads changes } } }"""


def gid(row):
    return f"{type(row).__name__}:{row.id}"


def when(moment):
    return moment.isoformat()


async def test_a_role_for_a_time_stands_in_the_history(api):
    town, begins = api.town, datetime.now(UTC) + DAY
    sent = {
        "personId": gid(town.people["employee"]),
        "role": "contributor",
        "validFrom": when(begins),
        "validTo": when(begins + DAY),
        "reason": "Vikariat",
    }
    granted = (await api.ask(GRANT, input=sent))["grantRole"]
    assert (granted["source"], granted["reason"], granted["endedAt"]) == ("hand", "Vikariat", None)
    assert granted["grantedBy"] == {"name": "Asta Admin"}

    found = (await api.ask(HISTORY, id=gid(town.people["employee"])))["person"]
    assert found["grants"] == []
    assert [each["role"] for each in found["roleHistory"]] == ["contributor"]

    await api.ask("mutation($id: ID!) { withdrawRole(id: $id) { __typename } }", id=granted["id"])
    (ended,) = (await api.ask(HISTORY, id=gid(town.people["employee"])))["person"]["roleHistory"]
    assert ended["endedAt"] is not None
    assert ended["endedBy"] == ended["grantedBy"] == {"name": "Asta Admin"}


async def test_a_moment_without_its_offset_is_refused(api):
    sent = {"personId": gid(api.town.people["employee"]), "role": "contributor"}
    sent["validTo"] = "2030-01-01T00:00:00"
    assert await api.refusal(GRANT, input=sent) == ("INVALID_INPUT", "validTo")


async def test_a_role_is_handed_on_declined_and_seen_by_both(client, town):
    giver, taker = await client(town, "manager"), await client(town, "employee")
    async with await town.work(write=False) as work:
        own = await work.first(
            select(RoleGrant).where(RoleGrant.person_id == town.people["manager"].id)
        )
    sent = {
        "grantIds": [gid(own)],
        "colleagueId": gid(town.people["employee"]),
        "validTo": when(datetime.now(UTC) + DAY),
        "reason": "Semester",
    }
    (made,) = (await giver.ask(DELEGATE, input=sent))["delegateRoles"]["delegations"]
    assert made == {
        "id": made["id"],
        "role": "contributor",
        "unit": {"code": "home_care"},
        "giver": {"name": "Mona Chef"},
        "taker": {"name": "Elis Anställd"},
        "counts": True,
        "reason": "Semester",
    }
    seen = await taker.ask("{ delegations { id } seenAsMe { reason } me { grants { role } } }")
    assert seen["delegations"] == [{"id": made["id"]}]
    assert seen["me"]["grants"] == [{"role": "contributor"}]
    assert seen["seenAsMe"] == []

    assert (await taker.ask(END, id=made["id"]))["endDelegation"]["endedAt"]
    assert (await giver.ask("{ delegations { id } }"))["delegations"] == []
    further = sent | {"colleagueId": gid(town.people["local"])}
    assert await taker.refusal(DELEGATE, input=further) == ("NOT_FOUND", "roles")


async def test_support_is_let_in_and_out(client, api, town):
    good = {
        "reason": "Målen visas inte",
        "modules": ["goals"],
        "validTo": when(datetime.now(UTC) + DAY),
    }
    opened = (await api.ask(OPEN, input=good))["openSupport"]
    assert opened == {
        "id": opened["id"],
        "mayWrite": False,
        "modules": ["goals"],
        "stands": True,
        "openedBy": {"name": "Asta Admin"},
        "visits": [],
    }
    auditor = await client(api.town, "auditor")
    query = "{ supportConsents { reason stands } }"
    assert (await auditor.ask(query))["supportConsents"] == [
        {"reason": "Målen visas inte", "stands": True}
    ]
    for who in ("auditor", "local", "employee"):
        other = await client(api.town, who)
        assert await other.refusal(OPEN, input=good) == ("FORBIDDEN", None)
        assert await other.refusal(CLOSE, id=opened["id"]) == ("FORBIDDEN", None)
    closed = (await api.ask(CLOSE, id=opened["id"]))["endSupport"]
    assert closed == {"stands": False, "endedBy": {"name": "Asta Admin"}}
    assert await api.refusal(CLOSE, id="nonsense") == ("INVALID_INPUT", "id")
    async with await api.town.work(write=False) as work:
        assert await work.first(select(func.count(SupportConsent.id))) == 1


async def test_roles_are_told_to_all_and_names_to_administrators_and_auditors(client, town):
    unit = gid(town.units["home_care"])
    for who in ("administrator", "local", "auditor"):
        found = (await (await client(town, who)).ask(WHO, id=unit))["whoCanSee"]
        changes = {p["person"]["name"] for p in found["people"] if p["changes"]}
        assert changes == {"Asta Admin", "Lo Lokal"}
        assert found["everyone"]
    for who in ("manager", "employee"):
        found = (await (await client(town, who)).ask(WHO, id=unit))["whoCanSee"]
        assert (found["people"], found["programs"]) == (None, None)
        assert {"role": "employee", "scope": "tenant", "reads": True, "changes": False} in found[
            "rules"
        ]


async def test_the_register_is_seen_by_fewer_than_the_name(api):
    found = (await api.ask(WHO, id=gid(api.town.people["manager"])))["whoCanSee"]
    assert not found["everyone"]
    assert [(p["person"]["name"], p["reads"], p["changes"]) for p in found["people"]] == [
        ("Asta Admin", True, True),
        ("Lo Lokal", True, True),
    ]


@pytest.mark.parametrize("id", ["Unit:01920000-0000-7000-8000-000000000000", "Nothing:1"])
async def test_what_is_not_there_is_seen_by_nobody(client, town, id):
    api = await client(town)
    if id.startswith("Unit"):
        assert (await api.ask(WHO, id=id))["whoCanSee"] is None
    else:
        assert (await api.error(WHO, id=id))[1] == "INVALID_INPUT"
