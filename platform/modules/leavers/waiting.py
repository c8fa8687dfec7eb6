"""Who is to be purged: those who have left, and those who have not been seen for long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from ....authz.permit import NOWHERE, permit
from ....tenants.grants import stands
from ....tenants.log.access_log import Action, LogEntry
from ....tenants.models import ApiToken, Person, RoleGrant, UserSession
from ....tenants.work import Work
from .models import Leaver, LeaverRun, RunState, Why
from .settings import leaver_settings

MOST = 500
"""People that one page shows, and that one run takes."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who could be purged. `seen_at` is the last that the log tells of them."""

    id: UUID
    name: str
    email: str
    why: Why
    left_on: date | None
    seen_at: datetime | None


@permit("leavers.run")
async def waiting(work: Work) -> list[Waiting]:
    """All whom the actor may purge and who are in no run yet: those who have left, by the day,
    then those who have been silent, by name."""
    found = await who_left(work) + await who_is_silent(work)
    work.note(Action.READ, "leaver", about=[each.id for each in found])
    return found


async def who_left(work: Work, *, by: Why | None = None) -> list[Waiting]:
    """By the day they left, as many as a run takes; with `by` SCIM those whom the
    directory has ended."""
    chosen = _free(work).where(Person.left_on <= work.today)
    if by is Why.SCIM:
        chosen = chosen.where(Person.left_by == "scim")
    rows = await work.scalars(chosen.order_by(Person.left_on, Person.id).limit(MOST))
    return [
        Waiting(
            row.id,
            row.name,
            row.email,
            Why.SCIM if row.left_by == "scim" else Why.LEFT,
            row.left_on,
            None,
        )
        for row in await _within_reach(work, rows)
    ]


async def who_is_silent(work: Work) -> list[Waiting]:
    """Those who are here, and of whom neither the log nor a session nor a token tells anything
    since as many months as the municipality has chosen. Nobody where it has chosen none."""
    months = (await leaver_settings(work)).silent_months
    if not months:
        return []
    since = work.now - timedelta(days=round(months * 365.25 / 12))
    entry, session, token = aliased(LogEntry), aliased(UserSession), aliased(ApiToken)
    tenant = work.tenant.id
    heard = (
        exists().where(entry.tenant_id == tenant, entry.person_id == Person.id, entry.at >= since),
        exists().where(
            session.tenant_id == tenant,
            session.person_id == Person.id,
            session.last_seen_at >= since,
        ),
        exists().where(
            token.tenant_id == tenant, token.person_id == Person.id, token.last_used_at >= since
        ),
    )
    chosen = _free(work).where(
        Person.here(work.today),
        Person.created_at < since,
        *(~each for each in heard),
    )
    rows = await work.scalars(chosen.order_by(func.sv_key(Person.name), Person.id).limit(MOST))
    seen = await _last_seen(work, [row.id for row in rows])
    return [
        Waiting(row.id, row.name, row.email, Why.SILENT, row.left_on, seen.get(row.id))
        for row in await _within_reach(work, rows)
        if row.id != work.actor.id
    ]


async def heard_since(work: Work, person_ids: Sequence[UUID], since: datetime) -> frozenset[UUID]:
    """Those who have come, or a key of theirs, since then: they are silent no more. That somebody
    looked at the service as they do tells nothing of them."""
    session, token = UserSession, ApiToken
    heard = (
        select(LogEntry.person_id).where(
            LogEntry.person_id.in_(person_ids), LogEntry.behind_id.is_(None), LogEntry.at > since
        ),
        select(session.person_id).where(
            session.person_id.in_(person_ids), session.last_seen_at > since
        ),
        select(token.person_id).where(token.person_id.in_(person_ids), token.last_used_at > since),
    )
    return frozenset([id for each in heard for id in await work.scalars(each) if id])


def _free(work: Work) -> Select[Person]:
    """Those of the register who are in no run that is open or under way."""
    leaver, run = aliased(Leaver), aliased(LeaverRun)
    taken = exists().where(
        leaver.tenant_id == work.tenant.id,
        leaver.person_id == Person.id,
        run.tenant_id == work.tenant.id,
        run.id == leaver.run_id,
        run.state.in_((RunState.OPEN, RunState.DECIDED)),
    )
    return select(Person).where(Person.forgotten_at.is_(None), ~taken)


async def _within_reach(work: Work, people: Sequence[Person]) -> list[Person]:
    """Of a local administrator: those all of whose roles, also ended ones, lie within own units,
    and who have one that stands. One that the administrator has given or that was handed on does
    not count: nobody brings somebody within their own reach."""
    if work.allows("leavers.run", at=NOWHERE):
        return list(people)
    counts = and_(
        stands(work.now),
        RoleGrant.delegated_from.is_(None),
        RoleGrant.granted_by.is_distinct_from(work.actor.id),
    )
    held = await work.rows(
        select(RoleGrant.person_id, RoleGrant.unit_id, counts).where(
            RoleGrant.person_id.in_([person.id for person in people])
        )
    )
    places: dict[UUID, list[tuple[UUID | None, bool]]] = {}
    for person_id, unit_id, counting in held:
        places.setdefault(person_id, []).append((unit_id, counting))
    return [
        person
        for person in people
        if any(counting for _unit, counting in places.get(person.id, ()))
        and all(work.allows("leavers.run", at=unit or NOWHERE) for unit, _c in places[person.id])
    ]


async def require_reach(work: Work, people: Sequence[Person]) -> None:
    """Forbidden unless the actor may purge every one of them."""
    if len(await _within_reach(work, people)) < len(people):
        work.require("leavers.run", at=NOWHERE)


async def _last_seen(work: Work, person_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    latest = (
        select(LogEntry.person_id, func.max(LogEntry.at))
        .where(and_(LogEntry.person_id.in_(person_ids), LogEntry.action == Action.SIGN_IN))
        .group_by(LogEntry.person_id)
    )
    return {person_id: at for person_id, at in await work.rows(latest) if person_id}
