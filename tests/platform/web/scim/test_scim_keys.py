"""Which keys may hand in people and groups, and many of them at once."""

from uuid import uuid4

from scim_client import USER, directory
from sqlalchemy import select

from roder.tenants.models import Person
from roder.tenants.people import grant_role


async def test_only_a_key_for_it_may_provision(town, client, scim):
    for scopes in (("read",), ("read", "write"), ("write:people",)):
        reader = await directory(town, client, scopes)
        assert (await reader("GET", "/Users")).status_code == 403
        assert (await reader("GET", "/Schemas")).status_code == 403
        assert (await reader("POST", "/Users", {"userName": "x@y.example"})).status_code == 403
    graphql = await client.post(
        f"/{town.tenant.slug}/graphql",
        json={"query": "{ people { edges { node { name } } } }"},
        headers={"authorization": f"Bearer {scim.key}"},
    )
    without = await client.get(f"/{town.tenant.slug}/scim/v2/Users")

    assert "errors" in graphql.json()
    assert not (graphql.json().get("data") or {}).get("people")
    assert without.status_code == 401
    assert without.headers["www-authenticate"].startswith("Bearer")
    assert without.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert without.json()["status"] == "401"


async def test_a_key_stops_when_its_owner_is_no_full_administrator_any_more(town, client, scim):
    async with await town.work() as work:
        await grant_role(work, town.people["manager"].id, role="full_administrator")
    async with await town.work("manager") as work:
        grant = await work.first(
            select(Person.id).where(Person.id == town.people["administrator"].id)
        )
        assert grant is not None
        (await work.get(Person, grant)).left_on = work.today

    assert (await scim("GET", "/Users")).status_code == 401


async def test_bulk_does_each_by_itself_and_knows_its_own_ids(scim, town):
    address = f"bulk@{town.tenant.slug}.example"
    response = await scim(
        "POST",
        "/Bulk",
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "Operations": [
                {
                    "method": "POST",
                    "path": "/Users",
                    "bulkId": "a",
                    "data": {
                        "schemas": [USER],
                        "userName": address,
                        "emails": [{"value": address}],
                    },
                },
                {
                    "method": "POST",
                    "path": "/Users",
                    "bulkId": "b",
                    "data": {
                        "schemas": [USER],
                        "userName": address,
                        "emails": [{"value": address}],
                    },
                },
                {
                    "method": "POST",
                    "path": "/Groups",
                    "bulkId": "c",
                    "data": {
                        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                        "displayName": "Ny",
                        "members": [{"value": "bulkId:a"}],
                    },
                },
                {"method": "DELETE", "path": f"/Users/{uuid4()}"},
            ],
        },
    )

    assert response.status_code == 200, response.text
    statuses = [each["status"] for each in response.json()["Operations"]]
    assert statuses == ["201", "409", "201", "404"]
    [group] = (await scim("GET", "/Groups")).json()["Resources"]
    assert [member["value"] for member in group["members"]] == [
        response.json()["Operations"][0]["location"].rpartition("/")[2]
    ]
