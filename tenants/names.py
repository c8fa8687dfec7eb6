"""What people are called, wherever somebody is shown by who did it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, cast, literal, select

from ..infra.i18n import _
from .models import Person
from .work import Work


async def names_of(work: Work, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Today's names of them all, in one statement. Whoever is no longer in the register is told by
    a code that is the same wherever they are shown."""
    wanted = {id for id in ids if id is not None}
    if not wanted:
        return {}
    # One parameter: a statement takes 32,767, and a log may tell of more people.
    ids_of = cast(literal(list(wanted), ARRAY(Uuid)), ARRAY(Uuid))
    rows = await work.rows(select(Person.id, Person.name).where(Person.id == any_(ids_of)))
    found = {row[0]: row[1] for row in rows}
    return {id: found.get(id) or _("Former employee {code}", code=id.hex[-6:]) for id in wanted}
