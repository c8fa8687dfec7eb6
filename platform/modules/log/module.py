from ....workers.timetable import Every
from ...module import MenuItem, Module
from ...web.words import MORE
from .exporting import export_log, export_log_table
from .jobs import anchor_log, dispose_of_log
from .pages import PAGES
from .schema import LogMutation, LogQuery
from .settings import LogSettings
from .told import log_words
from .words import LOG

ACCESS_LOG = Module(
    name="log",
    title={"sv": "Logg", "en": "Log"},
    core=True,
    settings=LogSettings,
    query=(LogQuery,),
    mutation=(LogMutation,),
    pages=PAGES,
    menu=(MenuItem(LOG, page="access_log", permission="log.read", group=MORE),),
    jobs=(anchor_log, dispose_of_log, export_log, export_log_table),
    terms=(LOG,),
    timetable=(
        Every("day", at="02:10", job=anchor_log),
        Every("day", at="02:40", job=dispose_of_log),
    ),
    words=log_words,
)
