"""The register as a workbook, out and in; the sums; and what My work asks."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from roder.infra.errors import Forbidden, InvalidInput
from roder.infra.excel import read_sheet
from roder.platform.asked import who_is_asked
from roder.platform.modules.grants import deadlines, money, overview, service, steps
from roder.platform.modules.grants.exporting import ask_for_register, export_grants
from roder.platform.modules.grants.finding import find_by_words
from roder.platform.modules.grants.importing import LineState, import_grants
from roder.platform.modules.grants.models import (
    DeadlineKind,
    Grant,
    GrantDeadline,
    GrantState,
    MoneyKind,
)
from roder.platform.modules.grants.service import Filter
from roder.platform.modules.grants.settings import GrantSettings
from roder.platform.modules.grants.tasks import grant_tasks
from roder.platform.tasks import Because, TaskKind
from roder.tenants.models import StoredFile
from roder.tenants.municipality import save_settings
from roder.tenants.sealed.stored import get_bytes
from roder.workers.run import Pace, run_job

HEADINGS = "Kod;Bidragsgivare;Bidrag;År;Enhet;Ansvarig;Läge;Sökt, kr;Beviljat, kr;Beslutat av"
MORE = HEADINGS + ";Beslutsdag;Diarienummer;Slutredovisa senast"
NEW = "X1;Skolverket;Likvärdig skola;2026;Hemtjänst Öst;Mona Chef"


def file_of(*rows: str, headings: str = MORE) -> bytes:
    return "\n".join((headings, *rows)).encode()


async def read(work, *rows, headings=MORE, dry_run=False):
    data = file_of(*rows, headings=headings)
    return await import_grants(work, name="bidrag.csv", data=data, dry_run=dry_run)


async def count(work):
    return await work.first(select(func.count()).select_from(Grant))


async def written(town, chosen=None, who="employee") -> bytes:
    async with await town.work(who) as work:
        job = await ask_for_register(work, chosen or Filter())
    kinds = {export_grants.name: export_grants}
    await run_job(town.runtime, kinds, tenant_id=town.tenant.id, job_id=job.id, pace=Pace())
    async with await town.work(write=False) as work:
        file = (await work.scalars(select(StoredFile).where(StoredFile.job_id == job.id)))[0]
        return await get_bytes(work, file.key, file.key_number)


async def test_a_file_brings_grants_with_their_state_and_deadlines(town):
    async with await town.work("manager") as work:
        done = await read(
            work,
            f"{NEW};Används;1 000,50;800;Skolverket;2026-02-03;SN-2026-4;2026-12-31",
            "X2;Socialstyrelsen;Lyftet;2026;home_care;;;500;;;;;",
        )
        assert (done.faults, done.count(LineState.NEW)) == ((), 2)
        rows = {row.code: row for row in await service.all_grants(work, Filter())}
        (deadline,) = await work.scalars(select(GrantDeadline))
        taken = [step.state for step in await steps.steps_of(work, rows["X1"].id)]
    one, two = rows["X1"], rows["X2"]
    assert (one.state, one.sought, one.granted) == (
        GrantState.IN_USE,
        Decimal("1000.50"),
        Decimal(800),
    )
    assert (one.responsible_id, one.decided_on) == (town.people["manager"].id, date(2026, 2, 3))
    assert (two.state, two.sought, two.unit_id) == (
        GrantState.SEARCH,
        Decimal(500),
        town.units["home_care"].id,
    )
    assert (deadline.kind, deadline.due_on) == (DeadlineKind.FINAL, date(2026, 12, 31))
    assert taken == [
        GrantState.SEARCH,
        GrantState.APPLIED,
        GrantState.GRANTED,
        GrantState.IN_USE,
    ]


async def test_the_same_file_again_changes_nothing_and_another_what_it_says(town):
    row = f"{NEW};Ansökt;1000;;;;;2026-12-31"
    async with await town.work() as work:
        await read(work, row)
        again = await read(work, row)
        tried = await read(work, row.replace("1000", "1200"), dry_run=True)
        assert again.count(LineState.SAME) == 1
        (grant,) = await service.all_grants(work, Filter())
        assert (grant.version, grant.sought) == (2, Decimal(1000))
        changed = await read(work, row.replace("1000", "1200").replace("12-31", "11-30"))
        (grant,) = await service.all_grants(work, Filter())
        (deadline,) = await work.scalars(select(GrantDeadline))
    assert tried.lines == (
        tried.lines[0].__class__(
            2,
            "X1",
            "Likvärdig skola",
            LineState.CHANGED,
            (tried.lines[0].changes[0].__class__("Sökt, kr", "1000.00", "1200"),),
        ),
    )
    assert changed.count(LineState.CHANGED) == 1
    assert (grant.sought, deadline.due_on) == (Decimal(1200), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("row", "column", "told"),
    [
        (f"{NEW};Snart;;;;;;", "Läge", "är inget läge"),
        (f"{NEW};Redovisat;1;;;;;", "Läge", "till och med läget"),
        (f"{NEW};;sju;;;;;", "Sökt, kr", "inte ett tal"),
        (f"{NEW};;-7;;;;;", "Sökt, kr", "större än noll"),
        (f"{NEW};;;;;;;31/12", "Slutredovisa senast", "2026-01-31"),
        (f"{NEW};Beviljat;5;5;Skolverket;2026-02-03;;", "Diarienummer", "diarienumret"),
        (f"{NEW};Ansökt;;;;;;", "Sökt, kr", "beloppet som söks"),
        ("X1;Ingen;Lyft;2026;home_care;;;;;;;;", "Bidragsgivare", "inte i listan"),
        ("X1;;Lyft;2026;home_care;;;;;;;;", "Bidragsgivare", "behöver det här"),
        ("X1;Skolverket;Lyft;26;home_care;;;;;;;;", "År", "2026"),
        ("X1;Skolverket;Lyft;2026;Mars;;;;;;;;", "Enhet", "ingen enhet som heter ”Mars”"),
        ("X1;Skolverket;Lyft;2026;home_care;Nils;;;;;;;", "Ansvarig", "ingen person"),
        ("X1;Skolverket;Lyft;2026;school_board;;;;;;;;", "Enhet", "behörighet"),
        (";Skolverket;Lyft;2026;home_care;;;;;;;;", "Kod", "Koden saknas"),
        ("X0;Skolverket;Lyft;2026;home_care;;;;;;;;", "Kod", "Rad 2 har samma kod"),
    ],
)
async def test_one_fault_and_nothing_of_the_file_is_kept(town, row, column, told):
    async with await town.work("manager") as work:
        done = await read(work, "X0;Boverket;Hus;2026;home_care;;;;;;;;", row)
        assert [(fault.row, fault.column) for fault in done.faults] == [(3, column)]
        assert told in done.faults[0].message
        assert (done.lines, await count(work)) == ((), 0)


async def test_the_state_of_a_known_grant_is_not_read_in(town):
    async with await town.work() as work:
        await read(work, f"{NEW};Ansökt;1;;;;;")
        done = await read(work, f"{NEW};Undersöks;1;;;;;")
        assert "på sin egen sida" in done.faults[0].message
        assert (await service.all_grants(work, Filter()))[0].state is GrantState.APPLIED


async def test_a_file_without_codes_and_a_reader_are_refused(town):
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match="rubriken ”Kod”"):
            await read(work, "Lyft", headings="Bidrag")
        odd = await read(
            work,
            "X1;Boverket;Hus;2026;home_care;1",
            headings="Kod;Bidragsgivare;Bidrag;År;Enhet;Färg",
        )
        assert odd.notices == ("De här kolumnerna läses inte: Färg.",)
    async with await town.work("employee") as work:
        with pytest.raises(Forbidden):
            await read(work, NEW)


async def test_what_is_written_is_read_in_again_unchanged(town, grant_of):
    async with await town.work() as work:
        grant = await grant_of(
            work,
            "in_use",
            responsible_id=town.people["manager"].id,
            purpose="Flera\nrader",
            agent_on=date(2026, 1, 7),
        )
        await money.add_money(
            work, grant.id, kind=MoneyKind.PAID, booked_on=date(2026, 3, 1), amount=Decimal("99.5")
        )
        await grant_of(work, "search", name="=SUMMA(A1)", unit_id=town.units["committee"].id)
    data = await written(town)
    sheet = read_sheet(data)
    cells = dict(sheet.rows)
    async with await town.work() as work:
        done = await import_grants(work, name="bidrag.xlsx", data=data)
        versions = await work.scalars(select(Grant.version).order_by(Grant.version))

    assert (sheet.name, sheet.left_out) == ("Register", ["Pengar", "Tidsgränser"])
    assert [cells[1][at] for at in (0, 1, 2, 6, 9)] == [
        *("Kod", "Bidragsgivare", "Bidrag", "Läge", "Utbetalt, kr")
    ]
    assert [cells[3][at] for at in (2, 6, 8, 9)] == ["Äldreomsorgslyftet", "Används", "800", "99,5"]
    assert cells[2][2] == "=SUMMA(A1)"
    assert (done.faults, done.count(LineState.SAME)) == ((), 2)
    assert versions == [1, 4]


async def test_only_what_fits_is_written(town, grant_of, add):
    async with await town.work() as work:
        await grant_of(work, "applied")
        await add(work, name="Annat", year=2025)
    data = await written(town, Filter(year=2025, state=GrantState.SEARCH))
    assert len(list(read_sheet(data).rows)) == 2


async def test_the_overview_sums_each_grant_once(town, grant_of, add):
    async with await town.work() as work:
        used = await grant_of(work, "granted")
        for kind, amount in (("paid", 500), ("paid", 300), ("used", 200), ("returned", 50)):
            await money.add_money(
                work,
                used.id,
                kind=MoneyKind(kind),
                booked_on=date(2026, 3, 1),
                amount=Decimal(amount),
            )
        await grant_of(work, "applied", unit_id=town.units["committee"].id)
        await add(work, giver="Skolverket", year=2025, unit_id=town.units["school_board"].id)
        found = await overview.overview(work, Filter())
        own = await overview.overview(work, Filter(unit_id=town.units["home_care"].id))
    whole = found.whole
    assert (whole.count, whole.sought, whole.waiting, whole.granted) == (3, 2000, 1000, 800)
    assert (whole.paid, whole.used, whole.returned, whole.left) == (800, 200, 50, 550)
    assert [(each.name, each.count) for each in found.givers] == [
        ("Socialstyrelsen", 2),
        ("Skolverket", 1),
    ]
    assert [(each.name, each.granted) for each in found.units] == [
        ("Hemtjänst Öst", 800),
        ("Barn- och utbildningsnämnden", 0),
        ("Socialnämnden", 0),
    ]
    assert [(each.key, each.count) for each in found.years] == [("2026", 2), ("2025", 1)]
    assert (own.whole.count, own.whole.left, own.whole.unpaid) == (1, 550, 0)


async def asked_of(town, people=None):
    async with await town.work(write=False) as work:
        asked = await who_is_asked(work, people=people, outcome_days=30, ahead_days=28)
        return await grant_tasks(work, asked)


async def test_my_work_asks_whoever_answers_for_the_grant_in_time(town, grant_of, add):
    manager, local = town.people["manager"].id, town.people["local"].id
    async with await town.work() as work:
        today = work.today
        near = await add(work, responsible_id=manager)
        free = await add(work, name="Ingen ansvarar")
        for grant, kind, days in (
            (near, DeadlineKind.APPLY, 30),
            (near, DeadlineKind.FINAL, 31),
            (free, DeadlineKind.INTERIM, -1),
        ):
            await deadlines.add_deadline(
                work, grant.id, kind=kind, due_on=today + timedelta(days=days)
            )
        over = await grant_of(work, "applied")
        await steps.close_grant(work, over.id, note="Drogs tillbaka")
    late, soon = await asked_of(town)
    assert (late.kind, late.title, late.about) == (
        TaskKind.GRANT_DEADLINE,
        "Delredovisa",
        "Ingen ansvarar",
    )
    assert (late.late, late.people, late.because) == (True, {manager, local}, Because.UNIT)
    assert (soon.title, soon.late, soon.people) == ("Ansöka", False, {manager})
    assert soon.payload.params == {"id": str(near.id)}
    assert [task.key for task in await asked_of(town, {local})] == [late.key]

    async with await town.work() as work:
        await save_settings(work, "grants", GrantSettings, values={"ahead_days": 31})
    assert len(await asked_of(town)) == 3


async def test_nothing_is_asked_where_the_module_is_off(new_town):
    assert await asked_of(await new_town("Sala")) == []


async def test_search_finds_grants(town, grant_of):
    async with await town.work() as work:
        await grant_of(work, "applied", giver_case="SoS 4.1")
    async with await town.work("employee", write=False) as work:
        (found,) = await find_by_words(work, "sos 4", 2026)
        assert await find_by_words(work, "finns inte", 2026) == []
    assert (found.title, found.kind, found.page) == ("Äldreomsorgslyftet", "Bidrag", "grant")
    assert found.detail == "Socialstyrelsen, 2026 · Ansökt"
