"""Names in sealed texts are replaced by the run, and shown to nobody who prepares it."""

from __future__ import annotations

import pytest
from deviation_care import with_deviations
from sqlalchemy import select

from roder.platform.modules.deviations.models import (
    Deviation,
    FormKind,
    Happened,
    Law,
)
from roder.platform.modules.deviations.service import (
    Report,
    get_case,
    report_deviation,
    suspect_misconduct,
    write_document,
)
from roder.platform.modules.leavers.looking import preview_run
from roder.platform.modules.leavers.models import Effect, RunState
from roder.platform.modules.leavers.naming import known_as
from roder.platform.modules.leavers.retention import change_rule
from roder.platform.modules.leavers.runs import leavers_of, open_run
from roder.tenants.models import Person
from roder.tenants.people import end_person
from roder.tenants.sealed.keys import TenantKey, keep_brought

WHAT = "Fru Ek föll.\nVanja Vikbolandet såg det, och Vanjas larm gick."
ANSWERS = {"cause_area": "routines", "causes": "Se nedan\nVanja Vikbolandet", "measures": "Ny"}


@pytest.fixture
async def care(town):
    return await with_deviations(town)


@pytest.fixture
async def case(care):
    """A case that names somebody who has left, and one that does not; the first one's id."""
    place = care.units["home_care"].id
    async with await care.work("employee") as work:
        row = await report_deviation(work, Report(unit_id=place, laws=(Law.SOL,), what=WHAT))
        await report_deviation(work, Report(unit_id=place, laws=(Law.SOL,), what="Ett annat"))
    async with await care.work("boss") as work:
        await write_document(work, row.id, FormKind.MANAGER, answers=ANSWERS, version=0)
        stands = (await work.get(Deviation, row.id)).version
        await suspect_misconduct(
            work,
            row.id,
            investigator_id=care.people["investigator"].id,
            reason="Vanja Vikbolandet har sagt det förr",
            version=stands,
        )
    return row.id


@pytest.fixture
async def leaver(care):
    async with await care.work() as work:
        person = Person(name="Vanja Vikbolandet", email="vanja.vikbolandet@ort.example")
        work.add(person)
        await work.flush()
        await end_person(work, person.id)
    return person


async def raw(care):
    async with await care.work(write=False) as work:
        rows = await work.rows(select(Deviation.id, Deviation.what))
        return dict(rows)


async def test_each_sealed_text_names_the_pseudonym_instead(care, case, leaver, purged):
    before = await raw(care)

    run = await purged(care, leaver.id)

    assert run.state is RunState.DONE
    async with await care.work(write=False) as work:
        [gone] = await leavers_of(work, run.id)
    name = known_as(gone.pseudonym)
    async with await care.work("investigator", write=False) as work:
        found = await get_case(work, case)
        assert found.report.what == f"Fru Ek föll.\n{name} såg det, och {name}:s larm gick."
        [document] = [each for each in found.documents if each.kind is FormKind.MANAGER]
        assert document.answers == ANSWERS | {"causes": f"Se nedan\n{name}"}
        [told] = [each for each in found.history if each.row.what is Happened.SUSPECTED]
        assert told.note == f"{name} har sagt det förr"
    counts = {table: run.counts["texts"][table] for table in before_tables(run)}
    assert counts == {"deviations": 1, "deviation_documents": 1, "deviation_events": 1}
    after = await raw(care)
    assert [id for id in before if before[id] != after[id]] == [case]


def before_tables(run):
    return [table for table in run.counts["texts"] if table.startswith("deviation")]


async def test_a_preview_counts_sealed_texts_and_shows_none(care, case, leaver):
    async with await care.work() as work:
        run = await open_run(work, [leaver.id])
        preview = await preview_run(work, run.id)

    assert (preview.sealed, preview.places) == (6, [])


async def test_what_a_rule_keeps_stays(care, case, leaver, purged):
    async with await care.work() as work:
        await change_rule(work, "deviations", effect=Effect.KEEP, reason="Bevaras", law="")
    before = await raw(care)

    run = await purged(care, leaver.id)

    assert (run.state, await raw(care)) == (RunState.DONE, before)


async def test_a_text_that_is_locked_is_counted_and_left(care, case, leaver, purged):
    async with await care.work() as work:
        await keep_brought(work, {7: []})
        row = await work.get(Deviation, case)
        row.what = row.what[:1] + (7).to_bytes(4, "big") + row.what[5:]
        await work.flush()
    before = await raw(care)

    run = await purged(care, leaver.id)

    assert (run.state, run.counts["unread"]) == (RunState.DONE, {"deviations": 1})
    assert await raw(care) == before
    async with await care.work(write=False) as work:
        assert await work.scalars(select(TenantKey.number).order_by(TenantKey.number)) == [1, 7]
