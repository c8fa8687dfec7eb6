"""Jobs to test with. Run as a program, it is a worker process that knows them."""

import asyncio
import os
import signal
from datetime import date
from pathlib import Path
from secrets import token_hex

from sqlalchemy import func, select

from roder.infra.i18n import current_locale
from roder.infra.settings import Settings
from roder.tenants.models import Unit, UnitKind
from roder.tenants.tree.units import add_unit
from roder.tenants.work import Work
from roder.workers.exports import keep_file
from roder.workers.jobs import Run, job
from roder.workers.run import Pace
from roder.workers.serve import serve_jobs

QUICK = Pace(beat=0.2, stale=4, sweep=0.3, again=0.2, limit=60)
"""Long enough for a worker on a busy machine not to be taken for a dead one."""


@job(name="test.add")
async def add(work: Work, run: Run, *, mark: str, seconds: float = 0) -> dict[str, object]:
    unit = await add_marked(work, mark)
    await asyncio.sleep(seconds)
    return {"code": unit.code}


@job(name="test.look")
async def look(work: Work, run: Run) -> dict[str, object]:
    fence = select(func.current_setting("roder.tenant"))
    return {
        "tenant": (await work.execute(fence)).scalar_one(),
        "actor": str(work.actor.id),
        "locale": current_locale(),
        "units": len(await work.scalars(select(Unit))),
    }


@job(name="test.read_goals")
async def read_goals(work: Work, run: Run) -> None:
    work.require("goals.read")


@job(name="test.fault")
async def fault(work: Work, run: Run, *, mark: str) -> None:
    await add_marked(work, mark)
    raise ZeroDivisionError


@job(name="test.slow")
async def slow(work: Work, run: Run, *, mark: str, folder: str, seconds: float) -> None:
    """Slow the first time only; a file in the folder tells that it has begun."""
    await add_marked(work, mark)
    begun = Path(folder) / mark
    first = not begun.exists()
    begun.touch()
    if first:
        await asyncio.sleep(seconds)


@job(name="test.count")
async def count(work: Work, run: Run, *, to: int, pause: float) -> None:
    for number in range(1, to + 1):
        await run.progress(number, to, f"{number} av {to}")
        await asyncio.sleep(pause)


@job(name="test.export", queue="exports")
async def export(work: Work, run: Run, *, content: str) -> dict[str, object]:
    kept = await keep_file(
        work, run, name="Mål 2026.txt", media_type="text/plain", data=content.encode()
    )
    again = await keep_file(work, run, name="Annat.txt", media_type="text/plain", data=b"annat")
    return {"file": str(kept.id), "again": str(again.id)}


@job(name="test.hold")
async def hold(work: Work, run: Run, *, permission: str, folder: str, seconds: float) -> None:
    """An export that takes its time; a file in the folder tells that it has begun."""
    work.require(permission)
    await keep_file(work, run, name="Prov.txt", media_type="text/plain", data=b"hemligt")
    (Path(folder) / str(run.job_id)).touch()
    await asyncio.sleep(seconds)


@job(name="test.poison")
async def poison(work: Work, run: Run, *, mark: str) -> None:
    await add_marked(work, mark)
    os.kill(os.getpid(), signal.SIGKILL)


KINDS = (add, look, read_goals, fault, slow, count, export, hold, poison)


async def add_marked(work: Work, mark: str) -> Unit:
    """A new code each time, so that a second effect would be seen and not collide."""
    return await add_unit(
        work,
        code=f"{mark}-{token_hex(6)}",
        name=mark,
        kind=UnitKind.UNIT,
        parent_id=None,
        valid_from=date(2020, 1, 1),
    )


if __name__ == "__main__":
    serve_jobs(Settings(), KINDS, pace=QUICK)
