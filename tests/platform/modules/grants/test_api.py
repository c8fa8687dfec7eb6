"""Grants in the API: a year of one, from the search to the end, and what is refused."""

from io import BytesIO
from typing import Any

import asking
import pytest

from roder.platform.modules.goals.models import NodeKind
from roder.platform.modules.goals.planning.adding import NewNode, add_nodes
from roder.platform.modules.goals.steering.design import LevelDesign, create_model, levels_of
from roder.tenants.files import keep_upload
from roder.tenants.rows import uuid7

TABLE = "Kod;Bidragsgivare;Bidrag;År;Enhet\nX1;Boverket;Hus;2026;home_care"
ANSWER = "__typename ... on Node { id } ... on Problem { code message field }"
GRANT = """{ code name state sought granted claimed paid used returned left version
  giver { name } unit { name } responsible { name } decidedOn registryNumber
  money { kind bookedOn amount note enteredBy { name } }
  deadlines { kind name dueOn doneOn doneBy { name } }
  steps { state back note takenBy { name } } files { title file { name } }
  planNodes { nodes { title } } }"""


@pytest.fixture
def ask(town):
    """The data that somebody's document is answered with."""

    async def send(document: str, who: str = "manager", **variables: Any) -> Any:
        return await asking.ask(town, who, document, **variables)

    return send


@pytest.fixture
def change(ask):
    """What one mutation answers with: the id of its record, or the problem."""

    async def send(_name: str, given: str = "", who: str = "manager", **input: Any) -> Any:
        if given:
            document = f"mutation {{ {_name}({given}) {{ {ANSWER} }} }}"
            (answer,) = (await ask(document, who)).values()
            return answer
        type_ = TYPES[_name]
        document = f"mutation ($input: {type_}!) {{ {_name}(input: $input) {{ {ANSWER} }} }}"
        (answer,) = (await ask(document, who, input=input)).values()
        return answer

    return send


TYPES = {
    "addGrant": "AddGrantInput",
    "changeGrant": "ChangeGrantInput",
    "applyForGrant": "ApplyForGrantInput",
    "decideGrant": "DecideGrantInput",
    "useGrant": "GrantStepInput",
    "reportGrant": "GrantStepInput",
    "claimGrant": "ClaimGrantInput",
    "closeGrant": "GrantStepInput",
    "takeGrantStepBack": "GrantStepInput",
    "addGrantMoney": "GrantMoneyInput",
    "addGrantDeadline": "GrantDeadlineInput",
}


async def goal_of(town):
    async with await town.work() as work:
        model = await create_model(
            work, year=2026, name="Mål", levels=[LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål"})]
        )
        (level,) = await levels_of(work, model.id)
        node = NewNode(
            id=uuid7(), level_id=level.id, unit_id=town.units["home_care"].id, title="Trygg vård"
        )
        await add_nodes(work, [node])
        file = await keep_upload(
            work, name="beslut.pdf", media_type="application/pdf", body=BytesIO(b"%PDF-1.7")
        )
    return f"Goal:{node.id}", f"StoredFile:{file.id}"


async def test_a_year_of_a_grant(town, ask, change):
    goal, file = await goal_of(town)
    id = await a_year(town, change, goal, file)

    told = (await ask(f'{{ grant(id: "{id}") {GRANT} }}', "auditor"))["grant"]
    assert told == the_year(closed_on=told["deadlines"][1]["doneOn"])
    await change("takeGrantStepBack", id=id, note="En faktura kom sent")
    await change("unlinkGrant", f'grantId: "{id}", nodeId: "{goal}"')
    told = await ask(f'{{ grant(id: "{id}") {{ state planNodes {{ nodes {{ title }} }} }} }}')
    assert told["grant"] == {"state": "CLAIMED", "planNodes": {"nodes": []}}


async def a_year(town, change, goal: str, file: str) -> str:
    """A grant from its search to its end; its id."""
    unit, person = f"Unit:{town.units['home_care'].id}", f"Person:{town.people['manager'].id}"
    made = await change(
        "addGrant",
        unitId=unit,
        giver="Socialstyrelsen",
        name="Äldreomsorgslyftet",
        year=2026,
        responsibleId=person,
        sought="1000.5",
    )
    id = made["id"]
    due = await change("addGrantDeadline", grantId=id, kind="INTERIM", dueOn="2026-09-30")
    await change("addGrantDeadline", grantId=id, kind="FINAL", dueOn="2027-02-28")
    await change("linkGrant", f'grantId: "{id}", nodeId: "{goal}"')
    await change("attachGrantFile", f'grantId: "{id}", fileId: "{file}", title: "Beslut"')
    await change("applyForGrant", id=id, version=1)
    await change(
        "decideGrant",
        id=id,
        approved=True,
        decidedBy="Socialstyrelsen",
        decidedOn="2026-02-03",
        registryNumber="SN-2026-4",
        granted="800",
    )
    await change("useGrant", id=id)
    await change("addGrantMoney", grantId=id, kind="PAID", bookedOn="2026-03-01", amount="800")
    await change(
        "addGrantMoney", grantId=id, kind="USED", bookedOn="2026-05-01", amount="600.25", note="Lön"
    )
    await change("tickGrantDeadline", f'id: "{due["id"]}", doneOn: "2026-09-28"')
    await change("reportGrant", id=id)
    await change("claimGrant", id=id, claimed="199.75")
    await change(
        "addGrantMoney", grantId=id, kind="RETURNED", bookedOn="2026-11-01", amount="199.75"
    )
    await change("closeGrant", id=id)
    return id


def the_year(*, closed_on: str) -> dict[str, object]:
    """What is told of it then."""
    steps = ("SEARCH", "APPLIED", "GRANTED", "IN_USE", "REPORTED", "CLAIMED", "CLOSED")
    return {
        "code": "SB-2026-01",
        "name": "Äldreomsorgslyftet",
        "state": "CLOSED",
        "sought": "1000.50",
        "granted": "800.00",
        "claimed": "199.75",
        "paid": "800.00",
        "used": "600.25",
        "returned": "199.75",
        "left": "0.00",
        "version": 7,
        "giver": {"name": "Socialstyrelsen"},
        "unit": {"name": "Hemtjänst Öst"},
        "responsible": {"name": "Mona Chef"},
        "decidedOn": "2026-02-03",
        "registryNumber": "SN-2026-4",
        "money": [
            _money("PAID", "2026-03-01", "800.00"),
            _money("USED", "2026-05-01", "600.25", "Lön"),
            _money("RETURNED", "2026-11-01", "199.75"),
        ],
        "deadlines": [
            _deadline("INTERIM", "2026-09-30", "2026-09-28"),
            _deadline("FINAL", "2027-02-28", closed_on),
        ],
        "steps": [
            {"state": state, "back": False, "note": "", "takenBy": {"name": "Mona Chef"}}
            for state in steps
        ],
        "files": [{"title": "Beslut", "file": {"name": "beslut.pdf"}}],
        "planNodes": {"nodes": [{"title": "Trygg vård"}]},
    }


async def test_a_goal_is_counted_with_its_own_grant_only(town, ask, change, add):
    goal, _file = await goal_of(town)
    async with await town.work() as work:
        one, two = [f"Grant:{(await add(work)).id}" for _turn in range(2)]
    await change("linkGrant", f'grantId: "{one}", nodeId: "{goal}"')
    for id, count in ((one, 1), (two, 0)):
        told = await ask(f'{{ grant(id: "{id}") {{ planNodes {{ totalCount }} }} }}')
        assert told["grant"]["planNodes"]["totalCount"] == count


def _money(kind, day, amount, note=""):
    who = {"name": "Mona Chef"}
    return {"kind": kind, "bookedOn": day, "amount": amount, "note": note, "enteredBy": who}


def _deadline(kind, due, done):
    who = {"name": "Mona Chef"}
    return {"kind": kind, "name": "", "dueOn": due, "doneOn": done, "doneBy": who}


async def test_grants_are_listed_by_what_they_are(town, ask, grant_of, add):
    async with await town.work() as work:
        await grant_of(work, "granted")
        await add(work, name="Skola", giver="Skolverket", year=2025, code="A-1")
    committee = f"Unit:{town.units['committee'].id}"

    async def found(given: str) -> list[str]:
        page = await ask(f"{{ grants{given} {{ nodes {{ code }} totalCount }} }}", "employee")
        assert page["grants"]["totalCount"] == len(page["grants"]["nodes"])
        return [node["code"] for node in page["grants"]["nodes"]]

    givers = await ask("{ grantGivers { id name endedOn } grantGiverNames }")
    skolverket, _other = givers["grantGivers"]
    assert skolverket["name"] == "Skolverket"
    assert "Boverket" in givers["grantGiverNames"]
    assert await found("") == ["A-1", "SB-2026-01"]
    assert await found("(year: 2025)") == ["A-1"]
    assert await found("(state: GRANTED)") == ["SB-2026-01"]
    assert await found(f'(giverId: "{skolverket["id"]}")') == ["A-1"]
    assert await found(f'(unitId: "{committee}")') == ["A-1", "SB-2026-01"]
    assert await found(f'(unitId: "{committee}", year: 2026, dueBefore: "2026-12-31")') == [
        "SB-2026-01"
    ]
    assert await found('(dueBefore: "2026-12-30")') == []
    first = (await ask("{ grants(first: 1) { nodes { code } pageInfo { endCursor } } }"))["grants"]
    after = first["pageInfo"]["endCursor"]
    assert await codes_after(ask, after) == ["SB-2026-01"]
    due = await ask(
        f'{{ grantDeadlines(unitId: "{committee}", dueBefore: "2026-12-31") '
        "{ nodes { kind dueOn grant { code paid } } } }"
    )
    assert due["grantDeadlines"]["nodes"] == [
        {"kind": "FINAL", "dueOn": "2026-12-31", "grant": {"code": "SB-2026-01", "paid": "0.00"}}
    ]


async def codes_after(ask, cursor):
    page = (await ask(f'{{ grants(after: "{cursor}") {{ nodes {{ code }} }} }}'))["grants"]
    return [node["code"] for node in page["nodes"]]


async def test_the_overview_has_sums_by_giver_unit_and_year(town, ask, grant_of):
    async with await town.work() as work:
        await grant_of(work, "granted")
        await grant_of(work, "applied")
    total = "{ key name count sought waiting granted paid used returned left unpaid }"
    told = (
        await ask(
            f"{{ grantOverview(year: 2026) {{ whole {total} givers {total} units {total} "
            f"years {total} }} }}",
            "employee",
        )
    )["grantOverview"]
    sums = {
        "count": 2,
        "sought": "2000.00",
        "waiting": "1000.00",
        "granted": "800.00",
        "paid": "0.00",
        "used": "0.00",
        "returned": "0.00",
        "left": "0.00",
        "unpaid": "800.00",
    }
    unit = f"Unit:{town.units['home_care'].id}"
    assert told["whole"] == {"key": "", "name": "Alla tillsammans", **sums}
    assert [each["name"] for each in told["givers"]] == ["Socialstyrelsen"]
    assert told["units"] == [{"key": unit, "name": "Hemtjänst Öst", **sums}]
    assert told["years"] == [{"key": "2026", "name": "2026", **sums}]


async def test_what_is_refused_says_why_and_writes_nothing(town, ask, change, grant_of):
    async with await town.work() as work:
        grant = await grant_of(work, "applied")
        id = f"Grant:{grant.id}"
    missing = await change(
        "decideGrant",
        id=id,
        approved=True,
        decidedBy="Socialstyrelsen",
        decidedOn="2026-02-03",
        registryNumber="",
        granted="5",
    )
    assert missing == {
        "__typename": "Problem",
        "code": "INVALID_INPUT",
        "message": "Skriv diarienumret som beslutet har.",
        "field": "registryNumber",
    }
    early = await change(
        "addGrantMoney", grantId=id, kind="PAID", bookedOn="2026-01-01", amount="5"
    )
    old = await change("changeGrant", id=id, version=1, name="Nytt")
    reader = await change("changeGrant", who="employee", id=id, name="Nytt")
    absent = await change("changeGrant", id=f"Grant:{uuid7()}", name="Nytt")
    codes = [each["code"] for each in (early, old, reader, absent)]
    assert codes == ["CONFLICT", "CONFLICT", "FORBIDDEN", "NOT_FOUND"]
    told = (await ask(f'{{ grant(id: "{id}") {{ name state granted money {{ id }} }} }}'))["grant"]
    assert told == {"name": "Äldreomsorgslyftet", "state": "APPLIED", "granted": None, "money": []}


async def test_a_file_is_tried_and_read_in(town, ask):
    async with await town.work("manager") as work:
        body = BytesIO(TABLE.encode())
        file = await keep_upload(work, name="bidrag.csv", media_type="text/csv", body=body)
    document = """mutation ($file: ID!, $dry: Boolean!) {
      importGrants(fileId: $file, dryRun: $dry) {
        ... on GrantImport { dryRun created changed unchanged errors { row } notices }
        ... on Problem { code message } } }"""
    for dry, made in ((True, 0), (False, 1)):
        done = await ask(document, file=f"StoredFile:{file.id}", dry=dry)
        assert done["importGrants"] == {
            "dryRun": dry,
            "created": 1,
            "changed": 0,
            "unchanged": 0,
            "errors": [],
            "notices": [],
        }
        assert len((await ask("{ grants { nodes { id } } }"))["grants"]["nodes"]) == made
    job = await ask(
        "mutation { exportGrants(input: {year: 2026}) { ... on Job { kind } } }",
        "employee",
    )
    assert job["exportGrants"] == {"kind": "grants.export"}


async def test_givers_are_for_full_administrators(town, change):
    added = await change("addGrantGiver", 'name: "Stiftelsen"', "administrator")
    renamed = await change(
        "changeGrantGiver",
        f'id: "{added["id"]}", name: "Stiftelsen Ö", ended: true',
        "administrator",
    )
    refused = await change("addGrantGiver", 'name: "Annan"', "local")
    assert (renamed["id"], refused["code"]) == (added["id"], "FORBIDDEN")
