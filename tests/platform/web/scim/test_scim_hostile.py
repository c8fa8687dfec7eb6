"""Whatever somebody with a directory's key can send: refused in SCIM's form, never a fault."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from scim_client import ERROR, GROUP, PATCH, USER, refused
from sqlalchemy import select

from roder.tenants.models import Person
from roder.tenants.scim.models import ScimGroup, ScimRequest


def deep(levels: int, end: object = "x") -> object:
    for _level in range(levels):
        end = {"a": end}
    return end


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def patch(*operations: object) -> dict[str, object]:
    return {"schemas": [PATCH], "Operations": list(operations)}


BODIES: list[tuple[str, object, int]] = [
    ("no body", b"", 400),
    ("not JSON", b"userName=anna", 400),
    ("half of JSON", b'{"userName": "anna"', 400),
    ("a list", b"[]", 400),
    ("a text", b'"anna"', 400),
    ("a number", b"1", 400),
    ("null", b"null", 400),
    ("not UTF-8", b'{"userName": "\xff\xfe"}', 400),
    ("half of a letter", b'{"userName": "\\ud800"}', 400),
    ("NUL in a value", b'{"userName": "a\\u0000@b.example"}', 400),
    ("NUL in a name", b'{"user\\u0000Name": "a@b.example"}', 400),
    ("NaN", b'{"userName": NaN}', 400),
    ("a number without end", b'{"userName": ' + b"9" * 6000 + b"}", 400),
    ("nested lists", nested(900), 400),
    ("lists nested without end", nested(100_000), 400),
    ("objects nested", json.dumps(deep(200)).encode(), 400),
    ("a key twice", b'{"userName": "a@b.example", "userName": 7}', 400),
    ("too large", b'{"userName": "' + b"x" * 300_000 + b'"}', 413),
    ("nothing in it", {}, 400),
    ("an empty name", {"userName": ""}, 400),
    ("a name of spaces", {"userName": "   ", "emails": [{"value": "a@b.example"}]}, 400),
    ("a name that is a number", {"userName": 7}, 400),
    ("a name that is a list", {"userName": ["a@b.example"]}, 400),
    ("a name that is an object", {"userName": {"value": "a@b.example"}}, 400),
    ("no address", {"userName": "anna"}, 400),
    ("an address that is none", {"userName": "anna", "emails": [{"value": "anna"}]}, 400),
    ("an address without a value", {"userName": "anna", "emails": [{"type": "work"}]}, 400),
    ("an address that is null", {"userName": "anna", "emails": [None]}, 400),
    ("addresses that are a text", {"userName": "anna", "emails": "a@b.example"}, 400),
    ("addresses in addresses", {"userName": "anna", "emails": [[{"value": "a@b.example"}]]}, 400),
    (
        "a type that is a list",
        {"userName": "a@b.example", "emails": [{"value": "a@b.example", "type": []}]},
        400,
    ),
    (
        "two primary addresses",
        {
            "userName": "anna",
            "emails": [{"value": f"a{n}@b.example", "primary": True} for n in (1, 2)],
        },
        400,
    ),
    (
        "very many addresses",
        {"userName": "anna", "emails": [{"value": f"a{n}@b.example"} for n in range(5000)]},
        400,
    ),
    ("a long name", {"userName": "x" * 5_000 + "@b.example"}, 400),
    ("a long shown name", {"userName": "a@b.example", "displayName": "x" * 5_000}, 400),
    ("a long first name", {"userName": "a@b.example", "name": {"givenName": "x" * 5_000}}, 400),
    ("active that is a word", {"userName": "a@b.example", "active": "kanske"}, 400),
    ("active that is a list", {"userName": "a@b.example", "active": [True]}, 400),
    ("a name that is a text", {"userName": "a@b.example", "name": "Anna Ek"}, 400),
    (
        "a list of departments",
        {
            "userName": "a@b.example",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": ["x"],
        },
        400,
    ),
    ("schemas that are a number", {"schemas": 7, "userName": "a@b.example"}, 400),
    ("external id that is an object", {"userName": "a@b.example", "externalId": {"a": 1}}, 400),
    ("a language that is a number", {"userName": "a@b.example", "preferredLanguage": 7}, 400),
]


@pytest.mark.parametrize(("body", "status"), [b[1:] for b in BODIES], ids=[b[0] for b in BODIES])
async def test_no_body_of_a_user_is_a_fault_and_nothing_of_it_is_kept(scim, town, body, status):
    before = await town.count(Person)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    kept = await scim.user("kvar")
    for method, path in (("POST", "/Users"), ("PUT", f"/Users/{kept['id']}")):
        response = await scim(
            method, path, content=raw, headers={"content-type": "application/scim+json"}
        )
        refused(response, status)

    assert await town.count(Person) == before + 1
    assert (await scim("GET", f"/Users/{kept['id']}")).json() == kept


PATCHES: list[tuple[str, object, int]] = [
    ("no operations", {"schemas": [PATCH]}, 400),
    ("none of them", patch(), 400),
    ("operations that are an object", {"schemas": [PATCH], "Operations": {}}, 400),
    ("operations that are texts", patch("add"), 400),
    ("an operation of nothing", patch({}), 400),
    ("an operation that is none", patch({"op": "move", "path": "displayName", "value": "x"}), 400),
    ("an op that is a list", patch({"op": ["add"], "path": "displayName", "value": "x"}), 400),
    ("a path that is a number", patch({"op": "add", "path": 7, "value": "x"}), 400),
    ("a path that is none", patch({"op": "add", "path": "emails[", "value": "x"}), 400),
    ("a path with NUL", patch({"op": "add", "path": "display\0Name", "value": "x"}), 400),
    (
        "a path with a long filter",
        patch({"op": "remove", "path": "emails[" + "not (" * 60 + "type pr" + ")" * 60 + "]"}),
        400,
    ),
    ("removing without a path", patch({"op": "remove"}), 400),
    ("removing the user name", patch({"op": "remove", "path": "userName"}), 400),
    ("removing all addresses", patch({"op": "remove", "path": "emails"}), 400),
    ("changing the id", patch({"op": "replace", "path": "id", "value": str(uuid4())}), 400),
    (
        "changing the groups",
        patch({"op": "add", "path": "groups", "value": [{"value": str(uuid4())}]}),
        400,
    ),
    ("adding nothing", patch({"op": "add", "path": "displayName"}), 400),
    ("a list for a text", patch({"op": "replace", "path": "displayName", "value": ["x"]}), 400),
    (
        "an object for a text",
        patch({"op": "replace", "path": "displayName", "value": {"a": 1}}),
        400,
    ),
    ("a text for true", patch({"op": "replace", "path": "active", "value": "kanske"}), 400),
    ("a value nested without end", patch({"op": "add", "path": "name", "value": deep(100)}), 400),
    (
        "replacing what is not there",
        patch(
            {
                "op": "replace",
                "path": 'emails[value co "zzz" or type eq "x"].value',
                "value": "q@b.example",
            }
        ),
        400,
    ),
    (
        "ten thousand operations",
        patch(*[{"op": "replace", "path": "displayName", "value": "x"}] * 10_000),
        413,
    ),
    (
        "a thousand addresses",
        patch(
            *[
                {"op": "add", "path": "emails", "value": [{"value": f"p{n}@b.example"}]}
                for n in range(900)
            ]
        ),
        400,
    ),
    (
        "the last of many is wrong",
        patch(
            *[{"op": "replace", "path": "displayName", "value": f"n{n}"} for n in range(50)],
            {"op": "replace", "path": "userName", "value": ""},
        ),
        400,
    ),
]


@pytest.mark.parametrize(("body", "status"), [p[1:] for p in PATCHES], ids=[p[0] for p in PATCHES])
async def test_no_patch_is_a_fault_and_nothing_of_it_is_kept(scim, body, status):
    kept = await scim.user("kvar")

    response = await scim("PATCH", f"/Users/{kept['id']}", body)

    refused(response, status)
    assert (await scim("GET", f"/Users/{kept['id']}")).json() == kept


GROUPS: list[tuple[str, object, int]] = [
    ("no name", {"schemas": [GROUP]}, 400),
    ("a long name", {"displayName": "x" * 5_000}, 400),
    ("members that are a text", {"displayName": "G", "members": "anna"}, 400),
    ("members that are texts", {"displayName": "G", "members": ["anna"]}, 400),
    ("a member that is a number", {"displayName": "G", "members": [{"value": 7}]}, 400),
    ("a member that is no id", {"displayName": "G", "members": [{"value": "x' or 1=1"}]}, 400),
    (
        "a member of no kind",
        {"displayName": "G", "members": [{"value": str(uuid4()), "type": "Device"}]},
        400,
    ),
    (
        "strangers",
        {"displayName": "G", "members": [{"value": str(uuid4())} for _n in range(3000)]},
        400,
    ),
    (
        "more than fit",
        {"displayName": "G", "members": [{"value": str(uuid4())} for _n in range(20_001)]},
        400,
    ),
    ("too large", {"displayName": "x" * 4_100_000}, 413),
]


@pytest.mark.parametrize(("body", "status"), [g[1:] for g in GROUPS], ids=[g[0] for g in GROUPS])
async def test_no_body_of_a_group_is_a_fault(scim, town, body, status):
    response = await scim("POST", "/Groups", body)

    refused(response, status)
    assert await town.count(ScimGroup) == 0


async def test_many_clever_changes_of_members_are_refused_in_time(scim):
    ids = [(await scim.user(f"p{n}"))["id"] for n in range(60)]
    group = await scim.group("G", ids)
    operations = [{"op": "remove", "path": "members[not (value pr)]"}] * 960

    refused(await scim("PATCH", f"/Groups/{group['id']}", patch(*operations)), 413)

    assert len((await scim("GET", f"/Groups/{group['id']}")).json()["members"]) == 60


async def test_ten_thousand_usual_changes_are_told_to_come_in_smaller_pieces(scim):
    group = await scim.group("G")
    add = {"op": "add", "path": "members", "value": [{"value": str(uuid4())}]}
    refused(await scim("PATCH", f"/Groups/{group['id']}", patch(*[add] * 10_000)), 413)


TYPES = ["text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense", "*/*"]


@pytest.mark.parametrize("media", TYPES)
async def test_only_json_is_read(scim, town, media):
    before = await town.count(Person)
    body = json.dumps({"userName": "a@b.example"}).encode()

    refused(await scim("POST", "/Users", content=body, headers={"content-type": media}), 415)

    assert await town.count(Person) == before


ADDRESSES = [
    ("GET", "/Nobody", 404),
    ("GET", "/Users/%2e%2e/Groups/x", 404),
    ("GET", "/Users/" + "x" * 3_000, 404),
    ("GET", "/Users/%00", 404),
    ("GET", "/Users/1%27%20or%201=1", 404),
    ("GET", "/Users/%F0%9F%98%80", 404),
    ("GET", "/Users/a/b/c", 404),
    ("DELETE", "/Users", 405),
    ("PUT", "/Users", 405),
    ("PATCH", "/Schemas", 405),
    ("POST", "/ServiceProviderConfig", 405),
    ("TRACE", "/Users", 405),
    ("OPTIONS", "/Users", 405),
    ("POST", "/Me", 501),
    ("GET", "/Users?startIndex=x", 400),
    ("GET", "/Users?count=9e99", 400),
    ("GET", "/Users?sortBy=members", 400),
    ("GET", "/Users?sortBy=groups", 400),
    ("GET", "/Users?sortBy=emails%5Btype%20eq%20%22x%22%5D", 400),
    ("GET", "/Users?sortOrder=sideways&sortBy=userName", 400),
    ("GET", "/Users?attributes=userName&excludedAttributes=emails", 400),
    ("GET", "/Users?attributes=%5B%5D", 400),
    ("GET", "/Users?cursor=abc", 501),
    ("GET", "/Schemas?filter=id%20pr", 403),
    ("GET", "/Schemas/urn:nobody", 404),
]


@pytest.mark.parametrize(("method", "path", "status"), ADDRESSES)
async def test_no_address_is_a_fault(scim, method, path, status):
    response = await scim(method, path)

    assert response.status_code == status, response.text
    assert response.json()["schemas"] == [ERROR]


@pytest.mark.parametrize(
    "key",
    [
        "",
        " ",
        "x",
        "Bearer",
        "roder_" + "x" * 43,
        "a\tb",
        "é",
        "x" * 20_000,
    ],
)
async def test_no_key_is_a_fault(scim, key):
    response = await scim("GET", "/Users", headers={"authorization": f"Bearer {key}".encode()})

    refused(response, 401)


BULKS: list[tuple[str, object, int]] = [
    ("nothing", {}, 400),
    ("operations that are a text", {"Operations": "x"}, 400),
    ("too many", {"Operations": [{"method": "DELETE", "path": f"/Users/{uuid4()}"}] * 101}, 413),
    ("too large", {"Operations": [], "x": "y" * 1_100_000}, 413),
]


@pytest.mark.parametrize(("body", "status"), [b[1:] for b in BULKS], ids=[b[0] for b in BULKS])
async def test_no_bulk_request_is_a_fault(scim, body, status):
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], **body}
    refused(await scim("POST", "/Bulk", body), status)


async def test_what_goes_wrong_in_a_bulk_request_is_told_of_each(scim, town):
    before = await town.count(Person)
    wrong = [
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"userName": 7}},
        {
            "method": "POST",
            "path": "/Users",
            "bulkId": "b",
            "data": {"schemas": [USER], "userName": "x", "emails": []},
        },
        {
            "method": "POST",
            "path": "/Groups",
            "bulkId": "c",
            "data": {"schemas": [GROUP], "displayName": "G", "members": [{"value": "bulkId:zzz"}]},
        },
        {"method": "GET", "path": "/Users"},
        {
            "method": "PATCH",
            "path": f"/Users/{uuid4()}",
            "data": patch({"op": "remove", "path": "title"}),
        },
        {"method": "PUT", "path": "/Bulk", "data": {}},
        {"method": "DELETE", "path": "/../../etc"},
    ]
    response = await scim(
        "POST",
        "/Bulk",
        {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": wrong},
    )

    assert response.status_code in (200, 400), response.text
    if response.status_code == 200:
        statuses = [int(each["status"]) for each in response.json()["Operations"]]
        assert all(400 <= status < 500 for status in statuses), statuses
    assert await town.count(Person) == before


async def test_faults_are_kept_without_what_was_sent(scim, town):
    await scim("POST", "/Users", {"userName": "hemlig", "emails": [{"value": "hemlig"}]})
    await scim("GET", f"/Users/{uuid4()}")

    async with await town.work(write=False) as work:
        kept = await work.scalars(select(ScimRequest).where(ScimRequest.status >= 400))
    assert [(row.method, row.kind, row.status, row.scim_type) for row in kept] == [
        ("POST", "User", 400, "invalidValue")
    ]
    assert "e-post" in kept[0].detail
    assert "hemlig" not in kept[0].detail
