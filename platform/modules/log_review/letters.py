"""The mails that tell somebody of a list or an investigation. Nothing of a person is in them."""

from __future__ import annotations

from html import escape

from ....infra.i18n import _, current_locale
from ....infra.mail import Letter
from ....tenants.models import Person
from ....tenants.work import Work
from .models import Investigation, NoticeKind, Review, ReviewNotice
from .reviews import unit_names
from .words import title_of


async def notice_letter(
    work: Work, notice: ReviewNotice, review: Review, person: Person, *, key: str
) -> Letter:
    unit = (await unit_names(work, [review.unit_id]))[review.unit_id]
    base = f"{work.runtime.settings.base_url}/{work.tenant.slug}"
    link = f"{base}/loggranskning/besked/{notice.id}"
    if notice.kind is NoticeKind.HEALTH:
        assert notice.investigation_id is not None
        investigation = await work.get(Investigation, notice.investigation_id)
        subject = _("Intrusion into a health record, case {case}", case=investigation.case_number)
        told = _(
            "In the log review of {unit}, {days}, an intrusion into a health record is being "
            "investigated. You are told because you are named for this.",
            unit=unit,
            days=title_of(review),
        )
    else:
        subject = _("A reviewed log list has been archived: {unit}", unit=unit)
        told = _(
            "The log list of {unit}, {days}, is reviewed and archived. You are told so that it is "
            "kept, and disposed of in time.",
            unit=unit,
            days=title_of(review),
        )
    seen = _("Open it and say that you have seen it")
    greeting = _("Hello {name},", name=person.name)
    return Letter(
        key=key,
        name=person.name,
        address=person.email,
        subject=subject,
        text=f"{greeting}\n\n{told}\n\n{seen}: {link}\n",
        html=(
            f'<!doctype html><html lang="{current_locale()}"><head><meta charset="utf-8">'
            f"<title>{escape(subject)}</title></head><body><p>{escape(greeting)}</p>"
            f"<p>{escape(told)}</p>"
            f'<p><a href="{escape(link)}">{escape(seen)}</a></p></body></html>\n'
        ),
        settings_url=f"{base}/mitt-arbete/paminnelser",
        at=work.now,
    )
