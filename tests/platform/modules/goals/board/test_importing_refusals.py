from __future__ import annotations

from decimal import Decimal

import pytest
from goal_board import (
    BOARD,
    COMMITTEE,
    GOAL,
    LEVELS,
    board,
    count_of,
    counts,
    errors,
    seen,
    send,
    shown,
)
from sent_statements import sent_statements

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.modules.goals.board.importing import import_board
from roder.platform.modules.goals.models import (
    Outcome,
)
from roder.platform.modules.goals.rules import Light
from roder.platform.modules.goals.steering.design import create_model
from roder.platform.modules.goals.steering.locks import lock_year
from roder.tenants.rows import uuid7


@pytest.fixture(autouse=True)
async def model(town) -> None:
    async with await town.work() as work:
        await create_model(work, year=2020, name="Östhammar", levels=LEVELS)


async def test_an_error_in_one_row_leaves_every_row_unwritten(town, work):
    found = await send(
        work,
        town,
        board(
            f"{COMMITTEE}\t\t{GOAL}\t\tAndel a\t12\t\t\t10%",
            "\t\t\t\tAndel b\ttolv\t\t\t10%",
            "\t\t\t\tAndel c\t2000%\t\t\t10%",
        ),
    )
    later = await send(
        work,
        town,
        board(
            f"{COMMITTEE}\t\t{GOAL}\t\tAndel a\t12\t\t\t10%",
            "\t\t\t\tAndel c\t10%\t\t\t2000%",
            "\t\t\t\tandel A.\t10%\t\t\t11%",
        ),
    )
    slipped = await send(work, town, board(f"{COMMITTEE}\t\t{GOAL}\t\tAndel c\t2000%\t\t\t10%"))

    assert errors(found) == [
        'Rad 3, kolumnen "Utfall 2020": "tolv" är inte ett tal. Skriv till exempel 77 eller 76,5.'
    ]
    assert errors(later) == [
        (
            'Rad 4, kolumnen "Styrtalet": "andel A." står också på en tidigare rad, '
            "med något annat här. Behåll ett av dem."
        )
    ]
    assert [(error.row, error.column) for error in slipped.errors] == [(2, "Utfall 2020")]
    assert await counts(work) == [0] * 6


async def test_a_unit_fills_in_the_visible_goals_above_it_and_adds_its_own_below(town):
    async with await town.work() as work:
        await send(work, town, BOARD)
    text = board(
        f"{COMMITTEE}\t\t{GOAL}\tSå här gick det hos oss\tAndel heltidsanställda\t40%\t\t\t35%",
        "\t\t\t\tVårt eget styrtal\t8,5\t\t\t8",
        "\t\t\t\t\t\t\t\t\t\tVårt uppdrag\t\tVår aktivitet\tKlar i maj",
    )
    async with await town.work("manager") as manager:
        found = await send(manager, town, text, at="home_care")

    assert (found.created, found.updated, found.unchanged) == (3, 2, 1)
    async with await town.work(write=False) as work:
        below = await seen(work, town, at="home_care")
        above = await seen(work, town)
    assert shown(below)["Andel heltidsanställda"] == (2, Light.GREEN, 40, None, None, 35)
    assert shown(below)["Vårt eget styrtal"] == (2, Light.GREEN, Decimal("8.5"), None, None, 8)
    assert {row.node.title: row.node.local for row in below.rows if not row.inherited} == {
        "Vårt eget styrtal": True,
        "Vårt uppdrag": True,
        "Vår aktivitet": True,
    }
    assert shown(above)["Andel heltidsanställda"] == (
        2,
        None,
        None,
        None,
        None,
        35,
    )
    assert len(above.rows) == 7


async def test_values_that_do_not_fit_an_indicator_of_another_unit_are_refused_by_row(town, work):
    await send(work, town, BOARD)
    before = await counts(work)

    found = await send(
        work,
        town,
        board(
            f"{COMMITTEE}\t\t{GOAL}\t\tAndel heltidsanställda\t40,5%\t\t\t35%",
            "\t\t\t\tAndel anställda män\t14\t13\t15\t14%",
            "\t\t\t\tEget\t14\t13\t15\t14%",
        ),
        at="home_care",
    )

    assert [(error.row, error.column) for error in found.errors] == [
        (2, "Utfall 2020"),
        (3, "Utfall kvinna 2020"),
    ]
    assert errors(found)[1] == (
        'Rad 3, kolumnen "Utfall kvinna 2020": Styrtalet delas inte upp på kön.'
    )
    assert await counts(work) == before


async def test_a_unit_cannot_bring_in_a_goal_of_a_level_it_may_not_own(town, work):
    found = await send(work, town, BOARD, at="home_care")

    assert errors(found)[0] == (
        f'Rad 2, kolumnen "Nämndmål": Enheten ser inget på nivån "Nämndmål" som heter '
        f'"{COMMITTEE}" och kan inte ha något eget där. Se över stavningen.'
    )
    assert await counts(work) == [0] * 6


async def test_the_year_of_the_headings_counts_when_none_is_chosen(town, work):
    found = await send(work, town, board(f"{COMMITTEE}\t\t{GOAL}"), year=None)
    with pytest.raises(InvalidInput, match="styrmodell för 2019") as missing:
        await send(work, town, BOARD, year=None)
    with pytest.raises(InvalidInput, match="säger inget år"):
        await send(work, town, "Nämndmål\tMål\nA\tB", year=None)

    assert (found.year, found.created, found.notices) == (2020, 2, ())
    assert missing.value.field == "year"


async def test_a_model_of_another_year_is_refused(town, work):
    later = await create_model(work, year=2021, name="Nästa", levels=LEVELS)

    with pytest.raises(InvalidInput, match="Styrmodellen gäller 2021"):
        await send(work, town, BOARD, model_id=later.id)
    found = await send(work, town, BOARD, year=None, model_id=later.id, dry_run=True)

    assert (found.year, found.created) == (2021, 7)


async def test_a_locked_year_takes_no_board(town, work):
    await lock_year(work, 2020)

    with pytest.raises(Conflict, match="2020 är låst"):
        await send(work, town, BOARD)
    assert await counts(work) == [0] * 6


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Filen är tom"),
        (b"%PDF-1.7", "PDF"),
        ("Nämndmål\tMål\nÅ".encode("latin-1"), "Rad 1, kolumn A.*UTF-8"),
    ],
)
async def test_what_is_no_table_is_refused_in_one_sentence(town, work, data, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        await send(work, town, data)


async def test_a_table_of_another_shape_is_refused_naming_its_columns(town, work):
    found = await send(work, town, "Namn\tPersonnummer\nA\t1")

    assert [(error.row, error.column) for error in found.errors][:2] == [
        (1, "Namn"),
        (1, "Personnummer"),
    ]
    assert await counts(work) == [0] * 6


async def test_only_those_who_may_write_at_the_unit_bring_in_a_board(town):
    for who, at in (("employee", "committee"), ("auditor", "committee"), ("manager", "committee")):
        async with await town.work(who) as work:
            with pytest.raises(Forbidden):
                await send(work, town, BOARD, at=at)
            assert await counts(work) == [0] * 6


async def test_another_municipality_cannot_bring_a_board_into_the_unit(town, other_town):
    async with await other_town.work() as work:
        await create_model(work, year=2020, name="Lund", levels=LEVELS)
        with pytest.raises(NotFound) as foreign:
            await send(work, town, BOARD)
        with pytest.raises(NotFound) as absent:
            await import_board(work, unit_id=uuid7(), year=2020, name="a", data=BOARD)
        assert await counts(work) == [0] * 6

    assert str(foreign.value) == str(absent.value)


async def test_five_hundred_rows_take_as_many_statements_as_two(town, work):
    taken = []
    for rows in (1, 2, 500):
        lines = [f"{COMMITTEE}\t\tMål {rows}\t\tStyrtal {n}\t{n}\t\t\t10\tBra" for n in range(rows)]
        with sent_statements(work.runtime) as statements:
            found = await send(work, town, board(*lines))
        assert found.errors == ()
        taken.append(len(statements))

    assert await count_of(work, Outcome) == 503
    assert taken[1] == taken[2] == 31
