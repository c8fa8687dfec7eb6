"""A file that a worker makes: asked for with one click, followed, and fetched from the same place.

A page puts `parts/export.html` where the button stands; its action starts the job and answers
`export_started(view, job)`. Without scripts that leads to a page about the job, which has the file
once it is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from starlette.responses import Response

from ...infra.errors import NotFound
from ...infra.i18n import _
from ...tenants.models import StoredFile
from ...workers.jobs import get_job
from ...workers.models import Job, JobState
from .page import Partial, View, page

PART = "parts/export_state.html"


@dataclass(frozen=True, slots=True)
class Export:
    """How far it has come. `address` and `name` are those of the file, empty until it is there."""

    id: UUID
    state: JobState
    done: int
    total: int
    step: str
    problem: str
    address: str = ""
    name: str = ""
    kilobytes: int = 0

    @property
    def ended(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)


async def export_started(view: View, job: Job) -> Response:
    """The answer to the click: its progress in place of the button's, or a page of its own."""
    if view.partial:
        return await view.parts(Partial("export", PART, {"export": _shown(view, job, None)}))
    return view.redirect(view.url("export", job=job.id))


@page("/export/{job}", name="export", polled=True)
async def export(view: View) -> Response:
    """An own job. Raises NotFound for anybody else's."""
    found = await find_export(view, view.path("job"))
    if view.partial:
        return await view.parts(Partial("export", PART, {"export": found}))
    return await view.render("export.html", export=found)


async def find_export(view: View, job_id: str) -> Export:
    try:
        job = await get_job(view.work, UUID(job_id), again=view.partial)
    except ValueError:
        raise NotFound(_("There is no page at this address.")) from None
    file = await view.work.first(select(StoredFile).where(StoredFile.job_id == job.id))
    return _shown(view, job, file)


def _shown(view: View, job: Job, file: StoredFile | None) -> Export:
    return Export(
        id=job.id,
        state=job.state,
        done=job.done,
        total=job.total,
        step=job.step,
        problem=job.problem or "",
        address=view.url("file", id=f"StoredFile:{file.id}") if file else "",
        name=file.name if file else "",
        kilobytes=max(1, round(file.size / 1000)) if file else 0,
    )


export_routes = (export,)
