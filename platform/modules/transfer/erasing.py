"""The end of a municipality in this installation, decided by two people and a notice.

One full administrator asks, another one confirms within seven days, and after the notice whoever
runs the service carries it out (`ending.py`). Until then any of them can withdraw it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....infra.errors import Conflict, Forbidden, InvalidInput
from ....infra.i18n import _
from ....infra.texts import one_line
from ....tenants.log.access_log import Action
from ....tenants.models import RoleGrant
from ....tenants.municipality import settings_of
from ....tenants.rows import uuid7
from ....tenants.work import Work
from .models import TenantErasure
from .settings import TransferSettings

CONFIRM_WITHIN: Final = timedelta(days=7)
REASON: Final = 300
MODULE: Final = "transfer"
ADMINISTRATOR: Final = "full_administrator"


@permit("tenant.erase")
async def standing_erasure(work: Work) -> TenantErasure | None:
    """The erasure that has been asked for or confirmed and not withdrawn, if there is one."""
    return await work.first(select(TenantErasure).where(TenantErasure.withdrawn_at.is_(None)))


@permit("tenant.erase")
async def ask_for_erasure(work: Work, *, reason: str) -> TenantErasure:
    """Ask that all of the municipality be erased. Raises InvalidInput without a reason, Conflict
    while an earlier one stands, Forbidden for a program."""
    person_id = _person(work)
    standing = await standing_erasure(work)
    if standing is not None and not is_late(work, standing):
        raise Conflict(_("It has been asked for already. Confirm or withdraw that first."))
    if standing is not None:
        standing.withdrawn_at = work.now
        await work.flush()
    if not reason.strip():
        raise InvalidInput(_("Say why: it is kept with the erasure."), field="reason")
    erasure = TenantErasure(
        id=uuid7(),
        reason=one_line(reason, field="reason", most=REASON),
        asked_by=person_id,
        notice_days=(await notice(work)).notice_days,
    )
    work.add(erasure)
    await work.flush()
    work.note(Action.ADD, "tenant_erasure", records=[erasure.id])
    return erasure


@permit("tenant.erase")
async def confirm_erasure(work: Work, erasure_id: UUID) -> TenantErasure:
    """Confirm what another full administrator has asked for; the notice begins. Raises NotFound;
    Conflict for one's own, for one who became an administrator afterwards, and when it is too
    late; Forbidden for a program."""
    person_id = _person(work)
    erasure = await _hold(work, erasure_id)
    if erasure.confirmed_at is not None:
        raise Conflict(_("It is confirmed already."))
    if erasure.asked_by == person_id:
        raise Conflict(_("Whoever asks cannot confirm. Another full administrator does that."))
    if is_late(work, erasure):
        raise Conflict(_("It was asked for more than seven days ago. Ask anew."))
    # Else one person could make another one, and be both.
    before = select(RoleGrant.id).where(
        RoleGrant.person_id == person_id,
        RoleGrant.role == ADMINISTRATOR,
        RoleGrant.created_at < erasure.created_at,
    )
    if await work.first(before) is None:
        raise Conflict(
            _("Only somebody who was a full administrator when it was asked for can confirm it.")
        )
    erasure.confirmed_by, erasure.confirmed_at = person_id, work.now
    erasure.due_on = work.today + timedelta(days=erasure.notice_days)
    await work.flush()
    work.note(Action.CHANGE, "tenant_erasure", records=[erasure.id])
    return erasure


@permit("tenant.erase")
async def withdraw_erasure(work: Work, erasure_id: UUID) -> TenantErasure:
    """Let the municipality stand. Raises NotFound, Conflict when it was withdrawn already."""
    erasure = await _hold(work, erasure_id)
    erasure.withdrawn_by, erasure.withdrawn_at = work.actor.id, work.now
    await work.flush()
    work.note(Action.WITHDRAW, "tenant_erasure", records=[erasure.id])
    return erasure


async def notice(work: Work) -> TransferSettings:
    return await settings_of(work, MODULE, TransferSettings)


def is_late(work: Work, erasure: TenantErasure) -> bool:
    """Whether nobody has confirmed it in time."""
    return erasure.confirmed_at is None and erasure.created_at + CONFIRM_WITHIN < work.now


async def _hold(work: Work, erasure_id: UUID) -> TenantErasure:
    """The erasure, while others wait. Raises NotFound, Conflict when it was withdrawn."""
    await work.get(TenantErasure, erasure_id)
    held = await work.first(
        select(TenantErasure).where(TenantErasure.id == erasure_id).with_for_update()
    )
    assert held is not None
    if held.withdrawn_at is not None:
        raise Conflict(_("It was withdrawn."))
    return held


def _person(work: Work) -> UUID:
    """Raises Forbidden for a key: an administrator can make one that acts for another."""
    if work.actor.id is None or work.actor.token_id is not None:
        raise Forbidden(_("Only somebody who is signed in can do this, and no key."))
    return work.actor.id
