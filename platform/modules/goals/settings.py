"""What a municipality chooses within the module."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, Field, field_validator
from pydantic_core import PydanticCustomError

from ....infra.i18n import LOCALES, _
from ....tenants.municipality import settings_of
from ....tenants.work import Work


class ActivityState(BaseModel):
    """How far an activity can have come; a `closed` one asks for nothing more."""

    key: str = Field(pattern="^[a-z][a-z0-9_]{0,39}$")
    word: dict[str, str]
    """By language, Swedish always."""
    closed: bool = False

    @field_validator("word")
    @classmethod
    def _in_swedish(cls, word: dict[str, str]) -> dict[str, str]:
        if not word.get("sv", "").strip() or set(word) - set(LOCALES):
            raise PydanticCustomError("word", _("each state has a word in Swedish"))
        return word


DEFAULT_STATES = (
    ActivityState(key="not_started", word={"sv": "Ej påbörjad", "en": "Not started"}),
    ActivityState(key="ongoing", word={"sv": "Pågående", "en": "Ongoing"}),
    ActivityState(key="delayed", word={"sv": "Försenad", "en": "Delayed"}),
    ActivityState(key="done", word={"sv": "Avslutad", "en": "Done"}, closed=True),
    ActivityState(key="dropped", word={"sv": "Utgår", "en": "Dropped"}, closed=True),
)


class GoalSettings(BaseModel):
    activity_states: tuple[ActivityState, ...] = Field(
        default=DEFAULT_STATES, min_length=2, max_length=20
    )
    """The first is where an activity begins."""
    comments_in_report: bool = True
    """Whether a new comment is shown in the report unless its author says otherwise."""

    def state(self, key: str) -> ActivityState | None:
        return next((state for state in self.activity_states if state.key == key), None)

    def closed(self) -> frozenset[str]:
        """Keys of the states that ask for nothing more."""
        return frozenset(state.key for state in self.activity_states if state.closed)

    @field_validator("activity_states")
    @classmethod
    def _hang_together(cls, states: Sequence[ActivityState]) -> Sequence[ActivityState]:
        if len({state.key for state in states}) < len(states):
            raise PydanticCustomError("states", _("two states have the same key"))
        if states[0].closed or not any(state.closed for state in states):
            raise PydanticCustomError(
                "states", _("the first state has to be open, and at least one closed")
            )
        return states


async def goal_settings(work: Work) -> GoalSettings:
    return await settings_of(work, "goals", GoalSettings)
