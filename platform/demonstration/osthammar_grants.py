"""The government grants of Östhammar: in every state, with money and deadlines in 2026."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from sqlalchemy import select

from ...tenants.files import keep_upload
from ...tenants.work import Work
from ..modules.goals.models import NodeKind, PlanNode
from ..modules.grants.deadlines import add_deadline, tick_deadline
from ..modules.grants.links import attach_file, link_node
from ..modules.grants.models import DeadlineKind, Grant, MoneyKind
from ..modules.grants.money import add_money
from ..modules.grants.service import add_grant
from ..modules.grants.steps import (
    apply_for_grant,
    begin_use,
    claim_grant,
    close_grant,
    decide_grant,
    report_grant,
)
from .town import Filling

MAJ: Final = "maj.mossberga@osthammar.example"
HILDING: Final = "hilding.havre@osthammar.example"
PETRONELLA: Final = "petronella.plommon@osthammar.example"
D, M = DeadlineKind, MoneyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A grant as the municipality knows it. Amounts in kronor; days as they are written."""

    giver: str
    name: str
    at: str
    who: str
    year: int = 2026
    purpose: str = ""
    ordinance: str = ""
    sought: str = ""
    decided: tuple[str, str, str] | None = None
    """Day, registry number and what was granted; no amount for one that was refused."""
    used: bool = False
    money: tuple[tuple[MoneyKind, str, str, str], ...] = ()
    due: tuple[tuple[DeadlineKind, str, str], ...] = ()
    """Kind, last day, and when it was done."""
    end: tuple[str, ...] = ()
    """Steps after the use: reported, claimed with its amount, closed with a note."""
    more: Mapping[str, Any] = field(default_factory=dict)


GRANTS: Final = (
    Known(
        giver="Socialstyrelsen",
        name="Äldreomsorgslyftet",
        at="SN",
        who=MAJ,
        purpose="Medarbetare utbildar sig till undersköterska eller vårdbiträde på betald "
        "arbetstid.",
        ordinance="Regeringens beslut om medel till kommuner för äldreomsorgslyftet.",
        sought="2400000",
        decided=("2026-02-03", "SN-2026-41", "2400000"),
        used=True,
        money=(
            (M.PAID, "2026-03-02", "2400000", "Hela beloppet"),
            (M.USED, "2026-05-31", "610250.50", "Löner januari–maj"),
            (M.USED, "2026-09-30", "742800", "Löner juni–september"),
        ),
        due=(
            (D.AGENT, "2025-12-15", "2025-12-10"),
            (D.APPLY, "2026-01-15", "2026-01-12"),
            (D.INTERIM, "2026-09-15", "2026-09-14"),
            (D.FINAL, "2027-02-28", ""),
        ),
        more={
            "signer": "Förvaltningschefen",
            "agent": "Maj Mossberga",
            "agent_on": date(2025, 12, 10),
            "giver_case": "9.2-1187/2026",
        },
    ),
    Known(
        giver="Skolverket",
        name="Likvärdig skola",
        at="BUN",
        who=PETRONELLA,
        purpose="Fler vuxna i de klasser som behöver det mest.",
        ordinance="Förordningen om statsbidrag för stärkt likvärdighet och kunskapsutveckling.",
        sought="5150000",
        decided=("2026-01-20", "BUN-2026-12", "4985000"),
        used=True,
        money=(
            (M.PAID, "2026-02-10", "2492500", "Första halvåret"),
            (M.PAID, "2026-08-10", "2492500", "Andra halvåret"),
            (M.USED, "2026-06-30", "2310400", "Vårterminen"),
        ),
        due=(
            (D.APPLY, "2025-11-14", "2025-11-11"),
            (D.INTERIM, "2026-11-10", ""),
            (D.FINAL, "2027-01-31", ""),
        ),
        more={"signer": "Skolchefen", "giver_case": "2026:00341"},
    ),
    Known(
        giver="Länsstyrelsen",
        name="Våld i nära relationer: samordnare",
        at="SN-IFO",
        who=MAJ,
        purpose="En samordnare på halvtid och utbildning för mottagningen.",
        sought="480000",
        due=((D.APPLY, "2026-10-30", "2026-10-28"), (D.REQUISITION, "2026-12-18", "")),
        more={"giver_case": "801-2210-2026"},
    ),
    Known(
        giver="Boverket",
        name="Trygghetsboende i Alunda",
        at="KLF",
        who="",
        purpose="Gemensamhetslokal i ett trygghetsboende.",
        ordinance="Förordningen om statsbidrag till anordnande av bostäder för äldre.",
        due=((D.APPLY, "2026-12-01", ""), (D.OWN, "2026-11-27", "")),
        more={"note": "Beslut om att söka tas av kommunstyrelsens arbetsutskott."},
    ),
    Known(
        giver="Kulturrådet",
        name="Stärkta bibliotek",
        at="KFN",
        who="",
        sought="600000",
        decided=("2026-05-06", "KFN-2026-8", ""),
        due=((D.APPLY, "2026-02-28", "2026-02-26"),),
        more={"purpose": "Meröppet bibliotek i Öregrund."},
    ),
    Known(
        giver="Socialstyrelsen",
        name="God vård och omsorg om äldre",
        at="SN-HT",
        who=HILDING,
        year=2025,
        purpose="Kontinuitet i hemtjänsten: fast omsorgskontakt.",
        sought="1850000",
        decided=("2025-02-11", "SN-2025-37", "1850000"),
        used=True,
        money=(
            (M.PAID, "2025-03-03", "1850000", ""),
            (M.USED, "2025-12-31", "1534300", "Löner och utbildning"),
            (M.RETURNED, "2026-10-12", "150000", "Första delen av återkravet"),
        ),
        due=(
            (D.APPLY, "2025-01-17", "2025-01-15"),
            (D.FINAL, "2026-02-27", "2026-02-25"),
            (D.REPAYMENT, "2026-12-11", ""),
        ),
        end=("reported", "315700"),
        more={"signer": "Förvaltningschefen", "giver_case": "9.2-873/2025"},
    ),
    Known(
        giver="Kammarkollegiet",
        name="Bredband till mötesplatser",
        at="KLF",
        who="",
        year=2025,
        sought="220000",
        decided=("2025-04-22", "KS-2025-61", "200000"),
        money=((M.PAID, "2025-06-02", "200000", ""), (M.USED, "2025-11-20", "200000", "Fiber")),
        used=True,
        due=((D.FINAL, "2026-03-31", "2026-03-20"),),
        end=("reported", "", "Redovisningen är godkänd."),
        more={"responsible": True},
    ),
    Known(
        giver="Myndigheten för ungdoms- och civilsamhällesfrågor (MUCF)",
        name="Öppen ungdomsverksamhet på lov",
        at="KFN",
        who="",
        sought="310000",
        decided=("2026-10-15", "KFN-2026-15", "275000"),
        due=((D.REQUISITION, "2026-12-04", ""), (D.FINAL, "2027-03-15", "")),
        more={"purpose": "Gratis aktiviteter under höstlov och jullov."},
    ),
)


async def keep_the_grants(filling: Filling) -> None:
    for known in GRANTS:
        by = await filling.acting(known.who or filling.town.people[0].email)
        grant = await _add(filling, by, known)
        await _steps(by, grant, known)
        for kind, due_on, done_on in known.due:
            await _due(by, grant, kind, due_on, done_on)
        await _end(by, grant, known)
    await _link_and_attach(filling)


async def _add(filling: Filling, work: Work, known: Known) -> Grant:
    people = filling.people
    who = people[known.who] if known.who else None
    values = {name: value for name, value in known.more.items() if name != "responsible"}
    if known.more.get("responsible"):
        who = people[filling.town.people[0].email]
    return await add_grant(
        work,
        unit_id=filling.units[known.at],
        giver=known.giver,
        name=known.name,
        year=known.year,
        responsible_id=who,
        ordinance=known.ordinance,
        sought=Decimal(known.sought) if known.sought else None,
        **{"purpose": known.purpose} | values,
    )


async def _steps(work: Work, grant: Grant, known: Known) -> None:
    if known.sought:
        await apply_for_grant(work, grant.id)
    if known.decided is None:
        return
    day, number, amount = known.decided
    await decide_grant(
        work,
        grant.id,
        approved=bool(amount),
        granted=Decimal(amount) if amount else None,
        decided_by=known.giver,
        decided_on=_day(day),
        registry_number=number,
    )
    if known.used:
        await begin_use(work, grant.id)


async def _due(work: Work, grant: Grant, kind: DeadlineKind, due_on: str, done_on: str) -> None:
    name = "Underlag till arbetsutskottet" if kind is D.OWN else ""
    row = await add_deadline(work, grant.id, kind=kind, due_on=_day(due_on), name=name)
    if done_on:
        await tick_deadline(work, row.id, done_on=_day(done_on))


async def _end(work: Work, grant: Grant, known: Known) -> None:
    """Money first: what is reported and claimed rests on it."""
    returned = [row for row in known.money if row[0] is M.RETURNED]
    for row in known.money:
        if row not in returned:
            await _book(work, grant, *row)
    if known.end:
        await report_grant(work, grant.id)
    if len(known.end) > 1 and known.end[1]:
        await claim_grant(work, grant.id, claimed=Decimal(known.end[1]))
    for row in returned:
        await _book(work, grant, *row)
    if len(known.end) > 2:
        await close_grant(work, grant.id, note=known.end[2])


async def _book(
    work: Work, grant: Grant, kind: MoneyKind, day: str, amount: str, note: str
) -> None:
    on = min(_day(day), work.today)
    await add_money(work, grant.id, kind=kind, booked_on=on, amount=Decimal(amount), note=note)


async def _link_and_attach(filling: Filling) -> None:
    """The grant that is used most is for a goal of the year, and has its decision beside it."""
    work = filling.work
    grant = await work.first(select(Grant).where(Grant.name == "Äldreomsorgslyftet"))
    model = await filling.model(2026)
    goal = await work.first(
        select(PlanNode)
        .where(
            PlanNode.model_id == model.id,
            PlanNode.kind == NodeKind.GOAL,
            PlanNode.unit_id == filling.units["SN"],
        )
        .order_by(PlanNode.position.desc(), PlanNode.id)
    )
    assert grant is not None
    if goal is not None:
        await link_node(work, grant.id, node_id=goal.id)
    body = BytesIO(b"Beslut om statsbidrag (exempel)\n")
    file = await keep_upload(work, name="beslut.txt", media_type="text/plain", body=body)
    await attach_file(work, grant.id, file_id=file.id, title="Beslutet")


def _day(text: str) -> date:
    return date.fromisoformat(text)
