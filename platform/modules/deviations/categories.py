"""The tree of categories: the municipality's own, begun with those that come with the service."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import in_languages
from ....tenants.log.access_log import Action
from ....tenants.rows import uuid7
from ....tenants.work import Work
from .models import DeviationCategory, Law
from .shipped import plant, shipped_categories

NAME: Final = 200


@permit("deviations.report")
async def categories(
    work: Work, *, laws: Collection[Law] = (), ended: bool = False
) -> list[DeviationCategory]:
    """The tree depth first, those that belong to one of the laws (all without any), without those
    that have ended."""
    rows = await all_categories(work)
    wanted = {law.value for law in laws}
    chosen = [
        row
        for row in rows
        if (ended or row.ended_at is None) and (not wanted or wanted & set(row.laws))
    ]
    return [
        row
        for top in chosen
        if top.parent_id is None
        for row in (top, *(below for below in chosen if below.parent_id == top.id))
    ]


async def all_categories(work: Work) -> list[DeviationCategory]:
    """By position, also those that have ended."""
    stored = await work.scalars(select(DeviationCategory))
    return sorted(stored or shipped_categories(work), key=lambda row: (row.position, row.id))


@permit("deviations.design")
async def add_category(
    work: Work,
    *,
    name: Mapping[str, str],
    laws: Collection[Law],
    parent_id: UUID | None = None,
) -> DeviationCategory:
    """A category last in the tree, or below one that stands at its top. Raises InvalidInput."""
    await plant(work)
    if parent_id is not None:
        parent = await work.get(DeviationCategory, parent_id, field="parentId")
        if parent.parent_id is not None:
            raise InvalidInput(_("Categories have two levels."), field="parentId")
    last = await work.first(select(func.max(DeviationCategory.position)))
    id = uuid7()
    row = DeviationCategory(
        id=id,
        parent_id=parent_id,
        key=f"own_{id.hex}",
        name=in_languages(name, field="name", most=NAME),
        laws=_laws(laws),
        position=(last or 0) + 1,
    )
    work.add(row)
    await work.flush()
    work.note(Action.ADD, "deviation_category", records=[row.id])
    return row


@permit("deviations.design")
async def change_category(
    work: Work,
    category_id: UUID,
    *,
    name: Mapping[str, str] | None = None,
    laws: Collection[Law] | None = None,
) -> DeviationCategory:
    await plant(work)
    row = await work.get(DeviationCategory, category_id)
    if name is not None:
        row.name = in_languages(name, field="name", most=NAME)
    if laws is not None:
        row.laws = _laws(laws)
    await work.flush()
    work.note(Action.CHANGE, "deviation_category", records=[row.id])
    return row


@permit("deviations.design")
async def end_category(work: Work, category_id: UUID) -> DeviationCategory:
    """It is chosen no more; cases that have it keep it. Those below it end too."""
    await plant(work)
    row = await work.get(DeviationCategory, category_id)
    if row.ended_at is not None:
        raise Conflict(_("It has ended already."))
    below = await work.scalars(
        select(DeviationCategory).where(
            DeviationCategory.parent_id == row.id, DeviationCategory.ended_at.is_(None)
        )
    )
    for each in (row, *below):
        each.ended_at, each.ended_by = work.now, work.actor.id
    await work.flush()
    work.note(Action.CHANGE, "deviation_category", records=[row.id, *(b.id for b in below)])
    return row


async def chosen_category(
    work: Work, category_id: UUID, *, laws: Collection[str]
) -> DeviationCategory:
    """One that stands and belongs to one of the laws. Raises NotFound, InvalidInput."""
    row = await work.get(DeviationCategory, category_id, field="categoryId")
    if row.ended_at is not None or (laws and not set(laws) & set(row.laws)):
        raise InvalidInput(
            _("This category does not belong to the laws that were chosen."), field="categoryId"
        )
    return row


def _laws(laws: Collection[Law]) -> list[str]:
    chosen = [law.value for law in Law if law in laws]
    if not chosen:
        raise InvalidInput(_("Choose at least one law."), field="laws")
    return chosen
