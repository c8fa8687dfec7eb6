"""Plans in the API: what they mirror, their controls, and what those have shown."""

from datetime import date, datetime
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import aliased

from ....graphql.context import Info
from ....graphql.nodes import Node
from ....graphql.stored import Place, Value, computed, many, one, planned
from ....infra.periods import PeriodKind
from ..actions.schema import PlannedAction
from ..organisation.files.schema import StoredFile
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit

# Makes PeriodKind an enum of the API, before it is used here.
from ..reports.designs.schema import ReportTemplate as _ReportTemplate  # noqa: F401
from . import models
from .risks_schema import READ, WRITE, ControlLight, Risk
from .rules import WORST, worst

PlanState = models.PlanState
ControlKind = models.ControlKind
strawberry.enum(PlanState, name="ControlPlanState", description="How far a plan has come.")
strawberry.enum(ControlKind, description="A control of the plan's own, or a self-inspection.")


@strawberry.type(description="A field of a plan or an item that was changed.")
class ControlChangedField:
    field: str = strawberry.field(description="Which field, as the database calls it.")
    before: str = strawberry.field(description="What stood there.")
    after: str = strawberry.field(description="What stands there since.")


@strawberry.type(description="A change of a plan that was under way, or whose decision fell.")
class ControlChange(Node):
    model = models.ControlChange
    permission = READ
    change = WRITE

    row: strawberry.Private[models.ControlChange]
    reason: str = strawberry.field(description="Why.")
    changed_at: datetime = strawberry.field(description="When.")

    changed_by: Person | None = one(models.ControlChange.changed_by, "By whom.")

    @computed(
        models.ControlChange.before,
        models.ControlChange.after,
        description="What was changed.",
    )
    def fields(before: dict[str, str], after: dict[str, str]) -> list[ControlChangedField]:
        return [
            ControlChangedField(field=name, before=before.get(name, ""), after=after.get(name, ""))
            for name in sorted({*before, *after})
        ]


@strawberry.type(description="Somebody has attested a plan, or one control of it.")
class ControlAttestation(Node):
    model = models.Attestation
    permission = READ
    change = "internal_control.attest"

    row: strawberry.Private[models.Attestation]
    attested_at: datetime = strawberry.field(description="When.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was withdrawn.")
    reason: str = strawberry.field(description="Why it was withdrawn.")

    item: "ControlItem | None" = one(
        models.Attestation.item_id, "Which control; null for the plan as a whole."
    )
    attested_by: Person | None = one(models.Attestation.attested_by, "By whom.")
    withdrawn_by: Person | None = one(models.Attestation.withdrawn_by, "Who withdrew it.")


@strawberry.type(description="A file that shows what a control has found.")
class ControlEvidence(Node):
    model = models.OccasionFile
    permission = READ
    change = WRITE

    row: strawberry.Private[models.OccasionFile]
    title: str = strawberry.field(description="What it is.")

    file: StoredFile | None = one(models.OccasionFile.file_id, "The file.")


@strawberry.type(description="What a control found to be wrong.")
class ControlDeviation(Node):
    model = models.Deviation
    permission = READ
    change = WRITE

    row: strawberry.Private[models.Deviation]
    what: str = strawberry.field(description="What is wrong.")
    no_action_reason: str = strawberry.field(description="Why no action is needed.")
    found_at: datetime = strawberry.field(description="When it was found.")

    action: PlannedAction | None = one(models.Deviation.action_id, "What is done about it.")
    found_by: Person | None = one(models.Deviation.found_by, "Who found it.")
    item: "ControlItem | None" = one(models.Deviation.item_id, "The control that follows it up.")
    occasion: "ControlOccasion | None" = one(
        models.Deviation.occasion_id, "Where it was found, maybe in an earlier year."
    )
    carried_from: "ControlDeviation | None" = one(
        models.Deviation.carried_from_id, "The same in the year before, where it was not finished."
    )


@strawberry.type(description="One time that a control is done.")
class ControlOccasion(Node):
    model = models.ControlOccasion
    permission = READ
    change = "internal_control.record"

    row: strawberry.Private[models.ControlOccasion]
    due_on: date = strawberry.field(description="Its last day.")
    done_on: date | None = strawberry.field(description="When it was done.")
    sample: str = strawberry.field(description="What was looked at.")
    result: str = strawberry.field(description="What it showed.")
    light: ControlLight | None = strawberry.field(description="Null until it is done.")
    missed_reason: str = strawberry.field(description="Why it was not done.")
    missed_at: datetime | None = strawberry.field(description="When that was said.")
    version: int = strawberry.field(description="Version, to change it by.")

    item: "ControlItem | None" = one(models.ControlOccasion.item_id, "Of which control.")
    done_by: Person | None = one(models.ControlOccasion.done_by, "Who recorded it.")
    evidence: list[ControlEvidence] = many(
        models.OccasionFile.occasion_id, "Files that show it.", order=lambda row: (row.title,)
    )
    deviations: list[ControlDeviation] = many(
        models.Deviation.occasion_id,
        "What it found to be wrong, and where that was carried on to.",
        order=lambda row: (row.found_at,),
    )


def _worst(place: Place) -> ColumnElement[Any]:
    """As `rules.worst`, of a control's occasions."""
    occasion = aliased(models.ControlOccasion)
    graver = case(*((occasion.light == light, step) for step, light in enumerate(WORST)))
    own = (occasion.tenant_id == place.given.tenant) & (occasion.item_id == place.row.id)
    lit = select(occasion.light).where(own, occasion.light.is_not(None)).order_by(graver)
    return place.alone(lit.limit(1))


@strawberry.type(description="What is looked at, by whom, how often and how.")
class ControlItem(Node):
    model = models.ControlItem
    permission = READ
    change = WRITE

    row: strawberry.Private[models.ControlItem]
    number: int = strawberry.field(description="Its number in the plan.")
    kind: ControlKind = strawberry.field(description="Control or self-inspection.")
    title: str = strawberry.field(description="What is looked at.")
    method: str = strawberry.field(description="How.")
    sample: str = strawberry.field(description="How much.")
    periodicity: PeriodKind = strawberry.field(description="How often.")
    conclusion: str = strawberry.field(description="What the year's control has shown.")
    version: int = strawberry.field(description="Version, to change it by.")
    removed_at: datetime | None = strawberry.field(description="When it was taken out.")

    plan: "ControlPlan | None" = one(models.ControlItem.plan_id, "The plan that it stands in.")
    risk: "ControlPlanRisk | None" = one(models.ControlItem.plan_risk_id, "Which risk it is of.")
    unit: Unit | None = one(models.ControlItem.unit_id, "Where it is done.")
    responsible: Person | None = one(models.ControlItem.responsible_id, "Who does it.")
    last_year: "ControlItem | None" = one(
        models.ControlItem.origin_id, "The item of the year before that it was copied from."
    )
    occasions: list[ControlOccasion] = many(
        models.ControlOccasion.item_id, "By their days.", order=lambda row: (row.due_on,)
    )
    deviations: list[ControlDeviation] = many(
        models.Deviation.item_id, "What it follows up.", order=lambda row: (row.found_at,)
    )
    attestation: ControlAttestation | None = many(
        models.Attestation.item_id,
        "The attestation of this control by itself that stands.",
        order=lambda row: (row.attested_at,),
        where=lambda row: row.withdrawn_at.is_(None),
    )

    @strawberry.field(
        description="The worst light of the year; null until it is done once.",
        metadata=planned(Value(_worst)),
    )
    async def light(self, info: Info) -> ControlLight | None:
        occasions = await info.context.children(
            models.ControlOccasion,
            models.ControlOccasion.item_id,
            self.row.id,
            order=(models.ControlOccasion.due_on,),
            name="internal_control.light",
        )
        return worst(each.light for each in occasions)


@strawberry.type(description="A risk as it was when it was chosen for a plan.")
class ControlPlanRisk(Node):
    model = models.PlanRisk
    permission = READ
    change = WRITE

    row: strawberry.Private[models.PlanRisk]
    number: int = strawberry.field(description="Its number in the municipality.")
    title: str = strawberry.field(description="What may happen.")
    cause: str = strawberry.field(description="Why it may happen.")
    effect: str = strawberry.field(description="What it leads to.")
    category: str = strawberry.field(description="Key of its category.")
    probability: int = strawberry.field(description="Step of probability then.")
    consequence: int = strawberry.field(description="Step of consequence then.")
    value: int = strawberry.field(description="Their product.")
    mirrored_at: datetime = strawberry.field(description="When it was mirrored.")

    risk: Risk | None = one(models.PlanRisk.risk_id, "The risk as it is now.")
    items: list[ControlItem] = many(
        models.ControlItem.plan_risk_id,
        "The controls of it.",
        order=lambda row: (row.number,),
        where=lambda row: row.removed_at.is_(None),
    )


@strawberry.type(description="What a year's controls have shown, handed to the committee.")
class ControlFollowUp(Node):
    model = models.FollowUp
    permission = READ
    change = WRITE

    row: strawberry.Private[models.FollowUp]
    summary: str = strawberry.field(description="In words.")
    made_at: datetime = strawberry.field(description="When it was handed over.")
    decided_by: str = strawberry.field(description="The body that decided on it; empty before.")
    decided_on: date | None = strawberry.field(description="When it decided.")
    decided_paragraph: str = strawberry.field(description="Paragraph of the minutes.")
    registry_number: str = strawberry.field(description="Number in the registry.")

    made_by: Person | None = one(models.FollowUp.made_by, "Who handed it over.")


@strawberry.type(description="What a committee is going to control during a year.")
class ControlPlan(Node):
    model = models.ControlPlan
    permission = READ
    change = WRITE

    row: strawberry.Private[models.ControlPlan]
    year: int = strawberry.field(description="For which year.")
    state: PlanState = strawberry.field(description="How far it has come.")
    introduction: str = strawberry.field(description="Words before the controls.")
    attest_by: date | None = strawberry.field(description="Last day to attest it.")
    follow_up_by: date | None = strawberry.field(description="Last day to follow it up.")
    decided_by: str = strawberry.field(description="The body that decided on it; empty before.")
    decided_on: date | None = strawberry.field(description="When it decided.")
    decided_paragraph: str = strawberry.field(description="Paragraph of the minutes.")
    registry_number: str = strawberry.field(description="Number in the registry.")
    activated_at: datetime | None = strawberry.field(description="When it was activated.")
    closed_at: datetime | None = strawberry.field(description="When it was closed.")
    version: int = strawberry.field(description="Version, to change it by.")

    unit: Unit | None = one(models.ControlPlan.unit_id, "Whose plan it is.")
    copied_from: "ControlPlan | None" = one(
        models.ControlPlan.copied_from_id, "The plan of an earlier year that it was copied from."
    )
    activated_by: Person | None = one(models.ControlPlan.activated_by, "Who activated it.")
    closed_by: Person | None = one(models.ControlPlan.closed_by, "Who closed it.")
    risks: list[ControlPlanRisk] = many(
        models.PlanRisk.plan_id,
        "What it mirrors, the highest value first.",
        order=lambda row: (row.value.desc(), row.number),
    )
    items: list[ControlItem] = many(
        models.ControlItem.plan_id,
        "Its controls by number.",
        order=lambda row: (row.number,),
        where=lambda row: row.removed_at.is_(None),
    )
    attestations: list[ControlAttestation] = many(
        models.Attestation.plan_id,
        "All there have been, of the plan and its controls.",
        order=lambda row: (row.attested_at,),
    )
    changes: list[ControlChange] = many(
        models.ControlChange.plan_id,
        "Its changes under way, the first first.",
        order=lambda row: (row.changed_at,),
    )
    follow_up: ControlFollowUp | None = many(
        models.FollowUp.plan_id, "What its controls have shown.", order=lambda row: (row.made_at,)
    )
