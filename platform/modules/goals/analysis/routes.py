"""The addresses of the page Goal analysis."""

from __future__ import annotations

from .pages import export_to_excel, goal_analysis_page
from .saving_pages import paste_goal_values, save_goal_row
from .sheet_pages import (
    end_goal_activity,
    goal_activity,
    goal_comment,
    goal_light,
    save_goal_comment,
    set_goal_light,
)

ANALYSIS_PAGES = (
    goal_analysis_page,
    export_to_excel,
    save_goal_row,
    paste_goal_values,
    goal_light,
    set_goal_light,
    goal_comment,
    save_goal_comment,
    goal_activity,
    end_goal_activity,
)
