"""Complaints: who sees which, what they say, and how one is registered and put right."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypedDict
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select, true

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....infra.texts import at_most
from ....tenants.log.access_log import Action
from ....tenants.models import Person, Unit
from ....tenants.rows import uuid7
from ....tenants.sealed.safe import Safe, safe_to_read, safe_to_write
from ....tenants.tree.responsible import may_answer
from ....tenants.work import Work
from ...asked import who_is_asked
from ..deviations.service import refuse_personal_numbers
from .complaint_kinds import chosen_kind
from .complaint_models import (
    Complainant,
    Complaint,
    ComplaintState,
    ComplaintStep,
    ComplaintWay,
)
from .settings import school_settings

SHORT: Final = 200
LONG: Final = 20_000
OLDEST: Final = timedelta(days=3650)
SIGNS: Final = "BCDFGHJKLMNPQRSTVWXZ23456789"
"""Of references: without vowels, so that they make no words, and without what looks alike."""
READ: Final = "school_complaints.read"
WRITE: Final = "school_complaints.write"

TEXTS: Final = {"name": SHORT, "contact": SHORT, "what": LONG}
"""What whoever complains has said, and how long it may be."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows the register; what is left out narrows nothing."""

    unit_id: UUID | None = None
    state: ComplaintState | None = None
    kind_id: UUID | None = None
    year: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Complaints:
    """A part of those that fit; `total` counts all of them."""

    rows: Sequence[Complaint]
    total: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A complaint with what is sealed in it, and its steps with their notes, the first first."""

    row: Complaint
    name: str
    contact: str
    what: str
    investigation: str
    told_back: str
    steps: Sequence[tuple[ComplaintStep, str]]


class ComplaintChanges(TypedDict, total=False):
    """What shall be put right; what is left out stays."""

    unit_id: UUID
    received_on: date
    way: ComplaintWay
    kind_id: UUID
    complainant: Complainant
    name: str
    contact: str
    what: str
    registry_number: str
    handler_id: UUID | None


@permit(READ)
async def complaints(
    work: Work, wanted: Wanted | None = None, *, offset: int = 0, limit: int = 50
) -> Complaints:
    """Those that the actor sees: what is not answered first, by its day, then the latest. Raises
    NotFound for a unit that is not there."""
    wanted = wanted or Wanted()
    if wanted.unit_id is not None:
        await work.get(Unit, wanted.unit_id, field="unitId")
    chosen = chosen_rows(work, wanted)
    waits = Complaint.answered_on.is_(None)
    unconfirmed = Complaint.confirmed_on.is_(None)
    next_day = case((unconfirmed, Complaint.confirm_by), else_=Complaint.answer_by)
    rows = await work.rows(
        select(Complaint, func.count().over())
        .where(*chosen)
        .order_by(waits.desc(), case((waits, next_day)), Complaint.id.desc())
        .offset(offset)
        .limit(limit)
    )
    found = [row[0] for row in rows]
    note(work, Action.READ, found)
    if rows or not offset:
        return Complaints(found, rows[0][1] if rows else 0)
    total = await work.first(select(func.count()).select_from(Complaint).where(*chosen))
    return Complaints(found, total or 0)


@permit(READ)
async def get_complaint(work: Work, complaint_id: UUID) -> Opened:
    """Raises NotFound, the same for one that the actor does not see as for one that is not
    there."""
    row = await work.first(_one(work, complaint_id))
    if row is None:
        raise NotFound()
    return (await opened(work, [row]))[0]


@permit(READ)
async def opened(work: Work, rows: Sequence[Complaint], *, glance: bool = False) -> list[Opened]:
    """What is sealed in some that the actor sees; it is noted that they were read. In a list, at a
    `glance`, a text that came locked in an archive says so; else KeyLocked is raised."""
    safe = await safe_to_read(work, glance=glance)
    ids = [row.id for row in rows]
    steps: dict[UUID, list[tuple[ComplaintStep, str]]] = {id: [] for id in ids}
    taken = await work.scalars(
        select(ComplaintStep).where(ComplaintStep.complaint_id.in_(ids)).order_by(ComplaintStep.id)
    )
    for step in taken:
        steps[step.complaint_id].append((step, safe.text(step, "note")))
    note(work, Action.READ, rows)
    if taken:
        work.note(Action.READ, "school_complaint_step", records=[step.id for step in taken])
    return [
        Opened(
            row,
            name=safe.text(row, "name"),
            contact=safe.text(row, "contact"),
            what=safe.text(row, "what"),
            investigation=safe.text(row, "investigation"),
            told_back=safe.text(row, "told_back"),
            steps=steps[row.id],
        )
        for row in rows
    ]


@permit(WRITE)
async def register_complaint(
    work: Work,
    *,
    unit_id: UUID,
    received_on: date,
    way: ComplaintWay,
    kind_id: UUID,
    complainant: Complainant,
    what: str,
    name: str = "",
    contact: str = "",
    registry_number: str = "",
    handler_id: UUID | None = None,
) -> Complaint:
    """A complaint that has come in. Whoever complains may be nameless.

    Raises NotFound for the unit or the kind, InvalidInput for a day to come, a text that is empty
    or seems to hold a personal identity number, or a handler who may not handle it there.
    """
    await work.get(Unit, unit_id, field="unitId")
    kind = await chosen_kind(work, kind_id)
    work.require(WRITE, at=unit_id)
    row = Complaint(
        id=uuid7(),
        reference=_reference(),
        registry_number=at_most(registry_number, field="registryNumber", most=SHORT),
        unit_id=unit_id,
        way=way,
        kind_id=kind.id,
        complainant=complainant,
        state=ComplaintState.RECEIVED,
        handler_id=await _handler(work, unit_id, handler_id),
        registered_by=work.actor.id,
        version=0,
    )
    await _count_from(work, row, received_on)
    safe = await safe_to_write(work)
    texts = _texts({"name": name, "contact": contact, "what": what})
    safe.put(row, **texts, investigation="", told_back="")
    work.add(row)
    return await take_step(work, row, safe, on=received_on, action=Action.ADD)


@permit(WRITE)
async def change_complaint(
    work: Work, complaint_id: UUID, *, changes: ComplaintChanges, version: int | None = None
) -> Complaint:
    """Put right what was registered. Raises Conflict once it is closed or when `version` is not
    what stands; else as `register_complaint`."""
    row = await held(work, complaint_id, version, but=[ComplaintState.CLOSED])
    if "unit_id" in changes and changes["unit_id"] != row.unit_id:
        await work.get(Unit, changes["unit_id"], field="unitId")
        work.require(WRITE, at=changes["unit_id"])
        row.unit_id = changes["unit_id"]
    if "kind_id" in changes and changes["kind_id"] != row.kind_id:
        row.kind_id = (await chosen_kind(work, changes["kind_id"])).id
    handler_id = changes.get("handler_id", row.handler_id)
    if "handler_id" in changes or "unit_id" in changes:
        row.handler_id = await _handler(work, row.unit_id, handler_id)
    if "received_on" in changes and changes["received_on"] != row.received_on:
        await _count_from(work, row, changes["received_on"])
    row.way = changes.get("way", row.way)
    row.complainant = changes.get("complainant", row.complainant)
    if "registry_number" in changes:
        number = changes["registry_number"]
        row.registry_number = at_most(number, field="registryNumber", most=SHORT)
    said = {column: text for column, text in changes.items() if column in TEXTS}
    (await safe_to_write(work)).put(row, **_texts({k: str(v) for k, v in said.items()}))
    return await saved(work, row)


@permit(WRITE)
async def handlers_at(work: Work, unit_id: UUID) -> list[Person]:
    """Those who may be made handlers of complaints at a unit: who may write them there."""
    asked = await who_is_asked(work, people=None, outcome_days=0, ahead_days=0)
    people = await may_answer(work, unit_id, on=work.today)
    return [person for person in people if asked.may(WRITE, unit_id, person.id)]


async def held(
    work: Work, complaint_id: UUID, version: int | None, *, but: Iterable[ComplaintState] = ()
) -> Complaint:
    """One that the actor may write, held until the end of the work. Raises NotFound for what they
    do not see, Forbidden, Conflict for another version or for one in a state of `but`."""
    wanted = _one(work, complaint_id).with_for_update().execution_options(populate_existing=True)
    row = await work.first(wanted)
    if row is None:
        raise NotFound()
    work.require(WRITE, at=row.unit_id)
    if version is not None and version != row.version:
        raise Conflict(
            _("Somebody has changed this since you opened it. Load the page again and look."),
            field="version",
        )
    if row.state in but:
        raise Conflict(_("The complaint has come further than that already."))
    return row


async def take_step(
    work: Work,
    row: Complaint,
    safe: Safe,
    *,
    on: date,
    text: str = "",
    action: Action = Action.CHANGE,
) -> Complaint:
    """Write down that the complaint has come to the state it is in."""
    refuse_personal_numbers({"note": text})
    step = ComplaintStep(
        id=uuid7(),
        complaint_id=row.id,
        state=row.state,
        taken_on=on,
        taken_by=work.actor.id,
        taken_at=work.now,
    )
    safe.put(step, note=at_most(text, field="note", most=LONG))
    work.add(step)
    work.note(Action.ADD, "school_complaint_step", records=[step.id], unit_id=row.unit_id)
    return await saved(work, row, action)


async def saved(work: Work, row: Complaint, action: Action = Action.CHANGE) -> Complaint:
    row.version += 1
    await work.flush()
    note(work, action, [row])
    return row


def visible(work: Work) -> ColumnElement[bool]:
    """Those at the units where the actor may read complaints."""
    return within(work, READ)


def within(work: Work, permission: str) -> ColumnElement[bool]:
    reach = work.reach(permission)
    return true() if reach is None else Complaint.unit_id.in_(reach)


def school_year(day: date) -> int:
    """The year in which the school year of a day began, on 1 July."""
    return day.year if day.month >= 7 else day.year - 1


def note(work: Work, action: Action, rows: Sequence[Complaint]) -> None:
    units = {row.unit_id for row in rows}
    if rows:
        work.note(
            action,
            "school_complaint",
            records=[row.id for row in rows],
            unit_id=units.pop() if len(units) == 1 else None,
        )


def _one(work: Work, complaint_id: UUID) -> Select[Complaint]:
    return select(Complaint).where(Complaint.id == complaint_id, visible(work))


def chosen_rows(work: Work, wanted: Wanted) -> list[ColumnElement[bool]]:
    chosen = [visible(work)]
    for name in ("unit_id", "state", "kind_id", "year"):
        if (value := getattr(wanted, name)) is not None:
            chosen.append(getattr(Complaint, name) == value)
    if wanted.reference:
        chosen.append(Complaint.reference.istartswith(wanted.reference, autoescape=True))
    return chosen


async def _count_from(work: Work, row: Complaint, received_on: date) -> None:
    """The day it came in, with the days and the school year that follow from it."""
    if not work.today - OLDEST <= received_on <= work.today:
        raise InvalidInput(
            _("Choose a day that has been, within the last ten years."), field="receivedOn"
        )
    if row.confirmed_on is not None and received_on > row.confirmed_on:
        raise InvalidInput(_("It was confirmed before that day."), field="receivedOn")
    settings = await school_settings(work)
    row.received_on, row.year = received_on, school_year(received_on)
    row.confirm_by = received_on + timedelta(days=settings.complaint_confirm_days)
    row.answer_by = received_on + timedelta(days=settings.complaint_answer_days)


async def _handler(work: Work, unit_id: UUID, handler_id: UUID | None) -> UUID | None:
    if handler_id is None:
        return None
    await work.get(Person, handler_id, field="handlerId")
    if handler_id not in {person.id for person in await handlers_at(work, unit_id)}:
        raise InvalidInput(
            _("Choose somebody who may handle complaints at the unit."), field="handlerId"
        )
    return handler_id


def _texts(texts: Mapping[str, str]) -> dict[str, str]:
    kept = {name: at_most(text, field=name, most=TEXTS[name]) for name, text in texts.items()}
    if kept.get("what") == "":
        raise InvalidInput(_("Write something here: it cannot be empty."), field="what")
    refuse_personal_numbers(kept)
    return kept


def _reference() -> str:
    return "K-" + "".join(secrets.choice(SIGNS) for _each in range(6))
