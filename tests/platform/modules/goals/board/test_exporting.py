from __future__ import annotations

from io import BytesIO
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select

from roder.infra.errors import NotFound
from roder.infra.i18n import use_locale
from roder.infra.periods import Period
from roder.infra.tabular import read_table
from roder.platform.modules.goals.analysis.analysis import goal_analysis
from roder.platform.modules.goals.analysis.snapshot import show
from roder.platform.modules.goals.board.exporting import analysis_file_name
from roder.platform.modules.goals.board.importing import import_board
from roder.platform.modules.goals.jobs import XLSX, export_analysis, start_export
from roder.platform.modules.goals.models import NodeKind
from roder.platform.modules.goals.steering.design import LevelDesign, create_model
from roder.tenants.models import StoredFile
from roder.tenants.rows import uuid7
from roder.tenants.sealed.stored import get_bytes
from roder.workers.models import Job
from roder.workers.run import Pace, run_job

BOARD = (Path(__file__).parents[1] / "board_osthammar.tsv").read_bytes()
LEVELS = (
    LevelDesign("committee_goal", NodeKind.GOAL, {"sv": "Nämndmål", "en": "Committee goal"}),
    LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål"}, ("committee_goal",)),
    LevelDesign("indicator", NodeKind.INDICATOR, {"sv": "Styrtal"}, ("goal",)),
    LevelDesign("assignment", NodeKind.ASSIGNMENT, {"sv": "Uppdrag"}, ("goal",)),
    LevelDesign("activity", NodeKind.ACTIVITY, {"sv": "Aktivitet"}, ("goal", "assignment")),
)
FILLED = (
    "Mål\tKommentar\tStyrtal\tUtfall\tMåltal\tKommentar\n"
    "Minska sjukfrånvaro, öka sysselsättningsgrader och medarbetarnas nöjdhet\tPå väg\t"
    "Andel minskad sjukfrånvaro\t8,5%\t9%\t=1+1\n"
)


@pytest.fixture
async def unit_id(town) -> UUID:
    unit_id = town.units["committee"].id
    async with await town.work() as work:
        await create_model(work, year=2020, name="Östhammar", levels=LEVELS)
        for data in (BOARD, FILLED.encode()):
            found = await import_board(work, unit_id=unit_id, year=2020, name="mål", data=data)
            assert found.errors == ()
    return unit_id


async def run(town, who: str, **arguments) -> Job:
    """The job of one who asks, once a worker has run it."""
    async with await town.work(who) as work:
        job = await start_export(work, **arguments)
    kinds = {export_analysis.name: export_analysis}
    await run_job(town.runtime, kinds, tenant_id=town.tenant.id, job_id=job.id, pace=Pace())
    async with await town.work(write=False) as work:
        return await work.get(Job, job.id)


async def test_the_goal_analysis_becomes_the_wide_table_in_excel(town, unit_id):
    job = await run(town, "employee", unit_id=unit_id, period=Period(2020))

    assert (job.state, job.problem, job.done, job.total) == ("done", None, 3, 3)
    async with await town.work("employee", write=False) as work:
        file = await work.get(StoredFile, UUID(str(job.result["file_id"])))
        data = await get_bytes(work, file.key, file.key_number)
    assert (file.name, file.media_type) == ("Östhammar – Målanalys Socialnämnden 2020.xlsx", XLSX)
    title, headings, *rows = [row.cells for row in read_table(file.name, data).rows]
    assert title[0] == "Östhammar – Målanalys Socialnämnden 2020"
    assert headings == (
        *("Nämndmål", "Färg", "Kommentar", "Mål", "Färg", "Kommentar"),
        *("Styrtal", "Färg", "Enhet", "Utfall 2020", "Utfall kvinna 2020", "Utfall man 2020"),
        *("Måltal 2020", "Kommentar", "Uppdrag", "Kommentar", "Aktivitet", "Läge", "Kommentar"),
    )
    assert [row[6:14] for row in rows] == [
        ("Andel minskad sjukfrånvaro", "■ Ej uppnått", "%", "8,5", "", "", "9", "=1+1"),
        (rows[1][6], "○ Ingen färg än", "", "", "77", "", "76", ""),
        ("Andel heltidsanställda", "○ Ingen färg än", "%", "", "", "", "35", ""),
        ("Andel anställda män", "○ Ingen färg än", "%", "", "", "", "14", ""),
        ("",) * 8,
    ]
    assert rows[0][3].startswith("Minska sjukfrånvaro")
    assert rows[0][4:6] == ("○ Ingen färg än", "På väg")
    assert rows[4][16:] == ("Insats för att minska sjukfrånvaro", "Ej påbörjad", "")
    assert [row[0] for row in rows[1:]] == [""] * 4
    sheet = ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet


async def test_an_export_speaks_the_language_of_the_one_who_asked(town, unit_id):
    with use_locale("en"):
        job = await run(town, "employee", unit_id=unit_id, period=Period(2020))

    assert job.result["name"] == "Östhammar – Goal analysis Socialnämnden 2020.xlsx"


async def test_a_file_name_has_no_sign_that_a_file_system_refuses(town, unit_id):
    async with await town.work(write=False) as work:
        shown = show(await goal_analysis(work, unit_id=unit_id, period=Period(2020)))
    shown.unit_name = 'Barn/Unga: "Öst"\\<x>|?*\n' + "a" * 300

    name = analysis_file_name(shown, municipality="..Östhammar", locale="sv")

    assert name.startswith("Östhammar – Målanalys Barn-Unga Öst-xaaaa")
    assert len(name) == 150


async def test_another_municipality_cannot_export_the_unit(town, other_town, unit_id):
    refusals = set()
    for asked in (unit_id, uuid7()):
        async with await other_town.work() as work:
            with pytest.raises(NotFound) as refused:
                await start_export(work, unit_id=asked, period=Period(2020))
            refusals.add(str(refused.value))
            jobs = (await work.scalars(select(func.count()).select_from(Job)))[0]

    assert len(refusals) == 1
    assert jobs == 0
