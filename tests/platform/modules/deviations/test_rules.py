"""Personal identity numbers, masked counts, and forms that a case keeps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roder.infra.errors import Conflict, Forbidden, InvalidInput
from roder.platform.modules.deviations.models import FormKind, Law, NilKind
from roder.platform.modules.deviations.personal_numbers import holds_personal_number
from roder.platform.modules.deviations.service import (
    Dimension,
    Report,
    add_category,
    add_form_version,
    categories,
    end_category,
    fields_of,
    get_case,
    nil_statements,
    report_deviation,
    save_draft,
    say_nothing,
    standing_form,
    statistics,
    take_back_nothing,
    write_document,
    yearly_summary,
)
from roder.tenants.masking import Line, masked, tree_counts, tree_lines


@pytest.mark.parametrize(
    "text",
    [
        "811218-9876",
        "8112189876",
        "19811218-9876",
        "198112189876",
        "19 811218 9876",
        "811218+9876",
        "811218–9876",
        "Född 811218-9876, bor ensam",
        "81 12 18 9876",
        "1981-12-18-9876",
        "811278-9873",  # a coordination number
        "８１１２１８-９８７６",
    ],
)
def test_a_personal_number_is_found_however_it_is_written(text):
    assert holds_personal_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "811218-9877",  # the check digit is wrong
        "811318-9876",
        "811232-9876",
        "070-123 45 67",
        "Klockan 14.30 den 12 mars 2026",
        "SN 2026/1234",
        "1981121898765",
        "Rum 8112, plan 18, 9876 kronor",
        "",
    ],
)
def test_other_numbers_are_let_be(text):
    assert not holds_personal_number(text)


def possible(
    shown: dict[str, int | None], lines: list[Line[str]], most: int
) -> Iterator[dict[str, int]]:
    """Every way to fill in what is left out that adds up."""
    hidden = [key for key, count in shown.items() if count is None]
    for values in product(range(most + 1), repeat=len(hidden)):
        whole = shown | dict(zip(hidden, values, strict=True))
        if all(sum(whole[part] for part in line.parts) == whole[line.total] for line in lines):
            yield whole


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_no_small_number_can_be_worked_out_from_its_sum(numbers):
    counts = {f"m{n}": number for n, number in enumerate(numbers)}
    lines = [Line(tuple(counts), "sum")]
    counts["sum"] = sum(numbers)

    shown = masked(counts, lines, smallest=5)

    small = [key for key, count in counts.items() if 0 < count < 5]
    assert all(shown[key] is None for key in small)
    ways = list(possible(shown, lines, 12))
    assert all(len({way[key] for way in ways}) > 1 for key in small)
    if counts["sum"] >= 5:
        assert shown["sum"] == counts["sum"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=5, max_size=5))
def test_nor_from_the_unit_above_and_those_beside_it(numbers):
    parents = {"top": None, "left": "top", "right": "top", "a": "left", "b": "left"}
    counts = tree_counts(parents, dict(zip(parents, numbers, strict=True)))
    lines = tree_lines(parents)

    shown = masked(counts, lines, smallest=5)

    for line in lines:
        gone = [part for part in line.parts if shown[part] is None]
        if shown[line.total] is not None and gone:
            assert len(gone) > 1
            assert sum(counts[part] for part in gone) >= 5
        if shown[line.total] is None:
            assert gone
    assert not [key for key, count in counts.items() if 0 < count < 5 and shown[key] is not None]


async def test_statistics_show_no_small_numbers_and_no_one_elses_places(care, reported, suspected):
    for _each in range(6):
        await reported(laws=(Law.SOL,))
    await reported(laws=(Law.HSL,))
    await suspected()
    async with await care.work("boss", write=False) as work:
        found = await statistics(work, year=work.today.year, dimension=Dimension.LAW)
        by_law = {count.key: count.count for count in found.counts}
        assert (found.total, by_law) == (7, {"hsl": None, "sol": None, "lss": 0})
        units = await statistics(work, year=work.today.year, dimension=Dimension.UNIT)
        assert [(each.label, each.count) for each in units.counts] == [("Hemtjänst Öst", 7)]
        with pytest.raises(Forbidden):
            await yearly_summary(work, unit_id=care.units["school_board"].id, year=work.today.year)
        summary = await yearly_summary(
            work, unit_id=care.units["home_care"].id, year=work.today.year
        )
        assert summary.nothing
    async with await care.work("other_boss", write=False) as work:
        found = await statistics(work, year=work.today.year, dimension=Dimension.MONTH)
        assert found.total == 0
    async with await care.work("employee", write=False) as work:
        with pytest.raises(Forbidden):
            await statistics(work, year=work.today.year, dimension=Dimension.MONTH)


async def test_a_case_keeps_the_form_it_was_begun_with(care, reported):
    id = await reported(answers={"told": "no"})
    async with await care.work("boss") as work:
        await write_document(work, id, FormKind.MANAGER, answers={"causes": "Så"}, version=0)
    new = [{"key": "why", "kind": "text", "label": {"sv": "Varför?"}, "needed": True}]
    async with await care.work() as work:
        for kind in (FormKind.REPORT, FormKind.MANAGER):
            form = await add_form_version(work, kind, fields=new)
            assert form.number == 2
    async with await care.work("boss") as work:
        case = await get_case(work, id)
        assert case.answered[0].answer == "Nej"
        manager = next(each for each in case.documents if each.kind is FormKind.MANAGER)
        assert manager.shown[1].answer == "Så"
        saved = await write_document(
            work, id, FormKind.MANAGER, answers={"causes": "Så här"}, version=1
        )
        assert saved.form_id == manager.form_id
        with pytest.raises(InvalidInput, match="why"):
            await write_document(work, id, FormKind.MANAGER, answers={"why": "Så"}, version=2)
    async with await care.work("reporter") as work:
        assert [each.key for each in fields_of(await standing_form(work, FormKind.REPORT))] == [
            "why"
        ]
        report = Report(unit_id=care.units["home_care"].id, laws=(Law.SOL,), what="Hon väntade")
        with pytest.raises(InvalidInput) as refused:
            await report_deviation(work, report)
        assert refused.value.field == "why"


async def test_a_form_that_begins_later_is_not_in_force_yet(care):
    new = [{"key": "why", "kind": "text", "label": {"sv": "Varför?"}}]
    async with await care.work() as work:
        await add_form_version(
            work, FormKind.REPORT, fields=new, valid_from=work.today + timedelta(days=1)
        )
        assert (await standing_form(work, FormKind.REPORT)).number == 1
        with pytest.raises(InvalidInput):
            await add_form_version(work, FormKind.REPORT, fields=new)
    async with await care.work("boss") as work:
        with pytest.raises(Forbidden):
            await add_form_version(work, FormKind.REPORT, fields=new)


async def test_categories_are_filtered_by_law_and_an_ended_one_is_not_chosen(care):
    async with await care.work() as work:
        keys = {row.key for row in await categories(work, laws=(Law.LSS,))}
        assert "fall" in keys
        assert "medicine" not in keys
        own = await add_category(work, name={"sv": "Rymning"}, laws=[Law.LSS])
        assert (await categories(work))[-1].id == own.id
        await end_category(work, own.id)
        assert own.id not in [row.id for row in await categories(work)]
        with pytest.raises(Conflict):
            await end_category(work, own.id)
    async with await care.work("reporter") as work:
        with pytest.raises(InvalidInput) as refused:
            await save_draft(work, Report(laws=(Law.LSS,), category_id=own.id))
        assert refused.value.field == "categoryId"


async def test_that_there_was_nothing_is_said_once_and_only_where_it_is_so(care, reported):
    unit_id = care.units["home_care"].id
    async with await care.work("boss") as work:
        year = work.today.year
        said = {"unit_id": unit_id, "year": year}
        nil = await say_nothing(work, **said, kind=NilKind.DEVIATIONS)
        with pytest.raises(Conflict):
            await say_nothing(work, **said, kind=NilKind.DEVIATIONS)
        await take_back_nothing(work, nil.id)
        await say_nothing(work, **said, kind=NilKind.LEX_SARAH)
        assert [row.kind for row in await nil_statements(work, year=year)] == [NilKind.LEX_SARAH]
        with pytest.raises(InvalidInput):
            await say_nothing(
                work, unit_id=unit_id, year=work.today.year + 1, kind=NilKind.LEX_MARIA
            )
    await reported()
    async with await care.work("boss") as work:
        with pytest.raises(Conflict):
            await say_nothing(work, unit_id=unit_id, year=work.today.year, kind=NilKind.DEVIATIONS)
    async with await care.work("other_boss") as work:
        with pytest.raises(Forbidden):
            await say_nothing(work, **said, kind=NilKind.LEX_MARIA)
