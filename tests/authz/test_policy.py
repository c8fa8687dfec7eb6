"""Who may do what: the whole table as a snapshot, and a second model that has to agree."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from roder.authz.permit import (
    CONFIDENTIAL,
    OPEN,
    _decided,
    _enforcer,
    allowed,
    permissions,
    policy,
    reach,
)
from roder.tenants.actors import Actor, Grant

SNAPSHOT = Path(__file__).with_name("roles.txt")
ROLES = sorted({role for role, *_rest in policy()})
UNITS = [UUID(int=number) for number in range(1, 6)]
BELOW = {
    UNITS[0]: frozenset(UNITS),
    UNITS[1]: frozenset(UNITS[1:3]),
    UNITS[3]: frozenset(UNITS[3:]),
}
ME, SOMEONE = UUID(int=100), UUID(int=101)


def table() -> str:
    """A line a permission: each role that has it, with its scope and level where not open."""
    lines = []
    for permission in sorted(permissions()):
        kind, _dot, action = permission.partition(".")
        holders = sorted(
            f"{role} ({scope}{', confidential' if level == CONFIDENTIAL else ''})"
            for role, type_, act, scope, level in policy()
            if (type_, act) == (kind, action)
        )
        lines.append(f"{permission}: {', '.join(holders)}\n")
    return "".join(lines)


def test_who_may_do_what_is_as_decided():
    """Changed the policy on purpose? Write the table anew: `python tests/authz/test_policy.py`."""
    assert table() == SNAPSHOT.read_text("utf-8")


def test_no_rule_stands_twice():
    assert len(policy()) == len(set(policy()))


SEEN_BY_UNIT = {
    f"{kind}.{action}"
    for kind in ("goals", "reports", "files", "organisation")
    for action in ("read", "export")
}
"""What a key for some units may without saying where: its session sees its own units' only."""


def second_opinion(
    actor: Actor, permission: str, *, at: UUID | None, owner: UUID | None, level: str
) -> bool:
    """The same decision, written without Casbin and without looking at `authz/permit.py`."""
    kind, _dot, action = permission.partition(".")
    audits = "auditor" in {grant.role for grant in actor.grants}
    if actor.within is not None and (kind == "people" or permission == "roles.delegate"):
        return False
    own = ("auditor", kind, action) in {rule[:3] for rule in policy()}
    if audits and action not in {"read", "export"} and not own:
        return False
    if actor.scopes is not None:
        needed = "read" if action in {"read", "export"} else "write"
        reads = {scope for scope in actor.scopes if scope.partition(":")[0] == "read"}
        if permission == "people.provision":
            if "scim" not in actor.scopes:
                return False
        elif permission == "organisation.read":
            if not reads:
                return False
        elif not actor.scopes & {needed, f"{needed}:{kind}"}:
            return False
    for role, type_, act, scope, cleared in policy():
        if (type_, act) != (kind, action):
            continue
        if level == CONFIDENTIAL and cleared == OPEN:
            continue
        for grant in actor.grants:
            if grant.role != role:
                continue
            in_reach = grant.reach is None or at in grant.reach
            if scope == "tenant" and actor.within is None:
                return True
            if scope == "tenant" and (permission in SEEN_BY_UNIT if at is None else in_reach):
                return True
            if scope == "own" and owner in (None, actor.id):
                return True
            if scope == "subtree" and (at is None or in_reach):
                return True
    return False


grants = st.builds(
    lambda role, unit: Grant(role, unit, None if unit is None else BELOW[unit]),
    st.sampled_from(ROLES),
    st.sampled_from([None, *BELOW]),
)
scopes = st.none() | st.frozensets(
    st.sampled_from(["read", "write", "read:goals", "write:goals", "read:people", "scim"])
)


def acting(held: list[Grant], narrowed: frozenset[str] | None, top: UUID | None) -> Actor:
    """Somebody with roles, or a key of theirs: narrowed by scopes, and to a unit with all below."""
    if top is None:
        return Actor(id=ME, name="x", grants=tuple(held), scopes=narrowed)
    own = BELOW[top]
    there = [
        Grant(grant.role, grant.unit_id, own if grant.reach is None else grant.reach & own)
        for grant in held
    ]
    within = tuple(grant for grant in there if grant.reach)
    return Actor(id=ME, name="x", grants=within, scopes=narrowed, within=own)


actors = st.builds(
    acting, st.lists(grants, max_size=4), scopes, st.sampled_from([None, None, *BELOW])
)


@settings(max_examples=400, deadline=None)
@given(
    actor=actors,
    permission=st.sampled_from(sorted(permissions())),
    at=st.sampled_from([None, *UNITS, UUID(int=9)]),
    owner=st.sampled_from([None, ME, SOMEONE]),
    level=st.sampled_from([OPEN, CONFIDENTIAL]),
)
def test_a_second_model_agrees_on_any_request(actor, permission, at, owner, level):
    expected = second_opinion(actor, permission, at=at, owner=owner, level=level)

    assert allowed(actor, permission, at=at, owner=owner, level=level) is expected


@settings(max_examples=200, deadline=None)
@given(actor=actors, permission=st.sampled_from(sorted(permissions())))
def test_the_units_of_a_list_are_those_of_single_decisions(actor, permission):
    found = reach(actor, permission)
    single = {unit for unit in UNITS if allowed(actor, permission, at=unit)}

    assert single == (set(UNITS) if found is None else found & set(UNITS))


def test_a_person_called_as_a_role_does_not_become_one():
    actor = Actor(id=ME, name="full_administrator", grants=(Grant("employee"),))

    assert not allowed(actor, "tenant.configure")


def test_casbin_is_asked_once_of_all_who_stand_alike(monkeypatch):
    asked = []
    enforcer = _enforcer()
    enforce = enforcer.enforce
    monkeypatch.setattr(enforcer, "enforce", lambda *a: asked.append(a) or enforce(*a))
    _decided.cache_clear()
    for number, unit in enumerate(UNITS):
        grants = (Grant("employee"), Grant("contributor", unit, frozenset({unit})))
        actor = Actor(id=UUID(int=200 + number), name="", grants=grants)
        assert allowed(actor, "goals.edit", at=unit)
        assert not allowed(actor, "goals.edit", at=UUID(int=9))

    everyone = frozenset({"employee", "contributor"})
    assert [request[0] for request in asked] == [
        (everyone, everyone, True, everyone),
        (everyone, frozenset({"employee"}), True, everyone),
    ]


if __name__ == "__main__":
    SNAPSHOT.write_text(table(), "utf-8")
