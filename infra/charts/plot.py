"""Lines over periods, laid out: a plot with its axis, and a label at the end of each line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ..i18n import _
from .drawing import Drawing, number, text_width
from .figures import shortly
from .scales import Scale, spread, ticks

HEIGHT = 260
TOP = 18
BOTTOM = HEIGHT - 32
INSET = 22  # from the edges of the plot to the first and the last period
LABEL = 10  # from the plot to the labels of its lines
SAMPLE = 24  # of the line, before its label, where there are several
ROOMY = 52  # what a period needs for a number at its point

Kind = Literal["line", "women", "men"]


@dataclass(frozen=True)
class Series:
    """One line. `kind` gives it a colour, a pattern of dashes and a shape of its points, so that
    no one of the three is needed to know it. `written` are the values as they are shown."""

    name: str
    kind: Kind
    values: tuple[Decimal | None, ...]
    written: tuple[str, ...]

    @property
    def label(self) -> str:
        """The name, and the last value where it is known."""
        return self.name if self.values[-1] is None else f"{self.name} {self.written[-1]}"


@dataclass(frozen=True)
class Frame:
    """Where the periods and the values lie."""

    places: tuple[float, ...]
    left: float
    right: float
    values: Scale

    @property
    def step(self) -> float:
        return self.places[1] - self.places[0]


def draw(
    drawing: Drawing,
    *,
    labels: Sequence[str],
    series: Sequence[Series],
    targets: Sequence[Decimal | None],
    target_label: str,
    unit: str,
) -> None:
    """Everything, from the back to the front. Needs two periods. `unit` stands above the axis;
    it is empty where the numbers carry it themselves."""
    known = [value for line in (*(one.values for one in series), targets) for value in line]
    marks = ticks([value for value in known if value is not None])
    names = [shortly(mark, most=6) for mark in marks]
    left = max(text_width(name, 12) for name in names) + 10
    ends = [one.label for one in series] + [target_label]
    sample = SAMPLE if len(series) > 1 else 0
    right = drawing.width - max(text_width(end) for end in ends) - LABEL - sample
    top = TOP
    if unit:
        drawing.text(0, 12, unit, size=12, quiet=True)
        top += 16
    frame = _frame(len(labels), left, right, Scale(marks[0], marks[-1], BOTTOM, top))
    _axis(drawing, frame, marks, names, labels)
    _target(drawing, frame, targets)
    for one in reversed(series):
        _line(drawing, frame, one)
    _missing(drawing, frame, series[0])
    if len(series) == 1 and frame.step >= ROOMY:
        _numbers(drawing, frame, series[0], targets)
    _ends(drawing, frame, series, targets, target_label)


def runs(values: Sequence[Decimal | None]) -> Iterator[list[int]]:
    """Where the values are known, as stretches without a gap."""
    run: list[int] = []
    for index, value in enumerate(values):
        if value is not None:
            run.append(index)
        elif run:
            yield run
            run = []
    if run:
        yield run


def dot(drawing: Drawing, kind: Kind, x: float, y: float) -> None:
    """The shape of a point: a full circle, an open diamond for women, an open square for men."""
    match kind:
        case "line":
            drawing.add("circle", "chart-dot", cx=x, cy=y, r=3.5)
        case "women":
            path = f"M{number(x)} {number(y - 4.5)}l4.5 4.5l-4.5 4.5l-4.5 -4.5Z"
            drawing.add("path", "chart-dot-women", d=path)
        case "men":
            drawing.rect("chart-dot-men", x - 3.2, y - 3.2, 6.4, 6.4)


def _frame(count: int, left: float, right: float, values: Scale) -> Frame:
    first, last = left + INSET, right - INSET / 2
    step = (last - first) / (count - 1)
    return Frame(tuple(first + index * step for index in range(count)), left, right, values)


def _axis(
    drawing: Drawing,
    frame: Frame,
    marks: Sequence[Decimal],
    names: Sequence[str],
    labels: Sequence[str],
) -> None:
    ground = Decimal(0) if Decimal(0) in marks else marks[0]
    for mark, name in zip(marks, names, strict=True):
        y = frame.values.at(mark)
        paint = "chart-axis" if mark == ground else "chart-grid"
        drawing.line(paint, frame.left, y, frame.right, y)
        drawing.text(frame.left - 8, y + 4, name, size=12, anchor="end", quiet=True)
    widest = max(text_width(label, 12) for label in labels) + 8
    every = int(widest // frame.step) + 1
    for index, label in enumerate(labels):
        if (len(labels) - 1 - index) % every == 0:  # the last one is always named
            x = frame.places[index]
            drawing.text(x, BOTTOM + 21, label, size=12, anchor="middle", quiet=True)


def _target(drawing: Drawing, frame: Frame, targets: Sequence[Decimal | None]) -> None:
    """A step for each period, since a target holds for the whole of it."""
    half = frame.step / 2
    for run in runs(targets):
        path = ""
        for index in run:
            start = max(frame.left, frame.places[index] - half)
            end = min(frame.right, frame.places[index] + half)
            target = targets[index]
            assert target is not None
            y = number(frame.values.at(target))
            path += f"V{y}H{number(end)}" if path else f"M{number(start)} {y}H{number(end)}"
        drawing.add("path", "chart-target", d=path)


def _line(drawing: Drawing, frame: Frame, one: Series) -> None:
    places = dict(_places(frame, one.values))
    for run in runs(one.values):
        if len(run) > 1:
            path = "L".join(f"{number(places[i][0])} {number(places[i][1])}" for i in run)
            drawing.add("path", f"chart-{one.kind}", d=f"M{path}")
    for x, y in places.values():
        dot(drawing, one.kind, x, y)


def _missing(drawing: Drawing, frame: Frame, one: Series) -> None:
    """An open ring on the axis where the value is missing, with the word if it fits."""
    for x, value in zip(frame.places, one.values, strict=True):
        if value is None:
            drawing.light("none", x, BOTTOM, 9, paint="chart-missing")
            if frame.step >= text_width(_("missing"), 12):
                word = _("missing")
                drawing.text(x, BOTTOM - 10, word, size=12, anchor="middle", quiet=True)


def _numbers(
    drawing: Drawing, frame: Frame, one: Series, targets: Sequence[Decimal | None]
) -> None:
    """The value at each point but the last, which has it in its label: where neither the line
    itself nor that of the target runs."""
    places = dict(_places(frame, one.values))
    for index, (x, y) in places.items():
        if index == len(one.values) - 1:
            continue
        before = places.get(index - 1, (x, y))[1] - y
        after = places.get(index + 1, (x, y))[1] - y
        valley = before <= 0 and after <= 0 and before + after < 0
        floor = y + 24 > BOTTOM  # no room below
        slope = after - before if before * after < 0 or floor else 0.0
        lean = max(-14.0, min(14.0, slope))  # beside a slope, right above a peak
        over, under = (lean, -10.0), (-lean, 19.0)
        spots = [over] if floor else [under, over] if valley else [over, under]
        target = targets[index]
        line = None if target is None else frame.values.at(target) - y
        free = [spot for spot in spots if line is None or not spot[1] - 13 < line < spot[1] + 4]
        aside, down = (free or spots)[0]
        drawing.text(x + aside, y + down, one.written[index], size=12, anchor="middle")


def _ends(
    drawing: Drawing,
    frame: Frame,
    series: Sequence[Series],
    targets: Sequence[Decimal | None],
    target_label: str,
) -> None:
    wanted = [list(dict(_places(frame, one.values)).values())[-1][1] for one in series]
    known = [target for target in targets if target is not None]
    if known:
        wanted.append(frame.values.at(known[-1]))
    start = frame.right + LABEL
    words = start + (SAMPLE if len(series) > 1 else 0)
    places = spread(wanted, low=frame.values.end, high=BOTTOM - 8)
    for one, y in zip(series, places, strict=False):
        if len(series) > 1:
            drawing.line(f"chart-{one.kind}", start, y, start + 16, y)
            dot(drawing, one.kind, start + 8, y)
        drawing.text(words, y + 4.5, one.label, strong=one.kind == "line")
    if known:
        if len(series) > 1:
            drawing.line("chart-target", start, places[-1], start + 16, places[-1])
        drawing.text(words, places[-1] + 4.5, target_label, quiet=True)


def _places(
    frame: Frame, values: Sequence[Decimal | None]
) -> Iterator[tuple[int, tuple[float, float]]]:
    for index, value in enumerate(values):
        if value is not None:
            yield index, (frame.places[index], frame.values.at(value))
