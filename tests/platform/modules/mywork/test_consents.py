"""A picture of a person whose consent is running out is asked of those who write its report."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select, update

from roder.platform.modules.goals.service import lock_year
from roder.platform.modules.mywork.asking import tasks_for
from roder.platform.modules.mywork.jobs import remind
from roder.platform.modules.mywork.settings import MyWorkSettings
from roder.platform.modules.reports.models import ReportImage, Section
from roder.platform.modules.reports.service import (
    add_image,
    approve_report,
    change_image,
    complete_report,
    complete_section,
    remove_image,
)
from roder.tenants.actors import service
from roder.tenants.municipality import save_settings
from roder.tenants.work import STOCKHOLM, open_work


def today() -> date:
    return datetime.now(STOCKHOLM).date()


@pytest.fixture
async def picture(town, report):
    """A garden party in home care's report, with a consent of a year."""
    drawn = BytesIO()
    Image.new("RGB", (40, 30), "#1f5f8b").save(drawn, "JPEG")
    async with await town.work("manager") as work:
        return await add_image(
            work,
            report.id,
            data=drawn.getvalue(),
            alt="Fest i trädgården",
            source="Hemtjänst Öst",
            shows_person=True,
            consent="Registratorn",
            expires_on=work.today + timedelta(days=365),
        )


@pytest.fixture
def left(town, picture):
    """`await left(28)`: the consent ends in so many days."""

    async def set_days(days: int) -> None:
        async with await town.work() as work:
            ends = update(ReportImage).where(ReportImage.id == picture.id)
            await work.execute(ends.values(expires_on=today() + timedelta(days=days)))

    return set_days


async def consents(town, who="manager"):
    async with await town.work() as work:
        found = await tasks_for(work, [town.people[who].id])
    return [task for task in found if task.kind == "consent"]


@pytest.mark.parametrize(("days", "asked", "late"), [(29, 0, 0), (28, 1, 0), (0, 1, 0), (-1, 1, 1)])
async def test_a_consent_is_asked_for_from_28_days_before_and_is_late_after_its_last_day(
    town, picture, left, days, asked, late
):
    await left(days)

    found = await consents(town)

    assert [(one.title, one.unit_name, one.due_on, one.payload.image_id) for one in found] == [
        ("Fest i trädgården", "Hemtjänst Öst", today() + timedelta(days=days), picture.id)
    ] * asked
    assert sum(one.late for one in found) == late


async def test_only_those_who_write_the_report_are_asked(town, other_town, left):
    await left(7)

    assert len(await consents(town)) == 1
    assert await consents(town, "employee") == await consents(town, "auditor") == []
    assert await consents(other_town) == []


async def test_a_consent_that_is_renewed_or_a_picture_that_is_gone_is_no_task(town, picture, left):
    await left(-3)
    async with await town.work("manager") as work:
        await change_image(work, picture.id, expires_on=today() + timedelta(days=400))
    assert await consents(town) == []

    await left(3)
    async with await town.work("manager") as work:
        await remove_image(work, picture.id)
    assert await consents(town) == []


async def test_an_approved_report_asks_until_the_day_and_a_locked_year_not_at_all(
    town, report, left
):
    await left(5)
    async with await town.work() as work:
        of_report = select(Section).where(Section.report_id == report.id)
        for section in await work.scalars(of_report.order_by(Section.position)):
            await complete_section(work, section.id, empty=True)
        await complete_report(work, report.id)
        await approve_report(work, report.id)
    assert len(await consents(town)) == 1

    await left(-1)
    assert await consents(town) == []

    await left(5)
    async with await town.work() as work:
        await lock_year(work, 2026)
    assert await consents(town) == []


@pytest.mark.parametrize(("days", "mails"), [(28, 1), (27, 0), (7, 1), (6, 0)])
async def test_the_writers_are_reminded_28_and_7_days_before(
    town, left, mailbox, perform, days, mails
):
    box, url = mailbox
    async with await town.work() as work:
        other_day = {"digest_weekday": (today().weekday() + 1) % 7}
        await save_settings(work, "mywork", MyWorkSettings, values=other_day)
    await left(days)
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        await remind.later(work)
    await perform(town, mail_url=url)

    texts = [
        mail.get_body(("plain",)).get_content()
        for mail in box.mails
        if mail["To"].addresses[0].addr_spec == town.people["manager"].email
    ]
    assert [
        "Förnya samtycket eller ta bort bilden: Fest i trädgården" in text for text in texts
    ] == [True] * mails
