"""What a full administrator needs to meet every part of deviations, as samples of each record."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from roder.platform.modules.deviations.models import DeviationType, Law
from roder.platform.modules.deviations.service import (
    Report,
    plan_action,
    report_deviation,
    save_draft,
)
from roder.tenants.actors import Actor
from roder.tenants.entry import load_actor
from roder.tenants.models import RoleGrant, Unit
from roder.tenants.sign_in.assurance import HIGHEST
from roder.tenants.work import Work

ROLES = ("deviation_handler", "lex_officer", "lex_investigator", "medical_officer")


def sure(actor: Actor) -> Actor:
    """Signed in so that every module is open to them."""
    return replace(actor, level=HIGHEST)


async def add_deviations(work: Work, employee_id: UUID) -> None:
    """A draft and an action of the actor's own, and a misconduct to investigate, which is at its
    first version as the samples say."""
    actor_id = work.actor.id
    assert actor_id
    work.add(*(RoleGrant(person_id=actor_id, role=role) for role in ROLES))
    await work.flush()
    acting = replace(work, actor=sure(await load_actor(work, actor_id)))
    other = replace(work, actor=sure(await load_actor(work, employee_id)))
    unit_id = (await work.scalars(select(Unit.id).order_by(Unit.id)))[0]
    report = Report(unit_id=unit_id, laws=(Law.HSL, Law.SOL), what="Prov")
    await save_draft(acting, report)
    case = await report_deviation(other, report)
    await plan_action(acting, case.id, title="Prov", owner_id=actor_id, due_on=work.today)
    lex = await report_deviation(other, replace(report, type=DeviationType.MISCONDUCT))
    lex.assigned_to, lex.version = actor_id, 1
    await work.flush()
