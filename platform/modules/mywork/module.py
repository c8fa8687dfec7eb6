from ...module import Module
from .calendars import routes
from .jobs import TIMETABLE, digest, remind, send_nudge, send_tasks
from .pages import MENU, PAGES
from .schema import MyWorkMutation, MyWorkQuery
from .settings import MyWorkSettings
from .told import my_work_words

MYWORK = Module(
    name="mywork",
    title={"sv": "Mitt arbete", "en": "My work"},
    core=True,
    settings=MyWorkSettings,
    query=(MyWorkQuery,),
    mutation=(MyWorkMutation,),
    pages=(*routes, *PAGES),
    menu=MENU,
    jobs=(digest, remind, send_tasks, send_nudge),
    timetable=TIMETABLE,
    words=my_work_words,
)
