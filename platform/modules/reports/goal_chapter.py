"""The chapter that is made of the goals: fetched live, frozen with the report, laid out as tables.

Live or frozen it goes the same way, through the snapshot of the module `goals`, so a finished
report looks exactly as its last draft. Source: the instruction of Östhammar's social services
(2020), steps 4 and 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from html import escape

from ....infra.documents.model import (
    COLOURS,
    Cell,
    Column,
    Light,
    LightMark,
    Note,
    RichText,
    Table,
    Upright,
)
from ....infra.i18n import _, in_language
from ....infra.numbers import format_number
from ....infra.periods import parse_period
from ....tenants.work import Work
from ..goals.models import NodeKind
from ..goals.service import ShownRow, Snapshot, goal_analysis, read_snapshot, snapshot
from .models import Report, Section

MEASURED = (NodeKind.GOAL, NodeKind.INDICATOR)
DONE_BY = (NodeKind.ASSIGNMENT, NodeKind.ACTIVITY)
NUMBERS = ("total", "women", "men", "target")


def goals_are_on(work: Work) -> bool:
    return "goals" in work.tenant.modules


async def live_goals(work: Work, report: Report) -> dict[str, object]:
    """What the goal analysis of the report's unit and period holds now, as JSON."""
    analysis = await goal_analysis(work, unit_id=report.unit_id, period=parse_period(report.period))
    return snapshot(analysis)


async def goals_of(work: Work, report: Report, section: Section) -> dict[str, object] | None:
    """What was frozen, or else what is there now; None while the module is switched off."""
    if section.snapshot is not None:
        return section.snapshot
    return await live_goals(work, report) if goals_are_on(work) else None


def goal_blocks(
    document: object, *, language: str, draft: bool, mark_open: bool = True
) -> tuple[Upright, ...]:
    """The chapter in the current language: goals with their values, then what was done.

    A draft lists all that is missing. A finished report has only the exclamation marks that the
    source knows, at activities that are open or without a comment, and none if not `mark_open`.
    """
    shown = read_snapshot(document)
    if not shown.rows:
        return (RichText(f"<p>{escape(_('There are no goals for this period.'))}</p>"),)
    blocks: list[Upright] = []
    if draft:
        blocks += _remaining(shown, language)
    if any(row.kind in MEASURED for row in shown.rows):
        blocks.append(_goals(shown, language))
    if any(row.kind in DONE_BY for row in shown.rows):
        marked = _marked(shown) if draft or mark_open else frozenset()
        blocks.append(_activities(shown, language, marked))
    return tuple(blocks)


def _goals(shown: Snapshot, language: str) -> Table:
    captions = {
        column.part: in_language(column.caption, language)
        for column in shown.columns
        if column.part in NUMBERS
    }
    numbers = [name for name in NUMBERS if name in captions]
    return Table(
        caption=f"{_('Goals and indicators')} {in_language(shown.label, language)}",
        columns=(
            Column(_level_names(shown, MEASURED, language), 3.6),
            *(Column(captions[name], 1.05, "right") for name in numbers),
            Column(_("Status"), 1.35),
            Column(_("Comment"), 4),
        ),
        rows=tuple(
            (
                _title(shown, row, language),
                *(_number(row, name, language) for name in numbers),
                _light(shown, row, language),
                _comment(row),
            )
            for row in shown.rows
            if row.kind in MEASURED
        ),
    )


def _activities(shown: Snapshot, language: str, marked: frozenset[str]) -> Table:
    caption = f"{_('Assignments and activities')} {in_language(shown.label, language)}"
    if marked:
        # In the caption, since a note after the table could land on a page of its own.
        caption = f"{caption}. {_('! means that the activity is open or has no comment.')}"
    return Table(
        caption=caption,
        columns=(
            Column(_level_names(shown, DONE_BY, language), 3.6),
            Column(_("State"), 1.3),
            Column(_("Last day"), 1.1),
            Column(_("Comment"), 4.2),
        ),
        rows=tuple(_activity_rows(shown, language, marked)),
    )


def _activity_rows(
    shown: Snapshot, language: str, marked: frozenset[str]
) -> Iterator[tuple[Cell, ...]]:
    """Each goal that has something done for it names what follows."""
    above: ShownRow | None = None
    for row in shown.rows:
        if row.kind not in DONE_BY:
            above = row if row.kind is NodeKind.GOAL else above
            continue
        if above is not None and above.depth < row.depth:
            yield _title(shown, above, language), "", "", ""
        above = None
        activity = row.activity
        state = escape(in_language(activity.word, language)) if activity else ""
        yield (
            _title(shown, row, language),
            RichText(f"<strong>! {state}</strong>" if row.node_id in marked else state),
            (activity.ends_on or "") if activity else "",
            _comment(row),
        )


def _title(shown: Snapshot, row: ShownRow, language: str) -> RichText:
    """The level before the title, in bold unless it is the level that is measured or done."""
    title = escape(row.title)
    if row.kind is NodeKind.INDICATOR:
        return RichText(f"<p>{title}{escape(_measured_in(shown, row, language))}</p>")
    if row.kind is NodeKind.ACTIVITY:
        return RichText(f"<p>{title}</p>")
    name = next(
        in_language(level.name, language) for level in shown.levels if level.key == row.level
    )
    return RichText(f"<p><strong>{escape(name)}: {title}</strong></p>")


def _measured_in(shown: Snapshot, row: ShownRow, language: str) -> str:
    """The measure unit where it is a word, and the period where it is not that of the report."""
    facts = [row.measure_unit] if row.measure_unit not in ("", "%") else []
    if row.values and row.values.period != shown.period:
        facts.append(in_language(row.values.label, language))
    return f" ({', '.join(facts)})" if facts else ""


def _number(row: ShownRow, name: str, language: str) -> str:
    text: str | None = getattr(row.values, name) if row.values else None
    if text is None:
        return ""
    number = format_number(Decimal(text), row.decimals, language)
    return f"{number}\u00a0%" if row.measure_unit == "%" else number


def _light(shown: Snapshot, row: ShownRow, language: str) -> LightMark:
    light = row.verdict.light if row.verdict else None
    for known in shown.lights:
        if known.light == light:
            return LightMark(_known(known.light), in_language(known.word, language))
    return LightMark("none", _("No light"))


def _known(light: str) -> Light:
    return next((known for known in COLOURS if known == light), "none")


def _comment(row: ShownRow) -> RichText:
    """Only what its writer has chosen to show in the report."""
    shown = row.comment is not None and row.comment.in_report
    return RichText(row.comment.text if row.comment and shown else "")


def _marked(shown: Snapshot) -> frozenset[str]:
    activities = {row.node_id for row in shown.rows if row.kind is NodeKind.ACTIVITY}
    return frozenset(warning.node_id for warning in shown.warnings) & activities


def _remaining(shown: Snapshot, language: str) -> Iterator[Note]:
    if shown.warnings:
        sentences = (in_language(row.sentence, language) for row in shown.warnings)
        lines = (_("This remains to be done in the goal analysis:"), *sentences)
        yield Note("\n".join(lines), "warning")


def _level_names(shown: Snapshot, kinds: Sequence[NodeKind], language: str) -> str:
    names = [in_language(level.name, language) for level in shown.levels if level.kind in kinds]
    return _listed([name if at == 0 else name.lower() for at, name in enumerate(names)])


def _listed(names: Iterable[str]) -> str:
    *first, last = list(names) or [""]
    return f"{', '.join(first)} {_('and')} {last}" if first else last
