"""People as a directory sees them: what it told, on top of the register's own row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    case,
    delete,
    false,
    func,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from ...authz.permit import NOWHERE, permit
from ...infra.errors import Conflict, NotFound
from ...infra.i18n import _
from ..log.access_log import Action
from ..models import Person
from ..people import leave
from ..work import Work
from .models import ScimGroup, ScimMember, ScimUser
from .roles import settle_roles, take_groups
from .told import (
    Told,
    ToldEmail,
    checked,
    register_email,
    register_locale,
    register_name,
    told_email,
)

BY_SCIM: Final = "scim"


@dataclass(frozen=True, slots=True)
class ShownUser:
    """A person as the directory gets them back; `groups` are ids and names."""

    id: UUID
    told: Told
    created_at: datetime
    changed_at: datetime
    groups: tuple[tuple[UUID, str], ...] = ()

    @property
    def version(self) -> str:
        """Another one after every change, also one made by hand in the register."""
        told = [getattr(self.told, field.name) for field in fields(Told)]
        return hashlib.sha256(orjson.dumps([told, self.changed_at])).hexdigest()[:16]


def user_columns(today: date) -> dict[str, SQLColumnExpression[Any]]:
    """What can be asked of a person, from `Person` with `ScimUser` beside it. Whom no directory has
    told of is shown as the register has them."""
    untold = ScimUser.id.is_(None)
    own = func.jsonb_build_object("value", Person.email, "type", "work", "primary", True)
    here = Person.here(today)
    return {
        "id": Person.id,
        "user_name": func.coalesce(ScimUser.user_name, Person.email),
        "external_id": ScimUser.external_id,
        "formatted": ScimUser.formatted,
        "given_name": ScimUser.given_name,
        "family_name": ScimUser.family_name,
        "display_name": case((untold, Person.name), else_=ScimUser.display_name),
        "preferred_language": case((untold, Person.locale), else_=ScimUser.preferred_language),
        "department": ScimUser.department,
        "active": case(
            (~here, false()),
            (and_(~untold, ScimUser.active.is_(None)), null()),
            else_=true(),
        ),
        "emails": case((untold, func.jsonb_build_array(own, type_=JSONB)), else_=ScimUser.emails),
        "created_at": Person.created_at,
        "changed_at": func.coalesce(ScimUser.changed_at, Person.created_at),
    }


@permit("people.provision")
async def search_users(
    work: Work,
    *,
    where: ColumnElement[bool] | None = None,
    order: Sequence[SQLColumnExpression[Any]] = (),
    offset: int = 0,
    limit: int,
) -> tuple[int, list[ShownUser]]:
    """How many there are, and a page of them."""
    work.require("people.provision", at=NOWHERE)
    chosen = _users(work, where)
    total = (await work.execute(select(func.count()).select_from(chosen.subquery()))).scalar_one()
    found = []
    if limit and offset < total:
        page = chosen.order_by(*order, Person.id).offset(offset).limit(limit)
        found = await _shown(work, page)
    people = [user.id for user in found]
    work.note(Action.SEARCH, "person", records=people, about=people)
    return total, found


@permit("people.provision")
async def get_user(work: Work, person_id: UUID, *, to_change: bool = False) -> ShownUser:
    """Raises NotFound, also for whom the directory has taken away. Who is read `to_change` stays as
    they are until the work ends."""
    work.require("people.provision", at=NOWHERE)
    if to_change:
        await take_groups(work)
        await work.scalars(select(Person.id).where(Person.id == person_id).with_for_update())
    found = await _shown(work, _users(work, Person.id == person_id))
    if not found:
        raise NotFound
    if not to_change:
        work.note(Action.READ, "person", records=[person_id], about=[person_id])
    return found[0]


@permit("people.provision")
async def add_user(work: Work, told: Told) -> ShownUser:
    """Raises InvalidInput, and Conflict when somebody has the name or the address already.

    Whom the directory took away comes back as the same person if it knows them by the same name.
    """
    work.require("people.provision", at=NOWHERE)
    told = checked(told)
    email = register_email(told)
    standing = await _who_has(work, told.user_name, email)
    if standing is None:
        person = Person(name=register_name(told), email=email, locale=register_locale(told, "sv"))
        work.add(person)
        await work.flush()
        row = ScimUser(person_id=person.id)
    else:
        person, row = standing
        if not _same(row, told):
            raise Conflict(
                _(
                    "The directory has taken somebody else with this e-mail address away. It is "
                    "free when those who left have been removed from the register."
                ),
                field="emails",
            )
        person.name, person.email = register_name(told), email
        person.locale, row.removed_at = register_locale(told, person.locale), None
    await _keep(work, person, row, told)
    work.note(Action.ADD, "person", records=[person.id], about=[person.id])
    return await _one(work, person.id)


@permit("people.provision")
async def change_user(work: Work, person_id: UUID, told: Told) -> ShownUser:
    """All of what the directory says now. Raises as `add_user`, and Conflict for the last full
    administrator who would leave."""
    work.require("people.provision", at=NOWHERE)
    told = checked(told)
    before = (await get_user(work, person_id, to_change=True)).told
    person = await work.get(Person, person_id)
    email = register_email(told)
    # What was mended by hand stays until the directory says something else than it did.
    if email.lower() == person.email.lower() or email == told_email(before):
        email = person.email
    await _refuse_taken(work, told.user_name, email, but=person_id)
    person.email = email
    if register_name(told) != register_name(before):
        person.name = register_name(told)
    if told.preferred_language != before.preferred_language:
        person.locale = register_locale(told, person.locale)
    await _keep(work, person, await _row(work, person_id), told)
    work.note(Action.CHANGE, "person", records=[person_id], about=[person_id])
    return await _one(work, person_id)


@permit("people.provision")
async def remove_user(work: Work, person_id: UUID) -> None:
    """The person has left, and there is no such user any more. What they did stays theirs."""
    work.require("people.provision", at=NOWHERE)
    shown = await get_user(work, person_id, to_change=True)
    person = await work.get(Person, person_id)
    row = await _row(work, person_id)
    await _keep(work, person, row, replace(shown.told, active=False))
    row.removed_at = work.now
    await work.execute(delete(ScimMember).where(ScimMember.person_id == person_id))
    await work.flush()
    await settle_roles(work, [person_id])
    if shown.groups:
        left = [id for id, _name in shown.groups]
        work.note(Action.CHANGE, "group", records=left, about=[person_id])
    work.note(Action.REMOVE, "person", records=[person_id], about=[person_id])


async def _row(work: Work, person_id: UUID) -> ScimUser:
    row = await work.first(select(ScimUser).where(ScimUser.person_id == person_id))
    return row or ScimUser(person_id=person_id)


async def _keep(work: Work, person: Person, row: ScimUser, told: Told) -> None:
    """The directory's row, and with it whether the person is here."""
    for name in (field.name for field in fields(Told) if field.name != "emails"):
        setattr(row, name, getattr(told, name))
    row.emails = [
        {
            name: value
            for name in ("value", "type", "display", "primary")
            if (value := getattr(email, name)) is not None
        }
        for email in told.emails
    ]
    row.changed_at = work.now
    work.add(row)
    await work.flush()
    if told.active is False:
        await leave(work, person, by=BY_SCIM)
    elif person.left_on is not None:
        person.left_on = person.left_by = None
    await work.flush()


# Looking up.


def _users(work: Work, where: ColumnElement[bool] | None) -> Select[*tuple[Any, ...]]:
    columns = user_columns(work.today)
    beside = and_(ScimUser.person_id == Person.id, ScimUser.tenant_id == Person.tenant_id)
    statement: Select[*tuple[Any, ...]] = (
        select(*(column.label(name) for name, column in columns.items()))
        .select_from(Person)
        .outerjoin(ScimUser, beside)
        .where(ScimUser.removed_at.is_(None), Person.forgotten_at.is_(None))
    )
    return statement if where is None else statement.where(where)


async def _shown(work: Work, statement: Select[*tuple[Any, ...]]) -> list[ShownUser]:
    rows = (await work.execute(statement)).mappings().all()
    groups = await _groups_of(work, [row["id"] for row in rows])
    return [
        ShownUser(
            id=row["id"],
            told=Told(
                **{field.name: row[field.name] for field in fields(Told) if field.name != "emails"},
                emails=tuple(ToldEmail(**email) for email in row["emails"]),
            ),
            created_at=row["created_at"],
            changed_at=row["changed_at"],
            groups=tuple(groups.get(row["id"], ())),
        )
        for row in rows
    ]


async def _one(work: Work, person_id: UUID) -> ShownUser:
    return (await _shown(work, _users(work, Person.id == person_id)))[0]


async def _groups_of(work: Work, person_ids: Sequence[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    if not person_ids:
        return {}
    rows = await work.rows(
        select(ScimMember.person_id, ScimGroup.id, ScimGroup.display_name)
        .join(
            ScimGroup,
            and_(ScimGroup.id == ScimMember.group_id, ScimGroup.tenant_id == ScimMember.tenant_id),
        )
        .where(ScimMember.person_id.in_(person_ids))
        .order_by(ScimGroup.id)
    )
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for person_id, group_id, name in rows:
        found.setdefault(person_id, []).append((group_id, name))
    return found


async def _who_has(work: Work, user_name: str, email: str) -> tuple[Person, ScimUser] | None:
    """Whom the directory has taken away that had the name or the address; None when nobody has it.
    Raises Conflict for those who are there."""
    rows = await work.rows(
        select(Person, ScimUser)
        .outerjoin(
            ScimUser,
            and_(ScimUser.person_id == Person.id, ScimUser.tenant_id == Person.tenant_id),
        )
        .where(
            or_(
                func.lower(Person.email) == func.lower(email),
                func.lower(func.coalesce(ScimUser.user_name, Person.email))
                == func.lower(user_name),
            )
        )
    )
    pairs: list[tuple[Person, ScimUser | None]] = [(row[0], row[1]) for row in rows]
    gone = [(person, row) for person, row in pairs if row is not None and row.removed_at]
    addressed = {person.id for person, _row in pairs if person.email.lower() == email.lower()}
    there = {person.id for person, _row in pairs} - {person.id for person, _row in gone}
    if there:
        _refuse(by_email=bool(there & addressed))
    # The address of whoever was taken away cannot be given twice, unlike their name.
    return next((pair for pair in gone if pair[0].id in addressed), None)


async def _refuse_taken(work: Work, user_name: str, email: str, *, but: UUID) -> None:
    beside = and_(ScimUser.person_id == Person.id, ScimUser.tenant_id == Person.tenant_id)
    named = and_(
        func.lower(func.coalesce(ScimUser.user_name, Person.email)) == func.lower(user_name),
        ScimUser.removed_at.is_(None),
    )
    rows = await work.rows(
        select(Person.email)
        .outerjoin(ScimUser, beside)
        .where(Person.id != but, or_(func.lower(Person.email) == func.lower(email), named))
    )
    if rows:
        _refuse(by_email=any(found.lower() == email.lower() for (found,) in rows))


def _refuse(*, by_email: bool) -> None:
    if by_email:
        raise Conflict(_("There is already someone with this e-mail address."), field="emails")
    raise Conflict(_("There is already someone with this userName."), field="userName")


def _same(row: ScimUser, told: Told) -> bool:
    """Whether the directory means the person it took away: by its own id for them, else by name."""
    if row.external_id or told.external_id:
        return row.external_id == told.external_id
    return row.user_name.lower() == told.user_name.lower()
