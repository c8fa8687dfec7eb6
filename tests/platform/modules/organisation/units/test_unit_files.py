"""Files of units, in and out, through the real API, worker and object store."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from roder.infra.tabular import read_table
from roder.platform.modules.organisation.jobs import export_units
from roder.tenants.models import StoredFile, UnitVersion
from roder.tenants.rows import uuid7
from roder.workers.models import Job
from roder.workers.run import Pace, run_job

PROBLEM = "... on Problem { code message field }"
IMPORT = f"""mutation($input: ImportUnitsInput!) {{
  importUnits(input: $input) {{
    ... on UnitImport {{
      dryRun created changed unchanged leftAlone notices errors {{ row column message }}
    }}
    {PROBLEM}
  }}
}}"""
EXPORT = f"""mutation($input: ExportUnitsInput!) {{
  exportUnits(input: $input) {{ ... on Job {{ id kind state }} {PROBLEM} }} }}"""
JOB = "query($id: ID!) { job(id: $id) { state problem file { name mediaType link } } }"
HEAD = "Kod;Namn;Slag;Överordnad;Gäller från\n"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def send(client, text: str) -> str:
    response = await client.send("POST", "/files?name=enheter.csv", content=text.encode())
    found: str = response.json()["id"]
    return found


async def versions(town) -> int:
    async with await town.work(write=False) as work:
        return (await work.execute(select(func.count(UnitVersion.id)))).scalar_one()


async def test_a_file_is_tried_then_brought_in(api):
    text = HEAD + "skola;Åsens skola;skola;school_board;\nhome_care;Hemvård;enhet;committee;\n"
    sent = {"fileId": await send(api, text), "fromDate": "2100-01-01"}
    found = {
        "created": 1,
        "changed": 1,
        "unchanged": 0,
        "leftAlone": 3,
        "notices": [],
        "errors": [],
    }
    before = await versions(api.town)

    tried = await api.ask(IMPORT, input=sent | {"dryRun": True})
    assert tried == {"importUnits": found | {"dryRun": True}}
    assert await versions(api.town) == before
    assert await api.ask(IMPORT, input=sent) == {"importUnits": found | {"dryRun": False}}
    assert await versions(api.town) == before + 2


async def test_errors_come_row_by_row(api):
    text = HEAD + "x;;enhet;council;\ny;Y;enhet;saknas;\n"
    before = await versions(api.town)
    brought = await api.ask(IMPORT, input={"fileId": await send(api, text)})

    errors = brought["importUnits"]["errors"]
    assert errors == [
        {"row": 2, "column": "Namn", "message": "En enhet behöver ett namn på 1 till 200 tecken."},
        {
            "row": 3,
            "column": "Överordnad",
            "message": "Det finns ingen enhet med koden saknas, varken här eller i filen.",
        },
    ]
    assert await versions(api.town) == before


async def test_files_that_cannot_be_brought_in_are_refused(api, client, other_town):
    before = await versions(api.town)
    stranger = await client(other_town)
    foreign = await send(stranger, HEAD)
    for id in (foreign, f"StoredFile:{uuid7()}"):
        assert await api.refusal(IMPORT, input={"fileId": id}) == ("NOT_FOUND", "fileId")
    assert await api.refusal(IMPORT, input={"fileId": "x"}) == ("INVALID_INPUT", "fileId")
    pdf = await send(api, "%PDF-1.7")
    assert (await api.refusal(IMPORT, input={"fileId": pdf}))[0] == "INVALID_INPUT"
    large = await send(api, "x" * 5_000_001)
    assert await api.refusal(IMPORT, input={"fileId": large}) == ("INVALID_INPUT", "fileId")

    assert await versions(api.town) == before


@pytest.mark.parametrize("who", ["employee", "manager", "local"])
async def test_others_bring_nothing_in_or_out(client, town, who):
    one = await client(town, who)
    before = await versions(town)
    sent = {"fileId": await send(one, HEAD + "x;X;enhet;;\n")}

    assert await one.refusal(IMPORT, input=sent) == ("FORBIDDEN", None)
    assert await one.refusal(EXPORT, input={}) == ("FORBIDDEN", None)
    assert await versions(town) == before
    async with await town.work(write=False) as work:
        assert await work.scalars(select(Job)) == []


async def test_an_auditor_sends_no_file_and_brings_in_nobody_elses(api, client):
    town, auditor = api.town, await client(api.town, "auditor")
    sent = {"fileId": await send(api, HEAD + "x;X;enhet;;\n")}
    before = await versions(town)

    response = await auditor.send("POST", "/files?name=enheter.csv", content=HEAD.encode())
    assert response.status_code == 403
    assert await auditor.refusal(IMPORT, input=sent) == ("FORBIDDEN", None)
    assert await auditor.refusal(EXPORT, input={}) == ("FORBIDDEN", None)
    assert await versions(town) == before
    async with await town.work(write=False) as work:
        assert len(await work.scalars(select(StoredFile.id))) == 1
        assert await work.scalars(select(Job)) == []


@pytest.mark.parametrize(("kind", "media"), [("EXCEL", XLSX), ("CSV", "text/csv; charset=utf-8")])
async def test_the_organisation_is_written_to_a_file_by_a_worker(api, kind, media):
    town = api.town
    asked = (await api.ask(EXPORT, input={"format": kind, "on": "2020-06-30"}))["exportUnits"]
    assert (asked["kind"], asked["state"]) == ("organisation.export_units", "QUEUED")
    job_id = UUID(asked["id"].partition(":")[2])
    kinds = {export_units.name: export_units}
    await run_job(town.runtime, kinds, tenant_id=town.tenant.id, job_id=job_id, pace=Pace())

    job = (await api.ask(JOB, id=asked["id"]))["job"]
    assert (job["state"], job["problem"]) == ("DONE", None)
    ending = "csv" if kind == "CSV" else "xlsx"
    assert job["file"]["name"] == f"Organisationen i Östhammar 2020-06-30.{ending}"
    assert job["file"]["mediaType"] == media
    link = job["file"]["link"]
    assert link.startswith(f"{town.runtime.settings.base_url}/{town.tenant.slug}/files/StoredFile:")
    content = (await api.send("GET", link.partition(town.tenant.slug)[2])).content
    table = read_table("x", content)
    assert [row.cells for row in table.rows][-5:] == [
        ("Kod", "Namn", "Slag", "Överordnad", "Gäller från"),
        ("council", "Kommunfullmäktige", "kommunfullmäktige", "", "2018-01-01"),
        ("school_board", "Barn- och utbildningsnämnden", "nämnd", "council", "2018-01-01"),
        ("committee", "Socialnämnden", "nämnd", "council", "2018-01-01"),
        ("home_care", "Hemtjänst Öst", "enhet", "committee", "2018-01-01"),
    ]


async def test_an_export_is_refused_when_the_right_is_gone_at_its_turn(api, client):
    """The job asks for its rights again when it runs."""
    town = api.town
    async with await town.work("employee") as work:
        job = await export_units.later(work, on="2020-06-30", file_format="csv")
    kinds = {export_units.name: export_units}
    await run_job(town.runtime, kinds, tenant_id=town.tenant.id, job_id=job.id, pace=Pace())

    async with await town.work(write=False) as work:
        ended = await work.get(Job, job.id)
        assert (ended.state, ended.result) == ("failed", None)
        assert await work.scalars(select(StoredFile)) == []
