from ...module import Module
from .beside_help import beside_help
from .exporting import export_completions
from .faults_schema import FaultMutation, FaultQuery
from .pages import FAULT_PAGES, MENU
from .settings import SupportSettings
from .tasks import support_tasks
from .told import support_words
from .training_pages import TRAINING_PAGES
from .training_schema import TrainingMutation, TrainingQuery
from .words import SUPPORT

SUPPORT_MODULE = Module(
    name="support",
    title={"sv": "Support", "en": "Support"},
    settings=SupportSettings,
    query=(FaultQuery, TrainingQuery),
    mutation=(FaultMutation, TrainingMutation),
    tasks=(support_tasks,),
    pages=(*FAULT_PAGES, *TRAINING_PAGES),
    menu=MENU,
    jobs=(export_completions,),
    terms=(SUPPORT,),
    beside_help=beside_help,
    words=support_words,
)
