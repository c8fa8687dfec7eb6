"""What the template of the goal analysis shows, and the parts of it that change when one saves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from uuid import UUID

from markupsafe import Markup

from .....infra.charts.sparkline import Sparkline
from .....infra.charts.trend import Point
from .....infra.documents.richtext import plain_text
from .....infra.errors import InvalidInput, NotFound
from .....infra.i18n import _, current_locale, in_language
from .....infra.periods import Period, PeriodKind, parse_period, periods_of
from ....web.page import View
from ..models import NodeKind
from ..rules import Light, effective_light
from ..settings import ActivityState
from ..terms import GOAL, INDICATOR, OUTCOME, TARGET
from .analysis import GoalAnalysis, Row, goal_analysis
from .entering import number_text, short_text
from .explaining import explain
from .grid import (
    NUMBERS,
    Column,
    Line,
    Part,
    all_columns,
    chosen_columns,
    lines_of,
    only_missing,
    wanted,
    with_skips,
)
from .series import Measured, Reading, as_shown, series_of

FORMATTED = ("<table", "<strong", "<em", "<h3", "<h4", "<a ", "<ul", "<ol")
TRENDS = 8


@dataclass(frozen=True, kw_only=True)
class Table:
    """The analysis with everything a row needs to be shown. `written` are texts that were refused
    and stand in their fields again, `told` what there is to say of a row, both without scripts."""

    analysis: GoalAnalysis
    base: str
    query: str
    why_not: str
    words: Mapping[Part, str]
    columns: tuple[Column, ...] = ()
    missing_only: bool = False
    series: Mapping[UUID, tuple[Reading, ...]] = field(default_factory=dict)
    written: Mapping[tuple[UUID, str], str] = field(default_factory=dict)
    told: Mapping[UUID, str] = field(default_factory=dict)
    acts_at: frozenset[UUID] | None = frozenset()

    @property
    def may_edit(self) -> bool:
        return not self.why_not

    @cached_property
    def numbers(self) -> dict[UUID, int]:
        """Short names for rows within the page."""
        return {row.node.id: number for number, row in enumerate(self.analysis.rows)}

    @cached_property
    def lines(self) -> list[Line]:
        rows = self.analysis.rows
        shown = only_missing(rows) if self.missing_only else rows
        return with_skips(list(lines_of(shown, self.columns)))

    @property
    def wanted(self) -> int:
        return wanted(self.analysis)

    @cached_property
    def lights(self) -> dict[str, str]:
        """What the municipality calls its lights."""
        model = self.analysis.model
        named = model.lights if model else []
        return {str(light["light"]): _word(light["word"]) for light in named}

    def light(self, row: Row) -> str:
        """`green`, `yellow`, `red`, or `none`."""
        found = row.verdict.light if row.verdict else None
        return found.value if found else "none"

    def light_word(self, row: Row) -> str:
        light = self.light(row)
        if light in self.lights:
            return self.lights[light]
        if not row.due:
            return _("Not due yet")
        return _("Value missing") if row.indicator else _("No light yet")

    def by_hand(self, row: Row) -> bool:
        return bool(row.verdict and row.verdict.hand and not row.verdict.gave_way)

    def takes(self, row: Row, part: str) -> bool:
        """Whether there is a figure of this kind at all."""
        split = row.indicator is not None and row.indicator.by_sex
        return row.values is not None and (split or part not in ("women", "men"))

    def enters(self, row: Row) -> bool:
        """Whether its figures are written here, and not put together from the units' own."""
        return self.may_edit and row.values is not None and not row.values.consolidated

    def acts(self, row: Row) -> bool:
        """Whether this person may say how far an activity has come: the one of a unit above is
        that unit's."""
        return self.may_edit and (self.acts_at is None or row.node.unit_id in self.acts_at)

    def figure(self, row: Row, part: str) -> str:
        """The figure as it is written in a field."""
        kept = self.written.get((row.node.id, part))
        if kept is not None or row.values is None or row.indicator is None:
            return kept or ""
        text = short_text if part == "target" else number_text
        return text(getattr(row.values, part), row.indicator.decimals)

    def said(self, row: Row) -> str:
        """The comment as plain text."""
        kept = self.written.get((row.node.id, "comment"))
        return comment_text(row) if kept is None else kept

    def formatted(self, row: Row) -> bool:
        """Whether the comment has more than paragraphs, which a plain field would lose."""
        return row.comment is not None and any(mark in row.comment.text for mark in FORMATTED)

    def trend(self, row: Row) -> Markup:
        assert row.indicator is not None
        until = parse_period(row.values.period) if row.values else self.analysis.period
        points = {
            reading.period: Point(str(reading.period), reading.total, target=reading.target)
            for reading in as_shown(self.series, row.node.id, most=TRENDS)
            if reading.period <= until
        }
        if row.values and row.values.consolidated:  # no reading: it stands at the units
            points[until] = Point(str(until), row.values.total, target=row.values.target)
        return Sparkline(
            title=row.node.title,
            points=list(points.values()),
            unit=row.indicator.measure_unit,
            decimals=row.indicator.decimals,
        ).svg(width=80)

    def state(self, row: Row) -> ActivityState | None:
        return self.analysis.states.get(row.activity.state) if row.activity else None

    def state_word(self, state: ActivityState) -> str:
        return in_language(state.word)

    def undone(self, row: Row) -> bool:
        """An activity that would stand as an exclamation mark in the report."""
        state = self.state(row)
        closed = state is not None and state.closed
        return row.activity is not None and not (closed and comment_text(row))

    def opens(self, fold: Iterable[Row]) -> bool:
        """What asks for something is shown at once to those who can do it."""
        return self.may_edit and any(self.undone(row) or row.node.id in self.told for row in fold)

    def rule_sentence(self, row: Row) -> str:
        """What the light would be without anybody's hand, and why."""
        if row.verdict is None or row.verdict.rule is None:
            return ""
        judged = effective_light(row.verdict.children, rule=row.verdict.rule)
        explained = explain(row._replace(verdict=judged))
        return explained.sentence if explained else ""

    def fold_key(self, fold: Iterable[Row]) -> str:
        """A name that stands as long as the first row behind the summary does."""
        return f"k-{next(iter(fold)).node.id}"

    def fold_words(self, fold: Iterable[Row]) -> str:
        rows = [*fold]
        assignments = [row for row in rows if row.node.kind is NodeKind.ASSIGNMENT]
        activities = [row for row in rows if row.activity]
        counted = []
        if assignments:
            one = len(assignments) == 1
            counted.append(
                _("1 assignment") if one else _("{count} assignments", count=len(assignments))
            )
        if activities:
            one = len(activities) == 1
            counted.append(
                _("1 activity") if one else _("{count} activities", count=len(activities))
            )
        bare = sum(not comment_text(row) for row in activities)
        still = sum(not (state and state.closed) for state in map(self.state, activities))
        notes = [_("{count} not closed", count=still)] if still else []
        notes += [_("{count} without a comment", count=bare)] if bare else []
        return ", ".join(counted) + (f" ({', '.join(notes)})" if notes else "")

    def periods(self) -> list[tuple[str, str, bool]]:
        """Code, name and whether it is the one shown, of each period that an indicator has."""
        here = self.analysis.period
        kinds = {row.indicator.periodicity for row in self.analysis.rows if row.indicator}
        shown = [kind for kind in PeriodKind if kind.value in kinds | {PeriodKind.YEAR.value}]
        found = [period for kind in shown for period in periods_of(here.year, kind)]
        if here not in found:
            found.append(here)
        return [(str(one), period_name(one), one == here) for one in found]


def comment_text(row: Row) -> str:
    return _words_of(row.comment.text) if row.comment else ""


@lru_cache(1000)
def _words_of(html: str) -> str:
    return plain_text(html).strip()


def period_name(period: Period) -> str:
    if period.kind is PeriodKind.YEAR:
        return _("The whole year")
    return period.label(current_locale())


def chosen_period(view: View) -> Period:
    """The period of the query within the year of the address. Raises NotFound for any other."""
    code = view.query("period")
    if not code:
        return view.here.period
    try:
        period = parse_period(code)
    except InvalidInput:
        period = None
    if period is None or period.year != view.here.year:
        raise NotFound(_("There is no page at this address."))
    return period


def node_of(view: View) -> UUID:
    try:
        return UUID(view.path("node"))
    except ValueError:
        raise NotFound(_("There is no page at this address.")) from None


async def read_table(
    view: View,
    why_not: str,
    *,
    keys: tuple[str, ...] = (),
    whole: bool = True,
    written: Mapping[tuple[UUID, str], str] | None = None,
    told: Mapping[UUID, str] | None = None,
) -> Table:
    """The table of the unit, year and period of the address; trends only for the `whole`."""
    period = chosen_period(view)
    unit_id = view.here.unit.id
    analysis = await goal_analysis(view.work, unit_id=unit_id, period=period, to_show=True)
    terms = await view.terms()
    words: dict[Part, str] = {
        "title": terms.word(INDICATOR),
        "total": terms.word(OUTCOME),
        "women": _("Women"),
        "men": _("Men"),
        "target": terms.word(TARGET),
        "trend": _("Trend"),
        "light": _("Status"),
        "comment": _("Comment"),
    }
    columns = chosen_columns(all_columns(analysis.levels, words), keys)
    if not any(column.level for column in columns):  # the goals stand in the same column
        goal, indicator = terms.word(GOAL), terms.word(INDICATOR).lower()
        both = _("{goal} and {indicator}", goal=goal, indicator=indicator)
        columns = tuple(
            replace(column, short=both) if column.part == "title" else column for column in columns
        )
    shows_trend = whole and any(column.part == "trend" for column in columns)
    measured = [Measured(r.node, r.indicator, unit_id) for r in analysis.rows if r.indicator]
    return Table(
        analysis=analysis,
        base=view.url("goal_analysis"),
        query="" if period.kind is PeriodKind.YEAR else f"?period={period}",
        why_not=why_not,
        words=words,
        columns=columns,
        missing_only=view.query("visa") == "saknas",
        series=await series_of(view.work, measured, unit_id=unit_id, year=period.year)
        if shows_trend
        else {},
        written=written or {},
        told=told or {},
        acts_at=view.work.reach("goals.edit"),
    )


def _word(words: object) -> str:
    assert isinstance(words, dict)
    return in_language(words)


def light_choices(row: Row, table: Table) -> list[tuple[str, str]]:
    """The lights that may be set by hand on the row's level, with their words, best first."""
    allowed = [light.value for light in Light if light.value in row.level.hand_lights]
    return [(light, table.lights.get(light, light)) for light in allowed]


__all__ = [
    "NUMBERS",
    "Table",
    "chosen_period",
    "comment_text",
    "light_choices",
    "node_of",
    "read_table",
]
