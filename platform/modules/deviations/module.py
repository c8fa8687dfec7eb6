from ...module import Module
from .cases_schema import CaseQuery
from .catalogues_schema import CatalogueMutation, CatalogueQuery
from .finding import find_deviations
from .handling_schema import CaseMutation
from .lex_schema import LexMutation, LexQuery
from .module_words import deviation_words
from .numbers_schema import NumbersMutation, NumbersQuery
from .pages import MENU, PAGES
from .recovery_schema import RecoveryMutation, RecoveryQuery
from .reports_schema import ReportingMutation, ReportingQuery
from .settings import DeviationSettings
from .summary import deviation_chapters
from .tasks import deviation_tasks
from .terms import DEVIATIONS as WORD
from .weeding_schema import WeedingMutation, WeedingQuery

DEVIATIONS = Module(
    name="deviations",
    title={"sv": "Avvikelser", "en": "Deviations"},
    settings=DeviationSettings,
    query=(
        ReportingQuery,
        CaseQuery,
        LexQuery,
        CatalogueQuery,
        NumbersQuery,
        RecoveryQuery,
        WeedingQuery,
    ),
    mutation=(
        ReportingMutation,
        CaseMutation,
        LexMutation,
        CatalogueMutation,
        NumbersMutation,
        RecoveryMutation,
        WeedingMutation,
    ),
    tasks=(deviation_tasks,),
    pages=PAGES,
    menu=MENU,
    terms=(WORD,),
    find=find_deviations,
    fills=deviation_chapters(),
    words=deviation_words,
)
