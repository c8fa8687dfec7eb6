"""Deviations in the social services of Östhammar: reports of a year, some handled to the end, one
misconduct decided on and one being investigated. All people and events are invented."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from ...tenants.people import add_person, grant_role
from ...tenants.work import Work
from ..modules.deviations.models import (
    Consequence,
    Deviation,
    DeviationType,
    Finding,
    FormKind,
    Law,
    NilKind,
)
from ..modules.deviations.service import (
    Notice,
    Report,
    assess_risk,
    assign_investigator,
    close_case,
    decide_medical,
    decide_misconduct,
    plan_action,
    report_deviation,
    save_draft,
    say_nothing,
    write_document,
)
from .town import Filling

MANAGER: Final = "hilding.havre@osthammar.example"
EMPLOYEE: Final = "elna.enbuske@osthammar.example"
COLLEAGUE: Final = "maj.mossberga@osthammar.example"
OFFICER: Final = "lovisa.lingonris@osthammar.example"
INVESTIGATOR: Final = "ingvar.idegran@osthammar.example"
MEDICAL: Final = "malva.masurbjork@osthammar.example"
NEW: Final = (
    ("Lovisa Lingonris", OFFICER, "lex_officer", "SN"),
    ("Ingvar Idegran", INVESTIGATOR, "lex_investigator", ""),
    ("Malva Masurbjörk", MEDICAL, "medical_officer", "SN"),
)
"""Those whom nobody else in the demonstration could be."""

HSL: Final = (Law.HSL,)
SOL: Final = (Law.SOL,)
BOTH: Final = (Law.HSL, Law.SOL)


class Told(NamedTuple):
    """A report: where, how many days ago, the category, and what was written."""

    unit: str
    ago: int
    laws: tuple[Law, ...]
    category: str
    what: str
    consequence: Consequence = Consequence.WORRY
    type: DeviationType = DeviationType.DEVIATION
    done: str = ""


REPORTS: Final = (
    Told("SN-HT", 210, HSL, "medicine_missed", "Morgondosen blev inte given vid besöket."),
    Told("SN-HT", 188, SOL, "support_late", "Kvällsbesöket kom två timmar för sent."),
    Told("SN-HT", 160, BOTH, "fall_alone", "Brukaren hade fallit i badrummet under natten."),
    Told("SN-HT", 121, HSL, "medicine_list", "Signeringslistan stämde inte med ordinationen."),
    Told("SN-HT", 96, SOL, "support_missed", "Ingen kom till lunchbesöket."),
    Told("SN-HT", 70, HSL, "medicine_wrong", "Två dosetter hade bytts mot varandra."),
    Told("SN-HT", 44, SOL, "surroundings", "Trygghetslarmet gick inte fram till gruppen."),
    Told("SN-EG", 130, HSL, "treatment_pressure", "Ett trycksår upptäcktes vid omläggningen."),
    Told("SN-EG", 84, BOTH, "fall_transfer", "Fall vid förflyttning från säng till stol."),
    Told("SN-LSS", 60, (Law.LSS,), "support_plan", "Aktiviteten i planen blev inte av."),
)


async def handle_deviations(filling: Filling) -> None:
    """Roles, a year of reports, a fall that asks for an event analysis, and Lex Sarah."""
    await _let_in(filling)
    for told in REPORTS:
        id = await _report(filling, COLLEAGUE, told)
        if told.unit == "SN-HT":
            await _handle(filling, id, told)
    await _open_cases(filling)
    await _lex_sarah(filling)
    head = await filling.acting(MANAGER)
    await say_nothing(
        head, unit_id=filling.units["SN-HT"], year=head.today.year, kind=NilKind.LEX_MARIA
    )
    await save_draft(
        await filling.acting(EMPLOYEE),
        Report(unit_id=filling.units["SN-EG"], laws=SOL, what="Matsalen var stängd utan besked"),
    )


async def _let_in(filling: Filling) -> None:
    for name, email, role, unit in NEW:
        person = await add_person(filling.work, name=name, email=email)
        filling.people[email] = person.id
        at = filling.units[unit] if unit else None
        await grant_role(filling.work, person.id, role=role, unit_id=at)
    await grant_role(
        filling.work,
        filling.people[MANAGER],
        role="deviation_handler",
        unit_id=filling.units["SN-HT"],
    )


async def _report(filling: Filling, who: str, told: Told) -> UUID:
    """Sent as many days ago as it tells."""
    work = await filling.acting(who)
    sent = work.now - timedelta(days=told.ago)
    row = await report_deviation(
        work,
        Report(
            unit_id=filling.units[told.unit],
            type=told.type,
            laws=told.laws,
            what=told.what,
            occurred_at=sent - timedelta(hours=3),
            found_at=sent - timedelta(hours=1),
            whom="Brukaren",
            consequence=told.consequence,
            done=told.done,
            category_id=uuid5(work.tenant.id, f"deviation category {told.category}"),
        ),
    )
    row.sent_at = sent
    await work.flush()
    return row.id


async def _handle(filling: Filling, id: UUID, told: Told) -> None:
    work = await filling.acting(MANAGER)
    for law in told.laws:
        with_whom = "Omvårdnadsansvarig sjuksköterska" if law is Law.HSL else ""
        await assess_risk(work, id, law, severity=2, probability=2, assessed_with=with_whom)
    await _document(work, id)
    latest = await work.get(Deviation, id)
    await close_case(
        work,
        id,
        outcome="Vi har gått igenom rutinen i gruppen och följer upp den om en månad.",
        version=latest.version,
    )


async def _document(work: Work, id: UUID) -> None:
    await write_document(
        work,
        id,
        FormKind.MANAGER,
        answers={
            "cause_area": "routines",
            "causes": "Rutinen var inte känd av alla som arbetade den dagen.",
            "measures": "Rutinen gås igenom på arbetsplatsträffen.",
        },
        version=0,
        complete=True,
    )


async def _open_cases(filling: Filling) -> None:
    """A new report, and a fall whose risk asks for an event analysis."""
    new = Told("SN-HT", 1, SOL, "support_late", "Besöket blev av först efter en påminnelse.")
    await _report(filling, EMPLOYEE, new)
    fall = Told(
        "SN-HT",
        12,
        BOTH,
        "fall_transfer",
        "Brukaren gled ur liften och fick ont i höften.",
        Consequence.CARE,
        done="Ambulans tillkallades och anhörig fick veta.",
    )
    id = await _report(filling, COLLEAGUE, fall)
    manager = await filling.acting(MANAGER)
    team = "Arbetsterapeut och sjuksköterska"
    await assess_risk(manager, id, Law.HSL, severity=3, probability=3, assessed_with=team)
    await assess_risk(manager, id, Law.SOL, severity=2, probability=3)
    await plan_action(
        manager,
        id,
        title="Gå igenom lyftteknik med alla i gruppen",
        owner_id=filling.people[COLLEAGUE],
        due_on=manager.today + timedelta(days=14),
    )
    medical = await filling.acting(MEDICAL)
    await write_document(
        medical,
        id,
        FormKind.HSL,
        answers={
            "assignment": "Utred fallet vid förflyttning.",
            "team": team,
            "result": "Lyftselen hade fel storlek.",
        },
        version=0,
        complete=True,
    )
    await decide_medical(
        medical,
        id,
        finding=Finding.MISCONDUCT,
        reason="Skadan var lindrig och gick över.",
        notice=Notice(registry_number="SN 2026/118"),
    )


async def _lex_sarah(filling: Filling) -> None:
    """One that is decided on and has gone back to the place, and one being investigated."""
    first = Told(
        "SN-HT",
        75,
        SOL,
        "treated_badly",
        "En medarbetare talade nedlåtande till brukaren vid flera besök.",
        type=DeviationType.MISCONDUCT,
    )
    second = first._replace(
        ago=9, category="support_missed", what="Brukaren blev utan tillsyn ett helt dygn."
    )
    for told in (first, second):
        id = await _report(filling, COLLEAGUE, told)
        officer = await filling.acting(OFFICER)
        row = await officer.get(Deviation, id)
        investigator = filling.people[INVESTIGATOR]
        await assign_investigator(officer, id, investigator_id=investigator, version=row.version)
        if told is first:
            await _decide(filling, id)


async def _decide(filling: Filling, id: UUID) -> None:
    investigator = await filling.acting(INVESTIGATOR)
    await write_document(
        investigator,
        id,
        FormKind.SOL_LSS,
        answers={
            "event": "Brukaren, medarbetaren och två kollegor har hörts.",
            "consequences": "Brukaren blev orolig inför besöken.",
            "causes": "Det saknades handledning och någon att vända sig till.",
            "assessment": "Det var ett missförhållande men inte ett allvarligt.",
            "proposal": "Ingen anmälan. Handledning införs i gruppen.",
        },
        version=0,
        complete=True,
    )
    officer = await filling.acting(OFFICER)
    row = await officer.get(Deviation, id)
    await decide_misconduct(
        officer,
        id,
        finding=Finding.MISCONDUCT,
        reason="Bemötandet var ett missförhållande. Det var inte allvarligt.",
        outcome="Det var ett missförhållande. Gruppen får handledning, och brukaren har fått veta.",
        notice=Notice(registry_number="SN 2026/131"),
        version=row.version,
    )
