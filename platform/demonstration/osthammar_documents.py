"""What governs Östhammar: eight documents, the council's budget of 2026 first of all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Final
from uuid import UUID

from sqlalchemy import select

from ...infra.documents.model import Document, Heading, RichText
from ...infra.documents.pdf import write_pdf
from ...tenants.files import keep_upload
from ..modules.goals.models import NodeKind, PlanNode
from ..modules.governing_documents import assignments, service, versions
from ..modules.governing_documents.answer_actions import plan_answer_action
from ..modules.governing_documents.models import (
    AnswerState,
    Applies,
    AssignmentKind,
    GoverningDocument,
)
from .town import Filling

MAJ: Final = "maj.mossberga@osthammar.example"
PETRONELLA: Final = "petronella.plommon@osthammar.example"
S = AnswerState


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A document as the municipality knows it: `decided` is day, paragraph and registry number of
    each version; `valid` the first and the last day of the last of them."""

    title: str
    type_key: str
    body: str
    keeper: str
    summary: str
    decided: tuple[tuple[str, str, str], ...]
    valid: tuple[str, str] = ("", "")
    review: str = ""
    above: str = ""
    public: bool = True
    draft: str = ""
    text: str = ""


DOCUMENTS: Final = (
    Known(
        title="Budget 2026 med plan för 2027–2028",
        type_key="budget",
        body="KF",
        keeper="KLF",
        summary="Fullmäktiges mål, ramar och uppdrag till nämnderna.",
        decided=(("2025-11-25", "§ 118", "KS-2025-402"),),
        valid=("2026-01-01", "2026-12-31"),
        text="Budgeten är överordnad alla andra styrande dokument. Den ger nämnderna fyra uppdrag.",
    ),
    Known(
        title="Vision 2040",
        type_key="vision",
        body="KF",
        keeper="KLF",
        summary="En kommun att växa i, vid havet och i skogen.",
        decided=(("2020-06-09", "§ 64", "KS-2020-118"),),
        review="2028-06-30",
    ),
    Known(
        title="Miljöprogram 2023–2030",
        type_key="program",
        body="KF",
        keeper="BMN",
        summary="Vad kommunen ska nå för klimat, vatten och natur.",
        decided=(("2023-04-18", "§ 41", "KS-2023-77"),),
        valid=("2023-05-01", "2030-12-31"),
        review="2026-06-30",
        above="Vision 2040",
    ),
    Known(
        title="Policy mot mutor och jäv",
        type_key="policy",
        body="KF",
        keeper="KLF",
        summary="Hur vi bemöter gåvor, förmåner och egna intressen.",
        decided=(("2019-02-12", "§ 9", "KS-2019-15"), ("2024-09-24", "§ 87", "KS-2024-260")),
        review="2027-09-30",
        text="Ta aldrig emot något som kan påverka hur du gör ditt arbete. Fråga om du är osäker.",
    ),
    Known(
        title="Riktlinje för synpunkter och klagomål",
        type_key="riktlinje",
        body="KS",
        keeper="KLF",
        summary="Vem som svarar den som hör av sig, och när.",
        decided=(("2025-03-04", "§ 33", "KS-2025-61"),),
        review="2027-03-31",
        above="Policy mot mutor och jäv",
    ),
    Known(
        title="Reglemente för socialnämnden",
        type_key="reglemente",
        body="KF",
        keeper="SN",
        summary="Vad fullmäktige har gett nämnden ansvar för.",
        decided=(("2022-12-13", "§ 140", "KS-2022-388"),),
        review="2026-12-31",
    ),
    Known(
        title="Taxa för hemtjänst 2025",
        type_key="taxa",
        body="KF",
        keeper="SN",
        summary="Avgifter för hjälp i hemmet.",
        decided=(("2024-11-26", "§ 121", "SN-2024-92"),),
        valid=("2025-01-01", "2025-12-31"),
    ),
    Known(
        title="Rutin för läkemedel i hemtjänsten",
        type_key="rutin",
        body="SN",
        keeper="SN",
        summary="Vem som får göra vad, och hur det skrivs upp.",
        decided=(("2024-02-14", "§ 18", "SN-2024-21"),),
        review="2026-12-15",
        public=False,
        draft="Signering sker i mobilen i stället för på papper.",
    ),
)

ASSIGNMENTS: Final = (
    ("Minska sjukfrånvaron med en procentenhet till årets slut.", "2026-12-31", ("SN", "BUN")),
    ("Ta fram en gemensam plan för trygghetsboenden i Alunda.", "2026-10-31", ("SN", "BMN")),
    ("Erbjud två rätter till skollunch på alla skolor.", "2026-08-31", ("BUN",)),
    ("Öppna biblioteket i Öregrund också på kvällar.", "2026-12-31", ("KFN",)),
)
"""Of the budget: what, its last day, and to whom."""

ANSWERS: Final = (
    (0, "SN", S.UNDER_WAY, "Arbetsmiljödialoger är klara på fyra av sex enheter."),
    (1, "SN", S.UNDER_WAY, "Behoven är kartlagda tillsammans med pensionärsrådet."),
    (1, "SN", S.DONE, "Vår del av planen är beslutad i nämnden den 14 oktober."),
    (2, "BUN", S.DONE, "Två rätter serveras på alla skolor sedan höstterminens start."),
    (3, "KFN", S.WILL_NOT, "Bidraget avslogs. Nämnden föreslår ett nytt försök i budget 2027."),
)


async def keep_the_documents(filling: Filling) -> None:
    made: dict[str, GoverningDocument] = {}
    for known in DOCUMENTS:
        made[known.title] = await _keep(filling, known, made)
    budget = made[DOCUMENTS[0].title]
    given = [
        await assignments.add_assignment(
            filling.work,
            budget.id,
            kind=AssignmentKind.ASSIGNMENT,
            text=text,
            due_on=date.fromisoformat(due_on),
            unit_ids=[filling.units[code] for code in codes],
        )
        for text, due_on, codes in ASSIGNMENTS
    ]
    node = await filling.work.first(
        select(PlanNode)
        .where(PlanNode.unit_id == filling.units["SN"], PlanNode.kind == NodeKind.GOAL)
        .order_by(PlanNode.id.desc())
    )
    assert node is not None
    await assignments.link_assignment(filling.work, given[0].id, node_id=node.id)
    people = {"SN": MAJ, "BUN": PETRONELLA}
    for place, code, state, text in ANSWERS:
        by = await filling.acting(people.get(code, filling.town.people[0].email))
        answers = await assignments.answers_to(by, [given[place].id])
        own = next(each for each in answers if each.unit_id == filling.units[code])
        await assignments.report_back(by, own.id, state=state, text=text)
        if (place, code) == (0, "SN"):
            await plan_answer_action(
                by,
                own.id,
                title="Håll arbetsmiljödialog på de två enheter som är kvar",
                owner_id=filling.people[MAJ],
                due_on=date(2026, 12, 31),
            )


async def _keep(
    filling: Filling, known: Known, made: dict[str, GoverningDocument]
) -> GoverningDocument:
    work, units = filling.work, filling.units
    whole = known.body in ("KF", "KS")
    document = await service.add_document(
        work,
        unit_id=units[known.keeper],
        body_id=units[known.body],
        title=known.title,
        type_key=known.type_key,
        summary=known.summary,
        applies=Applies.ALL if whole else Applies.UNITS,
        superior_id=made[known.above].id if known.above else None,
        owner_id=filling.people[MAJ if known.keeper == "SN" else filling.town.people[0].email],
        review_on=_day(known.review),
    )
    for place, (day, paragraph, number) in enumerate(known.decided):
        last = place == len(known.decided) - 1
        version = await versions.draft_version(work, document.id, changes="Reviderad" * place)
        await versions.decide_version(
            work,
            version.id,
            decided_by={"KF": "Kommunfullmäktige", "KS": "Kommunstyrelsen"}.get(
                known.body, "Socialnämnden"
            ),
            decided_on=date.fromisoformat(day),
            decided_paragraph=paragraph,
            registry_number=number,
            valid_from=_day(known.valid[0]) if last else None,
            valid_to=_day(known.valid[1]) if last else None,
        )
        if last and known.text:
            await _attach(filling, version.id, known)
    if known.public:
        await service.publish_document(work, document.id, public=True)
    if known.draft:
        await versions.draft_version(work, document.id, changes=known.draft)
    return document


async def _attach(filling: Filling, version_id: UUID, known: Known) -> None:
    work = filling.work
    written = Document(
        title=known.title,
        municipality=work.tenant.name,
        date=date.fromisoformat(known.decided[-1][0]),
        blocks=(Heading(1, known.title), RichText(f"<p>{known.text}</p>")),
        contents=False,
    )
    data = await asyncio.to_thread(write_pdf, written)
    file = await keep_upload(
        work, name=f"{known.title}.pdf", media_type="application/pdf", body=BytesIO(data)
    )
    await versions.attach_file(work, version_id, file_id=file.id, title=known.title)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
