"""Faults on the pages in the API: anyone tells, only full administrators read them."""

from sqlalchemy import select

from roder.tenants.models import Feedback

TELL = """mutation ($page: String!, $text: String!) {
  tellFault(input: {page: $page, text: $text}) {
    ... on FaultTold { toldAt } ... on Problem { code message field }
  }
}"""
READ = "{ faultsTold { id page text doneAt person { name } doneBy { name } } }"
DEAL = """mutation ($id: ID!) {
  dealWithFault(id: $id) {
    ... on Fault { doneAt doneBy { name } } ... on Problem { code message field }
  }
}"""


async def test_an_employee_tells_and_an_administrator_deals_with_it(town, client, api):
    employee = await client(town, "employee")

    told = await employee.ask(TELL, page="/organisation", text="Trädet är långt.")
    assert told["tellFault"]["toldAt"]
    [fault] = (await api.ask(READ))["faultsTold"]
    assert (fault["page"], fault["text"], fault["doneAt"]) == (
        "/organisation",
        "Trädet är långt.",
        None,
    )
    assert fault["person"] == {"name": "Elis Anställd"}
    done = (await api.ask(DEAL, id=fault["id"]))["dealWithFault"]

    assert done["doneBy"] == {"name": "Asta Admin"}


async def test_nothing_is_told_without_a_text(town, api):
    assert await api.refusal(TELL, page="/", text="  ") == ("INVALID_INPUT", "text")
    assert await town.count(Feedback) == 0


async def test_what_is_told_is_for_full_administrators(town, client):
    local = await client(town, "local")
    await local.ask(TELL, page="/", text="Prov")
    async with await town.work(write=False) as work:
        row = await work.first(select(Feedback))

    assert (await local.error(READ))[1] == "FORBIDDEN"
    assert await local.refusal(DEAL, id=f"Fault:{row.id}") == ("FORBIDDEN", None)
    async with await town.work(write=False) as work:
        assert (await work.get(Feedback, row.id)).done_at is None


async def test_a_fault_of_another_municipality_is_not_there(town, other_town, client, api):
    foreign = await client(other_town)
    await foreign.ask(TELL, page="/", text="Prov")
    [fault] = (await foreign.ask(READ))["faultsTold"]

    assert (await api.ask(READ))["faultsTold"] == []
    assert await api.refusal(DEAL, id=fault["id"]) == ("NOT_FOUND", None)
