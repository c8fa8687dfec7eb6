"""Which unit's list an event belongs to, and who reviews it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, or_, select

from ....authz.permit import NOWHERE
from ....tenants.grants import stands
from ....tenants.models import Person, RoleGrant, Unit, UnitSuccession, UnitVersion
from ....tenants.tree.versions import on_day
from ....tenants.work import Work
from .settings import LogReviewSettings

REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Places:
    """The tree as it stands. `lists` has for each unit there has been the one whose list takes its
    events, NOWHERE for the municipality's own; `reviewers` by unit (NOWHERE: the whole)."""

    parents: Mapping[UUID, UUID | None]
    lists: Mapping[UUID, UUID]
    reviewers: Mapping[UUID, frozenset[UUID]]

    def lineage(self, unit_id: UUID) -> list[UUID]:
        """The unit and all above it, nearest first."""
        found: list[UUID] = []
        at: UUID | None = unit_id
        while at is not None and at not in found:
            found.append(at)
            at = self.parents.get(at)
        return found

    def reviewers_of(self, unit_id: UUID | None) -> frozenset[UUID]:
        """Those of the nearest unit that has any; none where nobody is named."""
        held = [*(self.lineage(unit_id) if unit_id else ()), NOWHERE]
        return next((self.reviewers[at] for at in held if at in self.reviewers), frozenset())


async def read_places(work: Work, settings: LogReviewSettings) -> Places:
    """In four statements. A unit that has ended is followed to what carries on its work, else to
    what it stood below at its end."""
    codes = await work.rows(select(Unit.id, Unit.code))
    standing = await work.rows(
        select(UnitVersion.unit_id, UnitVersion.parent_id)
        .where(or_(on_day(work.today), UnitVersion.valid_to.is_not(None)))
        .order_by(UnitVersion.valid_from)
    )
    now = set(await work.scalars(select(UnitVersion.unit_id).where(on_day(work.today))))
    heirs = await work.rows(
        select(UnitSuccession.predecessor_id, UnitSuccession.successor_id).order_by(
            UnitSuccession.from_date.desc(), UnitSuccession.id.desc()
        )
    )
    parents: dict[UUID, UUID | None] = {row.unit_id: row.parent_id for row in standing}
    # Work that was divided goes with the first of those who carry it on.
    parents |= {old: new for old, new in heirs if old not in now}
    reviewers = await _reviewers(work)
    wanted = set(settings.unit_codes)
    listed = {id for id, code in codes if (settings.every_unit and id in now) or code in wanted}
    listed |= set(reviewers) - {NOWHERE}
    places = Places(parents, {}, reviewers)
    lists = {
        id: next((at for at in places.lineage(id) if at in listed), NOWHERE) for id, _code in codes
    }
    return Places(parents, lists, reviewers)


async def lineages(work: Work) -> dict[UUID, list[UUID]]:
    """Each unit of today with itself and all above it."""
    rows = await work.rows(
        select(UnitVersion.unit_id, UnitVersion.parent_id).where(on_day(work.today))
    )
    tree = Places({row.unit_id: row.parent_id for row in rows}, {}, {})
    return {unit: tree.lineage(unit) for unit in tree.parents}


async def _reviewers(work: Work) -> dict[UUID, frozenset[UUID]]:
    here = Person.here(work.today)
    same = and_(Person.id == RoleGrant.person_id, Person.tenant_id == RoleGrant.tenant_id)
    rows = await work.rows(
        select(RoleGrant.unit_id, RoleGrant.person_id)
        .join(Person, same)
        .where(RoleGrant.role == REVIEWER, stands(work.now), here)
    )
    found: dict[UUID, frozenset[UUID]] = {}
    for unit_id, person_id in rows:
        at = unit_id or NOWHERE
        found[at] = found.get(at, frozenset()) | {person_id}
    return found
