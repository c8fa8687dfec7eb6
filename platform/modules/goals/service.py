"""What other modules, jobs and commands may do with goals: the doors of this module."""

from __future__ import annotations

from .activities import (
    ActivityChanges,
    add_checkpoint,
    change_activity,
    pass_checkpoint,
    remove_checkpoint,
)
from .adding import NewNode, add_node, add_nodes
from .analysis import GoalAnalysis, goal_analysis
from .comments import write_comment
from .design import (
    DEFAULT_LIGHTS,
    LevelDesign,
    LightWord,
    change_model,
    create_model,
    delete_model,
    levels_of,
)
from .distribute import distribute_node
from .entering import read_value
from .importing import BoardImport, import_board
from .indicators import IndicatorChanges
from .lights import hand_light_history, set_light_by_hand, take_back_light
from .locks import lock_year, locked_years, require_open, since, unlock_year
from .next_year import CopiedModel, copy_model
from .nodes import NodeChanges, change_indicator, change_node, hand_over, move_node, remove_node
from .outcomes import (
    EntriesRefused,
    OutcomeEntry,
    OutcomeValues,
    outcome_history,
    set_outcome,
    set_outcomes,
)
from .settings import ActivityState, GoalSettings, goal_settings
from .snapshot import ShownRow, Snapshot, read_snapshot, snapshot
from .tasks import Needed, next_goal_task, tasks_of_views

__all__ = [
    "DEFAULT_LIGHTS",
    "ActivityChanges",
    "ActivityState",
    "BoardImport",
    "CopiedModel",
    "EntriesRefused",
    "GoalAnalysis",
    "GoalSettings",
    "IndicatorChanges",
    "LevelDesign",
    "LightWord",
    "Needed",
    "NewNode",
    "NodeChanges",
    "OutcomeEntry",
    "OutcomeValues",
    "ShownRow",
    "Snapshot",
    "add_checkpoint",
    "add_node",
    "add_nodes",
    "change_activity",
    "change_indicator",
    "change_model",
    "change_node",
    "copy_model",
    "create_model",
    "delete_model",
    "distribute_node",
    "goal_analysis",
    "goal_settings",
    "hand_light_history",
    "hand_over",
    "import_board",
    "levels_of",
    "lock_year",
    "locked_years",
    "move_node",
    "next_goal_task",
    "outcome_history",
    "pass_checkpoint",
    "read_snapshot",
    "read_value",
    "remove_checkpoint",
    "remove_node",
    "require_open",
    "set_light_by_hand",
    "set_outcome",
    "set_outcomes",
    "since",
    "snapshot",
    "take_back_light",
    "tasks_of_views",
    "unlock_year",
    "write_comment",
]
