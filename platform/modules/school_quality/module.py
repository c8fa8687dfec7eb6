from ...module import Module
from .changes_schema import SchoolMutation
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
    query=(SchoolQuery,),
    mutation=(SchoolMutation,),
    tasks=(school_tasks,),
    pages=(*SCHOOL_PAGES, *SCHOOLS_PAGES),
    menu=MENU,
    jobs=(export_schools,),
    terms=(SCHOOLS,),
    find=find_schools,
    words=school_words,
)
