"""A complaint from when it comes in to when it is closed: its days, who sees it, and what is never
told to anybody else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from complaint_schools import NAME, SAID, complain, stored, with_complaints
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.modules.actions.models import PlannedAction
from roder.platform.modules.school_quality import complaint_steps as steps
from roder.platform.modules.school_quality import complaints
from roder.platform.modules.school_quality.complaint_kinds import (
    complaint_kinds,
)
from roder.platform.modules.school_quality.complaint_models import (
    Complaint,
    ComplaintAction,
    ComplaintOutcome,
    ComplaintState,
    ComplaintStep,
)
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.people import grant_role

S = ComplaintState


@pytest.fixture
async def schools(new_town):
    return await with_complaints(await new_town("Östhammar"))


async def to_the_end(town, id, *, upto=S.CLOSED):
    async with await town.work("principal") as work:
        await steps.confirm_complaint(work, id, note="Per telefon.")
        if upto is S.CONFIRMED:
            return
        await steps.write_investigation(
            work, id, text="Rastvärden var sjuk.", outcome=ComplaintOutcome.PARTLY
        )
        await steps.end_investigation(work, id)
        if upto is S.INVESTIGATED:
            return
        await steps.answer_complaint(work, id, told_back="Två är alltid ute nu.")
        if upto is S.CLOSED:
            await steps.close_complaint(work, id, note="Vi är överens.")


async def test_a_complaint_has_its_days_from_the_settings_and_counts_in_its_school_year(schools):
    row = await complain(schools, ago=2)

    async with await schools.work("principal", write=False) as work:
        found = await complaints.get_complaint(work, row.id)
        today = work.today
    kept = found.row
    received = today - timedelta(days=2)
    assert (kept.received_on, kept.state, kept.version) == (received, S.RECEIVED, 1)
    assert kept.confirm_by == received + timedelta(days=3)
    assert kept.answer_by == received + timedelta(days=30)
    assert kept.year == complaints.school_year(received)
    assert (found.what, found.name, found.contact) == (SAID, NAME, "vera@videkvist.example")
    assert (found.investigation, found.told_back, kept.outcome) == ("", "", None)
    assert [(step.state, step.taken_on, note) for step, note in found.steps] == [
        (S.RECEIVED, received, "")
    ]


def test_a_school_year_begins_on_the_first_of_july():
    days = [date(2026, 6, 30), date(2026, 7, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [complaints.school_year(day) for day in days] == [2025, 2026, 2026, 2026]


async def test_each_step_is_a_row_with_who_when_and_a_note(schools):
    row = await complain(schools)
    await to_the_end(schools, row.id)

    async with await schools.work("principal", write=False) as work:
        found = await complaints.get_complaint(work, row.id)
        today = work.today
    principal = schools.people["principal"].id
    assert [(step.state, step.taken_by, note) for step, note in found.steps] == [
        (S.RECEIVED, principal, ""),
        (S.CONFIRMED, principal, "Per telefon."),
        (S.INVESTIGATED, principal, ""),
        (S.ANSWERED, principal, ""),
        (S.CLOSED, principal, "Vi är överens."),
    ]
    kept = found.row
    assert (kept.confirmed_on, kept.answered_on) == (today, today)
    assert (kept.outcome, found.told_back) == (ComplaintOutcome.PARTLY, "Två är alltid ute nu.")
    assert found.investigation == "Rastvärden var sjuk."


@pytest.mark.parametrize(
    ("upto", "take"),
    [
        (None, lambda work, id: steps.end_investigation(work, id)),
        (None, lambda work, id: steps.answer_complaint(work, id, told_back="Nej.")),
        (None, lambda work, id: steps.close_complaint(work, id)),
        (S.CONFIRMED, lambda work, id: steps.confirm_complaint(work, id)),
        (S.INVESTIGATED, lambda work, id: steps.close_complaint(work, id)),
        (S.ANSWERED, lambda work, id: steps.write_investigation(work, id, text="Mer.")),
        (S.CLOSED, lambda work, id: steps.close_complaint(work, id)),
        (S.CLOSED, lambda work, id: complaints.change_complaint(work, id, changes={"name": "A"})),
        (S.CLOSED, lambda work, id: steps.plan_complaint_action(work, id, title="Mer")),
    ],
)
async def test_a_step_that_is_not_the_next_one_is_refused_and_writes_nothing(schools, upto, take):
    row = await complain(schools)
    if upto:
        await to_the_end(schools, row.id, upto=upto)
    (before,) = await stored(schools)

    with pytest.raises(Conflict):
        async with await schools.work("principal") as work:
            await take(work, row.id)

    (after,) = await stored(schools)
    assert (after.state, after.version) == (before.state, before.version)
    async with await schools.work("principal", write=False) as work:
        assert await work.scalars(select(ComplaintAction)) == []
        taken = await work.scalars(select(ComplaintStep.state).order_by(ComplaintStep.id))
    assert taken == list(S)[: len(taken)]
    assert taken[-1] is before.state


async def test_an_investigation_ends_with_what_was_found_and_an_outcome(schools):
    row = await complain(schools)
    await to_the_end(schools, row.id, upto=S.CONFIRMED)

    async with await schools.work("principal") as work:
        with pytest.raises(InvalidInput) as refused:
            async with work.attempt():
                await steps.end_investigation(work, row.id)
        assert refused.value.field == "text"
        await steps.write_investigation(work, row.id, text="Vi har talat med alla.")
        with pytest.raises(InvalidInput) as refused:
            async with work.attempt():
                await steps.end_investigation(work, row.id)
        assert refused.value.field == "outcome"

    (kept,) = await stored(schools)
    assert (kept.state, kept.version) == (S.CONFIRMED, 3)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"what": "  "}, "what"),
        ({"what": "Det gäller 19811218-9876."}, "what"),
        ({"name": "Vera 811218-9876"}, "name"),
        ({"ago": -1}, "receivedOn"),
        ({"ago": 4000}, "receivedOn"),
    ],
)
async def test_what_cannot_be_registered_is_refused_and_writes_nothing(schools, given, field):
    with pytest.raises(InvalidInput) as refused:
        await complain(schools, **given)

    assert refused.value.field == field
    assert await stored(schools) == []


async def test_a_day_to_come_or_before_the_step_before_is_refused(schools):
    row = await complain(schools, ago=1)
    async with await schools.work("principal") as work:
        for day in (work.today + timedelta(days=1), work.today - timedelta(days=2)):
            with pytest.raises(InvalidInput) as refused:
                async with work.attempt():
                    await steps.confirm_complaint(work, row.id, on=day)
            assert refused.value.field == "on"
    (kept,) = await stored(schools)
    assert (kept.state, kept.confirmed_on) == (S.RECEIVED, None)


async def test_what_was_registered_can_be_put_right_and_its_days_follow(schools):
    row = await complain(schools, ago=5)
    async with await schools.work("principal") as work:
        kinds = {kind.key: kind.id for kind in await complaint_kinds(work)}
        await complaints.change_complaint(
            work,
            row.id,
            changes={
                "received_on": work.today,
                "kind_id": kinds["meals"],
                "what": "Maten tog slut.",
                "handler_id": schools.people["principal"].id,
                "registry_number": "BUN 2026/7",
            },
            version=1,
        )
        today = work.today

    async with await schools.work("principal", write=False) as work:
        found = await complaints.get_complaint(work, row.id)
    kept = found.row
    assert (found.what, found.name, kept.version) == ("Maten tog slut.", NAME, 2)
    assert (kept.received_on, kept.answer_by) == (today, today + timedelta(days=30))
    assert (kept.kind_id, kept.registry_number) == (kinds["meals"], "BUN 2026/7")
    assert kept.handler_id == schools.people["principal"].id


async def test_another_version_is_refused(schools):
    row = await complain(schools)
    with pytest.raises(Conflict) as refused:
        async with await schools.work("principal") as work:
            await steps.confirm_complaint(work, row.id, version=7)
    assert refused.value.field == "version"
    assert (await stored(schools))[0].state is S.RECEIVED


async def test_a_handler_has_to_be_somebody_who_may_handle_complaints_there(schools):
    for who in ("employee", "manager", "other_principal", "administrator"):
        with pytest.raises(InvalidInput) as refused:
            await complain(schools, handler_id=schools.people[who].id)
        assert refused.value.field == "handlerId"
    assert await stored(schools) == []

    row = await complain(schools, handler_id=schools.people["handler"].id)
    assert row.handler_id == schools.people["handler"].id


SEES = {
    "principal": {"alm"},
    "other_principal": {"bok"},
    "handler": {"alm", "bok", "school_board"},
    "administrator": None,
    "local": None,
    "manager": None,
    "employee": None,
    "auditor": None,
}


@pytest.mark.parametrize("who", SEES)
async def test_the_place_decides_who_sees_a_complaint(schools, who):
    rows = {
        unit: (await complain(schools, "handler", unit=unit)).id
        for unit in ("alm", "bok", "school_board")
    }
    async with await schools.work(who, write=False) as work:
        if SEES[who] is None:
            with pytest.raises(Forbidden):
                await complaints.complaints(work)
            with pytest.raises(Forbidden):
                await complaints.get_complaint(work, rows["alm"])
            return
        found = await complaints.complaints(work)
        assert {row.id for row in found.rows} == {rows[unit] for unit in SEES[who]}
        assert found.total == len(SEES[who])
        for unit in rows.keys() - SEES[who]:
            with pytest.raises(NotFound):
                await complaints.get_complaint(work, rows[unit])


async def test_nobody_writes_where_they_do_not_see(schools):
    row = await complain(schools, "handler", unit="bok")
    async with await schools.work("principal") as work:
        with pytest.raises(NotFound):
            await steps.confirm_complaint(work, row.id)
    with pytest.raises(Forbidden):
        await complain(schools, "principal", unit="bok")
    mine, bok = await complain(schools), schools.units["bok"].id
    with pytest.raises(Forbidden):
        async with await schools.work("principal") as work:
            await complaints.change_complaint(work, mine.id, changes={"unit_id": bok})
    assert [each.state for each in await stored(schools)] == [S.RECEIVED, S.RECEIVED]


async def test_an_administrator_chooses_who_handles_complaints_and_does_not_let_themselves_in(
    schools,
):
    alm, own = schools.units["alm"].id, schools.people["administrator"].id
    async with await schools.work() as work:
        await grant_role(work, schools.people["employee"].id, role="principal", unit_id=alm)
        with pytest.raises(Forbidden):
            async with work.attempt():
                await grant_role(work, own, role="principal", unit_id=alm)
    row = await complain(schools)
    async with await schools.work("employee", write=False) as work:
        assert (await complaints.get_complaint(work, row.id)).what == SAID


async def test_every_reading_and_writing_stands_in_the_access_log(schools):
    row = await complain(schools)
    async with await schools.work("handler", write=False) as work:
        await complaints.get_complaint(work, row.id)
        await complaints.complaints(work)

    async with await schools.work(write=False) as work:
        kept = await work.scalars(
            select(LogEntry)
            .where(LogEntry.kind.startswith("school_complaint"))
            .order_by(LogEntry.seq)
        )
    principal, handler = (schools.people[who].id for who in ("principal", "handler"))
    alm = schools.units["alm"].id
    assert [(each.action, each.kind, each.person_id) for each in kept] == [
        (Action.ADD, "school_complaint_step", principal),
        (Action.ADD, "school_complaint", principal),
        (Action.READ, "school_complaint", handler),
        (Action.READ, "school_complaint_step", handler),
        (Action.READ, "school_complaint", handler),
    ]
    told = [each for each in kept if each.kind == "school_complaint"]
    assert all((each.records, each.unit_id) == ([row.id], alm) for each in told)


async def test_a_copy_of_the_database_holds_nothing_of_what_was_said(schools):
    row = await complain(schools)
    await to_the_end(schools, row.id)

    words = (SAID, NAME, "videkvist", "Per telefon", "Rastvärden", "alltid ute", "överens")
    for table in (Complaint.__table__, ComplaintStep.__table__):
        async with await schools.work(write=False) as work:
            rows = await work.execute(select(table).where(table.c.tenant_id == schools.tenant.id))
            values = [value for each in rows for value in each]
        held = b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in values)
        assert str(row.id).encode() in held
        assert [word for word in words if word.encode() in held] == []


async def test_an_action_tells_everybody_only_the_reference(schools):
    row = await complain(schools)
    async with await schools.work("principal") as work:
        with pytest.raises(InvalidInput):
            async with work.attempt():
                await steps.plan_complaint_action(work, row.id, title="Ring 811218-9876")
        await steps.plan_complaint_action(work, row.id, title="Se över rastvärdarnas schema")

    async with await schools.work("employee", write=False) as work:
        (action,) = await work.scalars(select(PlannedAction))
        assert await steps.actions_of_complaint(work, row.id) == []
    assert (action.title, action.about) == (
        "Se över rastvärdarnas schema",
        f"Klagomål {row.reference}",
    )
    assert (action.module, action.page, action.params) == (
        "school_quality",
        "school_complaint",
        {"id": str(row.id)},
    )
    async with await schools.work("principal", write=False) as work:
        assert [each.id for each in await steps.actions_of_complaint(work, row.id)] == [action.id]
