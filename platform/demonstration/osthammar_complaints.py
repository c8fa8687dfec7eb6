"""Complaints against the schools of Östhammar: one answered and closed, one being investigated and
one that has just come in. All people and events are invented."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import uuid5

from ...tenants.people import add_person, grant_role
from ..modules.school_quality.complaint_models import (
    Complainant,
    Complaint,
    ComplaintOutcome,
    ComplaintWay,
)
from ..modules.school_quality.complaint_steps import (
    answer_complaint,
    close_complaint,
    confirm_complaint,
    end_investigation,
    plan_complaint_action,
    write_investigation,
)
from ..modules.school_quality.complaints import register_complaint
from .town import Filling

PRINCIPAL: Final = "vivi.vallmo@osthammar.example"
HANDLER: Final = "klara.klockljung@osthammar.example"


async def handle_complaints(filling: Filling) -> None:
    frs = filling.units["BUN-FRS"]
    await grant_role(filling.work, filling.people[PRINCIPAL], role="principal", unit_id=frs)
    person = await add_person(filling.work, name="Klara Klockljung", email=HANDLER)
    filling.people[HANDLER] = person.id
    board = filling.units["BUN"]
    await grant_role(filling.work, person.id, role="complaint_handler", unit_id=board)
    await _closed(filling)
    await _investigated(filling)
    await _new(filling)


async def _closed(filling: Filling) -> None:
    row = await _register(
        filling,
        HANDLER,
        unit="BUN-OLA",
        ago=48,
        kind="support",
        way=ComplaintWay.LETTER,
        complainant=Complainant.GUARDIAN,
        name="Ingemar Igelkottsson",
        contact="ingemar.igelkottsson@post.example",
        what="Vårt barn har väntat hela terminen på det stöd i läsning som skolan lovade.",
    )
    work = await filling.acting(HANDLER)
    received = row.received_on
    await confirm_complaint(work, row.id, on=received + timedelta(days=1), note="Med e-post.")
    await write_investigation(
        work,
        row.id,
        text="Skolan beslutade om stöd i augusti. Läraren slutade, och ingen tog över.",
        outcome=ComplaintOutcome.FOUNDED,
    )
    await end_investigation(work, row.id, on=received + timedelta(days=16))
    await answer_complaint(
        work,
        row.id,
        told_back="Klagomålet var befogat. Stödet börjar på måndag, tre gånger i veckan.",
        on=received + timedelta(days=18),
    )
    await plan_complaint_action(
        work,
        row.id,
        title="Rutin för att lämna över beslutat stöd när någon slutar",
        due_on=work.today + timedelta(days=30),
    )
    await close_complaint(work, row.id, note="Vårdnadshavaren är nöjd.")


async def _investigated(filling: Filling) -> None:
    row = await _register(
        filling,
        PRINCIPAL,
        unit="BUN-FRS",
        ago=12,
        kind="safety",
        way=ComplaintWay.PHONE,
        complainant=Complainant.GUARDIAN,
        name="Siv Sälgström",
        contact="070-000 00 00",
        what="Det är stökigt i matsalen, och de yngre barnen vågar inte äta klart.",
    )
    work = await filling.acting(PRINCIPAL)
    day = row.received_on + timedelta(days=2)
    await confirm_complaint(work, row.id, on=day, note="Ringde upp.")
    await write_investigation(work, row.id, text="Elevrådet och måltidspersonalen har hörts.")


async def _new(filling: Filling) -> None:
    await _register(
        filling,
        PRINCIPAL,
        unit="BUN-FRS",
        ago=1,
        kind="information",
        way=ComplaintWay.E_SERVICE,
        complainant=Complainant.OTHER,
        name="",
        contact="",
        what="Skolan svarar inte när man ringer om sjukanmälan på morgonen.",
    )


async def _register(
    filling: Filling,
    who: str,
    *,
    unit: str,
    ago: int,
    kind: str,
    way: ComplaintWay,
    complainant: Complainant,
    name: str,
    contact: str,
    what: str,
) -> Complaint:
    work = await filling.acting(who)
    return await register_complaint(
        work,
        unit_id=filling.units[unit],
        received_on=work.today - timedelta(days=ago),
        way=way,
        kind_id=uuid5(work.tenant.id, f"school complaint kind {kind}"),
        complainant=complainant,
        name=name,
        contact=contact,
        what=what,
    )
