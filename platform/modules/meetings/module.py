from ...module import Module
from .agenda_schema import AgendaMutation
from .calendars import own_meetings
from .design_pages import DESIGN_PAGES
from .design_schema import MeetingDesignMutation, MeetingDesignQuery
from .exporting import export_decisions, export_meeting
from .files_schema import MeetingFileMutation
from .finding import find_meetings
from .item_pages import ITEM_PAGES
from .list_pages import LIST_PAGES, MENU
from .meeting_pages import MEETING_PAGES
from .settings import MeetingSettings
from .source_pages import SOURCE_PAGES
from .steps_schema import MeetingMutation, MeetingQuery
from .tasks import meeting_tasks
from .told import meeting_words
from .words import MEETINGS

MEETINGS_MODULE = Module(
    name="meetings",
    title={"sv": "Möten", "en": "Meetings"},
    settings=MeetingSettings,
    query=(MeetingQuery, MeetingDesignQuery),
    mutation=(MeetingMutation, MeetingDesignMutation, AgendaMutation, MeetingFileMutation),
    tasks=(meeting_tasks,),
    pages=(*LIST_PAGES, *MEETING_PAGES, *ITEM_PAGES, *SOURCE_PAGES, *DESIGN_PAGES),
    menu=MENU,
    jobs=(export_meeting, export_decisions),
    terms=(MEETINGS,),
    find=find_meetings,
    events=own_meetings,
    words=meeting_words,
)
