"""The log in the browser: looked through, taken out, and proven."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from starlette.responses import Response

from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ....infra.storage import attachment
from ....tenants.actors import Way
from ....tenants.log.access_log import Action
from ....tenants.log.anchors import anchor_text, anchors, prove
from ....tenants.log.models import LogAnchor
from ....tenants.log.search import Found, Wanted, search_log
from ....tenants.models import Person
from ....tenants.names import names_of
from ....tenants.tree import units
from ....tenants.work import STOCKHOLM, Work
from ...log_words import action_words, kind_words, way_words
from ...web.exports import export_started
from ...web.page import View, action, page
from .exporting import ask_for_log, ask_for_table
from .words import LOG

Choices = dict[str, list[tuple[UUID, str]]]

FEW = 20
"""People that are offered where a name fits several."""


@dataclass(slots=True)
class Asked:
    """The fields as they were filled in. A name that fits several people is `choices` of them."""

    about: str = ""
    by: str = ""
    unit: str = ""
    action: str = ""
    way: str = ""
    since: str = ""
    until: str = ""


@page("/logg", name="access_log")
async def access_log(view: View) -> Response:
    """The last week unless another time is chosen; a number goes on before an entry."""
    view.work.require("log.read")
    asked = Asked(**{name: view.query(name)[:200].strip() for name in asdict(Asked())})
    if not view.request.query_params:
        asked.since = (view.work.today - timedelta(days=7)).isoformat()
    return await _show(view, asked)


async def _show(view: View, asked: Asked, *, problem: InvalidInput | None = None) -> Response:
    found = Found([], None)
    about: UUID | None = None
    choices: Choices = {}
    try:
        wanted, choices = await _wanted(view.work, asked)
        about, before = wanted.about, view.query("fore")
        if not choices and problem is None:
            number = int(before) if before.isdecimal() and len(before) < 15 else None
            found = await search_log(view.work, wanted, before=number)
    except InvalidInput as error:
        problem = error
    ids = [id for e in found.entries for id in (e.person_id, e.behind_id, *e.about)]
    placed = await units.tree(view.work)
    query = {name: value for name, value in asdict(asked).items() if value}
    return await view.render(
        "log/log.html",
        status=problem.status if problem else 200,
        heading=await view.word(LOG),
        asked=asked,
        query=query,
        found=found,
        choices=choices,
        problem=problem,
        names=await names_of(view.work, ids),
        places={unit.id: unit.name for unit in placed},
        units=placed,
        actions=action_words(),
        kinds=kind_words(),
        ways=way_words(),
        first=lambda ids: sorted(ids, key=lambda id: id != about),
        last=(await anchors(view.work))[:1],
        may_export=view.work.allows("log.export"),
    )


@action("/logg/excel", name="export_log_table")
async def to_excel(view: View) -> Response:
    asked = Asked(**{name: view.form.get(name)[:200].strip() for name in asdict(Asked())})
    wanted, choices = await _wanted(view.work, asked)
    if choices:
        raise InvalidInput(_("The name fits several. Choose who it is first."))
    return await export_started(view, await ask_for_table(view.work, wanted))


@action("/logg/hela", name="export_log")
async def whole_log(view: View) -> Response:
    return await export_started(view, await ask_for_log(view.work))


@page("/logg/forankringar", name="log_anchors")
async def show_anchors(view: View) -> Response:
    return await view.render(
        "log/anchors.html",
        heading=_("Anchors of the log"),
        log_word=await view.word(LOG),
        anchors=await anchors(view.work),
    )


@page("/logg/forankringar/{id:uuid}", name="log_anchor")
async def one_anchor(view: View) -> Response:
    view.work.require("log.read")
    kept = await view.work.get(LogAnchor, view.id())
    return _json(anchor_text(kept, view.tenant.id), f"anchor-{kept.seq}.json")


@page("/logg/bevis/{seq:int}", name="log_proof")
async def proof(view: View) -> Response:
    found = await prove(view.work, view.request.path_params["seq"])
    return _json(found.text(), f"proof-{found.entry.seq}.json")


def _json(text: bytes, name: str) -> Response:
    headers = {"content-disposition": attachment(name)}
    return Response(text, media_type="application/json", headers=headers)


async def _wanted(work: Work, asked: Asked) -> tuple[Wanted, Choices]:
    """What the fields mean, and whom a name in them may mean where it fits several."""
    meant = {name: await _people(work, getattr(asked, name)) for name in ("about", "by")}
    wanted = Wanted(
        by=meant["by"][0][0] if len(meant["by"]) == 1 else None,
        about=meant["about"][0][0] if len(meant["about"]) == 1 else None,
        unit=_id(asked.unit),
        action=Action(asked.action) if asked.action in set(Action) else None,
        way=Way(asked.way).value if asked.way in set(Way) else None,
        since=_midnight(asked.since, field="since"),
        until=_midnight(asked.until, field="until", days=1),
    )
    return wanted, {name: people for name, people in meant.items() if len(people) > 1}


async def _people(work: Work, text: str) -> list[tuple[UUID, str]]:
    """By id, or a part of the name or address. Raises InvalidInput where nobody fits."""
    if not text:
        return []
    exact = _id(text)
    if exact is not None:
        return [(exact, "")]
    words = text.lower()
    rows = await work.rows(
        select(Person.id, Person.name)
        .where(
            or_(
                func.lower(Person.name).contains(words, autoescape=True),
                func.lower(Person.email) == words,
            )
        )
        .order_by(Person.name, Person.id)
        .limit(FEW)
    )
    if not rows:
        raise InvalidInput(_("Nobody in the register is called {name}.", name=text))
    work.note(Action.SEARCH, "person", about=[id for id, _name in rows])
    return [(id, name) for id, name in rows]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _midnight(text: str, *, field: str, days: int = 0) -> datetime | None:
    """When a day begins in Sweden, or has ended. Raises InvalidInput."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        return datetime.combine(day + timedelta(days=days), time.min, STOCKHOLM)
    except (ValueError, OverflowError):
        raise InvalidInput(_("Write the day as 2026-01-31."), field=field) from None


PAGES = (access_log, to_excel, whole_log, show_anchors, one_anchor, proof)
