"""A series over periods: outcome against target, women and men beside it where they are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from markupsafe import Markup

from ..i18n import _
from .drawing import SCREEN, Drawing, Palette, sentence
from .figures import ChartTable, brief, shortly, span, written
from .plot import HEIGHT, Kind, Series, draw


class Point(NamedTuple):
    """One period, `label` as it is shown under it; None is a value that is missing."""

    label: str
    total: Decimal | None
    women: Decimal | None = None
    men: Decimal | None = None
    target: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Trend:
    """How an indicator has gone, one point a period, the oldest first."""

    title: str
    points: Sequence[Point]
    unit: str = ""
    decimals: int = 0

    @property
    def drawable(self) -> bool:
        """Whether there is a picture: two values of the total, at least."""
        return sum(point.total is not None for point in self.points) > 1

    def svg(self, *, key: str, width: int = 640, palette: Palette = SCREEN) -> Markup:
        """The picture, or the sentence that says why there is none."""
        if not self.drawable:
            return sentence(self.said(), palette=palette)
        drawing = Drawing(key, width, HEIGHT, self.title, self.said(), palette)
        draw(
            drawing,
            labels=[point.label for point in self.points],
            series=self.series(),
            targets=[point.target for point in self.points],
            target_label=self._target_label(),
            unit="" if brief(self.unit) else self.unit,
        )
        return drawing.svg()

    def said(self) -> str:
        """The picture in words."""
        if not self.drawable:
            return _("The trend is shown when there are two values.")
        period = span(point.label for point in self.points)
        parts = [f"{_('Outcome')} {period}: {self._list(point.total for point in self.points)}."]
        for name, _kind, values in self._split():
            parts.append(f"{name}: {self._list(values)}.")
        targets = [point.target for point in self.points]
        if self._steady(targets):
            parts.append(f"{_('Target')} {self._target(targets[0])}.")
        elif any(target is not None for target in targets):
            listed = ", ".join(self._target(target) for target in targets)
            parts.append(f"{_('Target')}: {listed}.")
        return " ".join(parts)

    def table(self) -> ChartTable:
        drawn = self.series()
        targets = any(point.target is not None for point in self.points)
        headers = (_("Period"), *(series.name for series in drawn))
        rows = []
        for index, point in enumerate(self.points):
            row = (point.label, *(self._written(series.values[index]) for series in drawn))
            rows.append((*row, self._target(point.target)) if targets else row)
        return ChartTable((*headers, _("Target")) if targets else headers, tuple(rows))

    def series(self) -> tuple[Series, ...]:
        """The lines to draw, the total first; women and men only when any value is known."""
        split = [
            Series(name, kind, values, tuple(map(self._brief, values)))
            for name, kind, values in self._split()
        ]
        total = tuple(point.total for point in self.points)
        name = _("Total") if split else _("Outcome")
        return (Series(name, "line", total, tuple(map(self._brief, total))), *split)

    def _split(self) -> list[tuple[str, Kind, tuple[Decimal | None, ...]]]:
        women = [point.women for point in self.points]
        men = [point.men for point in self.points]
        found: list[tuple[str, Kind, tuple[Decimal | None, ...]]] = []
        if women.count(None) < len(women):
            found.append((_("Women"), "women", tuple(women)))
        if men.count(None) < len(men):
            found.append((_("Men"), "men", tuple(men)))
        return found

    def _target_label(self) -> str:
        targets = [point.target for point in self.points if point.target is not None]
        if not targets:
            return ""
        most = max(self.decimals, 2)
        return f"{_('Target')} {shortly(targets[-1], unit=brief(self.unit), most=most)}"

    def _brief(self, value: Decimal | None) -> str:
        return written(value, unit=brief(self.unit), decimals=self.decimals)

    def _written(self, value: Decimal | None) -> str:
        return written(value, unit=self.unit, decimals=self.decimals)

    def _target(self, value: Decimal | None) -> str:
        if value is None:
            return _("missing")
        return shortly(value, unit=self.unit, most=max(self.decimals, 2))

    def _list(self, values: Iterable[Decimal | None]) -> str:
        return ", ".join(self._written(value) for value in values)

    @staticmethod
    def _steady(targets: Sequence[Decimal | None]) -> bool:
        return targets[0] is not None and len(set(targets)) == 1
