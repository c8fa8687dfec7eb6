"""What is asked of whoever reports a fault, or answers one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....infra.i18n import _
from ...web.fields import Field
from .models import Effect, Workaround
from .rules import Answers
from .words import effect_words, workaround_words

Options = Sequence[tuple[str, str]]


def report_fields(areas: Options) -> list[Field]:
    return [
        Field("title", _("What is wrong, in a few words"), needed=True),
        Field(
            "what",
            _("What happens, and what should happen?"),
            "text",
            needed=True,
            hint=_("Write nothing about people: those who answer read it."),
        ),
        Field("area", _("Where in the service?"), "choice", needed=False, options=areas),
        Field(
            "effect",
            _("How much does not work?"),
            "choice",
            needed=True,
            options=[(kind.value, word) for kind, word in effect_words().items()],
        ),
        Field(
            "critical",
            _("It holds up work that the municipality cannot do without"),
            "tick",
        ),
        *workaround_fields(),
        Field("trial", _("I met it in a trial, not in daily work"), "tick"),
    ]


def workaround_fields() -> list[Field]:
    return [
        Field(
            "workaround",
            _("Can you get it done in another way?"),
            "choice",
            needed=True,
            options=[(kind.value, word) for kind, word in workaround_words().items()],
        ),
        Field("workaround_is", _("In which way?"), "text"),
    ]


def answers(values: dict[str, Any]) -> Answers:
    return Answers(
        in_production=not values["trial"],
        effect=Effect(values["effect"]),
        critical=values["critical"],
        workaround=Workaround(values["workaround"]),
    )
