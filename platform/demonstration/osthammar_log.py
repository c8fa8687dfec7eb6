"""The log of a school's last month, with some that stands out, and a list of its pupil-health
journal beside it, being reviewed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from ...tenants.actors import Actor, Source, Way
from ...tenants.log.access_log import Action, Noted, append, noted
from ...tenants.models import ModuleSettings
from ...tenants.work import STOCKHOLM
from ..modules.log_review.service import (
    Decision,
    Filter,
    Mark,
    Review,
    begin_import,
    decide,
    ensure_rules,
    make_lists,
    open_investigation,
    read_import,
    read_rows,
    tell_health_officer,
    write_comment,
)
from .town import Filling

PRINCIPAL = "rosmarie.riddarsporre@osthammar.example"
NURSE = "vivi.vallmo@osthammar.example"
TEACHER = "tage.timjan@osthammar.example"
COUNSELLOR = "kerstin.kornvallmo@osthammar.example"
STRANGER = "hilding.havre@osthammar.example"
ADMINISTRATOR = "gunvor.grindslant@osthammar.example"
REGISTRAR = "elna.enbuske@osthammar.example"
JOURNAL = (
    "Datum;Tid;Användare;Elev;Händelse;Dokument;Avvikelse",
    "{0};08.42;vivi.vallmo;Elev 1042;Läste;Hälsobesök;",
    "{0};09.15;kerstin.kornvallmo;Elev 1042;Läste;Kuratorsanteckning;",
    "{1};10.05;vivi.vallmo;Elev 1187;Skrev;Vaccination;",
    "{1};13.20;tage.timjan;Elev 1187;Läste;Hälsobesök;Ja",
    "{2};22.48;tage.timjan;Elev 1042;Läste;Kuratorsanteckning;Ja",
)


async def review_the_log(filling: Filling) -> None:
    """The list of last month for Frösåkersskolan: some rows decided, one being investigated."""
    work = filling.work
    first = (work.today.replace(day=1) - timedelta(days=1)).replace(day=1)
    days = [first + timedelta(days=at) for at in range(28)]
    weekdays = [day for day in days if day.weekday() < 5]
    entries = _entries(filling, weekdays)
    await append(await work.session.connection(), work.tenant.id, entries)
    settings = {"health_officer": NURSE, "archive_responsible": REGISTRAR}
    work.add(ModuleSettings(module="log_review", values=settings))
    await work.flush()
    await ensure_rules(work)
    await make_lists(work)
    own = Review.unit_id == filling.units["BUN-FRS"]
    review = await work.first(select(Review).where(own))
    assert review is not None
    principal = await filling.acting(PRINCIPAL)
    rows = "\n".join(JOURNAL).format(*(day.isoformat() for day in weekdays[3:6]))
    held = await begin_import(
        principal, review.id, name="elevhälsan.csv", data=rows.encode(), system="PMO", health=True
    )
    await read_import(principal, held.id)
    await _judge(filling, review)


async def _judge(filling: Filling, review: Review) -> None:
    principal = await filling.acting(PRINCIPAL)
    for row in await read_rows(principal, review, Filter(mark=Mark.OWN)):
        await decide(principal, row.id, decision=Decision.LEGITIMATE)
        await write_comment(principal, row.id, text="Bytte sin egen e-postadress.")
    strange = await read_rows(principal, review, Filter(mark=Mark.SOURCE))
    case = await open_investigation(
        principal,
        strange[-1].id,
        case_number="BUN 2026-118",
        notes="Läraren hade ingen uppgift som krävde journalen. Samtal med skolsköterskan bokat.",
    )
    await tell_health_officer(principal, case.id)


def _entries(filling: Filling, weekdays: list[date]) -> list[Noted]:
    people = {email: filling.people[email] for email in filling.people}
    school = filling.units["BUN-FRS"]
    staff = [people[email] for email in (PRINCIPAL, NURSE, TEACHER, COUNSELLOR)]
    found = [
        _read(staff[at % 4], staff[(at + 1) % 4], school, day, time(8 + at % 8, 7 * at % 60))
        for at, day in enumerate(day for day in weekdays for _each in range(6))
    ]
    evening, morning = weekdays[4], weekdays[9]
    found += [
        _read(people[STRANGER], staff[1], school, evening, time(10, 12)),
        _read(people[STRANGER], staff[3], school, evening, time(10, 14)),
        _read(staff[2], staff[3], school, evening, time(22, 51)),
        _read(staff[2], staff[2], school, morning, time(9, 30), action=Action.CHANGE),
        _read(staff[0], staff[1], school, morning, time(11, 2), behind=people[ADMINISTRATOR]),
    ]
    return sorted(found, key=lambda entry: str(entry.content["at"]))


def _read(
    who: UUID,
    whom: UUID,
    unit_id: UUID,
    day: date,
    clock: time,
    *,
    action: Action = Action.READ,
    behind: UUID | None = None,
) -> Noted:
    """An entry as it would have been noted then."""
    actor = replace(
        Actor(id=who, name="", behind=behind), source=Source(Way.PAGE, "people", "192.0.2.14")
    )
    made = noted(actor, action, "person", about=[whom], unit_id=unit_id)
    at = datetime.combine(day, clock, STOCKHOLM).astimezone(UTC)
    return Noted(made.action, made.content | {"at": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")})
