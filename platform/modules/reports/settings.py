"""What a municipality can choose for its reports."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ReportSettings(BaseModel):
    """The defaults follow the instruction of Östhammar's social services (2020)."""

    model_config = ConfigDict(extra="forbid")

    show_instructions: bool = True
    """Whether a new report shows its instructions; each report can be switched on its own."""
    mark_open_activities: bool = True
    """Whether finished reports too have exclamation marks at open or uncommented activities."""
