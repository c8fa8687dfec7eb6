"""What is saved in a report is told in its topic."""

import pytest

from roder.platform.modules.reports.live import report_topic
from roder.platform.modules.reports.service import complete_section, reopen_section, write_section
from roder.tenants.changes import changes_since, cursor_now


@pytest.fixture
def told(town, report):
    """`await told(save)`: the ids that are told of what `save(work)` saves, a list a change."""

    async def look(save):
        async with await town.work(write=False) as work:
            cursor = await cursor_now(work)
        async with await town.work() as work:
            await save(work)
        async with await town.work(write=False) as work:
            changes, _cursor = await changes_since(work, [report_topic(report.id)], cursor)
        return [list(change.ids) for change in changes]

    return look


async def test_writing_and_marking_a_section_is_told_and_saving_the_same_is_not(
    town, report, section, told
):
    async with await town.work() as work:
        found = await section(work, report, "economy")

    def write(version):
        return lambda work: write_section(work, found.id, version=version, text="<p>Bra</p>")

    assert await told(write(1)) == [[found.id]]
    assert await told(write(2)) == []
    assert await told(lambda work: complete_section(work, found.id)) == [[found.id]]
    assert await told(lambda work: reopen_section(work, found.id, reason="Fel")) == [[found.id]]
