"""The rules of a case: its risk, what it asks for, and who reads and writes which part of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final, Protocol

from ....infra.errors import InvalidInput
from ....infra.i18n import _
from .models import AccessLabel, CaseState, FormKind, Law
from .settings import DeviationSettings

HIGHEST: Final = 4
"""Of severity and of probability."""

SOCIAL: Final = (Law.SOL, Law.LSS)


class Hat(StrEnum):
    """In what way somebody stands to a case; one may have several."""

    REPORTER = "reporter"
    HANDLER = "handler"
    """Manager of the place, while those of the place see it."""
    INVESTIGATOR = "investigator"
    """The independent one that it was given to."""
    OFFICER = "officer"
    """The Lex officer, of a misconduct."""
    MEDICAL = "medical"
    """The medical officer, of a case by HSL."""


class Part(StrEnum):
    REPORT = "report"
    OUTCOME = "outcome"
    """What the reporter is told in the end."""
    RISK_SOCIAL = "risk_social"
    RISK_HSL = "risk_hsl"
    MANAGER = "manager"
    SOL_LSS = "sol_lss"
    HSL = "hsl"
    EVENT = "event"
    ACTIONS = "actions"
    DECISION_SOL_LSS = "decision_sol_lss"
    DECISION_HSL = "decision_hsl"
    HISTORY = "history"


_LEX: Final = frozenset(Part) - {Part.HSL, Part.DECISION_HSL}

READS: Final[Mapping[Hat, frozenset[Part]]] = {
    Hat.REPORTER: frozenset({Part.REPORT, Part.OUTCOME}),
    Hat.HANDLER: frozenset(Part) - {Part.SOL_LSS},
    Hat.INVESTIGATOR: _LEX,
    Hat.OFFICER: _LEX,
    Hat.MEDICAL: frozenset({Part.REPORT, Part.RISK_HSL, Part.HSL, Part.EVENT, Part.DECISION_HSL}),
}
"""What each hat shows of a case that is sent."""

WRITES: Final[Mapping[Hat, frozenset[Part]]] = {
    Hat.REPORTER: frozenset(),
    Hat.HANDLER: frozenset(
        {
            Part.OUTCOME,
            Part.RISK_SOCIAL,
            Part.RISK_HSL,
            Part.MANAGER,
            Part.EVENT,
            Part.ACTIONS,
        }
    ),
    Hat.INVESTIGATOR: frozenset({Part.RISK_SOCIAL, Part.SOL_LSS, Part.EVENT, Part.ACTIONS}),
    Hat.OFFICER: frozenset({Part.DECISION_SOL_LSS}),
    Hat.MEDICAL: frozenset({Part.RISK_HSL, Part.HSL, Part.EVENT, Part.DECISION_HSL}),
}
"""What each hat may write while the case is open to it."""

OWN_PACE: Final = frozenset({Part.RISK_HSL, Part.HSL, Part.DECISION_HSL})
"""What the medical officer writes whether or not the rest is closed: it waits for nobody, and
nobody waits for it."""

PART_OF: Final[Mapping[FormKind, Part]] = {
    FormKind.REPORT: Part.REPORT,
    FormKind.MANAGER: Part.MANAGER,
    FormKind.SOL_LSS: Part.SOL_LSS,
    FormKind.HSL: Part.HSL,
    FormKind.EVENT: Part.EVENT,
}


def readable(hats: Iterable[Hat], state: CaseState) -> frozenset[Part]:
    """The parts that somebody with these hats sees; of a draft, the report to its writer."""
    worn = frozenset(hats)
    if state is CaseState.DRAFT:
        return frozenset({Part.REPORT}) if Hat.REPORTER in worn else frozenset()
    return frozenset().union(*(READS[hat] for hat in worn))


def writable(hats: Iterable[Hat], state: CaseState, label: AccessLabel) -> frozenset[Part]:
    """The parts that they may write. What was reported is never written again once it is sent."""
    worn = frozenset(hats)
    if state is CaseState.DRAFT:
        return frozenset({Part.REPORT}) if Hat.REPORTER in worn else frozenset()
    found: set[Part] = set()
    for hat in worn:
        found |= _written(hat, state, label)
    return frozenset(found)


def _written(hat: Hat, state: CaseState, label: AccessLabel) -> frozenset[Part]:
    if state is CaseState.CLOSED:
        return WRITES[hat] & OWN_PACE if hat is Hat.MEDICAL else frozenset()
    if hat in (Hat.INVESTIGATOR, Hat.OFFICER) and label is not AccessLabel.LEX:
        return frozenset()
    return WRITES[hat]


def risk_part(law: Law) -> Part:
    return Part.RISK_HSL if law is Law.HSL else Part.RISK_SOCIAL


class Assessed(Protocol):
    """What is asked of a risk."""

    @property
    def severity(self) -> int: ...
    @property
    def value(self) -> int: ...


def risk_value(severity: int, probability: int) -> int:
    """The product of the two, each 1 to 4. Raises InvalidInput."""
    for field, number in (("severity", severity), ("probability", probability)):
        if not 1 <= number <= HIGHEST:
            raise InvalidInput(_("Choose a number from 1 to {most}.", most=HIGHEST), field=field)
    return severity * probability


def asks_event_analysis(risks: Iterable[Assessed], settings: DeviationSettings) -> bool:
    """By the municipality's limits, from the limit itself on."""
    return any(
        risk.value >= settings.risk_from or risk.severity >= settings.severity_from
        for risk in risks
    )


def days_for(*, label: AccessLabel, state: CaseState, settings: DeviationSettings) -> timedelta:
    """How long after a report was sent the next step is due."""
    if label is AccessLabel.LEX:
        return timedelta(days=settings.days_to_decide)
    if state is CaseState.SENT:
        return timedelta(days=settings.days_to_begin)
    return timedelta(days=settings.days_to_close)
