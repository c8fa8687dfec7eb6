"""What a municipality has chosen for complaints; no law gives the days."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

Routine = Annotated[str, Field(max_length=500, pattern=r"^(https://\S+|[0-9a-fA-F-]{36})?$")]


class ComplaintSettings(BaseModel):
    """The part of the module's settings that is about complaints."""

    complaint_confirm_days: int = Field(default=3, ge=1, le=60)
    """How soon after it came in a complaint is confirmed."""
    complaint_answer_days: int = Field(default=30, ge=1, le=365)
    """How soon after it came in whoever complains is told what came of it."""
    complaint_smallest: int = Field(default=5, ge=2, le=20)
    """Numbers below this, other than 0, are not shown in the summary."""
    complaint_routine: Routine = ""
    """The written routine: an address, or the id of a governing document."""
