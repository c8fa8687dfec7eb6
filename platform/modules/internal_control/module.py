from ...module import Module
from .chapters import control_chapters
from .doing_schema import ControlMutation
from .files_schema import ControlFileMutation
from .finding import find_controls
from .jobs import export_plan, export_risks
from .overview_export import export_overview
from .pages import MENU, PAGES
from .plan_changes_schema import ControlPlanMutation
from .queries_schema import ControlQuery
from .risk_changes_schema import RiskMutation
from .risks_schema import RiskQuery
from .settings import ControlSettings
from .tasks import control_tasks
from .told import control_words
from .words import TERMS

INTERNAL_CONTROL_MODULE = Module(
    name="internal_control",
    title={"sv": "Intern kontroll", "en": "Internal control"},
    settings=ControlSettings,
    query=(RiskQuery, ControlQuery),
    mutation=(RiskMutation, ControlPlanMutation, ControlMutation, ControlFileMutation),
    tasks=(control_tasks,),
    jobs=(export_plan, export_risks, export_overview),
    pages=PAGES,
    menu=MENU,
    terms=TERMS,
    find=find_controls,
    fills=control_chapters(),
    words=control_words,
)
