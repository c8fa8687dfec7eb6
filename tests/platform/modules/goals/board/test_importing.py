from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from goal_board import (
    BOARD,
    COMMITTEE,
    GOAL,
    HEADINGS,
    IMPRESSION,
    LEVELS,
    counts,
    errors,
    seen,
    send,
    shown,
)
from sqlalchemy import select

from roder.platform.modules.goals.board.importing import BoardImport
from roder.platform.modules.goals.models import (
    Outcome,
    PlanNode,
)
from roder.platform.modules.goals.rules import Light
from roder.platform.modules.goals.steering.design import create_model


@pytest.fixture(autouse=True)
async def model(town) -> None:
    async with await town.work() as work:
        await create_model(work, year=2020, name="Östhammar", levels=LEVELS)


async def test_the_printed_board_comes_in_on_the_chosen_year(town, work):
    found = await send(work, town, BOARD)

    assert (found.year, found.created, found.updated, found.unchanged) == (2020, 7, 0, 0)
    assert found.errors == ()
    assert found.notices == (
        "Rubrikerna säger 2019; värdena förs in på 2020.",
        (
            'Rad 3, kolumnen "O (utan rubrik)": "Insats för att minska sjukfrånvaro" '
            'lästes som "Aktivitet".'
        ),
        'Rad 5, kolumnen "Uppdrag": 35% lästes som "Måltal 2019".',
        (
            f'Rad 4, kolumnen "Styrtalet": "{IMPRESSION}" har inget utfall totalt '
            "och får därför ingen färg."
        ),
        "Nya styrtal: 4. För alla räknas högre som bättre. Ändra det där lägre är bättre.",
    )
    analysis = await seen(work, town)
    assert shown(analysis) == {
        COMMITTEE: (0, None),
        GOAL: (1, None),
        "Andel minskad sjukfrånvaro": (2, None, None, None, None, Decimal(9)),
        IMPRESSION: (2, None, None, Decimal(77), None, Decimal(76)),
        "Andel heltidsanställda": (2, None, None, None, None, Decimal(35)),
        "Andel anställda män": (2, None, None, None, None, Decimal(14)),
        "Insats för att minska sjukfrånvaro": (2, None),
    }
    measured = {
        row.node.title: (row.indicator.measure_unit, row.indicator.by_sex, row.values.source)
        for row in analysis.rows
        if row.indicator and row.values
    }
    assert measured == {
        "Andel minskad sjukfrånvaro": ("%", False, "mål.tsv"),
        IMPRESSION: ("", True, "mål.tsv"),
        "Andel heltidsanställda": ("%", False, "mål.tsv"),
        "Andel anställda män": ("%", False, "mål.tsv"),
    }
    assert analysis.rows[-1].activity
    assert analysis.rows[-1].activity.state == "not_started"


async def test_the_same_board_again_changes_nothing(town):
    async with await town.work("administrator") as work:
        await send(work, town, BOARD)
    async with await town.work("administrator") as work:
        before = await counts(work)
        again = await send(work, town, BOARD)
        versions = await work.scalars(select(Outcome.version))
        nodes = await work.scalars(select(PlanNode.version))
        after = await counts(work)

    assert (again.created, again.updated, again.unchanged) == (0, 0, 7)
    assert before == after == [7, 4, 1, 4, 4, 0]
    assert set(versions) == set(nodes) == {1}


async def test_the_narrower_board_finds_the_same_nodes_and_lights_what_is_complete(town, work):
    await send(work, town, BOARD)
    narrow = HEADINGS.partition("\tUppdrag")[0]
    found = await send(
        work,
        town,
        "\n".join(
            [
                narrow,
                f"{COMMITTEE}\t\t{GOAL}\t\tAndel minskad sjukfrånvaro N\t\t\t\t9%\t",
                f"\t\t\t\t{IMPRESSION} N\t77\t\t\t76\t",
                "\t\t\t\tAndel heltidsanställda N\t\t\t\t35%\t",
                "\t\t\t\tAndel anställda män. N\t\t\t\t14%\t",
            ]
        ),
    )

    assert (found.created, found.updated, found.unchanged) == (0, 1, 5)
    analysis = shown(await seen(work, town))
    assert analysis[IMPRESSION] == (2, Light.GREEN, 77, 77, None, 76)
    assert analysis[GOAL] == (1, None)


async def test_a_board_without_the_goals_above_finds_them_by_its_own(town, work):
    await send(work, town, BOARD)
    headings = HEADINGS.partition("\tUppdrag")[0].removeprefix("Nämndmål\tKommentar\t")
    rows = [
        f"{GOAL}\tVi är på väg\tAndel minskad sjukfrånvaro\t9,5%\t\t\t9%\tBättre",
        f"\t\t{IMPRESSION}\t77\t78\t76\t76\t",
        "\t\tAndel heltidsanställda\t35\t\t\t35%\t",
        "\t\tAndel anställda män\t14\t\t\t14%\t",
    ]
    found = await send(work, town, "\n".join([headings, *rows]))
    new = await send(work, town, "\n".join([headings, "Okänt mål\t\tAndel x\t1\t\t\t1\t"]))

    assert (found.created, found.updated, found.unchanged) == (0, 5, 0)
    assert found.notices == ('"Andel minskad sjukfrånvaro": antalet decimaler är nu 1.',)
    analysis = await seen(work, town)
    assert shown(analysis) == {
        COMMITTEE: (0, Light.GREEN),
        GOAL: (1, Light.GREEN),
        "Andel minskad sjukfrånvaro": (2, Light.GREEN, Decimal("9.5"), None, None, Decimal(9)),
        IMPRESSION: (2, Light.GREEN, 77, 78, 76, 76),
        "Andel heltidsanställda": (2, Light.GREEN, 35, None, None, 35),
        "Andel anställda män": (2, Light.GREEN, 14, None, None, 14),
        "Insats för att minska sjukfrånvaro": (2, None),
    }
    comments = {row.node.title: row.comment.text for row in analysis.rows if row.comment}
    assert comments == {GOAL: "Vi är på väg", "Andel minskad sjukfrånvaro": "Bättre"}
    assert all(row.comment.in_report for row in analysis.rows if row.comment)
    assert errors(new)[0] == (
        'Rad 2, kolumnen "Mål": "Okänt mål" ska stå under "Nämndmål". Fyll i det också.'
    )


async def test_the_same_board_sent_twice_at_once_comes_in_once(town):
    async def once() -> BoardImport:
        async with await town.work() as work:
            return await send(work, town, BOARD)

    found = await asyncio.gather(once(), once())

    assert sorted((one.created, one.unchanged) for one in found) == [(0, 7), (7, 0)]
    async with await town.work(write=False) as work:
        assert await counts(work) == [7, 4, 1, 4, 4, 0]


async def test_a_rehearsal_gives_the_same_answer_and_writes_nothing(town, work):
    rehearsed = await send(work, town, BOARD, dry_run=True)
    empty = await counts(work)
    done = await send(work, town, BOARD)
    again = await send(work, town, BOARD, dry_run=True)

    assert empty == [0] * 6
    assert rehearsed == done
    assert (again.created, again.unchanged) == (0, 7)
