from uuid import UUID, uuid4

import pytest
from scim_client import grants_of, person_of
from sent_statements import sent_statements
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.tenants.log.access_log import LogEntry
from roder.tenants.models import Person, RoleGrant
from roder.tenants.people import grant_role
from roder.tenants.rows import uuid7
from roder.tenants.scim.mapping import add_group_role, list_group_roles, remove_group_role
from roder.tenants.scim.models import ScimMember


async def gives(town, group, role, unit=None, **more):
    async with await town.work() as work:
        return await add_group_role(
            work,
            UUID(group["id"]),
            role=role,
            unit_id=town.units[unit].id if unit else None,
            **more,
        )


async def test_who_is_in_the_group_holds_its_roles_and_no_longer_when_they_leave_it(scim, town):
    anna, bo = await scim.user("anna"), await scim.user("bo")
    group = await scim.group("Chefer", [anna["id"]])
    home_care = town.units["home_care"].id
    await gives(town, group, "contributor", "home_care")
    assert await grants_of(town, UUID(anna["id"])) == [("contributor", home_care, "scim")]

    response = await scim.patch(
        f"/Groups/{group['id']}",
        {"op": "Add", "path": "members", "value": [{"value": bo["id"]}]},
        {"op": "Remove", "path": f'members[value eq "{anna["id"]}"]'},
    )

    assert response.status_code == 204
    assert await grants_of(town, UUID(anna["id"])) == []
    assert await grants_of(town, UUID(bo["id"])) == [("contributor", home_care, "scim")]
    user = (await scim("GET", f"/Users/{bo['id']}")).json()
    assert [(g["value"], g["display"]) for g in user["groups"]] == [(group["id"], "Chefer")]


async def test_roles_given_by_hand_are_never_touched(scim, town):
    manager = town.people["manager"]
    home_care = town.units["home_care"].id
    group = await scim.group("Chefer", [str(manager.id)])
    await gives(town, group, "contributor", "home_care")
    both = [("contributor", home_care, "hand"), ("contributor", home_care, "scim")]
    assert await grants_of(town, manager.id) == both

    await scim("DELETE", f"/Groups/{group['id']}")

    assert await grants_of(town, manager.id) == both[:1]


async def test_a_role_of_two_groups_stays_until_the_last_of_them_is_left(scim, town):
    anna = await scim.user("anna")
    groups = [await scim.group(name, [anna["id"]]) for name in ("Ett", "Två")]
    for group in groups:
        await gives(town, group, "contributor", "committee")
    standing = [("contributor", town.units["committee"].id, "scim")]

    for group, left in zip(groups, (standing, []), strict=True):
        assert await grants_of(town, UUID(anna["id"])) == standing
        await scim.patch(f"/Groups/{group['id']}", {"op": "remove", "path": "members"})
        assert await grants_of(town, UUID(anna["id"])) == left


async def test_a_mapping_that_is_taken_away_takes_its_roles(scim, town):
    anna = await scim.user("anna")
    group = await scim.group("Chefer", [anna["id"]])
    row = await gives(town, group, "contributor", "committee")

    async with await town.work() as work:
        await remove_group_role(work, row.id)

    assert await grants_of(town, UUID(anna["id"])) == []


async def test_full_administrators_are_made_only_where_it_is_meant(scim, town):
    anna = await scim.user("anna")
    group = await scim.group("Alla", [anna["id"]])

    with pytest.raises(InvalidInput, match="Kryssa"):
        await gives(town, group, "full_administrator")
    assert await grants_of(town, UUID(anna["id"])) == []
    await gives(town, group, "full_administrator", whole_power=True)

    assert await grants_of(town, UUID(anna["id"])) == [("full_administrator", None, "scim")]


async def test_the_last_full_administrator_stays_in_the_group(scim, town):
    """The one by hand has left, so that the group's is the last."""
    anna = await scim.user("anna")
    group = await scim.group("Alla", [anna["id"]])
    row = await gives(town, group, "full_administrator", whole_power=True)
    async with await town.work("administrator") as work:
        (await work.get(Person, town.people["administrator"].id)).left_on = work.today
        await work.flush()
        with pytest.raises(Conflict):
            await remove_group_role(work, row.id)


async def test_a_change_of_members_that_would_leave_nobody_changes_nothing(scim, town):
    anna, bo = await scim.user("anna"), await scim.user("bo")
    group = await scim.group("Alla", [anna["id"]])
    await gives(town, group, "full_administrator", whole_power=True)
    administrator = town.people["administrator"].id
    await scim.patch(
        f"/Groups/{group['id']}",
        {"op": "add", "path": "members", "value": [{"value": str(administrator)}]},
    )
    async with await town.work() as work:
        hand = await work.first(
            select(RoleGrant).where(
                RoleGrant.person_id == administrator, RoleGrant.source == "hand"
            )
        )
        hand.ended_at = work.now

    response = await scim.patch(
        f"/Groups/{group['id']}",
        {"op": "replace", "path": "members", "value": [{"value": bo["id"]}]},
        {"op": "remove", "path": f'members[value eq "{bo["id"]}"]'},
    )

    assert response.status_code == 409
    held = [("full_administrator", None, "scim")]
    assert await grants_of(town, UUID(anna["id"])) == held
    assert await grants_of(town, administrator) == held
    members = (await scim("GET", f"/Groups/{group['id']}")).json()["members"]
    assert {m["value"] for m in members} == {anna["id"], str(administrator)}


async def test_a_group_makes_no_auditor_of_somebody_with_another_role(scim, town):
    manager, auditor, anna = town.people["manager"], town.people["auditor"], await scim.user("anna")
    ids = [str(manager.id), str(auditor.id), anna["id"]]
    revision, chefer = await scim.group("Revision", ids), await scim.group("Chefer", ids[:2])

    await gives(town, revision, "auditor")
    await gives(town, chefer, "contributor", "committee")

    committee = town.units["committee"].id
    assert await grants_of(town, manager.id) == [
        ("contributor", town.units["home_care"].id, "hand"),
        ("contributor", committee, "scim"),
    ]
    assert await grants_of(town, auditor.id) == [
        ("auditor", None, "hand"),
        ("auditor", None, "scim"),
    ]
    assert await grants_of(town, UUID(anna["id"])) == [("auditor", None, "scim")]


async def test_two_thousand_members_are_replaced_in_a_few_statements(scim, town):
    people = [
        Person(id=uuid7(), name=f"P {n}", email=f"p{n}@{town.tenant.slug}.example")
        for n in range(4000)
    ]
    async with await town.work() as work:
        work.add(*people)
    old, new = [str(p.id) for p in people[:2000]], [str(p.id) for p in people[2000:]]
    group = await scim.group("Alla anställda", old)
    await gives(town, group, "contributor", "committee")
    with sent_statements(scim.client._transport.app.state.runtime) as statements:
        response = await scim.patch(
            f"/Groups/{group['id']}",
            {"op": "replace", "path": "members", "value": [{"value": id} for id in new]},
        )

    assert response.status_code == 204, response.text
    assert len(statements) <= 40, len(statements)
    async with await town.work(write=False) as work:
        members = await work.scalars(
            select(ScimMember.person_id).where(ScimMember.group_id == UUID(group["id"]))
        )
        entries = await work.rows(
            select(LogEntry.action, LogEntry.about).where(
                LogEntry.kind == "role_grant", LogEntry.way == "scim"
            )
        )
    assert {str(id) for id in members} == set(new)
    assert {row[0].value: len(row[1]) for row in entries} == {"grant": 2000, "withdraw": 2000}
    assert await grants_of(town, UUID(old[0])) == []
    assert await grants_of(town, UUID(new[-1])) == [
        ("contributor", town.units["committee"].id, "scim")
    ]


async def test_members_come_and_go_in_every_way_that_directories_send_them(scim):
    ids = [(await scim.user(name))["id"] for name in ("anna", "bo", "cia")]
    group = await scim.group("Chefer", ids[:1])
    path = f"/Groups/{group['id']}"

    async def members() -> list[str]:
        told = (await scim("GET", path)).json().get("members", [])
        return [ids.index(each["value"]) for each in told]

    sent = [
        ({"op": "add", "path": "members", "value": {"value": ids[1]}}, [0, 1]),
        (
            {"op": "Add", "path": "MEMBERS", "value": [{"value": ids[1]}, {"value": ids[2]}]},
            [0, 1, 2],
        ),
        ({"op": "Remove", "path": "members", "value": [{"value": ids[0]}]}, [1, 2]),
        (
            {
                "op": "remove",
                "path": f'urn:ietf:params:scim:schemas:core:2.0:Group:members[value eq "{ids[1]}"]',
            },
            [2],
        ),
        ({"op": "add", "value": {"members": [{"value": ids[0]}]}}, [0, 2]),
        (
            {
                "op": "remove",
                "path": f'members[value sw "{ids[0][:34]}" and value ew "{ids[0][-2:]}"]',
            },
            [2],
        ),
        ({"op": "remove", "path": f'members[value eq "{uuid4()}"]'}, [2]),
        ({"op": "replace", "path": "members", "value": []}, []),
        (
            {
                "op": "replace",
                "value": {"displayName": "Nya", "members": [{"value": ids[0], "type": "User"}]},
            },
            [0],
        ),
        ({"op": "remove", "path": "members"}, []),
    ]
    for operation, expected in sent:
        response = await scim.patch(path, operation)
        assert response.status_code == 204, (operation, response.text)
        assert sorted(await members()) == expected, operation
    assert (await scim("GET", path)).json()["displayName"] == "Nya"


async def test_strangers_and_groups_are_no_members(scim, town):
    other = await scim.group("Annan")
    group = await scim.group("Chefer")
    path = f"/Groups/{group['id']}"
    for member in (
        {"value": str(uuid4())},
        {"value": other["id"]},
        {"value": other["id"], "type": "Group"},
        {"value": "anna"},
        {"value": ""},
        {"display": "Anna"},
        {},
    ):
        response = await scim.patch(path, {"op": "add", "path": "members", "value": [member]})
        assert response.status_code == 400, (member, response.text)
    assert "members" not in (await scim("GET", path)).json()


async def test_members_are_left_out_where_nobody_asks_for_them(scim):
    anna = await scim.user("anna")
    group = await scim.group("Chefer", [anna["id"]])

    listed = await scim(
        "GET",
        "/Groups",
        params={"excludedAttributes": "members", "filter": 'displayName eq "chefer"'},
    )
    one = await scim("GET", f"/Groups/{group['id']}", params={"attributes": "displayName"})

    assert "members" not in listed.json()["Resources"][0]
    assert set(one.json()) == {"schemas", "id", "displayName"}


async def test_only_who_may_give_roles_everywhere_says_what_groups_give(scim, town, other_town):
    group = await scim.group("Chefer")
    for who in ("local", "manager", "employee", "auditor"):
        async with await town.work(who) as work:
            with pytest.raises(Forbidden):
                await add_group_role(work, UUID(group["id"]), role="contributor")
    async with await other_town.work() as work:
        with pytest.raises(NotFound):
            await add_group_role(work, UUID(group["id"]), role="contributor")
    async with await town.work() as work:
        assert await list_group_roles(work) == []


async def test_whoever_comes_back_has_the_roles_of_the_groups_they_are_in(scim, town):
    anna = await scim.user("anna")
    group = await scim.group("Chefer", [anna["id"]])
    await gives(town, group, "contributor", "committee")
    await scim.patch(f"/Users/{anna['id']}", {"op": "replace", "path": "active", "value": False})
    assert (await person_of(town, UUID(anna["id"]))).left_by == "scim"

    await scim.patch(f"/Users/{anna['id']}", {"op": "replace", "path": "active", "value": True})

    assert await grants_of(town, UUID(anna["id"])) == [
        ("contributor", town.units["committee"].id, "scim")
    ]
    async with await town.work() as work:
        await grant_role(work, UUID(anna["id"]), role="contributor")
