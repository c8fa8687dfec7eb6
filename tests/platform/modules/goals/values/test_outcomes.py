import asyncio
from decimal import Decimal

import pytest
from sent_statements import sent_statements
from sqlalchemy import select, text

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.modules.goals.models import Outcome, OutcomeVersion
from roder.platform.modules.goals.planning.adding import add_nodes
from roder.platform.modules.goals.steering.locks import lock_year, unlock_year
from roder.platform.modules.goals.values.outcomes import (
    EntriesRefused,
    OutcomeEntry,
    outcome_history,
    set_outcome,
    set_outcomes,
)
from roder.tenants.rows import uuid7

T1 = "2026-T1"


@pytest.fixture
def put(thread):
    async def put(work, *, node="indicator", unit="committee", period=T1, version=None, **values):
        return await set_outcome(
            work,
            thread.nodes[node],
            unit_id=thread.units[unit],
            period=period,
            version=version,
            values={k: None if v is None else Decimal(str(v)) for k, v in values.items()},
        )

    return put


async def test_a_value_is_kept_with_who_when_and_where_from(town, put, stored):
    async with await town.work() as work:
        made = await put(work, total="8.50", women=9, target=9)

    outcome = await stored(Outcome, made.id)
    assert (outcome.total, outcome.women, outcome.men) == (Decimal("8.5"), Decimal(9), None)
    assert str(outcome.total) == "8.5"
    assert outcome.entered_by == town.people["administrator"].id
    assert (outcome.period, outcome.source, outcome.version) == (T1, "", 1)


async def test_what_is_left_out_stays_and_null_clears(town, put):
    async with await town.work() as work:
        await put(work, total=8, target=9)
        outcome = await put(work, total=None, forecast=7)

    assert (outcome.total, outcome.target, outcome.forecast) == (None, 9, 7)


async def test_every_change_is_kept_and_no_change_makes_no_version(town, put):
    async with await town.work() as work:
        await put(work, total=8)
    async with await town.work() as work:
        await put(work, total=8)
        outcome = await put(work, total="8.5")

    async with await town.work("employee", write=False) as work:
        history = await outcome_history(work, outcome.id)
    assert [(row.version, row.total) for row in history] == [(2, Decimal("8.5")), (1, Decimal(8))]


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"total": "8.25"}, "total", "har 2 decimaler och styrtalet 1"),
        ({"total": "1e-40"}, "total", "40 decimaler"),
        ({"total": "1000.1"}, "total", "mellan -1000 och 1000"),
        ({"target": "NaN"}, "target", "mellan"),
        ({"target": "Infinity"}, "target", "mellan"),
        ({"total": 8, "period": "2026"}, "period", "per tertial"),
        ({"total": 8, "period": "2027-T1"}, "period", "hör till 2026"),
        ({"total": 8, "period": "våren"}, "period", "inte en period"),
        ({"total": None}, None, "inget att tömma"),
        ({}, None, "inget att tömma"),
        ({"node": "own_indicator", "period": "2026", "women": 1}, "women", "på kön"),
        ({"node": "own_indicator", "period": "2026", "total": "1e13"}, "total", "1000000000000"),
    ],
)
async def test_a_value_that_does_not_fit_is_refused(town, put, counted, given, field, sentence):
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match=sentence) as refused:
            await put(work, **given)

    assert refused.value.field == field
    assert await counted(Outcome) == 0


async def test_earlier_years_are_history_and_may_be_filled_in(town, put):
    async with await town.work() as work:
        outcome = await put(work, period="2024-T3", total=12)

    assert outcome.period == "2024-T3"


async def test_a_unit_below_has_values_only_where_the_level_is_visible(town, put, counted):
    async with await town.work("manager") as work:
        await put(work, unit="home_care", total=7)
        with pytest.raises(InvalidInput, match="hör till en annan enhet"):
            await put(work, unit="home_care", node="own_indicator", period="2026", total=7)
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match="ser inte"):
            await put(work, unit="school_board", total=7)

    assert await counted(Outcome) == 1


@pytest.mark.parametrize("who", ["manager", "employee", "auditor"])
async def test_values_are_written_only_with_the_right_at_the_unit(town, put, counted, who):
    async with await town.work(who) as work:
        with pytest.raises(Forbidden):
            await put(work, total=7)

    assert await counted(Outcome) == 0


async def test_a_goal_has_no_values(town, put, counted):
    async with await town.work() as work:
        with pytest.raises(NotFound):
            await put(work, node="goal", total=7)

    assert await counted(Outcome) == 0


async def test_a_later_save_is_told_who_saved_in_between(town, put, stored):
    async with await town.work() as work:
        outcome = await put(work, total=8, version=0)
    async with await town.work() as work:
        with pytest.raises(Conflict, match="Asta Admin sparade"):
            await put(work, total=9, version=0)
        await put(work, total=9, version=1)

    assert (await stored(Outcome, outcome.id)).total == 9


async def test_of_two_writers_at_once_the_second_is_refused(town, put, stored):
    async with await town.work() as work:
        outcome = await put(work, total=8)
    held, refused = asyncio.Event(), []

    async def write(total: int, *, first: bool) -> None:
        async with await town.work() as work:
            if not first:
                await held.wait()
            try:
                await put(work, total=total, version=1)
            except Conflict:
                refused.append(total)
            if first:
                held.set()
                await asyncio.sleep(0.2)

    await asyncio.gather(write(1, first=True), write(2, first=False))

    assert refused == [2]
    assert (await stored(Outcome, outcome.id)).total == 1


async def test_of_two_first_writers_at_once_the_second_is_refused(town, put, counted):
    written = asyncio.Event()

    async def write(total: int, *, first: bool) -> None:
        async with await town.work() as work:
            if not first:
                await written.wait()
            if first:
                await put(work, total=total)
                written.set()
                await until_waited_for(town.runtime)
            else:
                await put(work, total=total)

    kept, refused = await asyncio.gather(
        write(1, first=True), write(2, first=False), return_exceptions=True
    )

    assert kept is None
    assert isinstance(refused, Conflict)
    assert await counted(OutcomeVersion) == 1


async def until_waited_for(runtime) -> None:
    """Another connection waits for what this one has written."""
    waiting = text(
        "select count(*) from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(60), runtime.engine.connect() as connection:
        while not await connection.scalar(waiting):
            await connection.rollback()  # the view is one and the same within a transaction
            await asyncio.sleep(0.02)


async def test_a_locked_year_keeps_its_values_until_it_is_opened(town, put, counted):
    async with await town.work() as work:
        await put(work, total=8)
        await lock_year(work, 2026)
        await lock_year(work, 2024)
        for period in (T1, "2024-T1", "2025-T1"):
            with pytest.raises(Conflict, match="är låst sedan"):
                await put(work, period=period, total=9)
        await unlock_year(work, 2026)
        with pytest.raises(Conflict, match="2024 är låst"):
            await put(work, period="2024-T1", total=9)
        await put(work, total=9)

    assert await counted(Outcome) == 1


async def test_a_set_is_kept_in_a_few_statements(town, thread, runtime):
    async with await town.work() as work:
        nodes = await add_nodes(work, [thread.new("indicator") for _ in range(300)])
    entries = [
        OutcomeEntry(node.id, thread.units["committee"], "2026", {"total": Decimal(place)}, "fil")
        for place, node in enumerate(nodes)
    ]
    async with await town.work() as work:
        with sent_statements(runtime) as statements:
            made = await set_outcomes(work, entries)
            again = await set_outcomes(work, entries)

    assert [outcome.total for outcome in made] == [Decimal(place) for place in range(300)]
    assert {outcome.version for outcome in again} == {1}
    assert len(statements) == 2 + 3 + 2  # read and written, then read and found as it was


async def test_of_a_set_all_are_kept_or_none_and_each_refusal_has_its_place(town, thread, counted):
    unit, indicator = thread.units["committee"], thread.nodes["indicator"]
    good = OutcomeEntry(indicator, unit, T1, {"total": Decimal(8)})
    async with await town.work() as work:
        with pytest.raises(EntriesRefused, match="2 av 4 kan inte sparas") as refused:
            await set_outcomes(
                work,
                [
                    good,
                    OutcomeEntry(indicator, unit, "2026", {"total": Decimal(8)}),
                    OutcomeEntry(indicator, unit, "2026-T2", {"total": Decimal(8)}),
                    good,
                ],
            )
        with pytest.raises(InvalidInput, match="Högst 10000"):
            await set_outcomes(work, [good] * 10_001)

    assert [place for place, _error in refused.value.errors] == [1, 3]
    assert await counted(Outcome) == 0


async def test_another_municipality_cannot_tell_the_indicator_exists(
    town, thread, other_town, put, counted
):
    async with await town.work() as work:
        outcome = await put(work, total=8)
    unit = other_town.units["committee"].id
    async with await other_town.work() as work:
        for node_id in (thread.nodes["indicator"], uuid7()):
            with pytest.raises(NotFound) as refused:
                await set_outcome(
                    work, node_id, unit_id=unit, period=T1, values={"total": Decimal(1)}
                )
            assert str(refused.value) == "Det finns inte, eller så får du inte se det."
        for id in (outcome.id, uuid7()):
            with pytest.raises(NotFound):
                await outcome_history(work, id)

    async with await town.work(write=False) as work:
        assert list(await work.scalars(select(Outcome.total))) == [8]
    assert await counted(OutcomeVersion) == 1


async def test_a_set_is_refused_by_the_same_rules_as_a_single_value(
    town, thread, other_town, counted
):
    async with await town.work() as work:
        await lock_year(work, 2024)
    units, indicator = thread.units, thread.nodes["indicator"]
    foreign = other_town.units["committee"].id
    entries = [
        OutcomeEntry(indicator, units["home_care"], T1, {"total": Decimal(8)}),
        OutcomeEntry(indicator, units["committee"], T1, {"total": Decimal(8)}),
        OutcomeEntry(indicator, foreign, T1, {"total": Decimal(8)}),
        OutcomeEntry(uuid7(), units["home_care"], T1, {"total": Decimal(8)}),
        OutcomeEntry(indicator, units["home_care"], "2024-T1", {"total": Decimal(8)}),
        OutcomeEntry(indicator, units["home_care"], T1, {"total": Decimal(9)}),
        OutcomeEntry(indicator, units["home_care"], "2026-T2", {"total": Decimal("8.55")}),
        OutcomeEntry(indicator, units["home_care"], "2026-T3", {"total": Decimal(8)}, version=3),
    ]
    async with await town.work("manager") as work:
        with pytest.raises(EntriesRefused) as refused:
            await set_outcomes(work, entries)

    assert [(place, error.code, error.field) for place, error in refused.value.errors] == [
        (1, "FORBIDDEN", None),
        (2, "NOT_FOUND", None),
        (3, "NOT_FOUND", None),
        (4, "CONFLICT", None),
        (5, "INVALID_INPUT", None),
        (6, "INVALID_INPUT", "total"),
        (7, "CONFLICT", "version"),
    ]
    assert (await counted(Outcome), await counted(OutcomeVersion)) == (0, 0)


async def test_a_set_keeps_who_and_when_of_each_change(town, thread, stored):
    unit, indicator = thread.units["home_care"], thread.nodes["indicator"]

    def entries(*totals):
        for number, total in enumerate(totals, 1):
            yield OutcomeEntry(indicator, unit, f"2026-T{number}", {"total": Decimal(total)})

    async with await town.work() as work:
        await set_outcomes(work, list(entries("8", "9")))
    async with await town.work("manager") as work:
        held = (await work.scalars(select(Outcome).where(Outcome.period == "2026-T2")))[0]
        same, changed, new = await set_outcomes(work, list(entries("8", "9.5", "7")))
        again = await work.scalars(select(Outcome).order_by(Outcome.period))
        versions = await work.rows(
            select(OutcomeVersion.version, OutcomeVersion.total, OutcomeVersion.entered_by)
            .where(OutcomeVersion.outcome_id == changed.id)
            .order_by(OutcomeVersion.version)
        )

    first, manager = town.people["administrator"].id, town.people["manager"].id
    assert [(row.version, row.total, row.entered_by) for row in (same, changed, new)] == [
        (1, Decimal(8), first),
        (2, Decimal("9.5"), manager),
        (1, Decimal(7), manager),
    ]
    assert [row.total for row in again] == [Decimal(8), Decimal("9.5"), Decimal(7)]
    assert again[1] is held
    assert [tuple(row) for row in versions] == [
        (1, Decimal(9), first),
        (2, Decimal("9.5"), manager),
    ]
    outcome = await stored(Outcome, changed.id)
    assert (outcome.version, outcome.total, outcome.entered_at) == (
        2,
        Decimal("9.5"),
        changed.entered_at,
    )
