"""The module's part of the API, and the types that other modules may show."""

from .analysis.schema import AnalysisMutation, AnalysisQuery
from .planning.nodes_schema import Activity, Assignment, Goal, Indicator, NodesQuery, PlanNode
from .planning.schema import PlanMutation
from .planning.values_schema import Comment, Outcome
from .state.schema import StateQuery
from .steering.schema import DesignMutation, DesignQuery, Level, LightColour, SteeringModel
from .values.schema import EntryMutation

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
