"""The internal control of Östhammar: a year that is over and one under way, all of it invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from uuid import UUID

from sqlalchemy import select

from ...infra.periods import PeriodKind
from ...tenants.files import keep_upload
from ...tenants.work import Work
from ..modules.internal_control.models import (
    ControlItem,
    ControlKind,
    ControlLight,
    ControlOccasion,
    PlanRisk,
    Risk,
)
from ..modules.internal_control.service import (
    NewItem,
    Remedy,
    activate_plan,
    add_evidence,
    add_item,
    attest_item,
    attest_plan,
    change_item,
    choose_risks,
    close_plan,
    close_risk,
    conclude_item,
    copy_plan,
    decide_follow_up,
    decide_plan,
    follow_up_plan,
    miss_occasion,
    record_occasion,
    start_plan,
)
from .osthammar_risks import CLOSED, HILDING, MAJ, PETRONELLA, TORKEL, fill_the_portfolio
from .town import Filling

G, Y, R = ControlLight.GREEN, ControlLight.YELLOW, ControlLight.RED


async def control_the_year(filling: Filling) -> None:
    """Risks with their history, the plan of 2025 to its end, and that of 2026 under way."""
    found = await fill_the_portfolio(filling)
    work = await filling.acting(TORKEL)
    last = await _plan_of_2025(filling, work, found)
    await _plan_of_2026(filling, work, last, found)
    await _others(filling, found)


async def _plan_of_2025(filling: Filling, work: Work, found: Mapping[str, Risk]) -> UUID:
    plan = await start_plan(
        work,
        unit_id=filling.units["SN"],
        year=2025,
        introduction="Planen bygger på nämndens riskanalys i november.",
        follow_up_by=date(2026, 1, 31),
    )
    mirrored = await _mirror(
        work,
        plan.id,
        found,
        ("Läkemedel ges till fel person", "Biståndsbeslut följs inte upp i tid", CLOSED),
    )
    drugs = await add_item(work, mirrored["Läkemedel ges till fel person"], _delegations(filling))
    late = await add_item(work, mirrored["Biståndsbeslut följs inte upp i tid"], _reviews(filling))
    alarms = await add_item(
        work,
        mirrored[CLOSED],
        NewItem(
            title="Provlarm i det gamla systemet",
            method="Larma från tio lägenheter och mät tiden till svar.",
            periodicity=PeriodKind.YEAR,
            sample="10 larm",
        ),
    )
    for item in (drugs, late, alarms):
        await attest_item(work, item.id)
    await decide_plan(work, plan.id, decision=_decision("2025-01-22", "§ 9", "SN-2025-4"))
    await activate_plan(work, plan.id)
    await _results_of_2025(filling, work, (drugs, late, alarms))
    await follow_up_plan(
        work,
        plan.id,
        summary="Kontrollerna är gjorda. En allvarlig avvikelse följs upp under 2026.",
    )
    await decide_follow_up(work, plan.id, decision=_decision("2026-02-18", "§ 21", "SN-2026-31"))
    await close_plan(work, plan.id)
    await close_risk(work, found[CLOSED].id, reason="Larmsystemet är bytt.")
    return plan.id


async def _results_of_2025(filling: Filling, work: Work, items: Sequence[ControlItem]) -> None:
    drugs, late, alarms = items
    await _done(work, drugs, 0, "2025-06-12", Y, "3 av 20 delegeringar hade gått ut.")
    await _done(work, drugs, 1, "2025-12-10", G, "Alla 20 gällde.")
    await _done(
        work,
        late,
        0,
        "2025-12-16",
        R,
        "14 av 40 beslut var inte uppföljda.",
        remedy=Remedy(
            action_title="Följ upp alla beslut äldre än ett år",
            owner_id=filling.people[MAJ],
            due_on=date(2026, 12, 15),
        ),
    )
    await _done(work, alarms, 0, "2025-10-01", G, "Alla larm besvarades.")
    await conclude_item(work, drugs.id, conclusion="Påminnelser om delegeringar fungerar.")
    await conclude_item(work, late.id, conclusion="Uppföljningarna hinns inte med.")
    await conclude_item(work, alarms.id, conclusion="Systemet byts vid årsskiftet.")


async def _plan_of_2026(
    filling: Filling, work: Work, last: UUID, found: Mapping[str, Risk]
) -> None:
    copied = await copy_plan(work, last)
    plan = copied.plan
    mirrored = await _mirror(
        work,
        plan.id,
        found,
        (
            "Faktura betalas utan att varan har kommit",
            "Behörigheter tas inte bort när någon slutar",
            "Basala hygienrutiner följs inte",
        ),
    )
    drugs, late = await work.scalars(
        select(ControlItem).where(ControlItem.plan_id == plan.id).order_by(ControlItem.number)
    )
    bills, rights, hygiene = await _new_items(filling, work, mirrored)
    await attest_plan(work, plan.id)
    await decide_plan(work, plan.id, decision=_decision("2026-01-21", "§ 7", "SN-2026-2"))
    await activate_plan(work, plan.id)
    await _results_of_2026(filling, work, (drugs, late, bills, rights, hygiene))


async def _results_of_2026(filling: Filling, work: Work, items: Sequence[ControlItem]) -> None:
    drugs, late, bills, rights, hygiene = items
    await _done(work, drugs, 0, "2026-06-11", G, "Alla 20 delegeringar gällde.")
    file = await keep_upload(
        work,
        name="fakturor-januari-april.txt",
        media_type="text/plain",
        body=BytesIO("Löpnummer: 12, 55, 71, 103, 160\n".encode()),
    )
    occasion = await _done(
        work, bills, 0, "2026-05-06", G, "20 av 20 hade beställning och leverans."
    )
    await add_evidence(work, occasion.id, file_id=file.id, title="Urval av fakturor")
    await _done(
        work,
        bills,
        1,
        "2026-09-09",
        Y,
        "1 av 20 saknade beställning.",
        remedy=Remedy(no_action_reason="Beställaren är informerad, och köpet var riktigt."),
    )
    await _done(
        work,
        hygiene,
        0,
        "2026-06-17",
        Y,
        "4 av 22 bar ring eller klocka.",
        remedy=Remedy(
            action_title="Gå igenom hygienrutinerna på APT",
            owner_id=filling.people[HILDING],
            due_on=date(2026, 9, 30),
        ),
    )
    first = (await _occasions(work, rights))[0]
    await miss_occasion(work, first.id, reason="Verksamhetssystemet byttes i maj och juni.")
    await change_item(
        work,
        late.id,
        changes={"sample": "60 av 400 beslut"},
        reason="Större urval efter förra årets avvikelse.",
    )


async def _new_items(
    filling: Filling, work: Work, mirrored: Mapping[str, UUID]
) -> tuple[ControlItem, ControlItem, ControlItem]:
    bills = await add_item(
        work,
        mirrored["Faktura betalas utan att varan har kommit"],
        NewItem(
            title="Stickprov av fakturor",
            method="Jämför faktura, beställning och leverans.",
            periodicity=PeriodKind.TERTIAL,
            sample="20 av 900 fakturor",
            responsible_id=filling.people[MAJ],
        ),
    )
    rights = await add_item(
        work,
        mirrored["Behörigheter tas inte bort när någon slutar"],
        NewItem(
            title="Behörigheter efter avslutad anställning",
            method="Jämför lönesystemets lista med verksamhetssystemets konton.",
            periodicity=PeriodKind.HALF_YEAR,
            sample="Alla som har slutat",
            responsible_id=filling.people[TORKEL],
        ),
    )
    hygiene = await add_item(
        work,
        mirrored["Basala hygienrutiner följs inte"],
        NewItem(
            title="Självskattning av basala hygienrutiner",
            method="Var och en fyller i formuläret, och chefen går med två besök.",
            periodicity=PeriodKind.HALF_YEAR,
            sample="All personal",
            kind=ControlKind.SELF_INSPECTION,
            unit_id=filling.units["SN-HT"],
            responsible_id=filling.people[HILDING],
        ),
    )
    return bills, rights, hygiene


async def _others(filling: Filling, found: Mapping[str, Risk]) -> None:
    """A draft with too few controls; the other committees have no plan."""
    work = filling.work
    plan = await start_plan(
        work, unit_id=filling.units["BUN"], year=2026, attest_by=date(2026, 12, 15)
    )
    mirrored = await _mirror(work, plan.id, found, ("Frånvaro upptäcks för sent",))
    await add_item(
        work,
        mirrored["Frånvaro upptäcks för sent"],
        NewItem(
            title="Frånvaro som ingen har följt upp",
            method="Ta ut listan ur närvarosystemet och fråga mentorerna.",
            periodicity=PeriodKind.HALF_YEAR,
            sample="30 elever",
            responsible_id=filling.people[PETRONELLA],
        ),
    )


def _delegations(filling: Filling) -> NewItem:
    return NewItem(
        title="Delegeringar av läkemedel",
        method="Kontrollera att delegeringen gäller och är signerad.",
        periodicity=PeriodKind.HALF_YEAR,
        sample="20 av 180 delegeringar",
        kind=ControlKind.SELF_INSPECTION,
        responsible_id=filling.people[MAJ],
    )


def _reviews(filling: Filling) -> NewItem:
    return NewItem(
        title="Uppföljning av biståndsbeslut",
        method="Jämför beslutens dag med senaste uppföljning i verksamhetssystemet.",
        periodicity=PeriodKind.YEAR,
        sample="40 av 400 beslut",
        responsible_id=filling.people[MAJ],
    )


def _decision(day: str, paragraph: str, number: str) -> dict[str, object]:
    return {
        "decided_by": "Socialnämnden",
        "decided_on": date.fromisoformat(day),
        "decided_paragraph": paragraph,
        "registry_number": number,
    }


async def _mirror(
    work: Work, plan_id: UUID, found: Mapping[str, Risk], titles: Sequence[str]
) -> dict[str, UUID]:
    """The ids of the plan's risks by their titles."""
    rows: list[PlanRisk] = await choose_risks(work, plan_id, [found[t].id for t in titles])
    return {row.title: row.id for row in rows}


async def _done(
    work: Work,
    item: ControlItem,
    number: int,
    day: str,
    light: ControlLight,
    result: str,
    *,
    remedy: Remedy | None = None,
) -> ControlOccasion:
    """A control with what it showed; a deviation without a remedy was mended on the spot."""
    occasion = (await _occasions(work, item))[number]
    return await record_occasion(
        work,
        occasion.id,
        done_on=date.fromisoformat(day),
        light=light,
        result=result,
        remedy=remedy or (Remedy(no_action_reason="Rättat på plats.") if light is not G else None),
    )


async def _occasions(work: Work, item: ControlItem) -> Sequence[ControlOccasion]:
    chosen = select(ControlOccasion).where(ControlOccasion.item_id == item.id)
    return await work.scalars(chosen.order_by(ControlOccasion.due_on))
