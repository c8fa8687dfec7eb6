"""Files that people send in."""

from io import BytesIO

import pytest
from sqlalchemy import select

from roder.infra.errors import InvalidInput, NotFound
from roder.tenants.files import keep_upload, load_upload, plain_name
from roder.tenants.models import StoredFile
from roder.tenants.rows import uuid7


async def test_a_file_that_was_sent_in_is_loaded_again(town):
    async with await town.work("employee") as work:
        body = BytesIO(b"Kod;Namn")
        body.seek(3)
        file = await keep_upload(work, name="a.csv", media_type="text/csv", body=body)
        assert await load_upload(work, file.id, most=8) == (file, b"Kod;Namn")
        with pytest.raises(InvalidInput) as refused:
            await load_upload(work, file.id, most=7)

    assert refused.value.field == "fileId"
    assert (file.size, file.created_by) == (8, town.people["employee"].id)


async def test_a_work_that_is_undone_shows_no_file(town):
    async def keep_and_fail():
        async with await town.work() as work:
            await keep_upload(work, name="a", media_type="text/csv", body=BytesIO(b"a"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await keep_and_fail()
    async with await town.work(write=False) as work:
        assert await work.scalars(select(StoredFile)) == []


async def test_another_municipality_cannot_tell_the_file_exists(town, other_town):
    async with await town.work() as work:
        file = await keep_upload(work, name="a", media_type="text/csv", body=BytesIO(b"a"))
    async with await other_town.work() as work:
        told = set()
        for id in (file.id, uuid7()):
            with pytest.raises(NotFound) as refused:
                await load_upload(work, id, most=10)
            told.add(str(refused.value))

    assert len(told) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("mål 2026.csv", "mål 2026.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Mina filer\\plan.xlsx", "plan.xlsx"),
        (' .."a\0b".csv. ', "ab.csv"),
        ("x" * 300 + ".xlsx", "x" * 145 + ".xlsx"),
    ],
)
def test_a_name_is_the_last_part_of_a_path(given, kept):
    assert plain_name(given) == kept


@pytest.mark.parametrize("given", ["", "..", "/", "\0"])
def test_a_file_needs_a_name(given):
    with pytest.raises(InvalidInput):
        plain_name(given)
