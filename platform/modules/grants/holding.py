"""Getting hold of a grant to change it: the right, its version, and that it is still open."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from ....infra.errors import Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....tenants.models import Person
from ....tenants.work import Work
from .models import Grant, GrantMoney, GrantState, MoneyKind
from .rules import Sums

WRITE = "grants.write"


async def hold_grant(
    work: Work, grant_id: UUID, *, version: int | None = None, closed: bool = False
) -> Grant:
    """The grant, which nobody else changes until the work ends. Raises NotFound, Forbidden, and
    Conflict for another version than the one that stands, or for one that is closed unless
    `closed`."""
    grant = await work.first(
        select(Grant)
        .where(Grant.id == grant_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if grant is None:
        raise NotFound()
    work.require(WRITE, at=grant.unit_id)
    if version is not None and version != grant.version:
        raise Conflict(
            _("Somebody has changed the grant since you opened it. Load the page and look.")
        )
    if grant.state is GrantState.CLOSED and not closed:
        raise Conflict(_("The grant is closed. Take the last step back to open it again."))
    return grant


async def touched(work: Work, grant: Grant) -> Grant:
    """Saved, as a new version."""
    grant.version += 1
    grant.changed_by, grant.changed_at = work.actor.id, work.now
    await work.flush()
    return grant


async def sums_of(work: Work, grant_ids: list[UUID]) -> dict[UUID, Sums]:
    """What has been paid, used and returned of each, in one statement."""
    if not grant_ids:
        return {}
    total = func.sum(GrantMoney.amount)
    rows = await work.rows(
        select(GrantMoney.grant_id, GrantMoney.kind, total)
        .where(GrantMoney.grant_id.in_(grant_ids))
        .group_by(GrantMoney.grant_id, GrantMoney.kind)
    )
    found = {id: Sums() for id in grant_ids}
    for id, kind, amount in rows:
        found[id] = found[id].plus(MoneyKind(kind), amount)
    return found


async def check_person(work: Work, person_id: UUID, *, field: str = "responsibleId") -> None:
    """Raises NotFound for somebody unknown, InvalidInput for somebody who has left."""
    await work.get(Person, person_id, field=field)
    here = select(Person.id).where(Person.id == person_id, Person.here(work.today))
    if await work.first(here) is None:
        raise InvalidInput(_("This person has left. Choose somebody else."), field=field)
