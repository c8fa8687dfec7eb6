from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.infra.periods import Period
from roder.platform.modules.goals.analysis import GoalAnalysis, goal_analysis
from roder.platform.modules.goals.design import LevelDesign, create_model
from roder.platform.modules.goals.importing import BoardImport, import_board
from roder.platform.modules.goals.locks import lock_year
from roder.platform.modules.goals.models import (
    Activity,
    Indicator,
    NodeComment,
    NodeKind,
    Outcome,
    OutcomeVersion,
    PlanNode,
)
from roder.platform.modules.goals.rules import Light
from roder.tenants.models import UnitKind
from roder.tenants.rows import TenantRow, uuid7
from roder.tenants.work import Work

BOARD = (Path(__file__).parent / "board_osthammar.tsv").read_bytes()
LEVELS = (
    LevelDesign(
        "committee_goal", NodeKind.GOAL, {"sv": "Nämndmål"}, unit_kinds=[UnitKind.COMMITTEE]
    ),
    LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål"}, ("committee_goal",)),
    LevelDesign("indicator", NodeKind.INDICATOR, {"sv": "Styrtal"}, ("goal",)),
    LevelDesign("assignment", NodeKind.ASSIGNMENT, {"sv": "Uppdrag"}, ("goal",)),
    LevelDesign("activity", NodeKind.ACTIVITY, {"sv": "Aktivitet"}, ("goal", "assignment")),
)
COMMITTEE = (
    "Socialnämnden är en attraktiv arbetsgivare som arbetar strategiskt med personalförsörjning "
    "för att säkerställa att rätt kompetens finns tillgänglig"
)
GOAL = "Minska sjukfrånvaro, öka sysselsättningsgrader och medarbetarnas nöjdhet"
IMPRESSION = "Helhetsintrycket av vår organisatoriska och sociala arbetsmiljö ska förbättras"
HEADINGS = (
    "Nämndmål\tKommentar\tMål\tKommentar\tStyrtalet\tUtfall 2020\tUtfall kvinna 2020\t"
    "Utfall man 2020\tMåltal 2020\tKommentar\tUppdrag\tKommentar\tAktivitet\tKommentar"
)
KEPT = (PlanNode, Indicator, Activity, Outcome, OutcomeVersion, NodeComment)


@pytest.fixture(autouse=True)
async def model(town) -> None:
    async with await town.work() as work:
        await create_model(work, year=2020, name="Östhammar", levels=LEVELS)


async def send(
    work: Work, town, data: bytes | str, *, at: str = "committee", year: int | None = 2020, **more
) -> BoardImport:
    data = data.encode() if isinstance(data, str) else data
    return await import_board(
        work, unit_id=town.units[at].id, year=year, name="mål.tsv", data=data, **more
    )


def board(*rows: str) -> str:
    return "\n".join([HEADINGS, *rows])


async def counts(work: Work) -> list[int]:
    return [await _count(work, kind) for kind in KEPT]


async def _count(work: Work, kind: type[TenantRow]) -> int:
    return (await work.scalars(select(func.count()).select_from(kind)))[0]


async def seen(work: Work, town, *, at: str = "committee") -> GoalAnalysis:
    return await goal_analysis(work, unit_id=town.units[at].id, period=Period(2020))


def shown(analysis: GoalAnalysis) -> dict[str, tuple[object, ...]]:
    """Of each node: depth, light, and for an indicator total, women, men and target."""
    found: dict[str, tuple[object, ...]] = {}
    for row in analysis.rows:
        numbers = row.values and (
            row.values.total,
            row.values.women,
            row.values.men,
            row.values.target,
        )
        light = row.verdict.light if row.verdict else None
        found[row.node.title] = (row.depth, light, *(numbers or ()))
    return found


def errors(found: BoardImport) -> list[str]:
    assert (found.created, found.updated, found.unchanged) == (0, 0, 0)
    return [str(error) for error in found.errors]


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
    connection = (await work.session.connection()).sync_connection
    assert connection is not None
    statements: list[object] = []

    def note(*execution: object) -> None:
        statements.append(execution[2])

    taken = []
    for rows in (1, 2, 500):
        lines = [f"{COMMITTEE}\t\tMål {rows}\t\tStyrtal {n}\t{n}\t\t\t10\tBra" for n in range(rows)]
        event.listen(connection, "before_cursor_execute", note)
        found = await send(work, town, board(*lines))
        event.remove(connection, "before_cursor_execute", note)
        assert found.errors == ()
        taken.append(len(statements))
        statements.clear()

    assert await _count(work, Outcome) == 503
    assert taken[1] == taken[2] == 30
