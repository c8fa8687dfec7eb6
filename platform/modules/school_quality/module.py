from ...module import Module
from .settings import SchoolQualitySettings
from .told import school_words
from .words import SCHOOLS

SCHOOL_QUALITY = Module(
    name="school_quality",
    title={"sv": "Skolkvalitet", "en": "School quality"},
    settings=SchoolQualitySettings,
    query=(),
    mutation=(),
    tasks=(),
    pages=(),
    menu=(),
    jobs=(),
    terms=(SCHOOLS,),
    words=school_words,
)
