"""A goal analysis as plain JSON, so that a finished report can be printed as it was for ever.

It holds words in every language and numbers as text, and no names or ids of people.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from pydantic import BaseModel

from .....infra.i18n import LOCALES, _, use_locale
from .....infra.periods import Period, parse_period
from ..models import JUDGED, Level, NodeKind
from .analysis import GoalAnalysis, ReportWarning, Row, Values
from .explaining import explain

Words = dict[str, str]
"""A word or sentence by language; Swedish is always there."""

Part = Literal["title", "light", "state", "unit", "total", "women", "men", "target", "comment"]


class ShownLight(BaseModel):
    """What the municipality called a light, and the colour `#rrggbb` it had."""

    light: str
    colour: str
    word: Words


class ShownLevel(BaseModel):
    key: str
    kind: NodeKind
    name: Words


class ShownColumn(BaseModel):
    """One column of the wide table: which part of which level it shows."""

    level: str
    part: Part
    caption: Words


class ShownValues(BaseModel):
    """Numbers with the indicator's decimals and a point, such as `8.50`; None where absent."""

    period: str
    label: Words
    total: str | None
    women: str | None
    men: str | None
    target: str | None
    forecast: str | None
    source: str
    consolidated: bool
    missing: tuple[str, ...]


class ShownComment(BaseModel):
    text: str
    in_report: bool


class ShownActivity(BaseModel):
    """`state` is a key, `word` what it was called; days as `2026-05-01`."""

    state: str
    word: Words
    closed: bool
    starts_on: str | None
    ends_on: str | None


class ShownVerdict(BaseModel):
    """The light that burned (None for none) and why; `source` is rule, hand or none."""

    light: str | None
    source: str
    sentence: Words


class ShownRow(BaseModel):
    """A node at its `depth`, rows depth first. `values` only for an indicator that was due."""

    node_id: str
    level: str
    kind: NodeKind
    depth: int
    title: str
    description: str
    inherited: bool
    due: bool
    measure_unit: str
    decimals: int
    by_sex: bool
    values: ShownValues | None
    comment: ShownComment | None
    activity: ShownActivity | None
    verdict: ShownVerdict | None


class ShownWarning(BaseModel):
    kind: str
    node_id: str
    title: str
    sentence: Words


class Snapshot(BaseModel):
    """All that is needed to print the goal analysis without the database."""

    version: Literal[1] = 1
    unit_id: str
    unit_name: str
    period: str
    label: Words
    model_id: str | None
    model_name: str
    lights: tuple[ShownLight, ...]
    levels: tuple[ShownLevel, ...]
    columns: tuple[ShownColumn, ...]
    rows: tuple[ShownRow, ...]
    missing: int
    warnings: tuple[ShownWarning, ...]


def snapshot(analysis: GoalAnalysis) -> dict[str, object]:
    """The analysis as JSON-able data, the same whatever the reader's language."""
    return show(analysis).model_dump(mode="json")


def read_snapshot(document: object) -> Snapshot:
    """What `snapshot` gave. Raises ValueError for anything else, such as a later version."""
    return Snapshot.model_validate(document)


def show(analysis: GoalAnalysis) -> Snapshot:
    model = analysis.model
    return Snapshot(
        unit_id=str(analysis.unit_id),
        unit_name=analysis.unit_name,
        period=str(analysis.period),
        label=_label(analysis.period),
        model_id=str(model.id) if model else None,
        model_name=model.name if model else "",
        lights=tuple(ShownLight.model_validate(light) for light in model.lights) if model else (),
        levels=tuple(
            ShownLevel(key=level.key, kind=level.kind, name=level.name) for level in analysis.levels
        ),
        columns=tuple(_columns(analysis)),
        rows=tuple(_row(analysis, row) for row in analysis.rows),
        missing=analysis.missing,
        warnings=tuple(_warning(warning) for warning in analysis.warnings),
    )


def _columns(analysis: GoalAnalysis) -> Iterator[ShownColumn]:
    """The classic wide table by the municipality's own levels; a unit only where one is used."""
    units = {row.level.key for row in analysis.rows if row.indicator and row.indicator.measure_unit}
    captions = _captions(analysis.period)
    for level in analysis.levels:
        yield ShownColumn(level=level.key, part="title", caption=level.name)
        for part in _parts(level, with_unit=level.key in units):
            yield ShownColumn(level=level.key, part=part, caption=captions[part])


def _parts(level: Level, *, with_unit: bool) -> Iterator[Part]:
    if level.kind in JUDGED:
        yield "light"
    if level.kind is NodeKind.INDICATOR:
        if with_unit:
            yield "unit"
        yield from ("total", "women", "men", "target")
    if level.kind is NodeKind.ACTIVITY:
        yield "state"
    yield "comment"


def _captions(period: Period) -> dict[Part, Words]:
    """The year comes from the chosen period, never from a template."""
    captions: dict[Part, Words] = {}
    for locale in LOCALES:
        label = period.label(locale)
        with use_locale(locale):
            words: dict[Part, str] = {
                "light": _("Light"),
                "state": _("State"),
                "unit": _("Measure unit"),
                "total": _("Outcome {period}", period=label),
                "women": _("Outcome women {period}", period=label),
                "men": _("Outcome men {period}", period=label),
                "target": _("Target {period}", period=label),
                "comment": _("Comment"),
            }
        for part, word in words.items():
            captions.setdefault(part, {})[locale] = word
    return captions


def _row(analysis: GoalAnalysis, row: Row) -> ShownRow:
    indicator = row.indicator
    decimals = indicator.decimals if indicator else 0
    comment = row.comment
    return ShownRow(
        node_id=str(row.node.id),
        level=row.level.key,
        kind=row.node.kind,
        depth=row.depth,
        title=row.node.title,
        description=row.node.description,
        inherited=row.inherited,
        due=row.due,
        measure_unit=indicator.measure_unit if indicator else "",
        decimals=decimals,
        by_sex=bool(indicator and indicator.by_sex),
        values=_values(row.values, row.missing, decimals) if row.values else None,
        comment=ShownComment(text=comment.text, in_report=comment.in_report) if comment else None,
        activity=_activity(analysis, row),
        verdict=_verdict(row),
    )


def _values(values: Values, missing: tuple[str, ...], decimals: int) -> ShownValues:
    def text(value: Decimal | None) -> str | None:
        if value is None:
            return None
        return f"{value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):f}"

    return ShownValues(
        period=values.period,
        label=_label(parse_period(values.period)),
        total=text(values.total),
        women=text(values.women),
        men=text(values.men),
        target=text(values.target),
        forecast=text(values.forecast),
        source=values.source,
        consolidated=values.consolidated,
        missing=missing,
    )


def _activity(analysis: GoalAnalysis, row: Row) -> ShownActivity | None:
    activity = row.activity
    if activity is None:
        return None
    state = analysis.states.get(activity.state)
    return ShownActivity(
        state=activity.state,
        # A state that the municipality has taken away since is shown by its key.
        word=state.word if state else {"sv": activity.state},
        closed=bool(state and state.closed),
        starts_on=activity.starts_on.isoformat() if activity.starts_on else None,
        ends_on=activity.ends_on.isoformat() if activity.ends_on else None,
    )


def _verdict(row: Row) -> ShownVerdict | None:
    sentences: Words = {}
    for locale in LOCALES:
        with use_locale(locale):
            explained = explain(row)
        if explained is None:
            return None
        sentences[locale] = explained.sentence
    assert row.verdict is not None
    return ShownVerdict(
        light=row.verdict.light.value if row.verdict.light else None,
        source=row.verdict.source.value,
        sentence=sentences,
    )


def _warning(warning: ReportWarning) -> ShownWarning:
    sentences: Words = {}
    for locale in LOCALES:
        with use_locale(locale):
            sentences[locale] = warning.sentence
    return ShownWarning(
        kind=warning.kind.value,
        node_id=str(warning.node_id),
        title=warning.title,
        sentence=sentences,
    )


def _label(period: Period) -> Words:
    return {locale: period.label(locale) for locale in LOCALES}
