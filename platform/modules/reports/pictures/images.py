"""Pictures in the texts of a report, after the municipality's routine for pictures.

Source: the routine for quality reports names the municipality's rules for pictures (source 000,
note 2), and that pictures of people are personal data: what a picture shows is said in words, its
source is named, and where a person is shown there is a consent, kept by someone, with a last day.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from babel.dates import format_date
from sqlalchemy import select

from .....authz.permit import permit
from .....infra.documents.richreader import parse_illustrated
from .....infra.documents.richtext import to_html
from .....infra.documents.richtree import Image
from .....infra.errors import Conflict, InvalidInput, NotFound
from .....infra.i18n import _, current_locale
from .....infra.pictures import redraw_photo
from .....infra.texts import one_line
from .....tenants.files import load_upload
from .....tenants.rows import uuid7
from .....tenants.sealed.stored import get_bytes, put_bytes
from .....tenants.work import Work
from ..holding import hold_open_report, hold_report, name_of
from ..models import Report, ReportImage, Section

WIDEST = 2400
MOST_BYTES = 20_000_000
MOST_IMAGES = 100
ALT = 500
SOURCE = 200
CONSENT = 500
PERSONAL_NUMBER = re.compile(r"(?<!\d)(?:19|20)?\d{6}[-+ ]?\d{4}(?!\d)")


@permit("reports.write")
async def add_image(
    work: Work,
    report_id: UUID,
    *,
    data: bytes,
    alt: str,
    source: str,
    shows_person: bool,
    consent: str = "",
    expires_on: date | None = None,
) -> ReportImage:
    """Keep a picture for the texts of an open report: a JPEG, PNG, WebP or GIF, drawn anew at most
    2,400 pixels a side, without metadata.

    `alt` says what it shows, `source` who made it. With `shows_person`, `consent` says who keeps
    the consent, without naming the person shown, and `expires_on` is its last day. Raises
    InvalidInput, NotFound, Forbidden, Conflict when the report is closed or full.
    """
    report = await work.get(Report, report_id)
    work.require("reports.write", at=report.unit_id)
    image = ReportImage(id=uuid7(), report_id=report.id, created_by=work.actor.id)
    _describe(
        work,
        image,
        alt=alt,
        source=source,
        shows_person=shows_person,
        consent=consent,
        expires_on=expires_on,
    )
    if len(data) > MOST_BYTES:
        raise InvalidInput(_("The picture is larger than 20 MB. Make it smaller."), field="file")
    # Drawn first: nobody's writing waits for it.
    drawn = await asyncio.to_thread(redraw_photo, data, widest=WIDEST, field="file")
    await hold_open_report(work, report.id, "reports.write")
    if len(await _images(work, report.id)) >= MOST_IMAGES:
        raise Conflict(_("A report has at most {most} pictures.", most=MOST_IMAGES))
    image.key = f"{work.tenant.id}/pictures/{image.id}"
    image.media_type, image.size = drawn.media_type, len(drawn.data)
    image.width, image.height = drawn.width, drawn.height
    image.key_number = await put_bytes(work, image.key, drawn.data)
    work.add(image)
    await work.flush()
    return image


@permit("reports.write")
async def add_stored_image(
    work: Work,
    report_id: UUID,
    *,
    file_id: UUID,
    alt: str,
    source: str,
    shows_person: bool,
    consent: str = "",
    expires_on: date | None = None,
) -> ReportImage:
    """As `add_image`, for a file that was sent in before; that file stays as it was sent."""
    _file, data = await load_upload(work, file_id, most=MOST_BYTES)
    return await add_image(
        work,
        report_id,
        data=data,
        alt=alt,
        source=source,
        shows_person=shows_person,
        consent=consent,
        expires_on=expires_on,
    )


@permit("reports.write")
async def change_image(
    work: Work,
    image_id: UUID,
    *,
    alt: str | None = None,
    source: str | None = None,
    shows_person: bool | None = None,
    consent: str | None = None,
    expires_on: date | None = None,
) -> ReportImage:
    """Say something else of a picture; what is None stays. A consent can be renewed also while the
    report is done. Raises InvalidInput, NotFound, Forbidden, Conflict when the report is closed."""
    image = await work.get(ReportImage, image_id)
    said = (alt, image.alt), (source, image.source), (shows_person, image.shows_person)
    only_consent = all(new is None or new == old for new, old in said)
    hold = hold_report if only_consent else hold_open_report
    await hold(work, image.report_id, "reports.write")
    shows = image.shows_person if shows_person is None else shows_person
    _describe(
        work,
        image,
        alt=image.alt if alt is None else alt,
        source=image.source if source is None else source,
        shows_person=shows,
        consent=(image.consent if shows else "") if consent is None else consent,
        expires_on=(image.expires_on if shows else None) if expires_on is None else expires_on,
    )
    await work.flush()
    return image


@permit("reports.write")
async def withdraw_consent(work: Work, image_id: UUID) -> ReportImage:
    """From now the picture is shown nowhere, also in a report that is done, approved or of a locked
    year: whoever is shown may ask for that at any time. Raises NotFound, Forbidden."""
    image = await work.get(ReportImage, image_id)
    report = await work.get(Report, image.report_id)
    work.require("reports.write", at=report.unit_id)
    if not image.shows_person:
        raise InvalidInput(_("The picture shows nobody, so there is no consent to withdraw."))
    image.expires_on = work.today - timedelta(days=1)
    await work.flush()
    return image


@permit("reports.write")
async def remove_image(work: Work, image_id: UUID) -> Report:
    """Take a picture away for good; the answer is the report. Raises Conflict, naming the sections,
    while it stands in a text, NotFound, Forbidden."""
    image = await work.get(ReportImage, image_id)
    report = await hold_open_report(work, image.report_id, "reports.write", alone=True)
    shown_in = await work.scalars(
        select(Section)
        .where(Section.report_id == report.id, Section.text.contains(str(image.id)))
        .order_by(Section.position)
    )
    if shown_in:
        names = ", ".join(name_of(section) for section in shown_in)
        raise Conflict(_("The picture stands in {names}. Take it out there first.", names=names))
    key = image.key
    await work.delete(image)
    await work.flush()
    work.after_commit(lambda: work.storage.delete(key))
    return report


@permit("reports.read")
async def images_of(work: Work, report_id: UUID) -> Sequence[ReportImage]:
    """The pictures of a report, the earliest first. Raises NotFound."""
    await work.get(Report, report_id)
    return await _images(work, report_id)


@permit("reports.read")
async def image_data(work: Work, image_id: UUID) -> tuple[ReportImage, bytes]:
    """A picture with its bytes. Raises NotFound, also when the consent has expired."""
    image = await work.get(ReportImage, image_id)
    if expired(image, work.today):
        raise NotFound(why_hidden(image))
    return image, await get_bytes(work, image.key, image.key_number)


@permit("reports.read")
async def expiring_images(work: Work, *, until: date) -> Sequence[tuple[ReportImage, Report]]:
    """Pictures whose consent ends from today up to and with `until`, with their reports, the
    soonest first. For reminders, which are for whoever may write at the report's unit."""
    rows = await work.rows(
        select(ReportImage, Report)
        .join(
            Report,
            (Report.id == ReportImage.report_id) & (Report.tenant_id == ReportImage.tenant_id),
        )
        .where(ReportImage.expires_on.between(work.today, until))
        .order_by(ReportImage.expires_on, ReportImage.id)
    )
    return [(image, report) for image, report in rows]


async def with_own_images(work: Work, report_id: UUID, text: str) -> str:
    """A cleaned text with what its pictures show filled in. Raises InvalidInput when a picture is
    not one of the report's own."""
    if "data-image" not in text:
        return text
    return with_images(text, await _images(work, report_id))


def with_images(text: str, images: Iterable[ReportImage]) -> str:
    """As `with_own_images`, among `images`."""
    own = {image.id: image for image in images}
    parts = parse_illustrated(text)
    if {UUID(part.id) for part in parts if isinstance(part, Image)} - own.keys():
        raise InvalidInput(
            _("A picture in the text does not belong to this report. Add it to the report first."),
            field="text",
        )
    return to_html([Image(p.id, own[UUID(p.id)].alt) if isinstance(p, Image) else p for p in parts])


async def _images(work: Work, report_id: UUID) -> Sequence[ReportImage]:
    return await work.scalars(
        select(ReportImage).where(ReportImage.report_id == report_id).order_by(ReportImage.id)
    )


def expired(image: ReportImage, today: date) -> bool:
    return image.expires_on is not None and image.expires_on < today


def why_hidden(image: ReportImage | None) -> str:
    """The sentence in place of a picture that is not shown; None for one that is gone."""
    if image is None or image.expires_on is None:
        return _("The picture is not shown: it is no longer there.")
    return _(
        "The picture is not shown: the consent expired on {day}.",
        day=format_date(image.expires_on, "d MMMM y", locale=current_locale()),
    )


def _describe(
    work: Work,
    image: ReportImage,
    *,
    alt: str,
    source: str,
    shows_person: bool,
    consent: str,
    expires_on: date | None,
) -> None:
    """All is checked before any of it is set."""
    if not alt.strip():
        raise InvalidInput(
            _("Describe what the picture shows, for those who cannot see it."), field="alt"
        )
    if not source.strip():
        raise InvalidInput(_("Write who took the picture or where it comes from."), field="source")
    alt = _impersonal(one_line(alt, field="alt", most=ALT), field="alt")
    source = _impersonal(one_line(source, field="source", most=SOURCE), field="source")
    if shows_person:
        consent = _consent(consent)
        if expires_on is None or expires_on < work.today:
            raise InvalidInput(
                _("Give the last day of the consent, today or later."), field="expiresOn"
            )
    elif consent.strip() or expires_on is not None:
        raise InvalidInput(
            _("Only a picture that shows a person has a consent."), field="showsPerson"
        )
    image.alt, image.source, image.shows_person = alt, source, shows_person
    image.consent, image.expires_on = consent.strip(), expires_on


def _consent(consent: str) -> str:
    if not consent.strip():
        raise InvalidInput(
            _("The picture shows a person. Write who keeps the consent, such as the registry."),
            field="consent",
        )
    return _impersonal(one_line(consent, field="consent", most=CONSENT), field="consent")


def _impersonal(text: str, *, field: str) -> str:
    if PERSONAL_NUMBER.search(text):
        raise InvalidInput(
            _("The text seems to hold a personal identity number. Take it out before you save."),
            field=field,
        )
    return text
