"""The operator's support: let in by the municipality for a time, by a link that is used once.

The operator has no role here. Without a consent that stands there is no way in, and what is done
by one carries its id in the access log.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from ..authz.permit import permit
from ..infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from ..infra.i18n import _
from ..infra.texts import one_line
from .guises import consent_stands
from .keys import SUPPORT, digest, new_key
from .log.access_log import Action, LogEntry
from .people import person_email
from .seeing_models import SupportConsent, SupportVisit
from .work import Work

LONGEST: Final = timedelta(days=7)
LINK: Final = timedelta(minutes=10)
VISIT: Final = timedelta(hours=4)
REASON: Final = 500
ALWAYS: Final = ("organisation", "people")
"""What can be opened beside the modules: the organisation, and the register of people."""
CLOSED: Final = frozenset({"log_review", "leavers", "data_protection", "deviations"})
"""What is about the municipality's own people and their use of the service, and what is told in
confidence of those in care, is never opened."""
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Opened:
    """A consent with those who came in by it."""

    consent: SupportConsent
    visits: tuple[SupportVisit, ...]
    stands: bool


def openable(work: Work) -> list[str]:
    """What support can be let into: names of kinds, as permissions begin."""
    return [*ALWAYS, *sorted(work.tenant.modules - CLOSED)]


@permit("tenant.support")
async def open_support(
    work: Work,
    *,
    reason: str,
    valid_from: datetime | None = None,
    valid_to: datetime,
    may_write: bool = False,
    modules: Collection[str],
) -> SupportConsent:
    """Let the operator's support in, for seven days at most. Raises InvalidInput."""
    _refuse_support(work)
    begins = max(valid_from or work.now, work.now)
    if valid_to <= begins:
        raise InvalidInput(_("It has to end after it begins, and later than now."), field="to")
    if valid_to - begins > LONGEST:
        raise InvalidInput(_("Support is let in for seven days at most."), field="to")
    strange = sorted(set(modules) - set(openable(work)))
    if strange or not modules:
        raise InvalidInput(_("Choose what support may see."), field="modules")
    consent = SupportConsent(
        opened_by=work.actor.id,
        reason=one_line(reason, field="reason", most=REASON),
        valid_from=begins,
        valid_to=valid_to,
        may_write=may_write,
        modules=sorted(set(modules)),
    )
    work.add(consent)
    await work.flush()
    work.note(
        Action.SUPPORT,
        "support_consent",
        records=[consent.id],
        detail={"may_write": str(may_write).lower(), "modules": " ".join(consent.modules)},
    )
    return consent


@permit("tenant.support")
async def end_support(work: Work, consent_id: UUID) -> SupportConsent:
    """Let support in no more. Whoever is in is out at their next request, in every process."""
    _refuse_support(work)
    consent = await work.get(SupportConsent, consent_id)
    if consent.ended_at is None and consent.valid_to > work.now:
        consent.ended_at, consent.ended_by = work.now, work.actor.id
        await work.flush()
        work.note(Action.WITHDRAW, "support_consent", records=[consent.id])
    return consent


@permit("tenant.read")
async def consents(work: Work) -> list[Opened]:
    """All that support was ever let in by, the latest first."""
    rows = await work.rows(
        select(SupportConsent, consent_stands(work.now)).order_by(
            SupportConsent.created_at.desc(), SupportConsent.id
        )
    )
    visits = await work.scalars(select(SupportVisit).order_by(SupportVisit.id))
    return [
        Opened(consent, tuple(v for v in visits if v.consent_id == consent.id), stands)
        for consent, stands in rows
    ]


@permit("tenant.read")
async def what_support_did(work: Work, consent_id: UUID) -> Sequence[LogEntry]:
    """What the access log holds of it, the latest first."""
    consent = await work.get(SupportConsent, consent_id)
    work.note(Action.READ, "access_log", records=[consent.id])
    return await work.scalars(
        select(LogEntry)
        .where(LogEntry.support_id == consent.id)
        .order_by(LogEntry.seq.desc())
        .limit(MOST)
    )


async def make_link(work: Work, *, email: str) -> str:
    """The key of a link that lets the operator's `email` in once, within ten minutes.

    For the operator's command. Raises Conflict while the municipality lets nobody in.
    """
    consent = await work.first(
        select(SupportConsent)
        .where(consent_stands(work.now))
        .order_by(SupportConsent.may_write.desc(), SupportConsent.valid_to.desc())
        .limit(1)
    )
    if consent is None:
        raise Conflict(
            _(
                "{name} lets no support in just now. A full administrator there can.",
                name=work.tenant.name,
            )
        )
    key = new_key(SUPPORT)
    visit = SupportVisit(
        consent_id=consent.id,
        email=person_email(email),
        link_digest=digest(key),
        link_until=min(work.now + LINK, consent.valid_to),
    )
    work.add(visit)
    await work.flush()
    work.note(Action.SUPPORT, "support_link", records=[visit.id, consent.id])
    return key


async def come_in(work: Work, key: str) -> str:
    """What the cookie of the visit is to hold. Raises NotFound for a link that is used, too old,
    or whose consent has ended."""
    visit = await work.first(
        select(SupportVisit).where(SupportVisit.link_digest == digest(key)).with_for_update()
    )
    consent = None
    if visit is not None and visit.begun_at is None and visit.link_until > work.now:
        consent = await work.first(
            select(SupportConsent).where(
                SupportConsent.id == visit.consent_id, consent_stands(work.now)
            )
        )
    if visit is None or consent is None:
        raise NotFound(_("The link has been used, is too old, or the consent has ended."))
    session = new_key(SUPPORT)
    visit.begun_at, visit.digest = work.now, digest(session)
    visit.expires_at = min(work.now + VISIT, consent.valid_to)
    await work.flush()
    work.note(Action.SIGN_IN, "support_visit", records=[visit.id, consent.id])
    return session


async def leave(work: Work, key: str) -> None:
    """End the visit with this key. Nothing happens for one that is unknown or has ended."""
    visit = await work.first(select(SupportVisit).where(SupportVisit.digest == digest(key)))
    if visit is not None and visit.ended_at is None:
        visit.ended_at = work.now
        work.note(Action.SIGN_OUT, "support_visit", records=[visit.id, visit.consent_id])


def _refuse_support(work: Work) -> None:
    """Nobody lets themselves in."""
    if work.actor.support_id is not None or work.actor.id is None:
        raise Forbidden(_("Only the municipality itself lets support in."))
