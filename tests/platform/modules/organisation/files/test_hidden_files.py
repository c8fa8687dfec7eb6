"""What a module has made is hidden while the module is off, and there again when it comes on."""

from io import BytesIO
from types import SimpleNamespace

from sqlalchemy import select

from roder.graphql.context import Context
from roder.platform.modules.organisation.files.jobs_schema import Job
from roder.platform.modules.organisation.files.schema import StoredFile
from roder.tenants import models
from roder.tenants.entry import load_tenant
from roder.tenants.files import keep_upload
from roder.tenants.municipality import switch_module
from roder.tenants.work import open_work
from roder.workers.models import Job as JobRow


async def shown(town, job_id, file_id) -> tuple[bool, bool]:
    tenant = await load_tenant(town.runtime, town.tenant.id)
    actor = await town.actor("administrator")
    async with open_work(town.runtime, tenant, actor, write=False) as work:
        info = SimpleNamespace(context=Context(work))
        job, file = await Job.find(info, job_id), await StoredFile.find(info, file_id)
        return job is not None, file is not None


async def test_an_export_is_hidden_while_its_module_is_off(town):
    async with await town.work() as work:
        job = JobRow(kind="reports.export_report", queue="exports", arguments={}, locale="sv")
        job.created_by = work.actor.id
        work.add(job)
        body = BytesIO(b"%PDF")
        file = await keep_upload(work, name="r.pdf", media_type="application/pdf", body=body)
        file.job_id = job.id
    assert await shown(town, job.id, file.id) == (True, True)

    async with await town.work() as work:
        await switch_module(work, "reports", on=False)
    assert await shown(town, job.id, file.id) == (False, False)

    async with await town.work() as work:
        await switch_module(work, "reports", on=True)
        assert await work.scalars(select(models.StoredFile.id)) == [file.id]
    assert await shown(town, job.id, file.id) == (True, True)
