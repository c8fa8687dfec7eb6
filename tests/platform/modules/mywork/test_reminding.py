"""Digests, reminders and what a controller sends: who gets which, and never twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from roder.infra.errors import Forbidden, InvalidInput, NotFound
from roder.platform.modules.goals.models import PlanNode
from roder.platform.modules.goals.service import change_activity, change_node
from roder.platform.modules.mywork.jobs import digest, digest_times, remind, reminder_times
from roder.platform.modules.mywork.models import Mail
from roder.platform.modules.mywork.service import Choices, change_choices, my_choices, remind_now
from roder.platform.modules.mywork.settings import MyWorkSettings
from roder.platform.modules.reports.models import Section
from roder.platform.modules.reports.service import complete_report, complete_section, write_section
from roder.tenants.actors import service
from roder.tenants.models import RoleGrant
from roder.tenants.municipality import save_settings
from roder.tenants.people import add_person, change_person, end_person, grant_role
from roder.tenants.rows import uuid7
from roder.tenants.work import STOCKHOLM, open_work
from roder.workers.jobs import Run
from roder.workers.models import Job
from roder.workers.run import PACE, run_job
from roder.workers.timetable import Times


def today() -> date:
    return datetime.now(STOCKHOLM).date()


async def test_the_digest_lists_what_is_asked_and_says_why_it_came(
    this_year, mailbox, perform, town
):
    box, url = mailbox
    await due_in(this_year, 7)
    await answers_for(this_year, "manager")
    await start(town, digest)
    await perform(town, mail_url=url)

    [mail] = box.mails
    assert mail["To"] == f"Mona Chef <{town.people['manager'].email}>"
    assert mail["Subject"] == "Mitt arbete: 1 att göra"
    assert mail["Auto-Submitted"] == "auto-generated"
    page = f"http://127.0.0.1:8000/{town.tenant.slug}/mitt-arbete"
    assert mail["List-Unsubscribe"] == f"<{page}/paminnelser>"
    text = words_of(mail)
    node = this_year.nodes["talks"]
    home = town.units["home_care"].id
    assert "Hej Mona Chef," in text
    assert "Det här väntar på dig i Östhammar." in text
    assert "- Avsluta aktiviteten: Hälsosamtal (Hemtjänst Öst, sista dag " in text
    assert f"{page}#activity-{node}-{home}-{today().year}" in text
    assert "Du får det här för att du är ansvarig för Hälsosamtal." in text
    assert f"Ändra under Mitt arbete › Påminnelser: {page}/paminnelser" in text
    shown = mail.get_body(("html",)).get_content()
    assert f'<a href="{page}#activity-{node}-{home}-{today().year}">Avsluta' in shown
    assert '<html lang="sv">' in shown
    assert await sent(town) == {("tasks", today().isoformat())}


async def test_a_second_run_of_the_same_day_sends_no_second_mail(this_year, mailbox, perform, town):
    box, url = mailbox
    await due_in(this_year, 7)
    for kind in (digest, digest, remind):
        await start(town, kind)
        await perform(town, mail_url=url)

    assert [mail["To"].addresses[0].addr_spec for mail in box.mails] == [
        town.people["administrator"].email
    ]


@pytest.mark.parametrize(("days", "mails"), [(28, 1), (27, 0), (8, 0), (7, 1), (6, 0)])
async def test_a_reminder_comes_28_and_7_days_before_and_on_no_other_day(
    this_year, mailbox, perform, town, days, mails
):
    box, url = mailbox
    await choose(town, digest_weekday=(today().weekday() + 1) % 7)
    await due_in(this_year, days)
    await start(town, remind)
    await perform(town, mail_url=url)

    assert [mail["Subject"] for mail in box.mails] == ["Påminnelse: 1 att göra snart"] * mails


async def test_on_the_day_of_the_digest_no_reminder_comes_beside_it(
    this_year, mailbox, perform, town
):
    box, url = mailbox
    await choose(town, digest_weekday=today().weekday())
    await due_in(this_year, 7)
    await start(town, remind)
    await perform(town, mail_url=url)
    assert box.mails == []

    async with await town.work() as work:
        await change_choices(work, digest=False)
    await start(town, remind)
    await perform(town, mail_url=url)
    assert len(box.mails) == 1


async def test_who_has_nothing_to_do_gets_no_mail(this_year, mailbox, perform, town):
    box, url = mailbox
    await start(town, digest)
    await start(town, remind)
    await perform(town, mail_url=url)

    assert box.mails == []
    assert await sent(town) == set()


async def test_what_was_done_before_the_mail_went_out_is_not_mentioned(
    this_year, mailbox, perform, town
):
    box, url = mailbox
    await due_in(this_year, 7)
    await start(town, digest)
    await perform_one(town, digest)
    async with await town.work() as work:
        await change_activity(work, this_year.nodes["talks"], changes={"state": "done"})
    await perform(town, mail_url=url)

    assert box.mails == []


@pytest.mark.parametrize("choice", [{"digest": False}, {"digest": False, "reminders": False}])
async def test_who_has_said_no_gets_none(this_year, mailbox, perform, town, choice):
    box, url = mailbox
    await due_in(this_year, 7)
    async with await town.work() as work:
        await change_choices(work, **choice)
        found = await my_choices(work)
    assert (found.digest, found.reminders) == (False, choice.get("reminders", True))
    await start(town, digest)
    await perform(town, mail_url=url)

    assert box.mails == []


async def test_one_s_choices_are_one_s_own_and_can_be_changed_back(town):
    async with await town.work("manager") as work:
        await change_choices(work, digest=False)
        await change_choices(work, digest=True, reminders=False)
    async with await town.work("manager") as work:
        assert await my_choices(work) == Choices(reminders=False, digest=True)
    async with await town.work("local") as work:
        assert await my_choices(work) == Choices(reminders=True, digest=True)


async def test_the_mail_speaks_the_language_of_the_person(this_year, mailbox, perform, town):
    box, url = mailbox
    await due_in(this_year, 7)
    async with await town.work() as work:
        await change_person(work, town.people["administrator"].id, locale="en")
    await start(town, digest)
    await perform(town, mail_url=url)

    assert [mail["Subject"] for mail in box.mails] == ["My work: 1 to do"]
    assert "You get this because you fill in for Socialnämnden." in words_of(box.mails[0])


async def test_the_municipality_chooses_day_and_hour_or_none(town):
    async with await town.work() as work:
        assert await digest_times(work) == Times("week", at="08:00", weekday=0)
        assert await reminder_times(work) == Times("day", at="08:00")
    await choose(town, digest_weekday=4, hour=13, reminders=False)
    async with await town.work() as work:
        assert await digest_times(work) == Times("week", at="13:00", weekday=4)
        assert await reminder_times(work) is None
    await choose(town, digest=False)
    async with await town.work() as work:
        assert await digest_times(work) is None


async def test_one_who_has_left_meanwhile_gets_no_mail(this_year, mailbox, perform, town):
    box, url = mailbox
    await due_in(this_year, 7)
    await answers_for(this_year, "manager")
    await start(town, digest)
    await perform_one(town, digest)
    async with await town.work() as work:
        await end_person(work, town.people["manager"].id)
    await perform(town, mail_url=url)

    assert box.mails == []


async def test_an_address_that_nobody_has_ends_the_matter(this_year, mailbox, perform, town):
    box, url = mailbox
    await due_in(this_year, 7)
    async with await town.work() as work:
        address = f"refused@{town.tenant.slug}.example"
        await change_person(work, town.people["administrator"].id, email=address)
    await start(town, digest)
    jobs = await perform(town, mail_url=url)

    assert box.mails == []
    assert [job.result for job in jobs] == [{"mails": 1}, {"sent": False}]


async def test_a_controller_reminds_of_a_report_once_a_day(plan, report, mailbox, perform, town):
    box, url = mailbox
    manager, local = town.people["manager"].id, town.people["local"].id
    async with await town.work() as work:
        found = await remind_now(work, [report.id], message="Vi ses på\nfredag.")
        assert (set(found.people), found.already, found.nobody) == ({manager, local}, (), ())
    async with await town.work() as work:
        found = await remind_now(work, [report.id])
        assert (found.people, set(found.already)) == ((), {manager, local})
    await perform(town, mail_url=url)

    assert sorted(mail["To"].addresses[0].addr_spec for mail in box.mails) == sorted(
        [town.people["manager"].email, town.people["local"].email]
    )
    assert box.mails[0]["Subject"] == "Asta Admin påminner om Kvalitetsrapport 2026"
    text = words_of(box.mails[0])
    assert "Asta Admin ber dig göra klart det här i Kvalitetsrapport 2026." in text
    assert "Vi ses på\nfredag." in text
    assert "Skriv avsnittet: 2 Ekonomi (Kvalitetsrapport 2026, Hemtjänst Öst" in text
    assert "Du får det här för att du fyller i för Hemtjänst Öst." in text


async def test_a_report_that_is_done_is_not_reminded_of(plan, report, town):
    async with await town.work() as work:
        for section in await work.scalars(select(Section).order_by(Section.position)):
            if section.key == "economy":
                await write_section(work, section.id, version=1, text="<p>Budgeten höll.</p>")
            await complete_section(work, section.id)
        await complete_report(work, report.id)
        found = await remind_now(work, [report.id])

    assert (found.people, found.already, found.nobody) == ((), (), ())


async def test_a_report_that_nobody_can_finish_is_told_of(plan, report, town):
    async with await town.work() as work:
        await work.execute(
            RoleGrant.__table__.delete().where(RoleGrant.tenant_id == work.tenant.id)
        )
        found = await remind_now(work, [report.id])

    assert (found.people, found.nobody) == ((), (report.id,))


@pytest.mark.parametrize("who", ["manager", "employee", "auditor"])
async def test_only_administrators_remind(plan, report, town, who):
    async with await town.work(who) as work:
        with pytest.raises(Forbidden):
            await remind_now(work, [report.id])
    assert await sent(town, all=True) == set()


async def test_a_local_administrator_reminds_below_their_own_unit_only(plan, report, town):
    async with await town.work("local") as work:
        assert len((await remind_now(work, [report.id])).people) == 2
    async with await town.work() as work:
        grant = RoleGrant.__table__.update().where(RoleGrant.tenant_id == work.tenant.id)
        mine = grant.where(RoleGrant.person_id == town.people["local"].id)
        await work.execute(mine.values(unit_id=town.units["school_board"].id))
    async with await town.work("local") as work:
        with pytest.raises(Forbidden):
            await remind_now(work, [report.id])


async def test_a_report_of_another_municipality_is_answered_as_an_absent_one(
    plan, report, other_town
):
    async with await other_town.work() as work:
        with pytest.raises(NotFound) as foreign:
            await remind_now(work, [report.id])
        with pytest.raises(NotFound) as absent:
            await remind_now(work, [uuid7()])
    assert str(foreign.value) == str(absent.value)
    assert await sent(other_town, all=True) == set()


async def test_a_message_has_its_bounds(plan, report, town):
    async with await town.work() as work:
        with pytest.raises(InvalidInput):
            await remind_now(work, [report.id], message="x" * 1001)
    assert await sent(town, all=True) == set()


async def test_planning_takes_as_many_statements_however_many_get_a_mail(this_year, counted, town):
    await due_in(this_year, 7)
    sent = []
    for name in ("Ada", "Bo", "Cy"):
        async with open_work(town.runtime, town.tenant, service(), write=True) as work:
            with counted(work) as statements:
                await digest.function(work, Run(uuid7(), 1))
            sent.append(len(statements))
        async with await town.work() as work:
            await work.execute(Mail.__table__.delete().where(Mail.tenant_id == work.tenant.id))
            for number in range(5):
                email = f"{name}{number}@{town.tenant.slug}.example"
                person = await add_person(work, name=name, email=email)
                await grant_role(work, person.id, role="full_administrator")

    assert len(set(sent)) == 1


async def due_in(plan, days: int) -> None:
    async with await plan.town.work() as work:
        changes = {"ends_on": today() + timedelta(days=days), "state": "ongoing"}
        await change_activity(work, plan.nodes["talks"], changes=changes)


async def answers_for(plan, who: str) -> None:
    """Move the activity to home care, whose manager then answers for it."""
    async with await plan.town.work() as work:
        node = await work.get(PlanNode, plan.nodes["talks"])
        node.unit_id = plan.town.units["home_care"].id
        await change_node(work, node.id, changes={"responsible_id": plan.town.people[who].id})


async def choose(town, **values) -> None:
    async with await town.work() as work:
        await save_settings(work, "mywork", MyWorkSettings, values=values)


async def start(town, kind) -> None:
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        await kind.later(work)


async def perform_one(town, kind) -> None:
    """Only the job that plans, not the mails that it starts."""
    async with open_work(town.runtime, town.tenant, service(), write=False) as work:
        job = await work.first(select(Job).where(Job.kind == kind.name))
    await run_job(
        town.runtime, {kind.name: kind}, tenant_id=town.tenant.id, job_id=job.id, pace=PACE
    )


async def sent(town, *, all: bool = False) -> set[tuple[str, str]]:
    async with open_work(town.runtime, town.tenant, service(), write=False) as work:
        mails = await work.scalars(select(Mail))
    return {(mail.kind, mail.key) for mail in mails if all or mail.sent_at is not None}


def words_of(mail) -> str:
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
