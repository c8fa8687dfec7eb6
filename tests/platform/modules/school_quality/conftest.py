"""A municipality with a school of the home care, whose school year 2026/27 is in November."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select

from roder.platform.modules.reports.models import ChapterKind, Section
from roder.platform.modules.reports.service import complete_report, complete_section, write_section
from roder.platform.modules.school_quality.models import SchoolForm
from roder.platform.modules.school_quality.schools import School, add_school, appoint_principal
from roder.tenants.work import STOCKHOLM

NOVEMBER = datetime(2026, 11, 22, 12, tzinfo=STOCKHOLM)


@pytest.fixture
async def town(new_town):
    return await (await new_town("Östhammar")).switch_on("school_quality")


@pytest.fixture
async def lund(new_town):
    return await (await new_town("Lund")).switch_on("school_quality")


@pytest.fixture
def given(town):
    """What is told of a school, but for what a test says otherwise."""

    def make(**values):
        told = {
            "forms": [SchoolForm.COMPULSORY],
            "organiser_id": town.units["committee"].id,
            "code": "40000001",
            "first_year": 2026,
        }
        return School(**told | values)

    return make


@pytest.fixture
async def school(town, given):
    """At the unit `home_care`, with `manager` as its principal since August 2026."""
    async with await town.work() as work:
        row = await add_school(work, town.units["home_care"].id, given())
        person_id = town.people["manager"].id
        await appoint_principal(work, row.id, person_id=person_id, from_on=date(2026, 8, 1))
    return row


@pytest.fixture
def november():
    """The same work as if it were done on 22 November 2026."""
    return lambda work: replace(work, now=NOVEMBER)


@pytest.fixture
def write():
    """Writes the chapters that are named and, if `done`, marks everything and the report."""

    async def write(work, report_id, done=False, **texts):
        rows = await work.scalars(
            select(Section).where(Section.report_id == report_id).order_by(Section.position)
        )
        for row in rows:
            nil = row.kind is ChapterKind.NIL_STATEMENT and row.key not in texts
            if row.key in texts:
                text = f"<p>{texts[row.key]}</p>"
                await write_section(work, row.id, version=row.version, text=text)
            elif done and nil:
                await write_section(work, row.id, version=row.version, nil=True)
            if done:
                await complete_section(work, row.id, empty=row.key not in texts and not nil)
        if done:
            await complete_report(work, report_id)

    return write
