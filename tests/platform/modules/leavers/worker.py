"""A worker process that knows the jobs of purges. Run as a program."""

from roder.infra.settings import Settings
from roder.platform.modules.leavers.module import LEAVERS
from roder.workers.run import Pace
from roder.workers.serve import serve_jobs

if __name__ == "__main__":
    pace = Pace(beat=0.2, stale=1.5, sweep=0.3, again=0.2, limit=30)
    serve_jobs(Settings(), LEAVERS.jobs, pace=pace)
