"""The risk matrix as it is drawn: a table of cells with their words and colours, and the risks in
them by their numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ....infra.i18n import _, in_language
from .design import Design, Step
from .matrix import Dot, Matrix
from .models import ControlLight, Risk


@dataclass(frozen=True, slots=True)
class Mark:
    """A risk in a cell. `moved` is an arrow where its value has changed, `told` that in words."""

    number: str
    title: str
    address: str
    moved: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Square:
    value: int
    light: ControlLight
    word: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """A step of one side: its number, its word and what that means."""

    number: int
    word: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """`rows` from the highest consequence down, each with a square for every column."""

    columns: tuple[Side, ...]
    rows: tuple[tuple[Side, tuple[Square, ...]], ...]

    @property
    def filled(self) -> list[tuple[Side, Side, Square]]:
        """The squares with risks in them, the worst first: consequence, probability, square."""
        found = [
            (side, column, square)
            for side, squares in self.rows
            for column, square in zip(self.columns, squares, strict=True)
            if square.marks
        ]
        return sorted(found, key=lambda each: -each[2].value)


def matrix_picture(
    matrix: Matrix, *, address: Callable[[Risk], str], only: set[Risk], before: bool
) -> Picture:
    """The risks that are in `only`; where they lay before their latest assessment if asked."""
    marks: dict[tuple[int, int], list[Mark]] = {}
    for dot in (dot for cell in matrix.cells.values() for dot in cell.dots):
        if dot.risk in only:
            place = (dot.probability, dot.consequence)
            at = dot.before if before and dot.before and dot.before in matrix.cells else place
            marks.setdefault(at, []).append(_mark(dot, address(dot.risk), before=before))
    return _picture(matrix.design, matrix.size, marks)


def empty_picture(design: Design, here: Mapping[tuple[int, int], Iterable[str]]) -> Picture:
    """The matrix with words in its cells, that lead nowhere: where one risk lies, or a preview."""
    marks = {at: [Mark(word, "", "") for word in words] for at, words in here.items()}
    return _picture(design, design.size, marks)


def _picture(design: Design, size: int, marks: Mapping[tuple[int, int], Sequence[Mark]]) -> Picture:
    sides = range(1, size + 1)
    rows = [
        (
            _side(design.consequence, consequence),
            tuple(_square(design, p, consequence, marks.get((p, consequence), ())) for p in sides),
        )
        for consequence in reversed(sides)
    ]
    return Picture(tuple(_side(design.probability, step) for step in sides), tuple(rows))


def _square(design: Design, probability: int, consequence: int, marks: Sequence[Mark]) -> Square:
    light = design.colour(probability, consequence)
    ordered = sorted(marks, key=lambda mark: (len(mark.number), mark.number))
    return Square(probability * consequence, light, design.colour_word(light), tuple(ordered))


def _side(steps: Sequence[Step], number: int) -> Side:
    """A step that the matrix has no more, on a day when it was larger, has its number only."""
    if number > len(steps):
        return Side(number, "")
    step = steps[number - 1]
    return Side(
        number, in_language(step.word), in_language(step.description) if step.description else ""
    )


def _mark(dot: Dot, address: str, *, before: bool) -> Mark:
    number, title = f"R{dot.risk.number}", dot.risk.title
    was = dot.before[0] * dot.before[1] if dot.before else dot.value
    if was == dot.value:
        return Mark(number, title, address)
    told = _("now {value}", value=dot.value) if before else _("before {value}", value=was)
    return Mark(number, title, address, "↑" if dot.value > was else "↓", told)
