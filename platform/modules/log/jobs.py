"""The log put away each night, and disposed of when its time is over."""

from __future__ import annotations

from html import escape

import structlog

from ....infra.i18n import _, current_locale
from ....infra.mail import Letter, MailRefused, send_letter
from ....tenants.log.anchors import anchor, anchor_text
from ....tenants.log.disposal import MOST, dispose_of_entries
from ....tenants.log.models import LogAnchor
from ....tenants.work import STOCKHOLM, Work
from ....workers.jobs import Outcome, Run, job
from .settings import log_settings

log = structlog.get_logger()


@job(name="log.anchor")
async def anchor_log(work: Work, run: Run) -> Outcome:
    """Each night: the head of the log into the locked bucket, and to the registrar."""
    chosen = await log_settings(work)
    kept = await anchor(work, years=chosen.years)
    if kept is None:
        return {"entries": 0}
    mailed = bool(chosen.registrar) and await _mail(work, run, kept, chosen.registrar)
    return {"entries": kept.seq, "mailed": mailed}


@job(name="log.dispose")
async def dispose_of_log(work: Work, run: Run) -> Outcome:
    """What the municipality's rule no longer keeps; the rest of a large log the next night."""
    gone = await dispose_of_entries(work, years=(await log_settings(work)).years)
    if gone is not None and gone.entries == MOST:
        await dispose_of_log.later(work)
    return {"entries": gone.entries if gone else 0}


async def _mail(work: Work, run: Run, kept: LogAnchor, address: str) -> bool:
    try:
        return await send_letter(
            work.runtime.settings, _letter(work, kept, address, key=str(run.job_id))
        )
    except MailRefused as refused:
        log.warning("mail_refused", job=str(run.job_id), reason=str(refused))
        return False


def _letter(work: Work, kept: LogAnchor, address: str, *, key: str) -> Letter:
    """Short, and the anchor on a line of its own: it is registered as it stands."""
    settings_url = f"{work.runtime.settings.base_url}/{work.tenant.slug}/installningar"
    day = kept.at.astimezone(STOCKHOLM).date()
    lines = (
        _(
            "This is the access log of {municipality} as it was on {day}.",
            municipality=work.tenant.name,
            day=day,
        ),
        _("Register this mail: with it anyone can check that nothing in the log was changed."),
        anchor_text(kept, work.tenant.id).decode(),
        _("You get this because you are named as the registrar of the log under Settings."),
    )
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return Letter(
        key=key,
        name=_("The registrar"),
        address=address,
        subject=_("The access log on {day}: {count} entries", day=day, count=kept.seq),
        text="\n\n".join(lines) + "\n",
        html=f'<!doctype html><html lang="{current_locale()}"><head><meta charset="utf-8">'
        f"<title>{escape(work.tenant.name)}</title></head><body>{paragraphs}</body></html>\n",
        settings_url=settings_url,
        at=work.now,
    )
