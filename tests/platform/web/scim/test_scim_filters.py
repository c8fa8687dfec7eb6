"""Filters: known answers, the library's own evaluator as a second opinion, and garbage."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scim2_models import ScimFilter
from scim_client import ENTERPRISE, USER, directory

from roder.platform.web.scim.resources import EnterpriseUser, Group, User, make_provider

PROVIDER = make_provider()


@pytest.fixture(scope="module")
async def staff(app, runtime, settings):
    """A municipality with people and groups that filters tell apart; none of them is changed."""
    import httpx
    from conftest import make_town  # type: ignore[import-not-found]

    town = await make_town(runtime, "Filterby")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=settings.base_url
    ) as client:
        scim = await directory(town, client)
        slug = town.tenant.slug
        anna = await scim.user(
            "anna",
            externalId="A-1",
            name={"givenName": "Anna", "familyName": "Ek"},
            emails=[
                {"value": f"anna@{slug}.example", "type": "work", "primary": True},
                {"value": f"hemma@{slug}.example", "type": "home"},
            ],
            preferredLanguage="sv-SE",
            **{ENTERPRISE: {"department": "Hemtjänst Öst"}},
        )
        bo = await scim.user("bo", externalId="a-1", displayName='Bo "Bosse" Å\\B', active=False)
        cia = await scim.user("cia", name={"formatted": "100 % _säker"}, active=True)
        await scim.group("Chefer", [anna["id"], bo["id"]])
        await scim.group("Alla anställda", [anna["id"], bo["id"], cia["id"]])
        await scim.group("Tom grupp")
        told = {
            kind: (await scim("GET", f"/{kind}", params={"count": 200})).json()["Resources"]
            for kind in ("Users", "Groups")
        }
        with PROVIDER:
            yield SimpleNamespace(
                scim=scim,
                ids={"anna": anna["id"], "bo": bo["id"], "cia": cia["id"]},
                Users=[User[EnterpriseUser].model_validate(each) for each in told["Users"]],
                Groups=[Group.model_validate(each) for each in told["Groups"]],
            )


KNOWN = [
    ('userName sw "anna"', ["anna"]),
    ('USERNAME SW "ANNA"', ["anna"]),
    ('externalId eq "A-1"', ["anna"]),
    ('externalId eq "a-1"', ["bo"]),
    ('displayName eq "bo \\"bosse\\" å\\\\b"', ["bo"]),
    ('displayName ew "\\\\B"', ["bo"]),
    ('name.formatted co "%"', ["cia"]),
    ('name.formatted co "_S"', ["cia"]),
    ('name.formatted co "x_"', []),
    ("name pr", ["anna", "cia"]),
    ("not (name pr)", ["asta", "local", "manager", "employee", "auditor", "bo"]),
    ('name.familyName eq "ek" or name.formatted pr', ["anna", "cia"]),
    ("active eq false", ["bo"]),
    ("active ne true", ["bo"]),
    ('emails[type eq "home"]', ["anna"]),
    ('emails[type eq "home" and value sw "hemma"]', ["anna"]),
    ('emails[type eq "work" and value sw "hemma"]', []),
    ('emails.type eq "home"', ["anna"]),
    ('emails co "hemma"', ["anna"]),
    ('emails[type eq "home"].value sw "hemma"', ["anna"]),
    ("emails[not (primary eq true)]", ["anna"]),
    (f'{ENTERPRISE}:department co "tjänst ö"', ["anna"]),
    (f'schemas eq "{ENTERPRISE}"', ["anna"]),
    ('groups.display eq "chefer"', ["anna", "bo"]),
    ('groups[display eq "chefer"] and active eq true', ["anna"]),
    ('groups pr and not (groups.display eq "chefer")', ["cia"]),
    ('preferredLanguage eq "sv-se"', ["anna"]),
    ('meta.resourceType eq "Group"', []),
    ('meta.created gt "2999-01-01T00:00:00Z"', []),
    (f'{USER}:userName eq "x" or externalId eq null and userName sw "c"', ["cia"]),
]


@pytest.mark.parametrize(("filter", "expected"), KNOWN, ids=[text for text, _names in KNOWN])
async def test_a_filter_finds_whom_it_says(staff, filter, expected):
    assert await staff.scim.found(filter) == expected


async def test_ids_are_whole_and_written_as_we_write_them(staff):
    id = staff.ids["bo"]
    assert await staff.scim.found(f'id eq "{id}"') == ["bo"]
    assert await staff.scim.found(f'id eq "{id.upper()}"') == []
    assert await staff.scim.found(f'id ew "{id[-8:]}"') == ["bo"]
    assert await staff.scim.found(f'members[value eq "{id}"]', "Groups") == [
        "Chefer",
        "Alla anställda",
    ]
    assert await staff.scim.found("not (members pr)", "Groups") == ["Tom grupp"]


WRONG = [
    "",
    " ",
    "userName",
    "userName eq",
    'userName eq "anna',
    "userName eq anna",
    'userName is "anna"',
    'eq "anna"',
    '"anna" eq userName',
    'userName eq "a" and',
    'userName eq "a" userName eq "b"',
    '(userName eq "a"',
    'userName eq "a")',
    'emails[type eq "work"',
    'emails[emails[type eq "x"]]',
    'name[familyName eq "x"]',
    'nobody eq "x"',
    'emails[nobody eq "x"]',
    "active gt true",
    "active co true",
    'active eq "kanske"',
    'meta.created gt "igår"',
    'meta.created gt "0001-01-01T00:00:00+23:59"',
    'meta.version eq "x"',
    'meta.location co "x"',
    'name eq "Anna"',
    'userName eq "\\u0000"',
    'userName eq "\\ud800"',
    'userName eq "a\0b"',
    'userName eq "x" or ' * 300 + 'userName eq "x"',
    'userName eq "' + "x" * 20_000 + '"',
    "not (" * 60 + "userName pr" + ")" * 60,
    "(" * 5_000 + "userName pr" + ")" * 5_000,
    "userName eq 1e999",
    "userName; drop table people",
    "' or 1=1 --",
    'userName eq "a" UNION SELECT 1',
    '\u202euserName eq "a"',
]


@pytest.mark.parametrize("filter", WRONG, ids=[str(n) for n in range(len(WRONG))])
async def test_what_is_no_filter_is_told_so(staff, filter):
    response = await staff.scim("POST", "/Users/.search", {"filter": filter})

    assert response.status_code == 400, response.text
    assert response.json()["scimType"] in ("invalidFilter", "invalidValue", "invalidSyntax")
    assert response.json()["detail"]


# Two ways of saying it: in SQL, and by the library in Python.

SINGLE = [
    "userName",
    "displayName",
    "name.givenName",
    "name.familyName",
    "name.formatted",
    "externalId",
    "preferredLanguage",
    f"{ENTERPRISE}:department",
    "meta.resourceType",
]
TEXTS = [
    "anna",
    "ANNA",
    "bo",
    "a",
    "A-1",
    "å",
    "Ö",
    "Ek",
    "sv",
    "User",
    "",
    "work",
    "example",
    "%",
    "_",
    "\\",
    '"',
]
text = st.sampled_from(TEXTS) | st.text(alphabet="abÅöE-1%_\\'\" ", max_size=4)


def quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


comparison = st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"])
literals = text.map(quoted)
on_text = st.builds("{} {} {}".format, st.sampled_from(SINGLE), comparison, literals)
on_null = st.builds(
    "{} {} null".format,
    st.sampled_from([*SINGLE, "active", "emails", "groups"]),
    st.sampled_from(["eq", "ne"]),
)
on_truth = st.builds(
    "active {} {}".format, st.sampled_from(["eq", "ne"]), st.sampled_from(["true", "false"])
)
on_time = st.builds(
    "meta.created {} {}".format,
    st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"]),
    st.sampled_from(['"2020-01-01T00:00:00Z"', '"2999-12-31T23:59:59.5+02:00"']),
)
part = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from(["value", "type"]), comparison, literals),
    st.builds(
        "primary {} {}".format, st.sampled_from(["eq", "ne"]), st.sampled_from(["true", "false"])
    ),
    st.sampled_from(["type pr", "primary pr", "display pr", 'not (type eq "home")']),
)
parts = st.recursive(
    part,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | inner.map("not ({})".format)
    ),
    max_leaves=4,
)
on_many = st.one_of(
    parts.map("emails[{}]".format),
    st.builds("emails.{} {} {}".format, st.sampled_from(["value", "type"]), comparison, literals),
    st.builds("emails {} {}".format, comparison, literals),
    st.builds("groups.display {} {}".format, comparison, literals),
    st.builds("groups[display {} {}]".format, comparison, literals),
    st.builds("schemas {} {}".format, comparison, literals),
)
present = st.sampled_from(
    [*SINGLE, "active", "name", "emails", "emails.type", "groups", "groups.display", "meta"]
).map("{} pr".format)
one = st.one_of(on_text, on_null, on_truth, on_time, on_many, present)
filters = st.recursive(
    one,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or", "AND"]), inner),
        inner.map("not ({})".format),
    ),
    max_leaves=6,
)
group_filters = st.one_of(
    st.builds("displayName {} {}".format, comparison, literals),
    st.builds("externalId {} {}".format, comparison, literals),
    st.builds("members.type {} {}".format, comparison, literals),
    st.builds("members[value {} {}]".format, comparison, literals),
    st.sampled_from(["members pr", "not (members pr)", "externalId pr"]),
)
often = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@often
@given(filter=filters)
async def test_sql_and_the_library_agree_on_any_filter_of_users(staff, filter):
    await agree(staff, "Users", User[EnterpriseUser], filter)


@often
@given(filter=group_filters)
async def test_sql_and_the_library_agree_on_any_filter_of_groups(staff, filter):
    await agree(staff, "Groups", Group, filter)


async def agree(staff, kind, model, filter):
    with PROVIDER:
        bound = ScimFilter[model](filter)
        expected = [each.id for each in getattr(staff, kind) if bound.match(each)]

    response = await staff.scim("GET", f"/{kind}", params={"filter": filter, "count": 200})

    assert response.status_code == 200, (filter, response.text)
    told = response.json()
    assert [each["id"] for each in told.get("Resources", [])] == expected, filter
    assert told["totalResults"] == len(expected)


garbage = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(codec=None), max_size=30),
    st.lists(
        st.sampled_from(
            [
                "userName",
                "emails",
                "[",
                "]",
                "(",
                ")",
                "eq",
                "co",
                "and",
                "or",
                "not",
                "pr",
                '"a"',
                "true",
                "null",
                "1",
                ".",
                "value",
                "type",
                "urn:x:y",
                ":",
                '"\\u0000"',
                '"\\udc00"',
                "''",
                ";",
            ]
        ),
        max_size=14,
    ).map(" ".join),
)


@often
@given(
    filter=garbage, where=st.sampled_from(["filter", "sortBy", "attributes", "startIndex", "count"])
)
async def test_no_garbage_is_a_fault_of_ours(staff, filter, where):
    sent = filter.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    got = await staff.scim("GET", "/Users", params={where: sent})
    posted = await staff.scim("POST", "/Users/.search", {where: sent})

    for response in (got, posted):
        assert response.status_code in (200, 400), (where, filter, response.text)
        if response.status_code == 400:
            assert response.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
