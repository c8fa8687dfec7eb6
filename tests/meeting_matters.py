"""What a committee can take up: a red goal of this year, a high risk and a document in force."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from control_plans import a_risk

from roder.platform.modules.goals.models import NodeKind
from roder.platform.modules.goals.planning.adding import NewNode, add_nodes
from roder.platform.modules.goals.rules import Light
from roder.platform.modules.goals.steering.design import LevelDesign, create_model, levels_of
from roder.platform.modules.goals.values.lights import set_light_by_hand
from roder.platform.modules.governing_documents import service, versions
from roder.tenants.rows import uuid7

MODULES = ("goals", "internal_control", "governing_documents")


@dataclass
class Matters:
    goal: UUID
    risk: UUID
    document: UUID


async def make_matters(town) -> Matters:
    await town.switch_on(*MODULES)
    committee = town.units["committee"].id
    async with await town.work() as work:
        year = work.today.year
        design = LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål", "en": "Goal"})
        model = await create_model(work, year=year, name="Mål", levels=(design,))
        [level] = await levels_of(work, model.id)
        goal = uuid7()
        await add_nodes(work, [NewNode(level.id, committee, "Nöjda brukare", id=goal)])
        await set_light_by_hand(
            work, goal, unit_id=committee, period=str(year), light=Light.RED, reason="För tidigt"
        )
        risk = await a_risk(work, committee)
        document = await service.add_document(
            work,
            unit_id=committee,
            body_id=committee,
            title="Riktlinje för hemtjänst",
            type_key="riktlinje",
        )
        version = await versions.draft_version(work, document.id)
        await versions.decide_version(
            work,
            version.id,
            valid_from=work.today.replace(month=1, day=1),
            decided_by="Socialnämnden",
            decided_on=work.today.replace(month=1, day=1),
            decided_paragraph="§ 1",
            registry_number="SN 1",
        )
        return Matters(goal, risk.id, document.id)
