"""Who waits for a purge, what a run shows, and what is decided about it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.modules.leavers.holdings import kind_words
from roder.platform.modules.leavers.jobs import decide_and_purge
from roder.platform.modules.leavers.looking import preview_run
from roder.platform.modules.leavers.models import (
    ArchiveChange,
    Effect,
    Kept,
    KeptName,
    Leaver,
    LeaverRun,
    RetentionRule,
    RunState,
    Why,
)
from roder.platform.modules.leavers.purge import hash_of
from roder.platform.modules.leavers.retention import change_rule, retention_rules
from roder.platform.modules.leavers.runs import (
    ask_erasure,
    choose_heir,
    keep_names,
    open_run,
)
from roder.platform.modules.leavers.waiting import waiting
from roder.platform.modules.reports.models import Section, SectionVersion
from roder.tenants.delegations import delegate_roles, own_roles
from roder.tenants.feedback import tell_fault
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.models import Feedback, Person, RoleGrant, UserSession
from roder.tenants.people import (
    change_person,
    end_person,
    grant_role,
    return_person,
    withdraw_role,
)
from roder.tenants.sign_in.sessions import start_session


async def gone(town, who: str = "employee", *, by: str = "hand") -> Person:
    async with await town.work() as work:
        person = await end_person(work, town.people[who].id)
        person.left_by = by
    return person


async def test_who_has_left_or_is_silent_waits(town):
    await gone(town, by="scim")
    async with await town.work() as work:
        old = work.now - timedelta(days=500)
        some = update(Person).where(
            Person.id.in_([town.people[w].id for w in ("manager", "local")])
        )
        await work.execute(some.values(created_at=old))
        await start_session(work, town.people["local"].id)
    async with await town.work(write=False) as work:
        found = {each.name: each.why for each in await waiting(work)}

    assert found == {"Elis Anställd": Why.SCIM, "Mona Chef": Why.SILENT}


async def test_nobody_is_in_two_runs(town):
    person = await gone(town)
    async with await town.work() as work:
        await open_run(work, [person.id])
        with pytest.raises(Conflict, match="annan gallring"):
            await open_run(work, [person.id])
        assert await waiting(work) == []
        assert await work.first(select(func.count(Leaver.id))) == 1


async def test_a_local_administrator_purges_those_of_own_units_only(town):
    manager, employee = await gone(town, "manager"), await gone(town, "employee")
    async with await town.work("local") as work:
        assert [each.id for each in await waiting(work)] == [manager.id]
        await open_run(work, [manager.id])
        with pytest.raises(Forbidden):
            await open_run(work, [employee.id])
    async with await town.work("auditor") as work:
        with pytest.raises(Forbidden):
            await waiting(work)


async def test_nobody_brings_somebody_within_their_own_reach(town):
    """A role that the local administrator gave, that has ended, or that was handed on."""
    home_care, employee = town.units["home_care"].id, town.people["employee"].id
    async with await town.work("local") as work:
        await grant_role(work, employee, role="contributor", unit_id=home_care)
    await refused(town, employee)

    async with await town.work() as work:
        given = await grant_role(work, employee, role="local_administrator", unit_id=home_care)
        await withdraw_role(work, given.id)
    await refused(town, employee)

    async with await town.work("manager") as work:
        await delegate_roles(
            work,
            grant_ids=[grant.id for grant in await own_roles(work)],
            colleague_id=employee,
            valid_from=None,
            valid_to=work.now + timedelta(days=5),
        )
    await refused(town, employee)

    async with await town.work() as work:
        await grant_role(work, employee, role="local_administrator", unit_id=home_care)
    async with await town.work("local") as work:
        assert (await open_run(work, [employee])).opened_by == work.actor.id


async def refused(town, person_id):
    for attempt in (
        lambda work: open_run(work, [person_id]),
        lambda work: ask_erasure(work, person_id, identity_check="Visade pass."),
    ):
        with pytest.raises(Forbidden):
            async with await town.work("local") as work:
                await attempt(work)
    async with await town.work(write=False) as work:
        assert await work.scalars(select(LeaverRun.id)) == []


async def test_what_was_held_elsewhere_is_out_of_reach_also_when_it_has_ended(town):
    async with await town.work() as work:
        elsewhere = await grant_role(
            work,
            town.people["manager"].id,
            role="contributor",
            unit_id=town.units["school_board"].id,
        )
        await withdraw_role(work, elsewhere.id)
    await refused(town, town.people["manager"].id)


async def test_one_does_not_purge_oneself_nor_the_last_administrator(town):
    async with await town.work() as work:
        run = await open_run(work, [town.people["administrator"].id])
        with pytest.raises(Conflict, match="dig själv"):
            await decide_and_purge(work, run.id)
        assert run.state is RunState.OPEN


async def test_whoever_is_back_stops_the_decision(town):
    person = await gone(town)
    async with await town.work() as work:
        run = await open_run(work, [person.id])
    async with await town.work() as work:
        await return_person(work, person.id)
        with pytest.raises(Conflict, match="är tillbaka"):
            await decide_and_purge(work, run.id)


async def test_whoever_was_silent_and_has_come_since_stops_the_decision(town):
    person = town.people["manager"]
    async with await town.work() as work:
        run = await open_run(work, [person.id], why={person.id: Why.SILENT})
    async with await town.work() as work:
        work.note(Action.READ, "person", by=person.id)
    async with await town.work() as work:
        with pytest.raises(Conflict, match="är tillbaka"):
            await decide_and_purge(work, run.id)
    async with await town.work(write=False) as work:
        assert (await work.get(Person, person.id)).left_on is None


async def test_an_erasure_takes_a_check_of_identity_and_a_motivation(town):
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match="kontrollerat"):
            await ask_erasure(work, town.people["employee"].id, identity_check="")
        run = await ask_erasure(work, town.people["employee"].id, identity_check="Visade pass.")
        with pytest.raises(InvalidInput, match="varför"):
            await decide_and_purge(work, run.id, motivation=" ")


async def test_what_is_unticked_stays_and_the_rest_goes(town, finish):
    person = await gone(town)
    async with await town.work() as work:
        told = "Elis Anställd bygger. " + "Rådet utsåg Elis Anställd på mötet i går kväll."
        await tell_fault(work, page="/", text=told)
        run = await open_run(work, [person.id])
        preview = await preview_run(work, run.id)
        [first, second] = [each for each in preview.places if each.place == "feedback.text"]
        place = (second.place, second.row_id, second.mark)
        await keep_names(work, run.id, [place], reason=Kept.PUBLIC)
        shown = await preview_run(work, run.id)
        assert [each.kept for each in shown.places] == [None, "public"]
        pseudonym = await work.first(select(Leaver.pseudonym))
        await decide_and_purge(work, run.id)
    run = await finish(town, run.id)

    async with await town.work(write=False) as work:
        assert await work.first(select(Feedback.text)) == (
            f"Tidigare medarbetare {pseudonym} bygger. "
            "Rådet utsåg Elis Anställd på mötet i går kväll."
        )
        assert await work.first(select(func.count(KeptName.id))) == 1
    assert run.receipt["names_kept"] == {"public": 1}
    assert first.mark != second.mark


async def test_the_rules_keep_what_they_say(town, finish):
    person = await gone(town)
    async with await town.work() as work:
        await tell_fault(work, page="/", text="Elis Anställd var här.")
        await change_rule(work, "service", effect=Effect.KEEP, reason="Enligt planen")
        run = await open_run(work, [person.id])
        [place] = (await preview_run(work, run.id)).places
        assert place.by_rule
        await decide_and_purge(work, run.id)
    run = await finish(town, run.id)

    async with await town.work(write=False) as work:
        assert await work.first(select(Feedback.text)) == "Elis Anställd var här."
    assert run.counts["kept"] == {"feedback": 1}


async def test_a_rule_is_dated_and_the_one_before_ends(town):
    async with await town.work() as work:
        shipped = {rule.kind: rule for rule in await retention_rules(work)}
        assert list(shipped) == list(kind_words())
        await change_rule(work, "goals", effect=Effect.KEEP, reason="Bevaras helt")
        now = {rule.kind: rule for rule in await retention_rules(work)}
        then = {rule.kind: rule for rule in await retention_rules(work, on=date(2020, 1, 1))}
        assert (now["goals"].effect, then["goals"].effect) == (Effect.KEEP, Effect.PSEUDONYMISE)
        assert await work.first(select(func.count(RetentionRule.id))) == len(shipped) + 1
        with pytest.raises(InvalidInput, match="Loggen ändras aldrig"):
            await change_rule(work, "access_log", effect=Effect.ERASE, reason="Nej")
        with pytest.raises(InvalidInput, match="skälet"):
            await change_rule(work, "goals", effect=Effect.KEEP, reason="")
    async with await town.work("local") as work:
        with pytest.raises(Forbidden):
            await change_rule(work, "goals", effect=Effect.KEEP, reason="Nej")


async def test_what_they_answered_for_goes_to_the_heir_or_the_nearest_manager(town, handed):
    assert await handed(town, heir="local") == town.people["local"].id
    nearest = min(town.people[who].id for who in ("local", "manager"))
    assert await handed(town, heir=None) == nearest


async def test_an_heir_stays_in_the_municipality(town):
    one, two = await gone(town, "employee"), await gone(town, "auditor")
    async with await town.work() as work:
        run = await open_run(work, [one.id])
        with pytest.raises(InvalidInput, match="kollega"):
            await choose_heir(work, run.id, one.id, heir_id=two.id)


async def test_what_is_left_is_a_pseudonym_that_nobody_brings_back(town, purged):
    person = await gone(town, "manager")
    async with await town.work() as work:
        work.add(
            UserSession(person_id=person.id, digest=b"x", expires_at=work.now, ended_at=work.now)
        )
    run = await purged(town, person.id)

    async with await town.work() as work:
        left = await work.get(Person, person.id)
        [pseudonym] = await work.scalars(select(Leaver.pseudonym))
        assert (left.name, left.email) == (
            f"Tidigare medarbetare {pseudonym}",
            f"tidigare-{pseudonym}@pseudonym.invalid",
        )
        for model in (RoleGrant, UserSession):
            own = select(func.count(model.id)).where(model.person_id == person.id)
            assert await work.first(own) == 0
        with pytest.raises(Forbidden, match="borttagen ur registret"):
            await change_person(work, person.id, name="Mona Chef")
        assert [each.id for each in await waiting(work)] == []
        noted = select(LogEntry.about).where(
            LogEntry.action == Action.DISPOSE, LogEntry.kind == "person"
        )
        assert await work.scalars(noted) == [[person.id]]
    assert run.receipt_hash == hash_of(run.receipt)
    assert "Mona" not in str(run.receipt)


async def test_the_archive_says_what_was_changed(town, leaver, purged):
    person = await leaver(town)
    async with await town.work(write=False) as work:
        named = select(Section).where(Section.text.contains("Vikbolandet"))
        [section] = await work.scalars(named)
        before = hash_of({"text": section.text})
    run = await purged(town, person.id)

    async with await town.work(write=False) as work:
        section = await work.get(Section, section.id)
        own = select(ArchiveChange).where(ArchiveChange.row_id == section.id)
        [change] = await work.scalars(own)
        assert (change.old_hash, change.new_hash) == (before, hash_of({"text": section.text}))
        assert (change.run_id, change.changed_at) == (run.id, run.decided_at)
        assert await work.first(select(func.count()).where(ArchiveChange.old_key != "")) == 0


async def test_history_is_changed_by_nobody_else(town, leaver):
    await leaver(town)
    changed = update(SectionVersion).values(text="").execution_options(synchronize_session=False)
    with pytest.raises(DBAPIError, match="history is never changed"):
        async with await town.work() as work:
            await work.execute(changed)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with await town.work() as work:
            await work.execute(changed.values(version=2))


async def test_another_municipality_does_not_see_a_run(town, other_town):
    person = await gone(town)
    async with await town.work() as work:
        run = await open_run(work, [person.id])
    async with await other_town.work() as work:
        with pytest.raises(NotFound):
            await preview_run(work, run.id)
        with pytest.raises(NotFound):
            await decide_and_purge(work, run.id)


@pytest.mark.parametrize(
    ("kind", "effect"),
    [("reports", Effect.ERASE), ("sign_in", Effect.KEEP), ("register", Effect.PSEUDONYMISE)],
)
async def test_a_rule_promises_nothing_that_no_purge_does(town, kind, effect):
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match="går bara att välja"):
            await change_rule(work, kind, effect=effect, reason="Enligt planen")
        assert await work.first(select(func.count(RetentionRule.id))) == 0
