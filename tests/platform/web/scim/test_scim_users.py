from uuid import UUID, uuid4

from scim_client import ENTERPRISE, USER, grants_of, person_of
from sqlalchemy import func, select

from roder.tenants.log.access_log import LogEntry
from roder.tenants.models import ApiToken, CalendarFeed, Person, UserSession
from roder.tenants.sign_in.sessions import start_session
from roder.tenants.tokens.tokens import create_token


async def people(town) -> int:
    async with await town.work(write=False) as work:
        return (await work.execute(select(func.count(Person.id)))).scalar_one()


async def test_a_user_becomes_a_person_of_the_register(scim, town):
    made = await scim.user(
        "anna",
        externalId="42",
        name={"givenName": "Anna", "familyName": "Ek"},
        displayName="Anna Ek",
        preferredLanguage="en-GB",
        **{ENTERPRISE: {"department": "Hemtjänst"}},
    )

    person = await person_of(town, UUID(made["id"]))
    assert (person.name, person.locale, person.left_on) == ("Anna Ek", "en", None)
    assert person.email == f"anna@{town.tenant.slug}.example"
    assert made["schemas"] == [USER, ENTERPRISE]
    assert made["name"] == {"givenName": "Anna", "familyName": "Ek"}
    assert made[ENTERPRISE] == {"department": "Hemtjänst"}
    assert made["meta"]["location"].endswith(f"/{town.tenant.slug}/scim/v2/Users/{made['id']}")
    again = await scim("GET", f"/Users/{made['id']}")
    assert again.json() == made
    assert again.headers["etag"] == made["meta"]["version"]
    assert again.headers["content-type"].startswith("application/scim+json")


async def test_an_address_that_is_missing_is_the_user_name(scim, town):
    address = f"bo@{town.tenant.slug}.example"

    response = await scim("POST", "/Users", {"schemas": [USER], "userName": address})

    assert response.status_code == 201
    assert response.json()["emails"] == [{"value": address, "type": "work", "primary": True}]
    assert (await person_of(town, UUID(response.json()["id"]))).name == address


async def test_who_was_added_by_hand_is_found_and_taken_over(scim, town):
    employee = town.people["employee"]

    found = await scim(
        "GET", "/Users", params={"filter": f'userName eq "{employee.email.upper()}"'}
    )
    [user] = found.json()["Resources"]
    changed = await scim.patch(
        f"/Users/{user['id']}", {"op": "Add", "path": "externalId", "value": "7"}
    )

    assert (user["id"], user["displayName"], user["active"]) == (
        str(employee.id),
        "Elis Anställd",
        True,
    )
    assert changed.status_code == 204
    assert await scim.found('externalId eq "7"') == ["employee"]
    assert (await person_of(town, employee.id)).name == "Elis Anställd"


async def test_a_name_or_an_address_is_one_persons_only(scim, town):
    anna = await scim.user("anna")
    before = await people(town)

    same_name = await scim(
        "POST",
        "/Users",
        {"userName": anna["userName"].upper(), "emails": [{"value": "x@y.example"}]},
    )
    same_address = await scim(
        "POST", "/Users", {"userName": "annan", "emails": [{"value": anna["userName"]}]}
    )
    by_hand = town.people["manager"].email
    change = await scim.patch(
        f"/Users/{anna['id']}",
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": by_hand},
    )

    assert [r.status_code for r in (same_name, same_address, change)] == [409, 409, 409]
    assert {r.json()["scimType"] for r in (same_name, same_address, change)} == {"uniqueness"}
    assert await people(town) == before
    assert (await person_of(town, UUID(anna["id"]))).email == anna["userName"]


async def test_deactivated_is_out_at_once_and_waits_for_the_leavers_run(scim, town):
    anna = await scim.user("anna")
    id = UUID(anna["id"])
    async with await town.work() as work:
        await start_session(work, id)
        await create_token(work, name="Annas", person_id=id)
        work.add(CalendarFeed(person_id=id, digest=b"anna"))

    response = await scim.patch(
        f"/Users/{id}", {"op": "Replace", "path": "active", "value": "False"}
    )

    assert response.status_code == 204, response.text
    person = await person_of(town, id)
    async with await town.work(write=False) as work:
        assert (person.left_on, person.left_by) == (work.today, "scim")
        for kind, ended in (
            (UserSession, "ended_at"),
            (ApiToken, "revoked_at"),
            (CalendarFeed, "revoked_at"),
        ):
            found = await work.scalars(select(kind).where(kind.person_id == id))
            assert [getattr(row, ended) is not None for row in found] == [True]
    assert (await scim("GET", f"/Users/{id}")).json()["active"] is False
    assert await scim.found("active eq false") == ["anna"]


async def test_activated_again_is_back(scim, town):
    anna = await scim.user("anna", active=False)
    id = UUID(anna["id"])
    assert (await person_of(town, id)).left_by == "scim"

    await scim.patch(f"/Users/{id}", {"op": "replace", "value": {"active": True}})

    person = await person_of(town, id)
    assert (person.left_on, person.left_by) == (None, None)


async def test_removed_is_gone_for_the_directory_and_kept_in_the_register(scim, town):
    anna = await scim.user("anna", externalId="42")
    id = UUID(anna["id"])
    group = await scim.group("Chefer", [anna["id"]])

    removed = await scim("DELETE", f"/Users/{id}")

    assert removed.status_code == 204
    assert (await scim("GET", f"/Users/{id}")).status_code == 404
    assert (
        await scim.patch(f"/Users/{id}", {"op": "replace", "path": "displayName", "value": "X"})
    ).status_code == 404
    assert (await scim("DELETE", f"/Users/{id}")).status_code == 404
    assert await scim.found('userName sw "anna"') == []
    assert "members" not in (await scim("GET", f"/Groups/{group['id']}")).json()
    person = await person_of(town, id)
    assert (person.name, person.left_by, person.left_on is None) == ("Anna", "scim", False)


async def test_the_same_one_comes_back_as_themselves_and_somebody_else_does_not(scim, town):
    anna = await scim.user("anna", externalId="42")
    await scim("DELETE", f"/Users/{anna['id']}")
    before = await people(town)

    other = await scim(
        "POST",
        "/Users",
        {"userName": anna["userName"], "externalId": "43", "emails": anna["emails"]},
    )
    same = await scim.user("anna", externalId="42", displayName="Anna Berg")

    assert (other.status_code, other.json()["scimType"]) == (409, "uniqueness")
    assert same["id"] == anna["id"]
    assert await people(town) == before
    person = await person_of(town, UUID(anna["id"]))
    assert (person.name, person.left_on, person.left_by) == ("Anna Berg", None, None)


async def test_the_last_full_administrator_stays(scim, town):
    id = town.people["administrator"].id

    left = await scim.patch(f"/Users/{id}", {"op": "replace", "path": "active", "value": False})
    gone = await scim("DELETE", f"/Users/{id}")

    assert (left.status_code, gone.status_code) == (409, 409)
    assert "sista" in gone.json()["detail"]
    assert (await person_of(town, id)).left_on is None
    assert await grants_of(town, id) == [("full_administrator", None, "hand")]


async def test_what_was_mended_by_hand_stays_until_the_directory_says_something_new(scim, town):
    anna = await scim.user("anna")
    id = UUID(anna["id"])
    async with await town.work() as work:
        (await work.get(Person, id)).name = "Anna med nytt namn"

    await scim.patch(
        f"/Users/{id}", {"op": "add", "path": f"{ENTERPRISE}:department", "value": "X"}
    )
    kept = (await person_of(town, id)).name
    await scim.patch(f"/Users/{id}", {"op": "replace", "path": "displayName", "value": "Anna Ny"})

    assert kept == "Anna med nytt namn"
    assert (await person_of(town, id)).name == "Anna Ny"


async def test_what_nobody_keeps_is_dropped_without_a_word(scim):
    anna = await scim.user(
        "anna", title="Chef", phoneNumbers=[{"value": "070", "type": "work"}], nickName="A"
    )

    more = await scim.patch(
        f"/Users/{anna['id']}",
        {"op": "add", "path": 'phoneNumbers[type eq "work"].value', "value": "070"},
        {"op": "add", "path": "title", "value": "Chef"},
    )

    assert not {"title", "phoneNumbers", "nickName"} & set(anna)
    assert more.status_code == 204
    assert (await scim("GET", f"/Users/{anna['id']}")).json() == anna


async def test_a_change_needs_the_version_that_stands(scim):
    anna = await scim.user("anna")
    path, version = f"/Users/{anna['id']}", anna["meta"]["version"]
    change = {"op": "replace", "path": "displayName", "value": "Ny"}

    unchanged = await scim("GET", path, headers={"if-none-match": version})
    first = await scim.patch(path, change, headers={"if-match": version})
    late = await scim.patch(path, change | {"value": "Sen"}, headers={"if-match": version})
    deleted = await scim("DELETE", path, headers={"if-match": version})

    assert [r.status_code for r in (unchanged, first, late, deleted)] == [304, 204, 412, 412]
    now = (await scim("GET", path)).json()
    assert (now["displayName"], now["meta"]["version"]) == ("Ny", first.headers["etag"])
    assert now["meta"]["version"] != version


async def test_addresses_are_changed_by_value_path(scim, town):
    anna = await scim.user("anna")
    home = {"value": f"hem@{town.tenant.slug}.example", "type": "home"}
    work = f"ny@{town.tenant.slug}.example"

    response = await scim.patch(
        f"/Users/{anna['id']}",
        {"op": "add", "path": "emails", "value": [home]},
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": work},
        {"op": "remove", "path": 'emails[type eq "home"]'},
        params={"attributes": "emails"},
    )

    assert response.status_code == 200
    assert response.json()["emails"] == [{"value": work, "type": "work", "primary": True}]
    assert (await person_of(town, UUID(anna["id"]))).email == work


async def test_pages_tell_how_many_there_are_and_where_they_begin(scim):
    for name in ("bo", "cia", "dag"):
        await scim.user(name)
    page = {"filter": 'displayName co "a"', "sortBy": "displayName", "sortOrder": "descending"}

    first = (await scim("GET", "/Users", params={**page, "startIndex": 2, "count": 2})).json()
    none = (await scim("GET", "/Users", params={"count": 0})).json()
    beyond = (await scim("GET", "/Users", params={"startIndex": 99_999_999_999})).json()

    names = [each["displayName"] for each in first["Resources"]]
    assert (first["totalResults"], first["startIndex"], first["itemsPerPage"]) == (6, 2, 2)
    assert names == ["Lo Lokal", "Elis Anställd"][: len(names)] or names == [
        "Mona Chef",
        "Lo Lokal",
    ]
    assert (none["totalResults"], none.get("Resources", [])) == (8, [])
    assert beyond.get("Resources", []) == []


async def test_attributes_are_chosen(scim):
    anna = await scim.user("anna")
    path = f"/Users/{anna['id']}"

    only = (await scim("GET", path, params={"attributes": "userName,emails.value"})).json()
    less = (await scim("GET", path, params={"excludedAttributes": "emails,meta"})).json()
    posted = await scim(
        "POST",
        "/Users/.search",
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "filter": f'id eq "{anna["id"]}"',
            "attributes": ["userName"],
        },
    )

    assert set(only) == {"schemas", "id", "userName", "emails"}
    assert only["emails"] == [{"value": anna["userName"]}]
    assert not {"emails", "meta"} & set(less)
    assert posted.json()["Resources"] == [
        {"schemas": [USER], "id": anna["id"], "userName": anna["userName"]}
    ]


async def test_a_put_replaces_all_that_is_told(scim, town):
    anna = await scim.user("anna", name={"givenName": "Anna"}, externalId="42")

    response = await scim(
        "PUT",
        f"/Users/{anna['id']}",
        {"schemas": [USER], "userName": anna["userName"], "emails": anna["emails"]},
    )

    assert response.status_code == 200
    assert not {"name", "externalId", "displayName"} & set(response.json())
    assert (await person_of(town, UUID(anna["id"]))).name == anna["userName"]


async def test_both_kinds_are_searched_at_the_root(scim):
    anna = await scim.user("anna")
    await scim.group("Anna och andra", [anna["id"]])

    found = (await scim("GET", "", params={"filter": 'displayName sw "anna"'})).json()
    sorted_ = await scim("GET", "", params={"sortBy": "displayName"})

    assert [each["meta"]["resourceType"] for each in found["Resources"]] == ["User", "Group"]
    assert found["totalResults"] == 2
    assert sorted_.status_code == 501


async def test_me_is_nobody(scim):
    assert (await scim("GET", "/Me")).status_code == 501


async def test_everything_is_noted_in_the_access_log(scim, town):
    anna = await scim.user("anna")
    await scim("GET", f"/Users/{anna['id']}")
    await scim.found('userName sw "anna"')
    await scim.patch(f"/Users/{anna['id']}", {"op": "replace", "path": "active", "value": False})
    await scim("DELETE", f"/Users/{anna['id']}")

    async with await town.work(write=False) as work:
        rows = await work.rows(
            select(LogEntry.action, LogEntry.way, LogEntry.about, LogEntry.process)
            .where(LogEntry.kind == "person", LogEntry.way == "scim")
            .order_by(LogEntry.seq)
        )
    told = [(row[0].value, row[3]) for row in rows if row[2] == [UUID(anna["id"])]]
    # Who is away is noted by the register too.
    assert list(dict.fromkeys(told)) == [
        ("add", "POST User"),
        ("read", "GET User"),
        ("search", "GET User"),
        ("change", "PATCH User"),
        ("remove", "DELETE User"),
    ]


async def test_a_key_of_one_municipality_gets_nothing_of_another(scim, other_scim, town, client):
    anna = await scim.user("anna")
    path = f"/Users/{anna['id']}"
    lost = [
        await other_scim("GET", path),
        await other_scim.patch(path, {"op": "replace", "path": "active", "value": False}),
        await other_scim("DELETE", path),
        await other_scim("GET", f"/Users/{uuid4()}"),
    ]
    foreign = await client.get(
        f"/{town.tenant.slug}/scim/v2/Users", headers={"authorization": f"Bearer {other_scim.key}"}
    )
    member = await other_scim(
        "POST", "/Groups", {"displayName": "X", "members": [{"value": anna["id"]}]}
    )

    assert [r.status_code for r in lost] == [404] * 4
    assert {r.json()["detail"] for r in lost} == {lost[0].json()["detail"]}
    assert foreign.status_code == 401
    assert (member.status_code, member.json()["scimType"]) == (400, "invalidValue")
    assert await other_scim.found(f'id eq "{anna["id"]}"') == []
    assert (await person_of(town, UUID(anna["id"]))).left_on is None


async def test_who_was_taken_out_of_the_register_is_no_user_any_more(scim, town):
    """What they did is a pseudonym's, which no directory makes somebody of again."""
    id = town.people["employee"].id
    async with await town.work() as work:
        person = await work.get(Person, id)
        person.left_on, person.forgotten_at = work.today, work.now

    back = await scim.patch(f"/Users/{id}", {"op": "replace", "path": "active", "value": True})

    assert back.status_code == 404
    assert (await person_of(town, id)).left_on is not None
