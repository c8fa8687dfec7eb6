"""Those who come in as somebody else: an administrator who sees as a person does, and support."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, select

from ..authz.permit import CONFIDENTIAL, allowed, policy, reach
from ..infra.errors import SessionEnded, Unauthenticated
from ..infra.i18n import _
from .actors import EMPLOYEE, Actor, Grant
from .keys import digest
from .loading import load_actor
from .seeing_models import SeeAs, SupportConsent, SupportVisit
from .work import Work

SUPPORT_ROLE: Final = "full_administrator"
BESIDE: Final = frozenset({"files"})
"""Kinds that belong to what is in every module, such as the files of reports."""


async def seen_by(work: Work, actor: Actor) -> Actor:
    """Whom the session is seen as: the actor, or the person whose view they have taken on.

    It falls as soon as the actor may not see as them any more, or they are not here.
    """
    if actor.session_id is None or not allowed(actor, "roles.see_as"):
        return actor
    seeing = await work.first(
        select(SeeAs).where(
            SeeAs.session_id == actor.session_id,
            SeeAs.administrator_id == actor.id,
            SeeAs.ended_at.is_(None),
            SeeAs.until > work.now,
        )
    )
    if seeing is None:
        return actor
    try:
        person = await load_actor(work, seeing.person_id)
    except Unauthenticated:
        return actor
    if sees_more(person, actor):
        return actor
    until = min(end for end in (seeing.until, actor.until, person.until) if end is not None)
    return replace(
        person,
        session_id=actor.session_id,
        behind=actor.id,
        locale=actor.locale,
        looks_only=True,
        until=until,
    )


def sees_more(person: Actor, than: Actor) -> bool:
    """Whether the person may do something with confidential records that the other may not."""
    for _role, kind, action, _scope, level in policy():
        if level != CONFIDENTIAL:
            continue
        theirs = reach(person, f"{kind}.{action}", level=CONFIDENTIAL)
        own = reach(than, f"{kind}.{action}", level=CONFIDENTIAL)
        if own is not None and (theirs is None or not theirs <= own):
            return True
    return False


def consent_stands(now: Any, consent: Any = SupportConsent) -> ColumnElement[bool]:
    return and_(consent.ended_at.is_(None), consent.valid_from <= now, consent.valid_to > now)


async def supporter(work: Work, key: str) -> Actor:
    """The operator's support, while the municipality's consent stands. Raises SessionEnded.

    They are an administrator of the modules that the municipality chose, and of nothing else:
    never of roles, keys, the log, or the consent itself.
    """
    rows = await work.rows(
        select(SupportVisit, SupportConsent)
        .join(
            SupportConsent,
            and_(
                SupportConsent.id == SupportVisit.consent_id,
                SupportConsent.tenant_id == SupportVisit.tenant_id,
            ),
        )
        .where(
            SupportVisit.digest == digest(key),
            SupportVisit.ended_at.is_(None),
            SupportVisit.expires_at > work.now,
            consent_stands(work.now),
        )
    )
    if not rows:
        raise SessionEnded(_("The municipality's consent to support has ended."))
    visit, consent = rows[0]
    return replace(
        acting(consent),
        name=_("Support ({email})", email=visit.email),
        session_id=visit.id,
        until=_earlier(visit.expires_at, consent.valid_to),
    )


def acting(consent: SupportConsent) -> Actor:
    """What a consent lets support do: at most what an administrator may, in the chosen modules."""
    kinds = BESIDE | frozenset(consent.modules)
    verbs = ("read", "write") if consent.may_write else ("read",)
    return Actor(
        id=None,
        name="",
        grants=(Grant(EMPLOYEE), Grant(SUPPORT_ROLE)),
        scopes=frozenset(f"{verb}:{kind}" for verb in verbs for kind in kinds),
        support_id=consent.id,
        looks_only=not consent.may_write,
    )


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)
