"""Texts with pictures in them, for a document and for a page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import groupby
from uuid import UUID

from .....infra.documents.model import Note, Picture, RichText, Upright
from .....infra.documents.richreader import parse_illustrated
from .....infra.documents.richtext import to_html
from .....infra.documents.richtree import Image, RichPart
from .....infra.i18n import _
from .....tenants.sealed.keys import keys_to_open
from .....tenants.sealed.stored import readable
from .....tenants.work import Work
from ..models import ReportImage, Section
from .images import expired, images_of, why_hidden

FETCHED_AT_ONCE = 8
MARK = re.compile("_B_([0-9a-f]{32})")
"""The hidden name of a picture in a Word file."""
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)
"""A PNG of one white pixel."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of a report; `data` is None where its consent has expired."""

    image: ReportImage
    data: bytes | None


async def pictures_of(
    work: Work, report_id: UUID, sections: Iterable[Section], *, drafted: bool = False
) -> dict[UUID, Shown]:
    """The pictures that stand in the texts of a report, with their bytes; `drafted` puts a dot in
    place of each, for a document whose looks do not matter."""
    named = {id for section in sections for id in _named(section.text)}
    if not named:
        return {}
    images = [image for image in await images_of(work, report_id) if image.id in named]
    keys = await keys_to_open(work)
    gate = asyncio.Semaphore(FETCHED_AT_ONCE)

    async def fetch(image: ReportImage) -> Shown:
        if expired(image, work.today):
            return Shown(image, None)
        if drafted:
            return Shown(image, DOT)
        async with gate:
            found = readable(work.storage, keys, image.key, image.key_number)
            return Shown(image, await found.whole())

    return {shown.image.id: shown for shown in await asyncio.gather(*map(fetch, images))}


def illustrated_blocks(text: str, pictures: Mapping[UUID, Shown]) -> Iterator[Upright]:
    """A section's text as blocks of a document; a sentence stands for a picture not shown."""
    for is_image, group in groupby(parse_illustrated(text), lambda part: isinstance(part, Image)):
        parts: Sequence[RichPart] = tuple(group)
        if not is_image:
            yield RichText(to_html(parts))
            continue
        for part in parts:
            if isinstance(part, Image):
                yield _block(part, pictures.get(UUID(part.id)))


def page_html(text: str, images: Iterable[ReportImage], *, tenant: str, today: date) -> str:
    """A section's text as safe HTML for a page of the municipality whose address begins with
    `tenant`: each picture as a figure with its source, or the sentence why it is not shown."""
    own = {str(image.id): image for image in images}
    return "".join(
        _figure(own.get(part.id), tenant, today) if isinstance(part, Image) else to_html([part])
        for part in parse_illustrated(text)
    )


def image_mark(id: UUID) -> str:
    return f"_B_{id.hex}"


def _block(part: Image, shown: Shown | None) -> Upright:
    mark = image_mark(UUID(part.id))
    if shown is None or shown.data is None:
        return Note(why_hidden(shown.image if shown else None), "warning", mark)
    return Picture(shown.data, alt=shown.image.alt, caption=_source(shown.image), mark=mark)


def _figure(image: ReportImage | None, tenant: str, today: date) -> str:
    if image is None or expired(image, today):
        return f'<p class="picture-hidden">{escape(why_hidden(image))}</p>'
    return (
        f'<figure class="picture"><img src="/{escape(tenant)}/bilder/{image.id}" '
        f'alt="{escape(image.alt)}" width="{image.width}" height="{image.height}" loading="lazy">'
        f"<figcaption>{escape(_source(image))}</figcaption></figure>"
    )


def _source(image: ReportImage) -> str:
    return _("Picture: {source}", source=image.source)


def _named(text: str) -> list[UUID]:
    if "data-image" not in text:
        return []
    return [UUID(part.id) for part in parse_illustrated(text) if isinstance(part, Image)]
