"""What a municipality has promised about its support."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ....tenants.municipality import settings_of
from ....tenants.work import Work
from .models import FaultClass
from .rules import OfficeHours

Hours = Annotated[int, Field(ge=1, le=1_000)]
Hour = Annotated[int, Field(ge=0, le=24)]


class SupportSettings(BaseModel):
    """Office hours, and within how many of them a fault of each class is answered and solved."""

    model_config = ConfigDict(extra="forbid")

    opens: Hour = 8
    closes: Hour = 17
    answer_a: Hours = 1
    answer_b: Hours = 4
    answer_c: Hours = 16
    answer_d: Hours = 40
    solve_a: Hours = 8
    solve_b: Hours = 16
    solve_c: Hours = 80
    solve_d: Hours = 400

    @property
    def office(self) -> OfficeHours:
        return OfficeHours(self.opens, max(self.closes, self.opens + 1))

    def answer_hours(self, found: FaultClass) -> int:
        return int(getattr(self, f"answer_{found.value}"))

    def solve_hours(self, found: FaultClass) -> int:
        return int(getattr(self, f"solve_{found.value}"))


async def support_settings(work: Work) -> SupportSettings:
    return await settings_of(work, "support", SupportSettings)
