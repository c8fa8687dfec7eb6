"""Two who have left Östhammar: one waits for a purge, of the other one is prepared."""

from datetime import date
from uuid import UUID

from sqlalchemy import select, update

from ...tenants.feedback import tell_fault
from ...tenants.models import Person
from ...tenants.people import add_person, end_person
from ..modules.goals.models import NodeKind, PlanNode, SteeringModel
from ..modules.leavers.service import open_run
from .town import Filling

WAITS = ("Sigge Surdeg", "sigge.surdeg@osthammar.example", date(2026, 6, 30))
PREPARED = ("Ragna Rågsikt", "ragna.ragsikt@osthammar.example", date(2026, 8, 31))


async def two_have_left(filling: Filling) -> None:
    """Both answered for something, and one is named in what somebody has told."""
    work = filling.work
    ids = []
    for name, email, day in (WAITS, PREPARED):
        person = await add_person(work, name=name, email=email)
        await end_person(work, person.id)
        await work.execute(update(Person).where(Person.id == person.id).values(left_on=day))
        ids.append(person.id)
    for person_id, node_id in zip(ids, await _activities(filling), strict=False):
        answers = update(PlanNode).where(PlanNode.id == node_id)
        await work.execute(answers.values(responsible_id=person_id))
    hilding = await filling.acting("hilding.havre@osthammar.example")
    await tell_fault(
        hilding,
        page="/osthammar/organisation",
        text="Ragna Rågsikt står kvar som ansvarig. Ragnas aktiviteter borde få en ny.",
    )
    await open_run(work, [ids[1]])


async def _activities(filling: Filling) -> list[UUID]:
    """Of the year before, so that nobody is asked for them any more."""
    year = select(SteeringModel.id).where(
        SteeringModel.tenant_id == filling.tenant.id, SteeringModel.year == 2025
    )
    chosen = select(PlanNode.id).where(
        PlanNode.kind == NodeKind.ACTIVITY, PlanNode.model_id.in_(year)
    )
    return list(await filling.work.scalars(chosen.order_by(PlanNode.id).limit(2)))
