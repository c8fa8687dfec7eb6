"""What pages and other modules may do with tasks and reminders: the doors of this module."""

from __future__ import annotations

from .asking import my_next_task, my_tasks
from .choices import Choices, change_choices, my_choices
from .feeds import NewFeed, calendar_feed, make_calendar_feed, revoke_calendar_feed
from .lately import my_lately
from .reminding import Reminded, remind_now
from .settings import MyWorkSettings
from .words import anchor

__all__ = [
    "Choices",
    "MyWorkSettings",
    "NewFeed",
    "Reminded",
    "anchor",
    "calendar_feed",
    "change_choices",
    "make_calendar_feed",
    "my_choices",
    "my_lately",
    "my_next_task",
    "my_tasks",
    "remind_now",
    "revoke_calendar_feed",
]
