import asyncio
import random
from decimal import Decimal

import pytest
from sqlalchemy import text

from roder.graphql.context import MOST_RECORDS, Context
from roder.infra.errors import InvalidInput
from roder.infra.settings import Settings
from roder.platform.commands.refusals import require_mode
from roder.platform.modules.goals.models import Outcome
from roder.platform.modules.reports.words import rich


async def test_a_work_that_is_cancelled_leaves_no_transaction_and_no_tenant(town):
    async def look():
        async with await town.work(write=False) as work:
            await work.execute(text("select 1"))

    chance = random.Random(7)
    for _turn in range(80):
        looking = asyncio.create_task(look())
        await asyncio.sleep(chance.random() * 0.006)
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)

    for _connection in range(8):
        async with town.runtime.engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert not driver.is_in_transaction()
            left = await connection.execute(text("select current_setting('roder.tenant', true)"))
            assert not left.scalar_one()


async def test_lists_within_lists_end_at_a_number_of_records(work):
    context = Context(work)

    async def load(keys: list[int]) -> list[list[int]]:
        return [list(range(1000)) for _key in keys]

    for _time in range(MOST_RECORDS // 1000):
        await context.batch("numbers", 1, load)
    with pytest.raises(InvalidInput, match=f"mer än {MOST_RECORDS} poster"):
        await context.batch("numbers", 1, load)


@pytest.mark.parametrize("written", ["20000", "1000000", "-0.50", "0", "8.5"])
def test_a_stored_number_is_read_as_people_write_it(written):
    # The driver gives 2E+4 for 20000; what is kept after the point stays.
    value = Decimal(written)
    read = value.normalize() if value == value.to_integral_value() else value

    told = Outcome.__table__.c.total.type.process_result_value(read, None)

    assert str(told) == written


def test_lists_that_lie_too_deep_are_refused_before_they_are_cleaned():
    with pytest.raises(InvalidInput, match="för djupt"):
        rich("<ul><li>" * 40_000, field="text", most=200_000)

    assert rich("<ul><li>ett<ul><li>två</li></ul></li></ul>", field="text", most=200) != ""


@pytest.mark.parametrize(
    ("chosen", "refused"),
    [
        ({}, False),
        ({"host": "0.0.0.0"}, True),
        ({"host": "0.0.0.0", "mode": "demo"}, False),
        ({"database_url": "postgresql://x@db/roder"}, True),
        ({"public_url": "https://roder.example"}, True),
        ({"public_url": "https://roder.example", "mode": "production"}, False),
    ],
)
def test_what_others_can_reach_says_which_mode_it_is_in(monkeypatch, chosen, refused):
    monkeypatch.delenv("RODER_MODE", raising=False)
    settings = Settings(**chosen)
    if not refused:
        require_mode(settings)
        return
    with pytest.raises(InvalidInput, match="RODER_MODE"):
        require_mode(settings)
