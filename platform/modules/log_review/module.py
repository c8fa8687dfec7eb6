from ...module import Module
from .event_pages import event_pages
from .import_pages import import_pages
from .jobs import JOBS, TIMETABLE
from .list_pages import MENU, list_pages
from .review_pages import review_pages
from .rules_pages import rules_pages
from .settings import LogReviewSettings
from .tasks import review_tasks

LOG_REVIEW = Module(
    name="log_review",
    title={"sv": "Loggranskning", "en": "Log review"},
    settings=LogReviewSettings,
    tasks=(review_tasks,),
    jobs=JOBS,
    pages=(*list_pages, *rules_pages, *event_pages, *import_pages, *review_pages),
    menu=MENU,
    timetable=TIMETABLE,
)
