"""The organisation from a file and to one."""

from datetime import date

import pytest
from sent_statements import sent_statements
from sqlalchemy import func, select

from roder.infra.errors import Forbidden, InvalidInput
from roder.infra.i18n import use_locale
from roder.tenants.models import Unit, UnitKind, UnitVersion
from roder.tenants.tree.importing import import_units, unit_table
from roder.tenants.tree.table import write_csv, write_workbook
from roder.tenants.tree.units import change_unit, tree

YEAR = date(2100, 1, 1)
HEAD = "Kod;Namn;Slag;Överordnad;Gäller från\n"
TREE = """council;Kommunfullmäktige;kommunfullmäktige;;2018-01-01
school_board;Barn- och utbildningsnämnden;nämnd;council;2018-01-01
committee;Socialnämnden;nämnd;council;2018-01-01
home_care;Hemtjänst Öst;enhet;committee;2018-01-01
"""


async def bring(town, text, who="administrator", **options):
    async with await town.work(who) as work:
        data = text if isinstance(text, bytes) else text.encode()
        return await import_units(work, name="enheter.csv", data=data, **options)


async def rows(town):
    """The whole tree as it is written down."""
    async with await town.work(write=False) as work:
        versions = await work.scalars(select(UnitVersion))
        units = {unit.id: unit.code for unit in await work.scalars(select(Unit))}
    return {
        (units[v.unit_id], v.name, units.get(v.parent_id), v.valid_from, v.valid_to)
        for v in versions
    }


def counts(brought):
    return brought.created, brought.changed, brought.unchanged, brought.left_alone


async def test_new_units_come_in_whatever_order_they_stand_in(town):
    before = await rows(town)
    text = (
        HEAD
        + "klass;Klass 7;område;skola;2026-08-01\n"
        + "skola;Åsens skola;Skola;school_board;2025-08-01\n"
        + "bolag;Bostäder AB;bolag;;\n"
    )
    brought = await bring(town, text, from_date=date(2026, 3, 1))

    assert counts(brought) == (3, 0, 0, 4)
    assert (brought.faults, brought.notices) == ((), ())
    assert await rows(town) - before == {
        ("klass", "Klass 7", "skola", date(2026, 8, 1), None),
        ("skola", "Åsens skola", "school_board", date(2025, 8, 1), None),
        ("bolag", "Bostäder AB", None, date(2026, 3, 1), None),
    }


async def test_the_same_file_again_changes_nothing(town):
    text = HEAD + TREE.replace("Hemtjänst Öst", "Hemvård") + "x;Ny;enhet;home_care;\n"
    first = await bring(town, text, from_date=YEAR)
    after = await rows(town)
    second = await bring(town, text, from_date=YEAR)

    assert counts(first) == (1, 1, 3, 0)
    assert counts(second) == (0, 0, 5, 0)
    assert await rows(town) == after


async def test_a_new_name_or_parent_holds_from_the_day_given(town):
    before = await rows(town)
    text = HEAD + "home_care;Hemvård;enhet;school_board;2018-01-01\n"
    brought = await bring(town, text, from_date=YEAR)

    assert counts(brought) == (0, 1, 0, 3)
    assert await rows(town) - before == {
        ("home_care", "Hemtjänst Öst", "committee", date(2018, 1, 1), YEAR),
        ("home_care", "Hemvård", "school_board", YEAR, None),
    }


async def test_a_later_day_in_the_row_counts_before_the_day_given(town):
    text = HEAD + "home_care;Hemvård;enhet;committee;2100-01-01\n"
    await bring(town, text, from_date=date(2050, 1, 1))

    assert ("home_care", "Hemvård", "committee", YEAR, None) in await rows(town)
    assert counts(await bring(town, text, from_date=date(2050, 1, 1))) == (0, 0, 1, 3)


async def test_a_change_on_the_first_day_of_a_version_is_made_in_it(town):
    text = HEAD + "home_care;Hemvård;enhet;committee;\n"
    await bring(town, text, from_date=date(2018, 1, 1))

    assert len(await rows(town)) == 4
    assert ("home_care", "Hemvård", "committee", date(2018, 1, 1), None) in await rows(town)


async def test_a_dry_run_tells_the_same_and_writes_nothing(town):
    before = await rows(town)
    text = HEAD + TREE.replace("Hemtjänst Öst", "Hemvård") + "x;Ny;enhet;home_care;\n"
    dry = await bring(town, text, from_date=YEAR, dry_run=True)
    assert await rows(town) == before

    assert dry == await bring(town, text, from_date=YEAR)


async def test_all_faults_are_told_by_row_and_column_and_nothing_is_written(town):
    before = await rows(town)
    text = HEAD + (
        ";Namnlös;enhet;council;\n"  # 2
        "a;;enhet;council;\n"
        "b;B;byrå;council;\n"  # 4
        "c;C;enhet;finns_inte;\n"
        "d;D;enhet;council;i fjol\n"  # 6
        "e;E;enhet;council;\n"
        "e;E igen;enhet;council;\n"  # 8
        "f;F;enhet;g;\n"
        "g;G;enhet;f;\n"  # 10
        "home_care;Hemtjänst Öst;skola;committee;\n"
        "h;H;enhet;council;2010-01-01\n"  # 12
        "i;I;enhet;b;\n"
    )
    brought = await bring(town, text, from_date=YEAR)

    assert [(fault.row, fault.column) for fault in brought.faults] == [
        (2, "Kod"),
        (3, "Namn"),
        (4, "Slag"),
        (5, "Överordnad"),
        (6, "Gäller från"),
        (8, "Kod"),
        (9, "Överordnad"),
        (10, "Överordnad"),
        (11, "Slag"),
        (12, "Överordnad"),
    ]
    told = {fault.row: str(fault) for fault in brought.faults}
    assert told[5] == (
        'Rad 5, kolumnen "Överordnad": '
        "Det finns ingen enhet med koden finns_inte, varken här eller i filen."
    )
    assert "rad 7" in told[8]
    assert "f › g › f" in told[9]
    assert "kommunfullmäktige, kommunstyrelse, nämnd" in told[4]
    assert "2018-01-01" in told[12]
    assert await rows(town) == before


async def test_a_unit_cannot_be_moved_in_under_itself_by_a_file(town):
    before = await rows(town)
    brought = await bring(town, HEAD + "committee;Socialnämnden;nämnd;home_care;\n")

    [fault] = brought.faults
    assert (fault.row, fault.column) == (2, "Överordnad")
    assert "committee › home_care › committee" in fault.message
    assert await rows(town) == before


async def test_a_unit_with_a_later_change_is_not_changed_before_it(town):
    async with await town.work() as work:
        await change_unit(work, town.units["home_care"].id, from_date=YEAR, name="Hemvård")
    before = await rows(town)
    brought = await bring(town, HEAD + "home_care;Öst;enhet;committee;\n")

    assert [(fault.row, fault.column) for fault in brought.faults] == [(2, "Namn")]
    assert await rows(town) == before


@pytest.mark.parametrize(
    ("head", "column"),
    [
        ("Kod;Namn;Slag\n", "Överordnad"),
        ("Kod;Namn;Slag;Överordnad;Färg\n", "Färg"),
        ("Kod;Namn;Slag;Överordnad;Code\n", "Code"),
    ],
)
async def test_headings_that_are_wrong_are_named(town, head, column):
    before = await rows(town)
    width = head.count(";")
    brought = await bring(town, head + ";".join(["x", "X", "enhet", "council", "a"][: width + 1]))

    assert [(fault.row, fault.column) for fault in brought.faults] == [(1, column)]
    assert await rows(town) == before


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"Kod;Namn\nx;\xe5"])
async def test_what_is_no_table_is_refused(town, data):
    before = await rows(town)
    with pytest.raises(InvalidInput):
        await bring(town, data)

    assert await rows(town) == before


@pytest.mark.parametrize("who", ["employee", "manager", "local", "auditor"])
async def test_only_a_full_administrator_brings_files_in_or_out(town, who):
    before = await rows(town)
    with pytest.raises(Forbidden):
        await bring(town, HEAD + TREE, who=who)
    async with await town.work(who) as work:
        with pytest.raises(Forbidden):
            await unit_table(work)

    assert await rows(town) == before


@pytest.mark.parametrize("locale", ["sv", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_what_was_exported_comes_in_as_it_was(town, other_town, locale, kind):
    text = HEAD + 'x;"=HYPERLINK(""http://a"";""b"")";bolag;;\n-1;@SUM;kommunstyrelse;x;\n'
    await bring(town, text)
    with use_locale(locale):
        async with await town.work() as work:
            table = await unit_table(work, on=YEAR)
        if kind == "csv":
            data = write_csv(table)
        else:
            data = write_workbook(table, title="Organisationen", on=YEAR)
        brought = await bring(other_town, data, from_date=YEAR)
        same = await bring(town, data, from_date=YEAR)

    assert counts(same) == (0, 0, 6, 0)
    assert counts(brought) == (2, 0, 4, 0)
    assert await rows(other_town) == await rows(town)


async def test_an_export_has_the_columns_and_no_formulas(town):
    await bring(town, HEAD + "x;=1+1;bolag;;2026-01-01\n")
    async with await town.work() as work:
        table = await unit_table(work)

    text = write_csv(table).decode("utf-8-sig").replace("\r\n", "\n")
    assert text == HEAD + "x;'=1+1;bolag;;2026-01-01\n" + TREE
    with use_locale("en"):
        async with await town.work() as work:
            first = write_csv(await unit_table(work)).decode("utf-8-sig").splitlines()
    assert first[0] == "Code;Name;Kind;Parent code;Valid from"
    assert first[2] == "council;Kommunfullmäktige;council;;2018-01-01"


async def test_five_thousand_units_come_in_and_change_in_a_handful_of_statements(town):
    def text(name):
        areas = [f"a{n};{name} {n};område;council;" for n in range(100)]
        units = [f"u{n};{name} {n};enhet;a{n % 100};" for n in range(4900)]
        return HEAD + "\n".join(areas + units)

    with sent_statements(town.runtime) as sent:
        brought = await bring(town, text("Enhet"))
    assert counts(brought) == (5000, 0, 0, 4)
    assert len(sent) < 30, len(sent)

    with sent_statements(town.runtime) as sent:
        brought = await bring(town, text("Arbetslag"), from_date=YEAR)
    assert counts(brought) == (0, 5000, 0, 4)
    assert len(sent) < 30, len(sent)
    async with await town.work("employee", write=False) as work:
        count = select(func.count(UnitVersion.id))
        assert (await work.execute(count)).scalar_one() == 10_004
        units = {unit.code: unit for unit in await tree(work, on=YEAR)}
    assert (units["u4899"].name, units["u4899"].kind) == ("Arbetslag 4899", UnitKind.UNIT)
