"""The module's part of the API, and the types that other modules may show."""

from .analysis_schema import AnalysisMutation, AnalysisQuery
from .design_schema import DesignMutation, DesignQuery, Level, LightColour, SteeringModel
from .entry_schema import EntryMutation
from .nodes_schema import Activity, Assignment, Goal, Indicator, NodesQuery, PlanNode
from .plan_schema import PlanMutation
from .state_schema import StateQuery
from .values_schema import Comment, Outcome

QUERY = (DesignQuery, NodesQuery, AnalysisQuery, StateQuery)
MUTATION = (DesignMutation, PlanMutation, EntryMutation, AnalysisMutation)
TYPES = (Goal, Indicator, Assignment, Activity)

__all__ = [
    "MUTATION",
    "QUERY",
    "TYPES",
    "Activity",
    "Assignment",
    "Comment",
    "Goal",
    "Indicator",
    "Level",
    "LightColour",
    "Outcome",
    "PlanNode",
    "SteeringModel",
]
