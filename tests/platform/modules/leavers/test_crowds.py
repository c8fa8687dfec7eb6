"""Many people at once: found in texts as one is, with as many statements as for one."""

from __future__ import annotations

from functools import partial
from unicodedata import normalize
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sent_statements import sent_statements
from sqlalchemy import select

from roder.platform.modules.actions.models import ActionState, PlannedAction
from roder.platform.modules.leavers.jobs import decide_and_purge
from roder.platform.modules.leavers.looking import preview_run
from roder.platform.modules.leavers.models import RunState
from roder.platform.modules.leavers.naming import FEW, Crowd, Named, find_names
from roder.platform.modules.leavers.purge import take_step
from roder.platform.modules.leavers.runs import choose_heir, decide_run, leavers_of, open_run
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.models import Feedback, Person, UserSession
from roder.tenants.people import end_person
from roder.tenants.work import Work

NAMES = (
    ("Anna Ödman", "anna.odman@ort.example"),
    ("Anna Ödman", "anna.odman2@ort.example"),
    ("Anna-Karin Ek", "ak_ek@ort.example"),
    ("Lars Lax", "lars.lax@ort.example"),
    ("D’Ångström Bo von", "bo@ort.example"),
    ("İpek Özs", "i.o@ort.example"),
    ("Bo", ""),
    ("", "utan.namn@ort.example"),
    ("— —", "@ort.example"),
    ("x\u0302a Öst", "__@ort.example"),
)
OTHERS = tuple((f"Nils Nr{number}", f"nr{number}@ort.example") for number in range(FEW))
PEOPLE = [
    Named(UUID(int=number), name, email, f"7f3{number}")
    for number, (name, email) in enumerate(NAMES + OTHERS)
]
PIECES = [
    *(form for name, email in NAMES for form in (name, email, name.upper(), name.lower())),
    *(", ".join(reversed(name.split(" ", 1))) for name, _email in NAMES),
    *(normalize("NFD", name) for name, _email in NAMES),
    "An<b>na</b> Öd<i>man</i>",
    "Anna&nbsp;&Ouml;dman",
    "anna.odman%40ort.example",
    "Bo</p><p>von",
    *("s", ":s", "’s", " ", "_", "-", "x", "\n", "<p>", "</p>", "<br>", "&amp;", "&notx;", "<"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_a_crowd_is_found_as_each_of_them_is(text):
    """Beside a name stands anything: a sign, markup, a piece of another."""
    assert find_names(text, Crowd(PEOPLE)) == find_names(text, PEOPLE)


@pytest.mark.parametrize("text", ["Anna Ödmans", "Ek, Anna-Karins", "AN<b>NA</b>-Karin Eks", "bo"])
def test_a_crowd_is_found_in_the_genitive_and_within_markup(text):
    found = find_names(text, Crowd(PEOPLE))

    assert len(found) >= 1
    assert found == find_names(text, PEOPLE)


async def test_a_preview_takes_as_many_statements_for_many_people(town, sent):
    one, *others = await named_in_feedback(town, 40)

    few = await statements_of_preview(town, sent, [one])
    many = await statements_of_preview(town, sent, others)

    assert len(few) == len(many)


async def test_a_purge_takes_as_many_statements_for_many_people(town, sent):
    first, one, *others = await named_in_feedback(town, 41, feedback=1)
    await statements_of_purge(town, sent, [first])  # plants the rules

    few = await statements_of_purge(town, sent, [one])
    many = await statements_of_purge(town, sent, others)

    assert few == many


async def test_a_decision_takes_as_many_statements_for_many_who_are_silent(town, sent):
    async with await town.work() as work:
        people = [
            Person(name=f"Tyst Tystnad{nth}", email=f"tyst.{nth}@ort.example") for nth in range(40)
        ]
        work.add(*people)
        await work.flush()
        work.add(
            *(
                UserSession(person_id=one.id, digest=one.id.bytes, expires_at=work.now)
                for one in people
            )
        )
    counted = []
    for some in (people[:1], people[1:]):
        async with await town.work() as work:
            run = await open_run(work, [person.id for person in some])
            await work.flush()
            with sent() as statements:
                await decide_run(work, run.id)
        counted.append(len(statements))

    assert counted[0] == counted[1]
    async with await town.work(write=False) as work:
        left = select(Person.left_on, Person.left_by).where(Person.id.in_([p.id for p in people]))
        assert set(await work.rows(left)) == {(work.today, "hand")}
        assert await work.scalars(select(UserSession).where(UserSession.ended_at.is_(None))) == []
        closed = select(LogEntry.about).where(
            LogEntry.action == Action.WITHDRAW, LogEntry.kind == "session"
        )
        assert sorted(await work.scalars(closed)) == sorted([person.id] for person in people)


async def test_what_each_of_many_answered_for_goes_to_their_own(town):
    with_heir, one, other = await some_who_left(town, 3)
    kinds = [
        (with_heir, "home_care", "auditor"),
        (with_heir, "school_board", "auditor"),
        (one, "home_care", min(("local", "manager"), key=lambda who: town.people[who].id)),
        (other, "home_care", min(("local", "manager"), key=lambda who: town.people[who].id)),
        (other, "school_board", "administrator"),
        (town.people["employee"], "school_board", "employee"),
    ]
    async with await town.work() as work:
        actions = [planned(work, town.units[unit].id, owner.id) for owner, unit, _heir in kinds]
        work.add(*actions)
        run = await open_run(work, [each.id for each in (with_heir, one, other)])
        await choose_heir(work, run.id, with_heir.id, heir_id=town.people["auditor"].id)
        await decide_and_purge(work, run.id)
    run = await carried_out(town, run.id)

    assert run.counts["handed"] == {"planned_actions": 5}
    async with await town.work(write=False) as work:
        owners = dict(await work.rows(select(PlannedAction.id, PlannedAction.owner_id)))
    assert [owners[action.id] for action in actions] == [
        town.people[heir].id for _owner, _unit, heir in kinds
    ]


async def test_each_of_many_gets_a_pseudonym_of_their_own(town):
    people = await some_who_left(town, 60)
    async with await town.work() as work:
        run = await open_run(work, [each.id for each in people])
        await decide_and_purge(work, run.id)
    run = await carried_out(town, run.id)

    assert run.counts["register"] == {"people": 60}
    async with await town.work(write=False) as work:
        signs = {each.person_id: each.pseudonym for each in await leavers_of(work, run.id)}
        left = await work.rows(
            select(Person.id, Person.name, Person.email).where(Person.id.in_(signs))
        )
    assert {id: (name, email) for id, name, email in left} == {
        id: (f"Tidigare medarbetare {sign}", f"tidigare-{sign}@pseudonym.invalid")
        for id, sign in signs.items()
    }


@pytest.fixture
def sent(runtime):
    """`with sent() as statements:` the SQL that is sent meanwhile."""

    return partial(sent_statements, runtime)


async def some_who_left(town, number: int) -> list[Person]:
    async with await town.work() as work:
        people = [
            Person(name=f"Vanja Vik{nth}bolandet", email=f"vanja.{nth}@ort.example")
            for nth in range(number)
        ]
        work.add(*people)
        await work.flush()
        for person in people:
            await end_person(work, person.id)
    return people


async def named_in_feedback(town, number: int, *, feedback: int = 3) -> list[Person]:
    """People who have left, each named in some texts."""
    people = await some_who_left(town, number)
    async with await town.work() as work:
        for person in people:
            work.add(
                *(Feedback(page="/sida", text=f"Fråga {person.name}.") for _nth in range(feedback))
            )
    return people


async def statements_of_preview(town, sent, people) -> list[str]:
    async with await town.work() as work:
        run = await open_run(work, [person.id for person in people])
        await work.flush()
        with sent() as statements:
            shown = await preview_run(work, run.id)
    assert {each.places for each in shown.people} == {3}
    return statements


async def statements_of_purge(town, sent, people) -> int:
    """All but the new words of the texts themselves, a statement each."""
    async with await town.work() as work:
        run = await open_run(work, [person.id for person in people])
        await decide_and_purge(work, run.id)
    with sent() as statements:
        run = await carried_out(town, run.id)
    assert run.counts["texts"] == {"feedback": len(people)}
    return sum(not each.startswith("UPDATE feedback") for each in statements)


async def carried_out(town, run_id):
    while True:
        async with await town.work() as work:
            run = await take_step(work, run_id)
        if run.state is not RunState.DECIDED:
            return run


def planned(work: Work, unit_id: UUID, owner_id: UUID) -> PlannedAction:
    return PlannedAction(
        unit_id=unit_id,
        module="goals",
        about="Målet",
        page="actions",
        params={},
        title="Gör det",
        detail="",
        owner_id=owner_id,
        state=ActionState.OPEN,
        outcome="",
        changed_at=work.now,
        version=1,
    )
