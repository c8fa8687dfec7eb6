from ...module import Module
from .event_pages import event_pages
from .import_pages import import_pages
from .investigations_schema import InvestigationMutation, InvestigationQuery
from .jobs import JOBS, TIMETABLE
from .list_pages import MENU, list_pages
from .retention_schema import RetentionMutation, RetentionQuery
from .review_pages import review_pages
from .reviews_schema import ReviewMutation, ReviewQuery
from .rules_pages import rules_pages
from .settings import LogReviewSettings
from .tasks import review_tasks
from .told import review_words

LOG_REVIEW = Module(
    name="log_review",
    title={"sv": "Loggranskning", "en": "Log review"},
    settings=LogReviewSettings,
    query=(ReviewQuery, InvestigationQuery, RetentionQuery),
    mutation=(ReviewMutation, InvestigationMutation, RetentionMutation),
    tasks=(review_tasks,),
    jobs=JOBS,
    pages=(*list_pages, *rules_pages, *event_pages, *import_pages, *review_pages),
    menu=MENU,
    timetable=TIMETABLE,
    words=review_words,
)
