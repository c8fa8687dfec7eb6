"""Whom to ask: the contacts of units, and the nearest one for whoever needs help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most, one_line
from ....tenants.models import Person, Unit
from ....tenants.tree import units
from ....tenants.work import Work
from .models import SupportContact

SHORT: Final = 200


@permit("support.read")
async def contacts(work: Work) -> Sequence[SupportContact]:
    """All of them, in the order they were added."""
    return await work.scalars(select(SupportContact).order_by(SupportContact.id))


@permit("support.read")
async def contacts_for(work: Work, unit_id: UUID, *, area: str = "") -> list[SupportContact]:
    """Whom somebody at a unit asks about a module: those for it before those for everything, each
    kind from the nearest unit that has any, upwards in the tree."""
    await work.get(Unit, unit_id, field="unitId")
    at = await units.ancestors(work, unit_id, on=work.today)
    found = await work.scalars(
        select(SupportContact)
        .where(SupportContact.unit_id.in_(at), SupportContact.area.in_({area, ""}))
        .order_by(SupportContact.id)
    )
    near: list[SupportContact] = []
    for wanted in dict.fromkeys((area, "")):
        here = (
            [each for each in found if (each.unit_id, each.area) == (place, wanted)] for place in at
        )
        near += next((some for some in here if some), [])
    return near


@permit("support.read")
async def contacts_near(work: Work, unit_id: UUID) -> list[SupportContact]:
    """Whom somebody at a unit asks, about anything: of each module those of the nearest unit that
    has any, those for everything first."""
    at = await units.ancestors(work, unit_id, on=work.today)
    near = {id: steps for steps, id in enumerate(at)}
    found = await work.scalars(select(SupportContact).where(SupportContact.unit_id.in_(at)))
    nearest: dict[str, int] = {}
    for each in found:
        nearest[each.area] = min(near[each.unit_id], nearest.get(each.area, len(at)))
    here = [each for each in found if near[each.unit_id] == nearest[each.area]]
    return sorted(here, key=lambda each: (each.area, each.id))


@dataclass(frozen=True, slots=True)
class Card:
    """Whom to ask, as they are shown: who stands in the register, as the register has them."""

    name: str
    role: str
    area: str
    phone: str
    email: str
    hours: str


@permit("support.read")
async def cards_of(work: Work, found: Sequence[SupportContact]) -> list[Card]:
    ids = {each.person_id for each in found if each.person_id}
    rows = await work.rows(select(Person.id, Person.name, Person.email).where(Person.id.in_(ids)))
    people = {row[0]: row for row in rows}
    cards = []
    for each in found:
        person = people.get(each.person_id) if each.person_id else None
        name = person[1] if person else each.name
        email = each.email or (person[2] if person else "")
        cards.append(Card(name, each.role, each.area, each.phone, email, each.hours))
    return cards


@permit("support.write")
async def save_contact(
    work: Work,
    contact_id: UUID | None = None,
    *,
    unit_id: UUID,
    role: str,
    area: str = "",
    person_id: UUID | None = None,
    name: str = "",
    phone: str = "",
    email: str = "",
    hours: str = "",
) -> SupportContact:
    """A new contact, or another content of one. Somebody in the register, or a name such as that
    of a group. Raises InvalidInput when there is neither, or no way to reach them."""
    work.require("support.write", at=unit_id)
    await work.get(Unit, unit_id, field="unitId")
    row = SupportContact() if contact_id is None else await work.get(SupportContact, contact_id)
    if contact_id is not None:
        work.require("support.write", at=row.unit_id)
    person = None if person_id is None else await work.get(Person, person_id, field="personId")
    values: dict[str, Any] = {
        "name": at_most(name, field="name", most=SHORT),
        "phone": at_most(phone, field="phone", most=SHORT),
        "email": at_most(email, field="email", most=SHORT),
        "hours": at_most(hours, field="hours", most=SHORT),
    }
    if person is None and not values["name"]:
        raise InvalidInput(_("Choose a person, or write a name."), field="name")
    if person is None and not values["phone"] and not values["email"]:
        raise InvalidInput(_("Write a phone number or an e-mail address."), field="phone")
    for column, value in values.items():
        setattr(row, column, value)
    row.unit_id, row.area, row.person_id = unit_id, at_most(area, field="area", most=40), person_id
    row.role = one_line(role, field="role", most=SHORT)
    row.changed_by, row.changed_at = work.actor.id, work.now
    if contact_id is None:
        work.add(row)
    await work.flush()
    return row


@permit("support.write")
async def remove_contact(work: Work, contact_id: UUID) -> SupportContact:
    row = await work.get(SupportContact, contact_id)
    work.require("support.write", at=row.unit_id)
    await work.delete(row)
    await work.flush()
    return row
