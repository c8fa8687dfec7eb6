"""The addresses of strategic planning and the steering model."""

from __future__ import annotations

from ..steering import pages as model_pages
from . import carrying_pages, moving_pages
from . import pages as planning_pages

PLANNING_PAGES = (
    planning_pages.planning,
    planning_pages.new_plan_node,
    planning_pages.add_plan_node,
    carrying_pages.ask_to_copy,
    carrying_pages.copy,
    carrying_pages.ask_to_hand_over,
    carrying_pages.hand,
    planning_pages.planning_node,
    planning_pages.change_plan_node,
    moving_pages.choose_place,
    moving_pages.move,
    moving_pages.order,
    moving_pages.choose_units,
    moving_pages.distribute,
    moving_pages.take_back,
    moving_pages.ask_to_remove,
    moving_pages.remove,
    model_pages.steering_model,
    model_pages.change,
    model_pages.create,
    model_pages.delete,
    model_pages.lock,
    model_pages.unlock,
)
