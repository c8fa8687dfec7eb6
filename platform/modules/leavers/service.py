"""What other modules and commands may do with those who have left: the door of this module."""

from .runs import open_run
from .waiting import waiting

__all__ = ["open_run", "waiting"]
