from ...module import Module
from .jobs import TIMETABLE, look_in_files, open_due_runs, purge
from .settings import LeaverSettings

LEAVERS = Module(
    name="leavers",
    title={"sv": "Personuppgifter", "en": "Personal data"},
    core=True,
    settings=LeaverSettings,
    jobs=(purge, look_in_files, open_due_runs),
    timetable=TIMETABLE,
)
