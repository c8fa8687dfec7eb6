"""Groups of a directory and who is in them. Members are handled as sets, never one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, delete, func, select

from ...authz.permit import NOWHERE, permit
from ...infra.errors import InvalidInput, NotFound
from ...infra.i18n import _
from ..log.access_log import Action
from ..models import Person
from ..work import Work
from .models import ScimGroup, ScimMember, ScimUser
from .roles import everyone_in, settle_roles, take_groups

LONGEST: Final = 500
MOST_MEMBERS: Final = 20_000


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group; `members` are ids of people, None when nobody asked for them."""

    id: UUID
    display_name: str
    external_id: str | None
    version: int
    created_at: datetime
    changed_at: datetime
    members: tuple[UUID, ...] | None = None


@permit("people.provision")
async def search_groups(
    work: Work,
    *,
    where: ColumnElement[bool] | None = None,
    order: Sequence[SQLColumnExpression[Any]] = (),
    offset: int = 0,
    limit: int,
    members: bool = True,
) -> tuple[int, list[ShownGroup]]:
    """How many there are, and a page of them."""
    work.require("people.provision", at=NOWHERE)
    chosen = select(ScimGroup) if where is None else select(ScimGroup).where(where)
    total = (await work.execute(select(func.count()).select_from(chosen.subquery()))).scalar_one()
    rows: Sequence[ScimGroup] = ()
    if limit and offset < total:
        rows = await work.scalars(chosen.order_by(*order, ScimGroup.id).offset(offset).limit(limit))
    found = await _shown(work, rows, members=members)
    _note(work, Action.SEARCH, found)
    return total, found


@permit("people.provision")
async def get_group(
    work: Work, group_id: UUID, *, members: bool = True, to_change: bool = False
) -> ShownGroup:
    """Raises NotFound. One that is read `to_change` stays as it is until the work ends."""
    work.require("people.provision", at=NOWHERE)
    if to_change:
        await take_groups(work)
    wanted = select(ScimGroup).where(ScimGroup.id == group_id)
    row = await work.first(wanted.with_for_update() if to_change else wanted)
    if row is None:
        raise NotFound
    found = await _shown(work, [row], members=members)
    if not to_change:
        _note(work, Action.READ, found)
    return found[0]


@permit("people.provision")
async def add_group(
    work: Work, *, display_name: str, external_id: str | None, members: Collection[UUID]
) -> ShownGroup:
    """Raises InvalidInput when a member is nobody in the register."""
    work.require("people.provision", at=NOWHERE)
    await take_groups(work)
    row = ScimGroup(
        display_name=_text(display_name, "displayName"),
        external_id=_text(external_id, "externalId") if external_id else None,
        version=1,
        changed_at=work.now,
    )
    work.add(row)
    await work.flush()
    await _set_members(work, row.id, set(members), standing=set())
    found = await _shown(work, [row], members=True)
    _note(work, Action.ADD, found)
    return found[0]


@permit("people.provision")
async def change_group(
    work: Work,
    group_id: UUID,
    *,
    display_name: str,
    external_id: str | None,
    members: Collection[UUID],
) -> ShownGroup:
    """All of what the directory says now; with the members go the roles that the group gives."""
    work.require("people.provision", at=NOWHERE)
    await take_groups(work)
    row = await work.first(select(ScimGroup).where(ScimGroup.id == group_id).with_for_update())
    if row is None:
        raise NotFound
    row.display_name = _text(display_name, "displayName")
    row.external_id = _text(external_id, "externalId") if external_id else None
    row.version, row.changed_at = row.version + 1, work.now
    await work.flush()
    standing = set(await everyone_in(work, group_id))
    changed = await _set_members(work, group_id, set(members), standing=standing)
    work.note(Action.CHANGE, "group", records=[group_id], about=changed)
    return (await _shown(work, [row], members=True))[0]


@permit("people.provision")
async def remove_group(work: Work, group_id: UUID) -> None:
    """The group, what it gives, and the roles that came from it."""
    work.require("people.provision", at=NOWHERE)
    await take_groups(work)
    row = await work.get(ScimGroup, group_id)
    people = await everyone_in(work, group_id)
    await work.delete(row)
    await work.flush()
    await settle_roles(work, people)
    work.note(Action.REMOVE, "group", records=[group_id], about=people)


async def _set_members(
    work: Work, group_id: UUID, wanted: set[UUID], *, standing: set[UUID]
) -> list[UUID]:
    """Have these be in the group and nobody else; the answer is who came or went."""
    if len(wanted) > MOST_MEMBERS:
        raise InvalidInput(
            _("A group has at most {most} members.", most=MOST_MEMBERS), field="members"
        )
    gone, new = standing - wanted, wanted - standing
    await _refuse_strangers(work, new)
    if gone:
        await work.execute(
            delete(ScimMember)
            .where(ScimMember.group_id == group_id, ScimMember.person_id.in_(gone))
            .execution_options(synchronize_session=False)
        )
    work.add(*(ScimMember(group_id=group_id, person_id=id) for id in sorted(new)))
    await work.flush()
    await settle_roles(work, gone | new)
    return sorted(gone | new)


async def _refuse_strangers(work: Work, people: Collection[UUID]) -> None:
    if not people:
        return
    beside = and_(ScimUser.person_id == Person.id, ScimUser.tenant_id == Person.tenant_id)
    there = await work.scalars(
        select(Person.id)
        .outerjoin(ScimUser, beside)
        .where(Person.id.in_(people), ScimUser.removed_at.is_(None))
    )
    strangers = set(people) - set(there)
    if strangers:
        raise InvalidInput(
            _(
                "{count} of the members are no users here, such as {id}. Send the people first, "
                "and no groups within groups.",
                count=len(strangers),
                id=min(strangers),
            ),
            field="members",
        )


async def _shown(work: Work, rows: Iterable[ScimGroup], *, members: bool) -> list[ShownGroup]:
    rows = list(rows)
    people: dict[UUID, list[UUID]] = {row.id: [] for row in rows}
    if members and rows:
        found = await work.rows(
            select(ScimMember.group_id, ScimMember.person_id)
            .where(ScimMember.group_id.in_(list(people)))
            .order_by(ScimMember.id)
        )
        for group_id, person_id in found:
            people[group_id].append(person_id)
    return [
        ShownGroup(
            id=row.id,
            display_name=row.display_name,
            external_id=row.external_id,
            version=row.version,
            created_at=row.created_at,
            changed_at=row.changed_at,
            members=tuple(people[row.id]) if members else None,
        )
        for row in rows
    ]


def _note(work: Work, action: Action, groups: Sequence[ShownGroup]) -> None:
    about = (id for group in groups for id in group.members or ())
    work.note(action, "group", records=[group.id for group in groups], about=about)


def _text(text: str, field: str) -> str:
    if not text.strip():
        raise InvalidInput(_("Write something here: it cannot be empty."), field=field)
    if len(text) > LONGEST:
        raise InvalidInput(
            _("The text has {count} signs. At most {most} fit.", count=len(text), most=LONGEST),
            field=field,
        )
    return text.strip()
