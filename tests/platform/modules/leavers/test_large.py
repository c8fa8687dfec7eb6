"""What a large purge takes: 200 who have left, 50,000 texts. Run by `-m bench`."""

import random
import time

import psycopg
import pytest

from roder.platform.modules.leavers.jobs import decide_and_purge
from roder.platform.modules.leavers.looking import find_places
from roder.platform.modules.leavers.models import RunState
from roder.platform.modules.leavers.purge import STAGES, take_step
from roder.platform.modules.leavers.runs import leavers_of, open_run
from roder.platform.modules.leavers.scanning import named_people
from roder.tenants.models import Person

PEOPLE, TEXTS = 200, 50_000
MOST_A_PERSON = 5.0
"""Seconds."""
LETTERS = "abdefgiklmnoprstuvyåäö"


def word(chance, length):
    return "".join(chance.choice(LETTERS) for _sign in range(length))


def texts(chance, names):
    """Of about 600 signs; every fiftieth names somebody."""
    words = [word(chance, chance.randint(2, 12)) for _word in range(3000)]
    for number in range(TEXTS):
        said = chance.choices(words, k=75)
        if number % 50 == 0:
            said.insert(40, chance.choice(names))
        yield " ".join(said)


@pytest.mark.bench
async def test_200_leavers_are_purged_from_50_000_texts_in_seconds_each(town, database):
    chance = random.Random(5)
    names = [
        f"{word(chance, 6).title()} {word(chance, 4)}{number}sdotter" for number in range(PEOPLE)
    ]
    async with await town.work() as work:
        people = [
            Person(name=name, email=f"{number}.{word(chance, 8)}@ort.example", left_on=work.today)
            for number, name in enumerate(names)
        ]
        work.add(*people)
        await work.flush()
        run = await open_run(work, [person.id for person in people])
    with psycopg.connect(database("owner")) as connection:
        connection.execute(f"set local roder.tenant = '{town.tenant.id}'")
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into feedback (tenant_id, id, page, text) "
                "values (%s, gen_random_uuid(), '/sida', %s)",
                [(town.tenant.id, text) for text in texts(chance, names)],
            )
        connection.execute("analyze feedback")

    begun = time.perf_counter()
    async with await town.work() as work:
        found = await find_places(
            work, run, await named_people(work, await leavers_of(work, run.id))
        )
    print(f"\npreview: {len(found)} places, {time.perf_counter() - begun:.1f} s")
    async with await town.work() as work:
        await decide_and_purge(work, run.id)
    took, steps, begun = dict.fromkeys(range(len(STAGES)), 0.0), 0, time.perf_counter()
    while run.state is not RunState.DONE:
        stage, step = run.stage, time.perf_counter()
        async with await town.work() as work:
            run = await take_step(work, run.id)
        took[stage] += time.perf_counter() - step
        steps += 1
    each = (time.perf_counter() - begun) / PEOPLE
    told = ", ".join(f"{STAGES[n].__name__} {seconds:.1f} s" for n, seconds in took.items())
    print(f"purge: {steps} steps, {each:.2f} s a person: {told}; {run.counts['names']}")
    assert run.counts["names"]["feedback"] >= TEXTS // 50
    assert each < MOST_A_PERSON
