"""The worker: runs the jobs of all modules until it is told to stop."""

from __future__ import annotations

from ..infra.settings import Settings
from ..infra.telemetry import set_up_logs
from ..workers.serve import serve_jobs
from ..workers.timetable import Entry
from .modules import MODULES


def work_forever(settings: Settings) -> None:
    """Run jobs until SIGTERM or SIGINT. The addresses must be set."""
    set_up_logs(settings)
    timetable = [
        Entry(every, module=None if module.core else module.name)
        for module in MODULES
        for every in module.timetable
    ]
    serve_jobs(settings, [kind for module in MODULES for kind in module.jobs], timetable=timetable)
