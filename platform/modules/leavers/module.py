from ....graphql import models as graphql_models  # noqa: F401 - see below
from ....tenants.scim import models  # noqa: F401 - so that what is held is read off all tables
from ...module import Module
from .data_pages import data_pages
from .extracts import make_extract
from .jobs import TIMETABLE, look_in_files, open_due_runs, purge
from .letters import write_letter
from .pages import MENU, leaver_pages
from .schema import LeaverMutation, LeaverQuery
from .settings import LeaverSettings
from .tasks import purge_tasks
from .told import leaver_words

LEAVERS = Module(
    name="leavers",
    title={"sv": "Personuppgifter", "en": "Personal data"},
    core=True,
    settings=LeaverSettings,
    jobs=(purge, look_in_files, open_due_runs, make_extract, write_letter),
    query=(LeaverQuery,),
    mutation=(LeaverMutation,),
    pages=(*leaver_pages, *data_pages),
    menu=MENU,
    tasks=(purge_tasks,),
    timetable=TIMETABLE,
    words=leaver_words,
)
