"""The register, roles and tokens through the real API."""

import pytest
from sqlalchemy import select

from roder.tenants.models import ApiToken, Person, RoleGrant
from roder.tenants.rows import uuid7

PROBLEM = "... on Problem { code message field }"
ADD = f"""mutation($input: AddPersonInput!) {{
  addPerson(input: $input) {{ ... on Person {{ id name email locale }} {PROBLEM} }} }}"""
CHANGE = f"""mutation($input: ChangePersonInput!) {{
  changePerson(input: $input) {{ ... on Person {{ name email locale }} {PROBLEM} }} }}"""
LEAVE = f"mutation($id: ID!) {{ endPerson(id: $id) {{ ... on Person {{ leftOn }} {PROBLEM} }} }}"
RETURN = f"""mutation($id: ID!) {{
  returnPerson(id: $id) {{ ... on Person {{ leftOn }} {PROBLEM} }} }}"""
GRANT = f"""mutation($input: GrantRoleInput!) {{
  grantRole(input: $input) {{
    ... on RoleGrant {{ id role unit {{ code }} person {{ name }} }} {PROBLEM} }} }}"""
WITHDRAW = f"""mutation($id: ID!) {{
  withdrawRole(id: $id) {{ ... on RoleWithdrawn {{ person {{ name }} }} {PROBLEM} }} }}"""
TOKEN = f"""mutation($input: CreateTokenInput!) {{
  createToken(input: $input) {{
    ... on TokenCreated {{ key token {{ id name scopes person {{ name }} }} }} {PROBLEM} }} }}"""
REVOKE = f"""mutation($id: ID!) {{
  revokeToken(id: $id) {{ ... on ApiToken {{ name revokedAt }} {PROBLEM} }} }}"""
NEW = {"name": "Åke Öberg", "email": "ake@lund.example"}


def gid(row) -> str:
    return f"{type(row).__name__}:{row.id}"


async def register(town):
    async with await town.work(write=False) as work:
        people = await work.scalars(select(Person))
        grants = await work.scalars(select(RoleGrant).where(RoleGrant.ended_at.is_(None)))
    return (
        {(p.id, p.name, p.email, p.locale, p.left_on) for p in people},
        {(g.person_id, g.role, g.unit_id) for g in grants},
    )


async def test_someone_comes_changes_leaves_and_is_back(api):
    added = (await api.ask(ADD, input=NEW))["addPerson"]
    assert added == {"id": added["id"], **NEW, "locale": "sv"}
    changed = await api.ask(CHANGE, input={"id": added["id"], "locale": "en"})
    assert changed == {"changePerson": {**NEW, "locale": "en"}}
    left = (await api.ask(LEAVE, id=added["id"]))["endPerson"]["leftOn"]
    async with await api.town.work(write=False) as work:
        assert left == work.today.isoformat()
    assert await api.ask(RETURN, id=added["id"]) == {"returnPerson": {"leftOn": None}}


async def test_a_role_is_given_and_taken_back(api):
    employee, unit = gid(api.town.people["employee"]), gid(api.town.units["school_board"])
    sent = {"personId": employee, "role": "contributor", "unitId": unit}
    granted = (await api.ask(GRANT, input=sent))["grantRole"]
    assert granted == {
        "id": granted["id"],
        "role": "contributor",
        "unit": {"code": "school_board"},
        "person": {"name": "Elis Anställd"},
    }
    assert await api.ask(WITHDRAW, id=granted["id"]) == {
        "withdrawRole": {"person": {"name": "Elis Anställd"}}
    }
    assert await api.refusal(WITHDRAW, id=granted["id"]) == ("NOT_FOUND", None)


@pytest.mark.parametrize(
    ("document", "sent", "refused"),
    [
        (ADD, {"name": "", "email": "a@b.example"}, ("INVALID_INPUT", "name")),
        (ADD, {"name": "A", "email": "a"}, ("INVALID_INPUT", "email")),
        (ADD, NEW | {"locale": "xx"}, ("INVALID_INPUT", "locale")),
        (CHANGE, {"id": f"Person:{uuid7()}"}, ("NOT_FOUND", None)),
        (CHANGE, {"id": f"Unit:{uuid7()}"}, ("NOT_FOUND", None)),
        (CHANGE, {"id": "nonsense"}, ("INVALID_INPUT", "id")),
        (GRANT, {"personId": f"Person:{uuid7()}", "role": "contributor"}, ("NOT_FOUND", None)),
    ],
)
async def test_bad_input_is_refused_with_its_field(api, document, sent, refused):
    before = await register(api.town)

    assert await api.refusal(document, input=sent) == refused
    assert await register(api.town) == before


async def test_the_last_full_administrator_cannot_leave(api):
    before = await register(api.town)
    own = gid(api.town.people["administrator"])

    assert await api.refusal(LEAVE, id=own) == ("CONFLICT", None)
    assert await register(api.town) == before


@pytest.mark.parametrize("who", ["employee", "manager", "auditor", "local"])
async def test_those_without_the_right_change_nothing(client, town, who):
    before = await register(town)
    one = await client(town, who)
    administrator, committee = gid(town.people["administrator"]), gid(town.units["committee"])
    role = {"personId": administrator, "role": "contributor", "unitId": committee}
    attempts = [
        (GRANT, {"input": role}),
        (CHANGE, {"input": {"id": administrator, "email": "mine@a.example"}}),
        (LEAVE, {"id": administrator}),
        (RETURN, {"id": administrator}),
        (ADD, {"input": NEW}),
    ]
    for document, sent in attempts[:4] if who == "local" else attempts:
        assert await one.refusal(document, **sent) == ("FORBIDDEN", None)

    assert await register(town) == before


async def test_the_register_is_for_administrators_only(client, town):
    query = "{ people { totalCount nodes { name email leftOn grants { role } } } }"
    for who in ("administrator", "local"):
        answer = await (await client(town, who)).ask(query)
        assert answer["people"]["totalCount"] == 5
        assert None not in [person["email"] for person in answer["people"]["nodes"]]
    for who in ("employee", "manager", "auditor"):
        assert (await (await client(town, who)).error(query))[1] == "FORBIDDEN"


async def test_others_are_a_name_and_oneself_is_all(client, town):
    employee = await client(town, "employee")
    query = """query($id: ID!) {
      person(id: $id) { name email locale leftOn grants { role } permissions { name } }
      me { name email locale grants { role } } }"""
    answer = await employee.ask(query, id=gid(town.people["manager"]))

    assert answer["person"] == {
        "name": "Mona Chef",
        "email": None,
        "locale": None,
        "leftOn": None,
        "grants": [],
        "permissions": [],
    }
    assert answer["me"] == {
        "name": "Elis Anställd",
        "email": town.people["employee"].email,
        "locale": "sv",
        "grants": [],
    }


async def test_one_is_told_what_one_may_and_where(client, town):
    query = "{ me { permissions { name everywhere units { code } } } }"

    async def told(who, **options):
        answer = await (await client(town, who, **options)).ask(query)
        return {own.pop("name"): own for own in answer["me"]["permissions"]}

    manager = await told("manager")
    assert manager["goals.edit"] == {"everywhere": False, "units": [{"code": "home_care"}]}
    assert manager["goals.read"] == {"everywhere": True, "units": []}
    assert manager["jobs.read"] == {"everywhere": False, "units": []}
    assert "people.read" not in manager
    reader = await told("manager", scopes=["read:goals", "read:organisation"])
    assert reader.keys() == {"goals.read", "goals.export", "organisation.read"}


async def test_a_person_of_another_municipality_is_not_there(api, client, other_town):
    stranger = await client(other_town)
    before = await register(api.town)
    foreign = gid(api.town.people["manager"])
    query = "query($id: ID!) { person(id: $id) { name } node(id: $id) { id } }"

    assert await stranger.ask(query, id=foreign) == {"person": None, "node": None}
    assert await stranger.refusal(LEAVE, id=foreign) == ("NOT_FOUND", None)
    sent = {"id": foreign, "name": "X"}
    assert await stranger.refusal(CHANGE, input=sent) == ("NOT_FOUND", None)
    assert await register(api.town) == before


async def test_a_token_is_made_shown_once_used_and_revoked(api):
    manager = gid(api.town.people["manager"])
    sent = {"name": "Verksamhetssystemet", "personId": manager, "scopes": ["read:goals"]}
    made = (await api.ask(TOKEN, input=sent))["createToken"]
    assert made["token"] == {
        "id": made["token"]["id"],
        "name": "Verksamhetssystemet",
        "scopes": ["read:goals"],
        "person": {"name": "Mona Chef"},
    }
    use = {"headers": {"Authorization": f"Bearer {made['key']}"}}
    asked = {"json": {"query": "{ steeringModels { totalCount } }"}}
    assert (await api.send("POST", "/graphql", **use, **asked)).json() == {
        "data": {"steeringModels": {"totalCount": 0}}
    }
    listed = (await api.ask("{ apiTokens { id name } }"))["apiTokens"]
    assert {"id": made["token"]["id"], "name": "Verksamhetssystemet"} in listed

    revoked = (await api.ask(REVOKE, id=made["token"]["id"]))["revokeToken"]
    assert revoked["revokedAt"] is not None
    response = await api.send("POST", "/graphql", **use, **asked)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="roder", error="invalid_token"'


async def test_a_token_within_scopes_is_refused_beyond_them(client, town):
    before = await register(town)
    reader = await client(town, scopes=["read"])

    assert await reader.refusal(ADD, input=NEW) == ("FORBIDDEN", None)
    narrow = await client(town, scopes=["read:goals", "write:goals"])
    assert (await narrow.error("{ people { totalCount } }"))[1] == "FORBIDDEN"
    assert await register(town) == before


async def test_a_token_of_another_municipality_lets_nobody_in(api, other_town):
    path = f"/{other_town.tenant.slug}/graphql"
    response = await api.http.post(
        path, json={"query": "{ me { name } }"}, headers={"Authorization": f"Bearer {api.key}"}
    )

    assert response.status_code == 401
    assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


@pytest.mark.parametrize("who", ["local", "manager", "employee", "auditor"])
async def test_only_a_full_administrator_makes_tokens_and_only_auditors_see_them_too(
    client, town, who
):
    one = await client(town, who)
    sent = {"name": "Egen", "personId": gid(town.people[who])}
    if who == "auditor":
        assert await one.ask("{ apiTokens { name } }") == {"apiTokens": [{"name": "Prov"}]}
    else:
        assert (await one.error("{ apiTokens { id } }"))[1] == "FORBIDDEN"
    assert await one.refusal(TOKEN, input=sent) == ("FORBIDDEN", None)

    async with await town.work(write=False) as work:
        assert [token.name for token in await work.scalars(select(ApiToken))] == ["Prov"]
