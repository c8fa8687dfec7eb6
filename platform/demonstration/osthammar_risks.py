"""The risk portfolio of Östhammar, with how it was judged before. What is said is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from ...tenants.work import Work
from ..modules.internal_control.models import Risk, RiskAssessment, TreatmentKind
from ..modules.internal_control.service import add_process, add_risk, add_treatment
from .town import Filling

MAJ: Final = "maj.mossberga@osthammar.example"
HILDING: Final = "hilding.havre@osthammar.example"
TORKEL: Final = "torkel.tallrik@osthammar.example"
PETRONELLA: Final = "petronella.plommon@osthammar.example"
History = tuple[tuple[str, int, int, str], ...]
"""Day, probability, consequence and why, the first first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A risk as the municipality knows it."""

    at: str
    title: str
    category: str
    history: History
    process: str = ""
    cause: str = ""
    effect: str = ""
    owner: str = MAJ
    treatment: tuple[TreatmentKind, str] | None = None


PROCESSES: Final = (
    ("SN", "Handläggning av bistånd", "Från ansökan till beslut och uppföljning."),
    ("SN", "Läkemedelshantering", "Delegering, överlämning och signering."),
    ("SN", "Inköp och fakturor", "Beställning, attest och betalning."),
    ("BUN", "Närvaro och frånvaro", "Registrering och uppföljning av elevers frånvaro."),
)
RISKS: Final = (
    Known(
        at="SN",
        title="Läkemedel ges till fel person",
        category="operations",
        process="Läkemedelshantering",
        cause="Vikarier utan delegering.",
        effect="Någon kommer till skada.",
        history=(
            ("2024-11-12", 3, 4, "Flera avvikelser under hösten."),
            ("2025-11-18", 2, 4, "Signering i mobilen har införts."),
        ),
        treatment=(TreatmentKind.REDUCE, "Digital signering och delegering varje år."),
    ),
    Known(
        at="SN",
        title="Biståndsbeslut följs inte upp i tid",
        category="legal",
        process="Handläggning av bistånd",
        cause="Hög ärendemängd.",
        effect="Insatser motsvarar inte behoven.",
        history=(
            ("2024-11-12", 4, 3, "Var tredje uppföljning är sen."),
            ("2025-11-18", 4, 3, "Oförändrat."),
        ),
        treatment=(TreatmentKind.REDUCE, "En handläggare följer bara upp."),
    ),
    Known(
        at="SN",
        title="Faktura betalas utan att varan har kommit",
        category="irregularities",
        process="Inköp och fakturor",
        cause="Samma person beställer och attesterar.",
        effect="Kommunen betalar för mycket, eller till fel mottagare.",
        history=(("2025-11-18", 2, 3, ""),),
    ),
    Known(
        at="SN",
        title="Behörigheter tas inte bort när någon slutar",
        category="it",
        cause="Ingen rutin mellan lön och system.",
        effect="Obehöriga läser känsliga uppgifter.",
        history=(
            ("2025-11-18", 3, 3, ""),
            ("2026-09-15", 2, 3, "Borttagning varje vecka sedan i maj."),
        ),
        owner=TORKEL,
    ),
    Known(
        at="SN-HT",
        title="Basala hygienrutiner följs inte",
        category="operations",
        cause="Ny personal utan introduktion.",
        effect="Smitta sprids mellan kunder.",
        history=(("2025-10-02", 3, 3, ""),),
        owner=HILDING,
    ),
    Known(
        at="SN",
        title="Svårt att rekrytera undersköterskor",
        category="environment",
        cause="Färre utbildas än som slutar.",
        effect="Vikarier och övertid.",
        history=(("2025-11-18", 4, 4, "Gäller hela länet."),),
        treatment=(TreatmentKind.ACCEPT, "Följs i kompetensförsörjningsplanen."),
    ),
    Known(
        at="SN",
        title="Nyckeltal redovisas fel i delårsrapporten",
        category="reporting",
        history=(("2025-11-18", 2, 2, ""),),
    ),
    Known(at="SN", title="Avbrott i trygghetslarmen", category="it", history=()),
    Known(
        at="BUN",
        title="Frånvaro upptäcks för sent",
        category="operations",
        process="Närvaro och frånvaro",
        history=(("2025-12-03", 3, 3, ""),),
        owner=PETRONELLA,
    ),
    Known(
        at="KLF",
        title="Upphandling kringgås genom delade köp",
        category="irregularities",
        history=(("2025-12-01", 2, 4, ""),),
        owner="",
    ),
)
CLOSED: Final = "Gamla larmsystemet slutar fungera"


async def fill_the_portfolio(filling: Filling) -> dict[str, Risk]:
    """The risks by their titles."""
    work = filling.work
    processes = {
        name: await add_process(
            work, unit_id=filling.units[at], name=name, description=told, owner_id=None
        )
        for at, name, told in PROCESSES
    }
    gone = await add_risk(work, unit_id=filling.units["SN"], title=CLOSED, category="it")
    _look_back(work, gone, (("2024-11-12", 3, 3, ""),), None)
    found: dict[str, Risk] = {CLOSED: gone}
    for known in RISKS:
        process = processes.get(known.process)
        risk = await add_risk(
            work,
            unit_id=filling.units[known.at],
            title=known.title,
            category=known.category,
            cause=known.cause,
            effect=known.effect,
            process_id=process.id if process else None,
            owner_id=filling.people.get(known.owner),
        )
        _look_back(work, risk, known.history, filling.people.get(known.owner))
        if known.treatment:
            kind, what = known.treatment
            await add_treatment(work, risk.id, kind=kind, what=what)
        found[known.title] = risk
    await work.flush()
    return found


def _look_back(work: Work, risk: Risk, history: History, who: UUID | None) -> None:
    """Assess the risk on days that have been."""
    for number, (day, probability, consequence, reason) in enumerate(history):
        at = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
        work.add(
            RiskAssessment(
                risk_id=risk.id,
                probability=probability,
                consequence=consequence,
                value=probability * consequence,
                before_probability=risk.probability,
                before_consequence=risk.consequence,
                size=4,
                reason=reason,
                assessed_by=who,
                assessed_at=at,
            )
        )
        risk.probability, risk.consequence = probability, consequence
        risk.value = probability * consequence
        risk.assessed_by, risk.assessed_at = who, at
        if number == 0:
            risk.created_at = at
