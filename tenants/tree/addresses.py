"""What a unit is called in the addresses of pages: `socialnamnden`, the same for ever."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from sqlalchemy import select

from ..models import Unit
from ..work import Work
from .versions import take_tree

LONGEST = 60


async def new_slugs(work: Work, names: Iterable[str]) -> list[str]:
    """A free one for each name, in order. Two who add units of one name wait for each other."""
    await take_tree(work)
    taken = set(await work.scalars(select(Unit.slug)))
    slugs = []
    for name in names:
        slug = free_slug(name, taken)
        taken.add(slug)
        slugs.append(slug)
    return slugs


def free_slug(name: str, taken: Collection[str]) -> str:
    """The name in small letters a-z, digits and hyphens, with a number where it is taken.

    A unit keeps it when it is renamed, so that links that were sent around still lead there.
    """
    letters = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:LONGEST].rstrip("-") or "enhet"
    slug, number = plain, 1
    while slug in taken:
        number += 1
        slug = f"{plain}-{number}"
    return slug
