"""The data protection registers: agreements, treatments, and breaches in time."""

from datetime import date, timedelta
from io import BytesIO

import docx
import pytest
from sqlalchemy import select

from roder.graphql.context import Context
from roder.infra.errors import Conflict, Forbidden, InvalidInput, ModuleOff
from roder.infra.excel import read_sheet
from roder.platform.asked import who_is_asked
from roder.platform.modules.data_protection import breaches, service
from roder.platform.modules.data_protection.files import (
    ask_for_breach,
    ask_for_record,
    export_breach,
    export_record,
)
from roder.platform.modules.data_protection.models import Breach, BreachState, Processing
from roder.platform.modules.data_protection.tasks import data_protection_tasks
from roder.platform.schema import product_schema
from roder.platform.tasks import TaskKind
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.models import Person, StoredFile
from roder.tenants.sealed.stored import get_bytes
from roder.workers.run import Pace, run_job

SCHEMA = product_schema()
SIGNED = date(2025, 3, 1)


@pytest.fixture
async def town(new_town):
    """A municipality with the module on."""
    return await (await new_town("Östhammar")).switch_on("data_protection")


async def agreement(work, **values):
    given = {"processor": "Roder AB", "subject": "Drift av tjänsten", "signed_on": SIGNED}
    return await service.save_agreement(work, **given | values)


async def test_an_agreement_is_kept_changed_and_ended(town):
    async with await town.work() as work:
        row = await agreement(work, registry_number="KS 2025/17")
        await service.save_agreement(work, row.id, contact="dataskydd@roder.example")
        await service.end(work, row, work.today)

    async with await town.work("auditor", write=False) as work:
        (kept,) = await service.agreements(work)
    assert (kept.processor, kept.registry_number) == ("Roder AB", "KS 2025/17")
    assert (kept.contact, kept.signed_on) == ("dataskydd@roder.example", SIGNED)
    assert kept.ended_on is not None
    assert kept.changed_by == town.people["administrator"].id


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"processor": "  "}, "processor"),
        ({"subject": ""}, "subject"),
        ({"valid_to": SIGNED - timedelta(days=1)}, "valid_to"),
        ({"note": "x" * 4001}, "note"),
    ],
    ids=["no name", "no subject", "ends before it begins", "too long"],
)
async def test_an_agreement_that_says_too_little_is_refused(town, values, field):
    async with await town.work() as work:
        with pytest.raises(InvalidInput) as refused:
            await agreement(work, **values)
        assert refused.value.field == field
        assert await service.agreements(work) == []


@pytest.mark.parametrize("who", ["employee", "manager", "local"])
async def test_the_registers_are_for_full_administrators_and_auditors(town, who):
    async with await town.work(who) as work:
        with pytest.raises(Forbidden):
            await service.agreements(work)
        with pytest.raises(Forbidden):
            await agreement(work)


async def test_an_auditor_reads_and_writes_nothing(town):
    async with await town.work("auditor") as work:
        assert await service.agreements(work) == []
        with pytest.raises(Forbidden):
            await agreement(work)


async def test_a_municipality_without_the_module_has_no_registers(new_town):
    other = await new_town("Lund")
    async with await other.work() as work:
        with pytest.raises(ModuleOff):
            await service.agreements(work)


async def test_an_agreement_that_a_treatment_rests_on_is_not_ended(town):
    async with await town.work() as work:
        row = await agreement(work)
        await service.save_processing(
            work, name="Drift", purpose="Drift", legal_basis="6.1 e", agreement_id=row.id
        )
        with pytest.raises(Conflict, match="vilar på avtalet"):
            await service.end(work, row, work.today)


async def test_each_part_of_the_service_proposes_its_treatment_once(town):
    async with await town.work() as work:
        first = await service.suggest_processings(work)
        again = await service.suggest_processings(work)

    assert sorted(row.module for row in first) == [
        "goals",
        "log",
        "mywork",
        "organisation",
        "reports",
    ]
    assert again == []


async def test_my_work_asks_in_time(town):
    async with await town.work() as work:
        today = work.today
        late = await agreement(work, review_on=today + timedelta(days=90))
        await agreement(work, processor="Senare AB", review_on=today + timedelta(days=91))
        await service.save_sub_processor(
            work,
            agreement_id=late.id,
            name="Molnet AB",
            task="Lagring",
            country="Sverige",
            announced_on=today,
            objection_by=today + timedelta(days=30),
        )
        await breaches.report_breach(
            work,
            what="En bärbar dator är borta",
            detected_at=work.now,
            since=work.now - timedelta(days=1),
            until=work.now,
        )
    async with await town.work(write=False) as work:
        asked = await who_is_asked(work, people=None, outcome_days=30, ahead_days=28)
        tasks = await data_protection_tasks(work, asked)

    assert [(task.kind, task.title) for task in tasks] == [
        (TaskKind.RENEW_AGREEMENT, "Roder AB"),
        (TaskKind.ANSWER_SUB_PROCESSOR, "Molnet AB"),
        (TaskKind.NOTIFY_BREACH, "En bärbar dator är borta"),
    ]
    assert tasks[2].due_on in (today + timedelta(days=3), today + timedelta(days=4))
    assert all(task.people == {town.people["administrator"].id} for task in tasks)


@pytest.fixture
async def breach(town):
    """Within the last hour the manager has read about two people, a program about one of them."""
    manager, employee = town.people["manager"].id, town.people["employee"].id
    for who, about in (("manager", [manager, employee]), ("administrator", [employee])):
        async with await town.work(who, write=False) as work:
            work.note(Action.READ, "person", about=about)
    async with await town.work() as work:
        return await breaches.report_breach(
            work,
            what="Fel behörighet <b>i går</b>",
            detected_at=work.now,
            since=work.now - timedelta(hours=1),
            until=work.now + timedelta(hours=1),
        )


async def test_what_was_touched_is_read_off_the_access_log(town, breach):
    async with await town.work(write=False) as work:
        found = await breaches.touched(work, breach.since, breach.until)
        none = await breaches.touched(work, breach.since - timedelta(days=2), breach.since)

    assert set(found.people) == {town.people["manager"].id, town.people["employee"].id}
    assert (Action.READ, "person", 2) in found.deeds
    assert {row[0] for row in found.actors} == {
        town.people["manager"].id,
        town.people["administrator"].id,
    }
    assert (none.entries, none.people) == (0, ())


async def made_file(town, ask_for, kind) -> bytes:
    async with await town.work() as work:
        job = await ask_for(work)
    kinds = {kind.name: kind}
    await run_job(town.runtime, kinds, tenant_id=town.tenant.id, job_id=job.id, pace=Pace())
    async with await town.work(write=False) as work:
        file = (await work.scalars(select(StoredFile).where(StoredFile.job_id == job.id)))[0]
        return await get_bytes(work, file.key, file.key_number)


async def test_the_authority_gets_what_it_asks_for_in_word(town, breach):
    data = await made_file(town, lambda work: ask_for_breach(work, breach.id), export_breach)

    document = docx.Document(BytesIO(data))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert headings == [
        "Vad som har hänt",
        "Vilka uppgifter",
        "Vem som kom åt uppgifterna",
        "Vilka det gäller",
        "Sannolika konsekvenser",
        "Vad som har gjorts och ska göras",
        "Om de berörda har informerats (artikel 34)",
    ]
    assert any(p.text == "Fel behörighet <b>i går</b>" for p in document.paragraphs)
    assert cells[cells.index("Berörda personer, minst") + 1] == "2"
    assert {town.people["manager"].name, town.people["employee"].name} <= set(cells)


async def test_a_list_of_people_that_is_cut_short_says_so(town, breach):
    async with await town.work() as work:
        people = [Person(name=f"Person {n}", email=f"p{n}@ort.example") for n in range(501)]
        work.add(*people)
        await work.flush()
        work.note(Action.READ, "person", about=[person.id for person in people])

    data = await made_file(town, lambda work: ask_for_breach(work, breach.id), export_breach)

    assert "De första 500 står här." in [p.text for p in docx.Document(BytesIO(data)).paragraphs]


async def test_the_record_is_taken_out_as_a_workbook(town):
    async with await town.work() as work:
        await service.suggest_processings(work)

    text = str(read_sheet(await made_file(town, ask_for_record, export_record)))

    assert "Mål och uppföljning" in text
    assert "kommunallagen 6 kap. 6 §" in text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"notified": True, "reason": "Stöld"}, "caseNumber"),
        ({"notified": False, "reason": " "}, "reason"),
    ],
    ids=["told without a number", "not told without a reason"],
)
async def test_a_decision_says_what_it_has_to(town, breach, values, field):
    async with await town.work() as work:
        with pytest.raises(InvalidInput) as refused:
            await breaches.decide_breach(work, breach.id, **values)
        assert refused.value.field == field
        assert (await work.get(Breach, breach.id)).state is BreachState.OPEN


async def test_a_breach_is_decided_once(town, breach):
    async with await town.work() as work:
        await breaches.decide_breach(
            work, breach.id, notified=True, reason="", case_number="IMY-2026-1"
        )
        with pytest.raises(Conflict):
            await breaches.decide_breach(work, breach.id, notified=False, reason="Ångrade oss")

    async with await town.work(write=False) as work:
        kept = await work.get(Breach, breach.id)
        entries = await work.scalars(select(LogEntry).where(LogEntry.kind == "breach"))
    assert (kept.state, kept.case_number) == (BreachState.NOTIFIED, "IMY-2026-1")
    assert [entry.action for entry in entries] == [Action.ADD, Action.CHANGE]


@pytest.mark.parametrize("hours", [0, -1])
async def test_a_time_that_ends_before_it_begins_is_refused(town, hours):
    async with await town.work() as work:
        with pytest.raises(InvalidInput) as refused:
            await breaches.report_breach(
                work,
                what="x",
                detected_at=work.now,
                since=work.now,
                until=work.now + timedelta(hours=hours),
            )
        assert refused.value.field == "until"


SAVE = """
mutation($input: ProcessingInput!) {
  saveProcessing(input: $input) {
    ... on Processing { id name purpose agreement { processor } }
    ... on Problem { code field }
  }
}
"""


async def test_the_registers_are_read_and_written_by_the_api(town):
    async with await town.work() as work:
        row = await agreement(work)
        answer = await SCHEMA.execute(
            SAVE,
            variable_values={
                "input": {
                    "name": "Drift",
                    "purpose": "Drift",
                    "legalBasis": "6.1 e",
                    "agreementId": f"ProcessorAgreement:{row.id}",
                }
            },
            context_value=Context(work),
        )
        saved = answer.data["saveProcessing"]
        changed = await SCHEMA.execute(
            SAVE,
            variable_values={"input": {"id": saved["id"], "purpose": "Drift och stöd"}},
            context_value=Context(work),
        )
        refused = await SCHEMA.execute(
            SAVE,
            variable_values={"input": {"id": saved["id"], "name": ""}},
            context_value=Context(work),
        )
        read = await SCHEMA.execute(
            "{ processorAgreements { processor } processings { purpose } breaches { what } }",
            context_value=Context(work),
        )

    assert saved["agreement"] == {"processor": "Roder AB"}
    assert changed.data["saveProcessing"]["purpose"] == "Drift och stöd"
    assert refused.data["saveProcessing"] == {"code": "INVALID_INPUT", "field": "name"}
    assert read.data == {
        "processorAgreements": [{"processor": "Roder AB"}],
        "processings": [{"purpose": "Drift och stöd"}],
        "breaches": [],
    }


async def test_another_municipality_sees_nothing_of_it(town, other_town):
    async with await town.work() as work:
        await agreement(work)
    async with await other_town.work() as work:
        assert await work.scalars(select(Processing)) == []
