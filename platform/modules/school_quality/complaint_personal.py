"""What must not be written in a complaint."""

from __future__ import annotations

from collections.abc import Mapping

from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ..deviations.service import holds_personal_number


def refuse_personal_numbers(texts: Mapping[str, str]) -> None:
    """Raises InvalidInput for the first field whose text seems to hold a personal identity number:
    no complaint is found by it, so it is taken out before anything is saved."""
    for field, text in texts.items():
        if holds_personal_number(text):
            raise InvalidInput(
                _(
                    "The text looks as if it holds a personal identity number. Take it out before "
                    "you save."
                ),
                field=field,
            )
