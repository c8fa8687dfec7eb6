from uuid import UUID

import pytest
from scim_client import grants_of

from roder.tenants.sign_in.sessions import SESSION_COOKIE, start_session

GROUPS = """{ directoryGroups {
  id displayName externalId members roles { id role unit { name } }
} }"""
ADD = """mutation Add($input: AddGroupRoleInput!) { addGroupRole(input: $input) {
  __typename ... on DirectoryGroup { members roles { role unit { name } } }
  ... on Problem { code field message } } }"""
REMOVE = """mutation Remove($id: ID!) { removeGroupRole(id: $id) {
  __typename ... on DirectoryGroup { roles { id } } ... on Problem { code } } }"""


@pytest.fixture
def ask(town, client):
    async def ask(who, query, **variables):
        async with await town.work() as work:
            key = await start_session(work, town.people[who].id)
        response = await client.post(
            f"/{town.tenant.slug}/graphql",
            json={"query": query, "variables": variables},
            headers={"cookie": f"{SESSION_COOKIE}={key}"},
        )
        return response.json()

    return ask


async def test_what_groups_give_is_decided_in_the_api_too(scim, town, ask):
    anna = await scim.user("anna")
    await scim.group("Chefer", [anna["id"]])
    [group] = (await ask("administrator", GROUPS))["data"]["directoryGroups"]
    unit = f"Unit:{town.units['home_care'].id}"
    wanted = {"groupId": group["id"], "role": "contributor", "unitId": unit}

    meant = await ask(
        "administrator", ADD, input={"groupId": group["id"], "role": "full_administrator"}
    )
    added = await ask("administrator", ADD, input=wanted)

    assert (group["displayName"], group["members"], group["roles"]) == ("Chefer", 1, [])
    assert meant["data"]["addGroupRole"]["field"] == "wholePower"
    assert added["data"]["addGroupRole"] == {
        "__typename": "DirectoryGroup",
        "members": 1,
        "roles": [{"role": "contributor", "unit": {"name": "Hemtjänst Öst"}}],
    }
    standing = [("contributor", town.units["home_care"].id, "scim")]
    assert await grants_of(town, UUID(anna["id"])) == standing

    [group] = (await ask("administrator", GROUPS))["data"]["directoryGroups"]
    removed = await ask("administrator", REMOVE, id=group["roles"][0]["id"])

    assert removed["data"]["removeGroupRole"]["roles"] == []
    assert await grants_of(town, UUID(anna["id"])) == []


@pytest.mark.parametrize("who", ["local", "manager", "employee", "auditor"])
async def test_nobody_else_sees_the_groups_or_decides(scim, town, ask, who):
    group = await scim.group("Chefer", [str(town.people["employee"].id)])
    id = f"DirectoryGroup:{group['id']}"

    seen = await ask(who, GROUPS)
    one = await ask(who, "query One($id: ID!) { node(id: $id) { id } }", id=id)
    added = await ask(who, ADD, input={"groupId": id, "role": "contributor"})

    assert seen["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert one["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert added["data"]["addGroupRole"]["code"] == "FORBIDDEN"
    assert await grants_of(town, town.people["employee"].id) == []
