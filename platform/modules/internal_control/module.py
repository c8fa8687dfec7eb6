from ...module import Module
from .doing_schema import ControlMutation
from .plan_changes_schema import ControlPlanMutation
from .queries_schema import ControlQuery
from .risk_changes_schema import RiskMutation
from .risks_schema import RiskQuery
from .settings import ControlSettings
from .words import TERMS

INTERNAL_CONTROL_MODULE = Module(
    name="internal_control",
    title={"sv": "Intern kontroll", "en": "Internal control"},
    settings=ControlSettings,
    query=(RiskQuery, ControlQuery),
    mutation=(RiskMutation, ControlPlanMutation, ControlMutation),
    terms=TERMS,
)
