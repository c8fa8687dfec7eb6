"""The page Goal analysis: the table of a unit, a year and a period, and its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from starlette.responses import Response

from .....infra.i18n import _
from ....web.exports import export_started
from ....web.page import HALF_A_YEAR, View, action, page
from ..jobs import start_export
from ..live import goals_topic
from ..who_may import why_not
from .grid import CLASSIC, all_columns
from .lines import written_lines
from .shown import same_on_all
from .table import chosen_period, read_table

GRID_COOKIE: Final = "roder_grid"
MOST_KEYS: Final = 40
KEY = re.compile(r"[a-z][a-z0-9_]{0,60}(?:\.comment)?")
FORMS: Final = ("tabell", "kort")


@page("/{unit}/{year:int}/malanalys", name="goal_analysis")
async def goal_analysis_page(view: View) -> Response:
    return await show_analysis(view)


@action("/{unit}/{year:int}/malanalys/excel", name="export_goal_analysis")
async def export_to_excel(view: View) -> Response:
    period = chosen_period(view)
    job = await start_export(view.work, unit_id=view.here.unit.id, period=period)
    return await export_started(view, job)


async def show_analysis(
    view: View,
    *,
    status: int = 200,
    written: Mapping[tuple[UUID, str], str] | None = None,
    told: Mapping[UUID, str] | None = None,
) -> Response:
    """The whole page, with what was refused in its fields (without scripts)."""
    await view.follow(goals_topic(view.here.unit.id, view.here.year))
    keys, form = _choices(view)
    reason = await why_not(view.work, unit_id=view.here.unit.id, year=view.here.year)
    table = await read_table(view, reason, keys=keys, written=written, told=told)
    levels = table.analysis.levels
    same = same_on_all(table, seen=int(view.work.now.timestamp() * 1_000_000))
    response = await view.render(
        "goals/analysis.html",
        status=status,
        table=table,
        form=form,
        classic=keys == (CLASSIC,),
        choices=[column for column in all_columns(levels, table.words) if column.key != "title"],
        excel=view.url("export_goal_analysis") + table.query,
        lines=written_lines(table, same),
        excel_word=_("Excel"),
    )
    if view.query("kolumn") or view.query("form") or view.query("vy"):
        response.set_cookie(
            GRID_COOKIE,
            urlencode({"kolumner": " ".join(keys), "form": form}),
            max_age=HALF_A_YEAR,
            path=f"/{view.tenant.slug}",
            secure=view.work.runtime.settings.base_url.startswith("https://"),
            httponly=True,
            samesite="lax",
        )
    return response


def _choices(view: View) -> tuple[tuple[str, ...], str]:
    """The keys of the columns and the form (`tabell`, `kort`, or empty: as the screen is wide), of
    the address or else as they were chosen last."""
    kept = dict(parse_qsl(view.request.cookies.get(GRID_COOKIE, "")))
    asked = view.request.query_params.getlist("kolumn")
    named = kept.get("kolumner", "").split()
    if view.query("vy"):
        named = [CLASSIC] if view.query("vy") == CLASSIC else []
    elif asked:
        named = asked
    form = view.query("form") or kept.get("form", "")
    keys = tuple(key for key in named[:MOST_KEYS] if KEY.fullmatch(key))
    return keys, form if form in FORMS else ""
