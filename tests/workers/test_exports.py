"""A file that a job has made."""

import hashlib
from uuid import UUID

import pytest
from sqlalchemy import func, select

from roder.infra.frames import Unreadable
from roder.tenants.models import StoredFile
from roder.tenants.rows import uuid7
from roder.tenants.sealed.stored import get_bytes
from roder.workers.exports import file_name, keep_file
from roder.workers.jobs import Run


@pytest.mark.usefixtures("worker")
async def test_a_job_keeps_one_file(town, kinds, ask, ended):
    job = await ended(town, await ask(town, kinds.export, content="Nöjda barn: 77 %"))

    content = "Nöjda barn: 77 %".encode()
    assert job.state == "done"
    assert job.result["file"] == job.result["again"]
    async with await town.work(write=False) as work:
        file = await work.get(StoredFile, UUID(job.result["file"]))
        assert (file.name, file.media_type, file.size) == ("Mål 2026.txt", "text/plain", 17)
        assert file.sha256 == hashlib.sha256(content).hexdigest()
        assert file.job_id == job.id
        assert file.created_by == town.people["administrator"].id
        assert file.key == f"{town.tenant.id}/exports/{job.id}/1"
        assert await get_bytes(work, file.key, file.key_number) == content


def test_the_name_of_an_export_holds_no_path():
    assert file_name("Östhammars kommun", "Berättelse 2026", "Barn/unga\\..", ending="pdf") == (
        "Östhammars kommun – Berättelse 2026 – Barn-unga-...pdf"
    )


async def test_a_name_makes_no_folders_and_is_not_told_to_the_store(town):
    run = Run(uuid7(), 2)
    async with await town.work() as work:
        file = await keep_file(work, run, name="a/b.bin", media_type="x/y", data=b"0123456789")
        assert (file.size, file.key.rpartition("/")[2]) == (10, "2")
        assert await get_bytes(work, file.key, file.key_number) == b"0123456789"


async def test_a_job_that_is_undone_leaves_no_file_to_see(town):
    run = Run(uuid7(), 1)

    async def keep_and_fail() -> None:
        async with await town.work() as work:
            await keep_file(work, run, name="a", media_type="text/plain", data=b"a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await keep_and_fail()
    async with await town.work() as work:
        assert (await work.execute(select(func.count(StoredFile.id)))).scalar_one() == 0


async def test_another_municipality_has_its_own_file_for_the_same_job_id(town, other_town):
    run = Run(uuid7(), 1)
    async with await town.work() as work:
        first = await keep_file(work, run, name="a", media_type="text/plain", data=b"a")
    async with await other_town.work() as work:
        second = await keep_file(work, run, name="a", media_type="text/plain", data=b"b")

        assert first.id != second.id
        assert await get_bytes(work, second.key, second.key_number) == b"b"
        with pytest.raises(Unreadable):
            await get_bytes(work, first.key, first.key_number)
