"""Numbers of deviations without persons, and statements that there was nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from markupsafe import Markup
from starlette.responses import Response

from ....infra.charts.bars import Bar, Bars
from ....infra.charts.drawing import element
from ....infra.errors import AppError
from ....infra.i18n import _
from ....tenants.names import names_of
from ....tenants.tree import units
from ...web.fields import Field, read_fields, shown
from ...web.page import View, action, page
from . import service
from .fields import NONE
from .models import NilKind
from .report_pages import BASE, place_names
from .service import Dimension, Statistics
from .sight import HANDLE
from .terms import DEVIATIONS

YEARS: Final = 6
MOST_DRAWN: Final = 14
WIDTHS: Final = (("chart-wide", 640), ("chart-narrow", 320))


@page(BASE + "/statistik", name="deviation_numbers")
async def numbers(view: View) -> Response:
    year = _year(view)
    dimension = _dimension(view.query("efter"))
    found = await service.statistics(view.work, year=year, dimension=dimension)
    return await view.render(
        "deviations/numbers.html",
        heading=await view.word(DEVIATIONS),
        tab="numbers",
        year=year,
        years=_years(view),
        dimension=dimension,
        dimensions=_dimension_words(),
        found=found,
        counts=[each for each in found.counts if each.count != 0],
        hidden=any(each.count is None for each in found.counts) or found.total is None,
        picture=_picture(found),
    )


@page(BASE + "/inget-att-rapportera", name="deviation_nils")
async def nils(view: View) -> Response:
    return await _show_nils(view)


@action(BASE + "/inget-att-rapportera", name="say_no_deviations")
async def say_nothing(view: View) -> Response:
    try:
        async with view.work.attempt():
            values = read_fields(view.form, await _nil_fields(view))
            await service.say_nothing(
                view.work,
                unit_id=values["unit_id"],
                year=int(values["year"]),
                kind=NilKind(values["kind"]),
            )
    except AppError as problem:
        return await _show_nils(view, problem)
    address = view.url("deviation_nils", {"ar": values["year"]})
    return view.redirect(address, said=_("It is noted."))


@action(BASE + "/inget-att-rapportera/{id:uuid}/ta-tillbaka", name="take_back_no_deviations")
async def take_back(view: View) -> Response:
    row = await service.take_back_nothing(view.work, view.id())
    address = view.url("deviation_nils", {"ar": row.year})
    return view.redirect(address, said=_("It is taken back."))


async def _show_nils(view: View, problem: AppError | None = None) -> Response:
    year = _year(view)
    rows = await service.nil_statements(view.work, year=year)
    fields = await _nil_fields(view) if view.work.allows(HANDLE) else []
    values = shown(None, fields, view.form)
    if not view.form.fields:
        values["year"] = str(year)
    return await view.render(
        "deviations/nils.html",
        status=problem.status if problem else 200,
        heading=await view.word(DEVIATIONS),
        tab="nils",
        year=year,
        years=_years(view),
        rows=rows,
        phrases=service.nil_phrases(),
        places=await place_names(view, [row.unit_id for row in rows]),
        names=await names_of(view.work, [row.said_by for row in rows]),
        may={row.id for row in rows if view.work.allows(HANDLE, at=row.unit_id)},
        fields=fields,
        values=values,
        problem=problem,
    )


async def _nil_fields(view: View) -> list[Field]:
    tree = await units.tree(view.work)
    mine = [unit for unit in tree if view.work.allows(HANDLE, at=unit.id)]
    return [
        Field(
            "unit_id",
            _("Unit"),
            "record",
            needed=True,
            options=[NONE, *((str(unit.id), unit.name) for unit in mine)],
        ),
        Field(
            "year",
            _("Year"),
            "choice",
            needed=True,
            options=[(str(year), str(year)) for year in _years(view)],
        ),
        Field(
            "kind",
            _("What is said"),
            "choice",
            needed=True,
            options=[(kind.value, phrase) for kind, phrase in service.nil_phrases().items()],
        ),
    ]


def _dimension_words() -> dict[Dimension, str]:
    return {
        Dimension.UNIT: _("Unit"),
        Dimension.MONTH: _("Month"),
        Dimension.LAW: _("Law"),
        Dimension.CATEGORY: _("Category"),
        Dimension.RISK: _("Risk"),
        Dimension.TYPE: _("Type"),
        Dimension.CONSEQUENCE: _("Consequence"),
    }


def _picture(found: Statistics) -> Markup | None:
    """Of the numbers that are shown; those that are left out stand in the table only."""
    drawn = [Bar(each.label, Decimal(each.count)) for each in found.counts if each.count]
    if not drawn:
        return None
    words = _dimension_words()[found.dimension]
    bars = Bars(
        title=_("Deviations {year}", year=found.year),
        bars=drawn[:MOST_DRAWN],
        names=words,
        values=_("How many"),
    )
    picture = Markup()
    for kind, width in WIDTHS:
        picture += element("div", {"class": kind}, bars.svg(key=f"numbers-{kind}", width=width))
    return picture


def _dimension(word: str) -> Dimension:
    return Dimension(word) if word in set(Dimension) else Dimension.UNIT


def _years(view: View) -> list[int]:
    this = view.work.today.year
    return list(range(this, this - YEARS, -1))


def _year(view: View) -> int:
    asked = view.query("ar")
    years = _years(view)
    return int(asked) if asked in {str(year) for year in years} else years[0]


NUMBER_PAGES = (numbers, nils, say_nothing, take_back)
