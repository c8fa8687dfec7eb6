"""The forms and categories that come with the service: each municipality's own from the start.

They have the same ids before and after they are written down as rows, which happens the first time
that something is written.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final
from uuid import UUID, uuid5

import orjson
from sqlalchemy.dialects.postgresql import insert

from ....tenants.work import Work
from .models import DeviationCategory, DeviationForm, FormKind

BEGINNING: Final = date(2020, 1, 1)


def shipped_forms(work: Work) -> list[DeviationForm]:
    return [
        DeviationForm(
            id=uuid5(work.tenant.id, f"deviation form {each['kind']}"),
            kind=FormKind(each["kind"]),
            number=1,
            valid_from=BEGINNING,
            fields=each["fields"],
        )
        for each in _read("forms.json")
    ]


def shipped_categories(work: Work) -> list[DeviationCategory]:
    found: list[DeviationCategory] = []

    def take(each: dict[str, Any], parent_id: UUID | None) -> None:
        id = uuid5(work.tenant.id, f"deviation category {each['key']}")
        found.append(
            DeviationCategory(
                id=id,
                parent_id=parent_id,
                key=each["key"],
                name=each["name"],
                laws=each["laws"],
                position=len(found) + 1,
            )
        )
        for below in each.get("below", ()):
            take(below, id)

    for each in _read("categories.json"):
        take(each, None)
    return found


async def plant(work: Work) -> None:
    """Write them down, unless they are; in a write work."""
    forms = [
        {
            "tenant_id": work.tenant.id,
            "id": form.id,
            "kind": form.kind,
            "number": form.number,
            "valid_from": form.valid_from,
            "fields": form.fields,
        }
        for form in shipped_forms(work)
    ]
    categories = [
        {
            "tenant_id": work.tenant.id,
            "id": row.id,
            "parent_id": row.parent_id,
            "key": row.key,
            "name": row.name,
            "laws": row.laws,
            "position": row.position,
        }
        for row in shipped_categories(work)
    ]
    await work.execute(insert(DeviationForm).values(forms).on_conflict_do_nothing())
    await work.execute(insert(DeviationCategory).values(categories).on_conflict_do_nothing())


@cache
def _read(name: str) -> tuple[dict[str, Any], ...]:
    return tuple(orjson.loads((files(__package__) / name).read_bytes()))
