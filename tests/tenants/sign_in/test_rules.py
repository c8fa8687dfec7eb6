"""Roles from claims: which rules fit, what they give and take, and what they never touch."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from roder.infra.errors import Forbidden, InvalidInput, NotFound
from roder.tenants.actors import service
from roder.tenants.delegations import delegate_roles, own_roles
from roder.tenants.grants import GrantSource
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.models import Person, RightsVersion, RoleGrant
from roder.tenants.people import grant_role, withdraw_role
from roder.tenants.sign_in.models import ClaimRule, PersonIdentity
from roder.tenants.sign_in.providers import chosen_provider, set_sign_in_provider
from roder.tenants.sign_in.rules import (
    Effect,
    add_claim_rule,
    claim_rules,
    fits,
    follow_rules,
    read_claims,
    remove_claim_rule,
    try_claims,
    values_of,
)
from roder.tenants.sign_in.settings import change_sign_in_settings
from roder.tenants.work import open_work

ISSUER = "https://inloggning.kommun.example"


@pytest.fixture
async def rules(town):
    """Rules that are on: a group by unit, and a department everywhere."""
    async with await town.work() as work:
        await set_sign_in_provider(work, issuer=ISSUER, client_id="roder")
        await add_claim_rule(
            work, claim="groups", pattern="roder-*", role="contributor", unit_code="*"
        )
        await add_claim_rule(work, claim="department", pattern="Revision", role="auditor")
        await change_sign_in_settings(work, {"rules_on": True})


async def come_in(town, who, **claims):
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        provider = await chosen_provider(work, None)
        person = await work.get(Person, town.people[who].id)
        await follow_rules(work, person, provider, {"sub": who, **claims})
    return await held(town, who)


async def held(town, who):
    async with await town.work(write=False) as work:
        rows = await work.scalars(
            select(RoleGrant).where(
                RoleGrant.person_id == town.people[who].id, RoleGrant.ended_at.is_(None)
            )
        )
    codes = {unit.id: code for code, unit in town.units.items()}
    return sorted((row.source, row.role, codes.get(row.unit_id, "")) for row in rows)


async def test_what_the_rules_give_is_marked_and_replaced_at_each_sign_in(town, rules):
    given = await come_in(town, "employee", groups=["roder-home_care", "roder-committee", "x"])
    assert given == [
        ("claims", "contributor", "committee"),
        ("claims", "contributor", "home_care"),
    ]

    assert await come_in(town, "employee", groups="roder-home_care") == [
        ("claims", "contributor", "home_care")
    ]
    assert await come_in(town, "employee") == []


async def test_what_was_given_by_hand_is_never_touched(town, rules):
    by_hand = ("hand", "contributor", "home_care")
    assert await held(town, "manager") == [by_hand]

    assert await come_in(town, "manager", groups=["roder-home_care"]) == [
        ("claims", "contributor", "home_care"),
        by_hand,
    ]
    assert await come_in(town, "manager") == [by_hand]


async def test_a_grant_by_hand_of_what_a_rule_gave_stays_when_the_rule_takes_its_own(town, rules):
    await come_in(town, "employee", groups=["roder-home_care"])
    async with await town.work() as work:
        await grant_role(
            work,
            town.people["employee"].id,
            role="contributor",
            unit_id=town.units["home_care"].id,
        )

    assert await come_in(town, "employee") == [("hand", "contributor", "home_care")]


async def test_nothing_is_written_while_the_rules_are_off_or_nothing_changes(town, rules):
    await come_in(town, "employee", groups=["roder-home_care"])
    before = await version(town)
    await come_in(town, "employee", groups=["roder-home_care"])
    assert await version(town) == before
    async with await town.work() as work:
        await change_sign_in_settings(work, {"rules_on": False})

    assert await come_in(town, "employee") == [("claims", "contributor", "home_care")]


async def version(town):
    async with await town.work(write=False) as work:
        return await work.first(select(RightsVersion.version))


async def test_a_full_administrator_is_made_by_a_rule_only_when_that_is_ticked(town, rules):
    async with await town.work() as work:
        await add_claim_rule(work, claim="groups", pattern="it-drift", role="full_administrator")
    assert await come_in(town, "employee", groups=["it-drift"]) == []
    async with await town.work() as work:
        await change_sign_in_settings(work, {"full_administrator_by_rules": True})

    assert await come_in(town, "employee", groups=["it-drift"]) == [
        ("claims", "full_administrator", "")
    ]


async def test_the_last_full_administrator_keeps_the_role_that_a_rule_gave(town, rules):
    async with await town.work() as work:
        await add_claim_rule(work, claim="groups", pattern="it-drift", role="full_administrator")
        await change_sign_in_settings(work, {"full_administrator_by_rules": True})
    await come_in(town, "employee", groups=["it-drift"])
    async with await town.work("employee") as work:
        [by_hand] = await work.scalars(
            select(RoleGrant.id).where(
                RoleGrant.role == "full_administrator", RoleGrant.source == GrantSource.HAND
            )
        )
        await withdraw_role(work, by_hand)

    assert await come_in(town, "employee") == [("claims", "full_administrator", "")]
    async with await town.work("employee") as work:
        await delegate_roles(
            work,
            grant_ids=[grant.id for grant in await own_roles(work)],
            colleague_id=town.people["manager"].id,
            valid_from=None,
            valid_to=work.now + timedelta(days=7),
        )
    # A deputy is none without whoever handed it on.
    assert await come_in(town, "employee") == [("claims", "full_administrator", "")]


async def test_an_auditor_gets_no_other_role_by_a_rule(town, rules):
    assert await come_in(town, "auditor", groups=["roder-home_care"]) == [("hand", "auditor", "")]


async def test_a_unit_that_is_not_there_gives_nothing(town, rules):
    assert await come_in(town, "employee", groups=["roder-finns-inte"]) == []


async def test_trying_out_tells_who_and_what_and_why_and_changes_nothing(town, rules):
    email = town.people["employee"].email
    claims = {
        "sub": "e-1",
        "email": email,
        "email_verified": True,
        "groups": ["roder-home_care", "roder-x"],
        "acr": "http://id.elegnamnden.se/loa/1.0/loa3",
    }
    async with await town.work() as work:
        provider = await chosen_provider(work, None)
        found = await try_claims(work, claims, provider=provider)
        assert await work.scalars(select(PersonIdentity)) == []

    assert (found.person.id, found.found_by, found.level) == (
        town.people["employee"].id,
        "email",
        3,
    )
    assert [(each.effect, each.value, each.unit_code) for each in found.tried] == [
        (Effect.GIVES, "roder-home_care", "home_care"),
        (Effect.NO_UNIT, "roder-x", "x"),
        (Effect.NO_CLAIM, "", ""),
    ]
    assert [each.unit_id for each in found.given] == [town.units["home_care"].id]
    assert (found.taken, found.kept) == ((), ())
    assert await held(town, "employee") == []


async def test_trying_out_tells_what_would_be_taken_and_what_stays(town, rules):
    await come_in(town, "manager", groups=["roder-committee"])
    claims = {"sub": "m", "email": town.people["manager"].email, "email_verified": True}
    async with await town.work() as work:
        found = await try_claims(work, claims, provider=await chosen_provider(work, None))

    assert [grant.unit_id for grant in found.taken] == [town.units["committee"].id]
    assert [grant.unit_id for grant in found.kept] == [town.units["home_care"].id]


async def test_one_who_is_not_in_the_register_is_told_so(town, rules):
    claims = {"sub": "x", "email": "ny@kommun.example", "email_verified": True, "name": "Ny"}
    async with await town.work() as work:
        provider = await chosen_provider(work, None)
        before = await try_claims(work, claims, provider=provider)
        await change_sign_in_settings(work, {"make_people": True})
        after = await try_claims(work, claims, provider=provider)

    assert (before.person, before.found_by) == (None, "nobody")
    assert (after.person, after.found_by, after.name) == (None, "new", "Ny")


async def test_trying_out_notes_whose_roles_it_shows(town, rules):
    manager = town.people["manager"]
    await come_in(town, "manager", groups="roder-committee")
    async with await town.work() as work:
        provider = await chosen_provider(work, None)
        claims = {"sub": "m", "email": manager.email, "email_verified": True}
        found = await try_claims(work, claims, provider=provider)
        shown = sorted(grant.id for grant in (*found.taken, *found.kept))
    async with await town.work(write=False) as work:
        entries = await work.scalars(
            select(LogEntry).where(LogEntry.action == Action.READ).order_by(LogEntry.seq)
        )
    assert len(shown) == 2
    assert [(each.kind, sorted(each.records), each.about) for each in entries[-2:]] == [
        ("sign_in_claims", [manager.id], [manager.id]),
        ("role_grant", shown, [manager.id]),
    ]


async def test_claims_are_kept_only_of_full_administrators(town, rules):
    async with await town.work() as work:
        for who in ("administrator", "employee"):
            person = town.people[who].id
            work.add(
                PersonIdentity(person_id=person, issuer=ISSUER, subject=who, last_used_at=work.now)
            )
    await come_in(town, "administrator", groups=["a"])
    await come_in(town, "employee", groups=["a"])

    async with await town.work(write=False) as work:
        rows = await work.scalars(select(PersonIdentity).order_by(PersonIdentity.subject))
    assert [(row.subject, row.claims) for row in rows] == [
        ("administrator", {"sub": "administrator", "groups": ["a"]}),
        ("employee", None),
    ]


async def test_a_rule_for_one_provider_gives_nothing_by_another(town, rules):
    async with await town.work() as work:
        other = await set_sign_in_provider(work, issuer="https://b.example", client_id="x")
        await add_claim_rule(
            work, claim="sub", pattern="*", role="contributor", provider_id=other.id
        )

    assert await come_in(town, "employee") == []


@pytest.mark.parametrize(
    ("pattern", "value", "star"),
    [
        ("a", "a", ""),
        ("a", "A", ""),
        ("a", "ab", None),
        ("*", "anything", "anything"),
        ("*", "", ""),
        ("roder-*", "Roder-HTO", "HTO"),
        ("roder-*", "roder-", ""),
        ("roder-*-chef", "roder-HTO-chef", "HTO"),
        ("ab*ba", "aba", None),
        ("a.c", "abc", None),
        ("(a+)+$", "a" * 5000, None),
        ("å*", "Åland", "land"),
    ],
)
def test_a_star_is_anything_and_nothing_else_is_special(pattern, value, star):
    assert fits(pattern, value) == star


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("text", ["a"]),
        ("list", ["a", "1", "true"]),
        ("deep.roles", ["r"]),
        ("with.dot", ["d"]),
        ("none", None),
        ("absent", None),
        ("deep.roles.more", None),
        ("deep", []),
    ],
)
def test_values_of_a_claim(name, values):
    claims = {
        "text": "a",
        "list": ["a", 1, True, None, {"x": 1}, ["y"]],
        "deep": {"roles": ["r"]},
        "with.dot": "d",
        "none": None,
    }
    assert values_of(claims, name) == values


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "null", '"a"', "{", "x" * 30_000, '{"sub": "a\\u0000"}']
)
def test_what_is_no_json_object_is_not_tried(text):
    with pytest.raises(InvalidInput) as refused:
        read_claims(text)
    assert refused.value.field == "claims"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"claim": ""}, "claim"),
        ({"claim": "a\nb"}, "claim"),
        ({"pattern": ""}, "pattern"),
        ({"pattern": "a*b*"}, "pattern"),
        ({"pattern": "x" * 201}, "pattern"),
        ({"role": "employee"}, "role"),
        ({"role": "service"}, "role"),
        ({"role": "kung"}, "role"),
        ({"role": "auditor", "unit_code": "x"}, "unitCode"),
        ({"unit_code": "*"}, "unitCode"),
    ],
)
async def test_a_rule_that_cannot_be_is_told_at_its_field(town, change, field):
    values = {"claim": "groups", "pattern": "a", "role": "contributor", "unit_code": None}
    async with await town.work() as work:
        with pytest.raises(InvalidInput) as refused:
            await add_claim_rule(work, **(values | change))
        assert refused.value.field == field
        assert await work.scalars(select(ClaimRule)) == []


@pytest.mark.parametrize("who", ["local", "manager", "employee", "auditor"])
async def test_only_full_administrators_decide_about_rules(town, rules, who):
    async with await town.work() as work:
        rule = (await claim_rules(work))[0]
        provider = await chosen_provider(work, None)
    async with await town.work(who) as work:
        if who == "auditor":
            assert len(await claim_rules(work)) == 2
        else:
            with pytest.raises(Forbidden):
                await claim_rules(work)
        for refused in (
            add_claim_rule(work, claim="a", pattern="a", role="contributor"),
            remove_claim_rule(work, rule.id),
            try_claims(work, {"sub": "x"}, provider=provider),
            change_sign_in_settings(work, {"rules_on": False}),
        ):
            with pytest.raises(Forbidden):
                await refused


async def test_a_rule_of_another_municipality_is_as_absent(town, other_town, rules):
    async with await town.work() as work:
        rule = (await claim_rules(work))[0]
    async with await other_town.work() as work:
        with pytest.raises(NotFound):
            await remove_claim_rule(work, rule.id)
    async with await town.work() as work:
        assert len(await claim_rules(work)) == 2
