"""Where the fields of a record stand."""

from __future__ import annotations

from dataclasses import replace

from ..stored import Place, Related, Row


def below(plan: Related, row: Row, place: Place) -> Place:
    """The place of the fields of `row`, which was chosen for a field at `place`."""
    above = (*place.above, row)
    return replace(place, row=row, arguments={}, above=above, handed=plan.hands(row, place))
