from ...module import Module
from .changes_schema import SchoolMutation
from .complaint_changes_schema import ComplaintMutation
from .complaint_chapters import complaint_chapters
from .complaint_export import export_complaints
from .complaint_number_pages import COMPLAINT_MENU, COMPLAINT_PAGES
from .complaint_schema import ComplaintQuery
from .complaint_tasks import complaint_tasks
from .complaint_words import COMPLAINTS
from .exporting import export_schools
from .finding import find_schools
from .pages import MENU, SCHOOLS_PAGES
from .schema import SchoolQuery
from .school_pages import SCHOOL_PAGES
from .settings import SchoolQualitySettings
from .tasks import school_tasks
from .told import school_words
from .words import SCHOOLS

SCHOOL_QUALITY = Module(
    name="school_quality",
    title={"sv": "Skolkvalitet", "en": "School quality"},
    settings=SchoolQualitySettings,
    query=(SchoolQuery, ComplaintQuery),
    mutation=(SchoolMutation, ComplaintMutation),
    tasks=(school_tasks, complaint_tasks),
    pages=(*SCHOOL_PAGES, *SCHOOLS_PAGES, *COMPLAINT_PAGES),
    menu=(*MENU, *COMPLAINT_MENU),
    jobs=(export_schools, export_complaints),
    terms=(SCHOOLS, COMPLAINTS),
    find=find_schools,
    fills=complaint_chapters(),
    words=school_words,
)
