import pytest

from roder.infra.errors import Conflict, Forbidden, InvalidInput
from roder.infra.i18n import use_locale
from roder.platform.modules.goals.models import YearLock
from roder.platform.modules.goals.steering.locks import (
    lock_year,
    locked_years,
    require_open,
    unlock_year,
)


async def test_a_locked_year_says_since_when_and_whom_to_ask(town):
    from datetime import UTC, datetime

    async with await town.work() as work:
        lock = await lock_year(work, 2025, reason="Bokslutet är klart")
        # 23:30 in London on the 30th is the 31st in Östhammar.
        lock.created_at = datetime(2026, 1, 30, 23, 30, tzinfo=UTC)
        await work.flush()
        work.now = datetime(2026, 11, 1, tzinfo=UTC)
        with pytest.raises(Conflict) as refused:
            await require_open(work, 2024, 2025)
        await require_open(work, 2024, 2026)
        work.now = datetime(2027, 2, 1, tzinfo=UTC)
        with pytest.raises(Conflict, match="sedan 31 januari 2026"):
            await require_open(work, 2025)
        with use_locale("en"), pytest.raises(Conflict, match="since 31 January 2026"):
            await require_open(work, 2025)

    assert str(refused.value) == (
        "2025 är låst sedan 31 januari. Be controllern låsa upp om något är fel."
    )


async def test_a_year_is_locked_once_and_opened_once(town, counted):
    async with await town.work() as work:
        await lock_year(work, 2025)
        with pytest.raises(Conflict, match="redan låst"):
            await lock_year(work, 2025)
    assert await counted(YearLock) == 1

    async with await town.work() as work:
        await unlock_year(work, 2025)
        with pytest.raises(Conflict, match="2025 är inte låst"):
            await unlock_year(work, 2025)
    assert await counted(YearLock) == 0


@pytest.mark.parametrize("year", [0, 1989, 2101, 2**31])
async def test_a_year_that_cannot_be_is_refused(town, counted, year):
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match="1990 till 2100"):
            await lock_year(work, year)

    assert await counted(YearLock) == 0


@pytest.mark.parametrize("who", ["local", "manager", "employee", "auditor"])
async def test_only_a_full_administrator_locks_and_everyone_sees_it(town, counted, who):
    async with await town.work() as work:
        await lock_year(work, 2024)
    async with await town.work(who) as work:
        with pytest.raises(Forbidden):
            await lock_year(work, 2025)
        with pytest.raises(Forbidden):
            await unlock_year(work, 2024)
        assert [lock.year for lock in await locked_years(work)] == [2024]

    assert await counted(YearLock) == 1


async def test_one_municipality_s_lock_is_nobody_else_s(town, other_town):
    async with await town.work() as work:
        await lock_year(work, 2025)
    async with await other_town.work() as work:
        assert await locked_years(work) == []
        await require_open(work, 2025)
