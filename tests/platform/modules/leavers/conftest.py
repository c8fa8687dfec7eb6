"""Somebody who is named everywhere, and what is left of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from roder.infra.database import Base
from roder.infra.periods import parse_period
from roder.platform.modules.goals.models import Level, NodeKind, PlanNode, Spread, SteeringModel
from roder.platform.modules.leavers.jobs import decide_and_purge
from roder.platform.modules.leavers.models import LeaverRun, RunState
from roder.platform.modules.leavers.purge import take_step
from roder.platform.modules.leavers.runs import choose_heir, open_run
from roder.platform.modules.reports.models import ChapterKind, Section
from roder.platform.modules.reports.service import (
    ChapterContent,
    add_chapter,
    add_template,
    attach_file,
    complete_report,
    complete_section,
    start_report,
    write_section,
)
from roder.tenants.files import keep_upload
from roder.tenants.models import Person, StoredFile
from roder.tenants.people import end_person
from roder.tenants.rows import uuid7
from roder.tenants.sealed.stored import get_bytes

NAME, EMAIL = "Vanja Vikbolandet", "vanja.vikbolandet@ort.example"


@pytest.fixture
def leaver():
    return leave_traces


@pytest.fixture
def purged():
    return purge_them


@pytest.fixture
def all_words():
    return read_all


@pytest.fixture
def finish():
    return finished


@pytest.fixture
def handed():
    return hand_over_a_goal


@pytest.fixture(name="words_of")
def words_in():
    return words_of


async def leave_traces(town) -> Person:
    """Somebody who has left, named in a report that is done, in its history, and in files."""
    async with await town.work() as work:
        person = Person(name=NAME, email=EMAIL)
        work.add(person)
        await work.flush()
        template = await add_template(work, key="quality", title={"sv": "Kvalitetsrapport"})
        content = ChapterContent(title="Arbetet", kind=ChapterKind.TEXT)
        await add_chapter(work, template.id, key="text", content=content)
        content = ChapterContent(title="Bilagor", kind=ChapterKind.ATTACHMENTS)
        await add_chapter(work, template.id, key="files", content=content)
        report = await start_report(
            work,
            template_id=template.id,
            unit_id=town.units["home_care"].id,
            period=parse_period("2026"),
        )
        own = select(Section).where(Section.report_id == report.id).order_by(Section.position)
        text, files = await work.scalars(own)
        for said in ("<p>Utkast av Vanja Vikbolandet.</p>", TEXT):
            await write_section(work, text.id, text=said, version=text.version)
        for name, body in (("vanja_vikbolandet_cv.txt", CV), ("anteckning.docx", word_file())):
            kept = await keep_upload(work, name=name, media_type="text/plain", body=BytesIO(body))
            await attach_file(work, files.id, file_id=kept.id)
        for section in (text, files):
            await complete_section(work, section.id)
        await complete_report(work, report.id)
        await end_person(work, person.id)
    return person


TEXT = (
    "<p><strong>Vanja</strong> Vikbolandet ledde arbetet. Vanjas förslag prövades, skriv till "
    "vanja.vikbolandet@ort.example.</p>"
)
CV = b"Vanja Vikbolandet\nVikbolandet, Vanja; Vanja.Vikbolandet@ort.example\n"


def word_file() -> bytes:
    from docx import Document

    document = Document()
    document.core_properties.author = NAME
    paragraph = document.add_paragraph("Möte med Van")
    paragraph.add_run("ja").bold = True
    paragraph.add_run(" Vikbolandet på måndag.")
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


async def purge_them(town, *person_ids, motivation: str = "") -> LeaverRun:
    """A run of them, decided and done to its end, as the job does it."""
    async with await town.work() as work:
        run = await open_run(work, list(person_ids))
        await decide_and_purge(work, run.id, motivation=motivation)
    return await finished(town, run.id)


async def finished(town, run_id) -> LeaverRun:
    while True:
        async with await town.work() as work:
            run = await take_step(work, run_id)
        if run.state is not RunState.DECIDED:
            return run


async def read_all(town) -> AsyncIterator[tuple[str, str]]:
    """Every text of every table of the municipality, and all that can be read in its files."""
    async with await town.work(write=False) as work:
        for table in Base.metadata.sorted_tables:
            if "tenant_id" in table.c:
                rows = select(table).where(table.c.tenant_id == work.tenant.id)
                for row in (await work.execute(rows)).mappings():
                    yield table.name, " ".join(str(value) for value in row.values())
        known = {}
        for file in await work.scalars(select(StoredFile)):
            known[file.key] = await get_bytes(work, file.key, file.key_number)
        async for keys in work.storage.keys(f"{work.tenant.id}/"):
            for key in keys:
                # What no row points to any more is read as it lies: it has to be gone.
                data = known.get(key) or await work.storage.get(key)
                yield key, words_of(data) if key in known else "vikbolandet: a file without a row"


def words_of(data: bytes) -> str:
    if data[:4] == b"%PDF":
        pages = PdfReader(io.BytesIO(data)).pages
        return " ".join(page.extract_text() for page in pages).replace("\n", " ")
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return " ".join(
                packed.read(part).decode("utf-8", "ignore") for part in packed.infolist()
            )
    return data.decode("utf-8", "ignore")


async def hand_over_a_goal(town, *, heir: str | None):
    """Who answers for a goal of the home care after whoever answered for it was purged."""
    async with await town.work() as work:
        person = Person(name="Greta Går", email=f"{uuid7()}@ort.example")
        work.add(person)
        await work.flush()
        node = await a_goal(work, town.units["home_care"].id)
        node.responsible_id = person.id
        await end_person(work, person.id)
        run = await open_run(work, [person.id])
        if heir:
            await choose_heir(work, run.id, person.id, heir_id=town.people[heir].id)
        await decide_and_purge(work, run.id)
    done = await finished(town, run.id)
    assert done.counts["handed"] == {"plan_nodes": 1}
    async with await town.work(write=False) as work:
        return (await work.get(PlanNode, node.id)).responsible_id


async def a_goal(work, unit_id) -> PlanNode:
    model = SteeringModel(id=uuid7(), year=2026, name=str(uuid7()), lights=[])
    work.add(model)
    await work.flush()
    level = Level(
        id=uuid7(),
        model_id=model.id,
        key="goal",
        position=1,
        kind=NodeKind.GOAL,
        name={"sv": "Mål"},
        parents=[],
        unit_kinds=[],
        spread=Spread.VISIBLE,
        hand_lights=[],
    )
    work.add(level)
    await work.flush()
    node = PlanNode(
        id=uuid7(),
        model_id=model.id,
        level_id=level.id,
        kind=NodeKind.GOAL,
        unit_id=unit_id,
        title="Nöjda brukare",
        position=1,
    )
    work.add(node)
    await work.flush()
    return node
