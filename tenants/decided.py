"""What a body has decided, as it is told in the minutes and found in the registry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Mapped

from ..infra.errors import InvalidInput
from ..infra.i18n import _
from ..infra.texts import at_most
from .rows import Code, Words

BODY: Final = 200
NUMBER: Final = 60


class Decided:
    """Columns of a row that a body decides on: which one, when, under which paragraph of its
    minutes, and the number in the registry. Without a day nothing is decided yet."""

    decided_by: Mapped[Words]
    decided_on: Mapped[date | None]
    decided_paragraph: Mapped[Code]
    registry_number: Mapped[Code]


DECIDED: Final = ("decided_by", "decided_on", "decided_paragraph", "registry_number")


def read_decided(values: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """What is kept of a decision: its body and its day are needed. Raises InvalidInput, also for a
    day that is still to come."""
    body = at_most(str(values.get("decided_by") or ""), field="decidedBy", most=BODY)
    day = values.get("decided_on")
    if not body:
        raise InvalidInput(_("Write who has decided."), field="decidedBy")
    if day is None:
        raise InvalidInput(_("Choose the day of the decision."), field="decidedOn")
    if day > today:
        raise InvalidInput(_("The day of the decision is still to come."), field="decidedOn")
    return {
        "decided_by": body,
        "decided_on": day,
        "decided_paragraph": at_most(
            str(values.get("decided_paragraph") or ""), field="decidedParagraph", most=NUMBER
        ),
        "registry_number": at_most(
            str(values.get("registry_number") or ""), field="registryNumber", most=NUMBER
        ),
    }
