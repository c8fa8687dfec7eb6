"""A plan and its follow-up as documents, for the committee and for whoever audits it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from html import escape

from ....infra.documents.model import (
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Heading,
    Landscape,
    LightMark,
    Note,
    Picture,
    RichText,
    Table,
    Upright,
)
from ....infra.i18n import _, in_language
from ....tenants.decided import Decided
from ....tenants.work import STOCKHOLM, Work
from .design import Design
from .models import ControlChange, ControlLight, ControlOccasion, FollowUp
from .reading import FoundDeviation, WholeItem, WholePlan, WholeRisk
from .words import (
    choice_words,
    field_words,
    kind_words,
    light_words,
    periodicity_words,
    state_words,
    treatment_words,
)


def plan_document(work: Work, whole: WholePlan, *, language: str, logo: bytes | None) -> Document:
    """What is going to be controlled: the risks that were chosen, and the controls of each."""
    blocks: tuple[Block, ...] = (
        *_words(whole.plan.introduction),
        Heading(1, _("The plan")),
        _plan_facts(whole),
        Heading(1, _("The risks of the plan")),
        _risk_table(whole),
        _steps_note(whole.design),
        Heading(1, _("Controls")),
        *(block for risk in whole.risks for block in _planned(whole.design, risk)),
        *_changes(whole),
    )
    title = _("Internal control plan {year}", year=whole.plan.year)
    return _document(work, whole, title, blocks, language=language, logo=logo)


def follow_up_document(
    work: Work, whole: WholePlan, *, language: str, logo: bytes | None
) -> Document:
    """What the controls have shown: summary, lights, results, deviations and their actions."""
    follow_up = whole.follow_up
    blocks: tuple[Block, ...] = (
        Heading(1, _("Summary")),
        *_summary(follow_up),
        _light_table(whole, work.today),
        *_decision(follow_up, _("Decision on the follow-up")),
        Landscape((Heading(1, _("All controls")), _result_table(whole, work.today))),
        Heading(1, _("Control by control")),
        *(block for _risk, item in whole.by_number for block in _shown(whole, item, work.today)),
    )
    title = _("Follow-up of internal control {year}", year=whole.plan.year)
    return _document(work, whole, title, blocks, language=language, logo=logo)


def _summary(follow_up: FollowUp | None) -> tuple[Upright, ...]:
    if follow_up is None:
        return (Note(_("The plan is not followed up yet."), tone="warning"),)
    return _words(follow_up.summary)


def _document(
    work: Work,
    whole: WholePlan,
    title: str,
    blocks: tuple[Block, ...],
    *,
    language: str,
    logo: bytes | None,
) -> Document:
    return Document(
        title=title,
        subtitle=state_words()[whole.plan.state],
        municipality=work.tenant.name,
        unit=whole.unit.name,
        period=str(whole.plan.year),
        date=work.today,
        blocks=blocks,
        language="en" if language == "en" else "sv",
        accent=work.tenant.accent,
        logo=Picture(logo, alt=work.tenant.name) if logo else None,
    )


def _plan_facts(whole: WholePlan) -> Facts:
    plan, attested = whole.plan, whole.attestation
    rows = [(_("State"), state_words()[plan.state])]
    if attested is not None:
        who = whole.names.get(attested.attested_by, "") if attested.attested_by else ""
        day = attested.attested_at.astimezone(STOCKHOLM).date()
        rows.append((_("Attested"), ", ".join(filter(None, (str(day), who)))))
    if plan.decided_on is not None:
        rows += _decided_rows(plan)
    if plan.follow_up_by is not None:
        rows.append((_("To be followed up by"), str(plan.follow_up_by)))
    rows.append((_("Risks"), str(len(whole.risks))))
    rows.append((_("Controls"), str(len(whole.items))))
    return Facts(tuple(rows))


def _decided_rows(row: Decided) -> list[tuple[str, str]]:
    found = [
        (_("Decided by"), row.decided_by),
        (_("Day of the decision"), str(row.decided_on)),
        (_("Paragraph in the minutes"), row.decided_paragraph),
        (_("Registry number"), row.registry_number),
    ]
    return [(name, value) for name, value in found if value]


def _decision(row: Decided | None, heading: str) -> tuple[Upright, ...]:
    if row is None or row.decided_on is None:
        return ()
    return Heading(2, heading), Facts(tuple(_decided_rows(row)))


def _risk_table(whole: WholePlan) -> Table:
    design = whole.design
    columns = (
        Column(_("No."), 0.6),
        Column(_("Risk"), 3),
        Column(_("Category"), 1.6),
        Column(_("Probability"), 1.6),
        Column(_("Consequence"), 1.6),
        Column(_("Risk value"), 1.4),
    )
    rows = tuple(
        (
            f"R{each.risk.number}",
            each.risk.title,
            design.category_word(each.risk.category),
            _step_word(design, "probability", each.risk.probability),
            _step_word(design, "consequence", each.risk.consequence),
            _value_mark(design, each),
        )
        for each in whole.risks
    )
    return Table(columns, rows)


def _step_word(design: Design, kind: str, step: int) -> str:
    steps = design.probability if kind == "probability" else design.consequence
    # A larger matrix may have been in use when the risk was mirrored.
    return f"{step} {in_language(steps[step - 1].word)}" if step <= len(steps) else str(step)


def _value_mark(design: Design, each: WholeRisk) -> LightMark:
    light = design.colour(each.risk.probability, each.risk.consequence)
    return LightMark(light.value, f"{each.risk.value} {design.colour_word(light)}")


def _steps_note(design: Design) -> RichText:
    told = _(
        "The risk value is probability times consequence, each in steps from 1 to {size}. "
        "From {yellow} it is {yellow_word}, from {red} {red_word}.",
        size=design.size,
        yellow=design.yellow_from,
        yellow_word=design.colour_word(ControlLight.YELLOW).lower(),
        red=design.red_from,
        red_word=design.colour_word(ControlLight.RED).lower(),
    )
    return RichText(f"<p>{escape(told)}</p>")


def _planned(design: Design, each: WholeRisk) -> Iterator[Upright]:
    yield Heading(2, f"R{each.risk.number} {each.risk.title}")
    word = treatment_words()
    done = "\n".join(f"{word[row.kind]}: {row.what}" for row in each.treatments)
    told = [
        (_("Cause"), each.risk.cause),
        (_("Effect"), each.risk.effect),
        (_("What is done"), done),
    ]
    for name, text in told:
        if text:
            yield RichText(f"<p><strong>{escape(name)}:</strong> {_lines(text)}</p>")
    if not each.items:
        yield Note(_("There is no control of this risk."), tone="warning")
    for item in each.items:
        yield Table(
            (Column(_("Control {number}", number=item.item.number)), Column(item.item.title, 3)),
            tuple(_item_facts(item)),
            row_headers=True,
        )


def _item_facts(whole: WholeItem) -> list[tuple[Cell, ...]]:
    item = whole.item
    days = ", ".join(str(each.due_on) for each in whole.occasions)
    found = [
        (_("Kind"), kind_words()[item.kind]),
        (_("Method"), item.method),
        (_("Sample"), item.sample),
        (_("How often"), periodicity_words()[item.periodicity]),
        (_("Days"), days),
        (_("Responsible"), whole.responsible),
        (_("Where"), whole.unit_name),
        (_("Last year"), _last_year(whole)),
    ]
    return [(name, value) for name, value in found if value]


def _last_year(whole: WholeItem) -> str:
    if whole.last_year is None:
        return ""
    light = whole.last_year.light
    word = light_words()[light] if light else _("Control not done")
    return ". ".join(part for part in (word, whole.last_year.item.conclusion) if part)


def _changes(whole: WholePlan) -> Iterator[Upright]:
    if not whole.changes:
        return
    yield Heading(1, _("Changes since the decision"))
    columns = (
        Column(_("Day")),
        Column(_("What"), 2),
        Column(_("Before"), 1.6),
        Column(_("After"), 1.6),
        Column(_("Why"), 2),
    )
    rows = tuple(
        (
            str(row.changed_at.astimezone(STOCKHOLM).date()),
            _changed(whole, row),
            _told(row.before),
            _told(row.after),
            row.reason,
        )
        for row in reversed(whole.changes)
    )
    yield Table(columns, rows)


def _changed(whole: WholePlan, row: ControlChange) -> str:
    """Which control, or the plan itself, and which of its fields."""
    words = field_words()
    names = [words[name] for name in {**row.before, **row.after} if name in words]
    of = whole.titles.get(row.item_id, "") if row.item_id else ""
    return ": ".join(filter(None, (of, ", ".join(names).lower() if of else ", ".join(names))))


def _told(values: Mapping[str, str]) -> str:
    """People and units are kept by their ids, which tell a reader nothing."""
    words = choice_words()
    return "; ".join(
        words.get(value, value)
        for name, value in values.items()
        if value and not name.endswith("_id")
    )


def _light_table(whole: WholePlan, today: date) -> Table:
    word, lights = light_words(), whole.lights
    rows: list[tuple[Cell, ...]] = [
        (LightMark(light.value, word[light]), str(lights[light])) for light in ControlLight
    ]
    without = [_mark(item.light, late=_late(item, today)).word for item in whole.items]
    for unlit in (_("Control not done"), _("Not done yet")):
        if unlit in without:
            rows.append((LightMark("none", unlit), str(without.count(unlit))))
    return Table((Column(_("Result light"), 2), Column(_("Controls"), 1, "right")), tuple(rows))


def _result_table(whole: WholePlan, today: date) -> Table:
    concluded = any(item.item.conclusion for item in whole.items)
    columns = (
        Column(_("No."), 0.5),
        Column(_("Control"), 2.4),
        Column(_("Risk"), 2),
        Column(_("Responsible"), 1.4),
        Column(_("Done on"), 0.8),
        Column(_("Result light"), 1.6),
        Column(_("Last year"), 1.6),
        *((Column(_("Conclusion"), 3),) if concluded else ()),
    )
    rows = tuple(
        (
            str(item.item.number),
            item.item.title,
            f"R{risk.risk.number} {risk.risk.title}",
            item.responsible or item.unit_name,
            _("{done} of {all}", done=item.done, all=len(item.occasions)),
            _mark(item.light, late=_late(item, today)),
            _mark(item.last_year.light) if item.last_year else "",
            *((item.item.conclusion,) if concluded else ()),
        )
        for risk, item in whole.by_number
    )
    return Table(columns, rows)


def _mark(light: ControlLight | None, *, late: bool = True) -> LightMark:
    if light is None:
        return LightMark("none", _("Control not done") if late else _("Not done yet"))
    return LightMark(light.value, light_words()[light])


def _late(item: WholeItem, today: date) -> bool:
    """Whether a time of it has passed by, or was said not to be done."""
    return any(_missed(each, today) for each in item.occasions)


def _missed(row: ControlOccasion, today: date) -> bool:
    return row.done_on is None and bool(row.missed_reason or row.due_on < today)


def _shown(whole: WholePlan, item: WholeItem, today: date) -> Iterator[Upright]:
    yield Heading(2, f"{item.item.number} {item.item.title}")
    yield from _words(item.item.conclusion)
    columns = (
        Column(_("Last day")),
        Column(_("Done on")),
        Column(_("Result light"), 1.5),
        Column(_("Result"), 4),
    )
    yield Table(columns, tuple(_occasion(each, today) for each in item.occasions))
    if item.deviations:
        columns = (
            Column(_("Deviation"), 3),
            Column(_("What is done"), 3),
            Column(_("By whom"), 1.4),
            Column(_("Last day")),
        )
        yield Table(columns, tuple(_deviation(whole, each) for each in item.deviations))


def _occasion(row: ControlOccasion, today: date) -> tuple[Cell, ...]:
    if row.done_on is None:
        said = _("Not done: {reason}", reason=row.missed_reason) if row.missed_reason else ""
        return str(row.due_on), "", _mark(None, late=_missed(row, today)), said
    sample = _("Sample: {sample}.", sample=row.sample.rstrip(".")) if row.sample else ""
    told = " ".join(part for part in (row.result, sample) if part)
    return str(row.due_on), str(row.done_on), _mark(row.light), told


def _deviation(whole: WholePlan, found: FoundDeviation) -> tuple[Cell, ...]:
    row, action = found.deviation, found.action
    what = row.what
    if row.carried_from_id is not None:
        what = _("{what} (from an earlier year)", what=what.rstrip("."))
    if action is None:
        return what, row.no_action_reason, "", ""
    owner = whole.names.get(action.owner_id, "") if action.owner_id else ""
    done = f"{action.title}. {action.outcome}".strip() if action.outcome else action.title
    return what, done, owner, _day(action.due_on)


def _day(day: date | None) -> str:
    return str(day) if day else ""


def _words(text: str) -> tuple[Upright, ...]:
    """Paragraphs of what somebody has written."""
    html = "".join(f"<p>{_lines(part)}</p>" for part in text.split("\n\n") if part.strip())
    return (RichText(html),) if html else ()


def _lines(text: str) -> str:
    return escape(text.strip()).replace("\n", "<br>")
