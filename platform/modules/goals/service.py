"""What other modules, jobs and commands may do with goals: the doors of this module."""

from __future__ import annotations

from .analysis.analysis import GoalAnalysis, goal_analysis
from .analysis.entering import read_value
from .analysis.snapshot import ShownRow, Snapshot, read_snapshot, snapshot
from .board.importing import BoardImport, import_board
from .planning.activities import (
    ActivityChanges,
    add_checkpoint,
    change_activity,
    pass_checkpoint,
    remove_checkpoint,
)
from .planning.adding import NewNode, add_node, add_nodes
from .planning.distribute import distribute_node
from .planning.indicators import IndicatorChanges
from .planning.nodes import (
    NodeChanges,
    change_indicator,
    change_node,
    hand_over,
    move_node,
    remove_node,
)
from .settings import ActivityState, GoalSettings, goal_settings
from .steering.design import (
    DEFAULT_LIGHTS,
    LevelDesign,
    LightWord,
    change_model,
    create_model,
    delete_model,
    levels_of,
)
from .steering.locks import lock_year, locked_years, require_open, since, unlock_year
from .steering.next_year import CopiedModel, copy_model
from .tasks import Needed, next_goal_task, tasks_of_views
from .values.comments import write_comment
from .values.lights import hand_light_history, set_light_by_hand, take_back_light
from .values.outcomes import (
    EntriesRefused,
    OutcomeEntry,
    OutcomeValues,
    outcome_history,
    set_outcome,
    set_outcomes,
)

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
