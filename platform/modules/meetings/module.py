from ...module import Module
from .agenda_schema import AgendaMutation
from .design_schema import MeetingDesignMutation, MeetingDesignQuery
from .exporting import export_decisions, export_meeting
from .files_schema import MeetingFileMutation
from .finding import find_meetings
from .settings import MeetingSettings
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
    jobs=(export_meeting, export_decisions),
    terms=(MEETINGS,),
    find=find_meetings,
    words=meeting_words,
)
