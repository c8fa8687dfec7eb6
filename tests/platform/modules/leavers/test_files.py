"""Files that name somebody: made anew, changed in place, or replaced by a page that says so."""

from __future__ import annotations

import zipfile
from io import BytesIO

from sqlalchemy import select

from roder.infra.documents.model import Document, RichText
from roder.infra.documents.pdf import write_pdf
from roder.platform.modules.leavers.models import ArchiveChange
from roder.platform.modules.reports.models import Report
from roder.platform.modules.reports.service import ReportFormat, ask_for_export, export_report
from roder.tenants.files import keep_upload
from roder.tenants.models import StoredFile
from roder.tenants.sealed import resealing
from roder.tenants.sealed.keys import rotate_key
from roder.tenants.sealed.resealing import encrypt_files
from roder.tenants.sealed.stored import get_bytes
from roder.workers.run import PACE, run_job
from roder.workers.serve import by_name


async def test_each_kind_of_file_gets_its_own_treatment(town, leaver, purged, words_of):
    person = await leaver(town)
    jobs = {}
    for format in ReportFormat:
        async with await town.work() as work:
            report_id = await work.first(select(Report.id))
            jobs[format.value] = (await ask_for_export(work, report_id, format=format)).id
        kinds, id = by_name([export_report]), jobs[format.value]
        await run_job(town.runtime, kinds, tenant_id=town.tenant.id, job_id=id, pace=PACE)
    async with await town.work() as work:
        pdf = Document(
            title="Möte",
            municipality="Östhammar",
            date=work.today,
            blocks=(RichText("<p>Vanja Vikbolandet var här.</p>"),),
        )
        body = BytesIO(write_pdf(pdf))
        sent = await keep_upload(work, name="möte.pdf", media_type="application/pdf", body=body)
        before = sent.sha256

    run = await purged(town, person.id)

    async with await town.work(write=False) as work:
        how = {
            change.row_id: (change.how, change.old_hash)
            for change in await work.scalars(select(ArchiveChange))
        }
        by_job = {
            file.job_id: file for file in await work.scalars(select(StoredFile)) if file.job_id
        }
        assert how[by_job[jobs["pdf"]].id][0] == "remade"
        assert how[by_job[jobs["word"]].id][0] == "rewritten"
        assert how[sent.id] == ("replaced", before)
        file = await work.get(StoredFile, sent.id)
        told = words_of(await get_bytes(work, file.key, file.key_number))
        assert str(run.id) in told.replace(" ", "")
        assert before in told.replace(" ", "")
        remade = by_job[jobs["pdf"]]
        told = words_of(await get_bytes(work, remade.key, remade.key_number))
        assert "Tidigare medarbetare" in told
        assert "Vikbolandet" not in told


async def test_a_file_that_cannot_be_read_stops_no_purge(town, leaver, purged):
    """Sent in broken, or broken in the store: it is counted, and the purge goes on."""
    person = await leaver(town)
    async with await town.work() as work:
        for name, body in (("trasig.docx", broken_zip()), ("stulen.txt", b"hej")):
            kept = await keep_upload(work, name=name, media_type="text/plain", body=BytesIO(body))
        await work.storage.put(kept.key, b"nothing of ours", media_type="text/plain")

    run = await purged(town, person.id)

    assert run.counts["unread"] == {"files": 2}


def broken_zip() -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", "<w:t>Vanja Vikbolandet</w:t>" * 50)
    data = bytearray(made.getvalue())
    data[47:51] = b"\xff" * 4
    return bytes(data)


async def test_what_a_purge_has_replaced_does_not_come_back_with_a_new_key(
    town, leaver, purged, monkeypatch
):
    """The purge comes in between: the old bytes have been read, and are not in their row yet."""
    person = await leaver(town)
    async with await town.work() as work:
        await rotate_key(work)
    write = resealing._encrypt
    once = []

    async def purge_between(work, keys, key, number):
        place = await write(work, keys, key, number)
        if not once:
            once.append(place)
            await purged(town, person.id)
        return place

    monkeypatch.setattr(resealing, "_encrypt", purge_between)
    async with await town.work() as work:
        await encrypt_files(work, most=1)

    async with await town.work(write=False) as work:
        for file in await work.scalars(select(StoredFile)):
            data = await get_bytes(work, file.key, file.key_number)
            assert b"Vikbolandet" not in data
        assert not await work.storage.exists(once[0])
