"""Mails about keys of programs: one that leaked, and one that is about to stop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import select

from .....authz.permit import permit
from .....infra.i18n import use_locale
from .....infra.mail import MailRefused, send_letter
from .....tenants.grants import stands
from .....tenants.models import ApiToken, Person, RoleGrant
from .....tenants.tokens.leaks import revoke_leaked_tokens
from .....tenants.work import Work
from .....workers.jobs import Outcome, Run, job
from .letters import expiry_letter, leak_letter

log = structlog.get_logger()

AHEAD: Final = timedelta(days=14)


@permit("tokens.manage")
async def revoke_and_tell(work: Work, text: str) -> Sequence[ApiToken]:
    """As `revoke_leaked_tokens`, and mail the owners and the full administrators."""
    found = await revoke_leaked_tokens(work, text)
    for token in found:
        await tell_of_leak(work, token)
    return found


async def tell_of_leak(work: Work, token: ApiToken) -> None:
    administrators = await work.scalars(
        select(RoleGrant.person_id).where(RoleGrant.role == "full_administrator", stands(work.now))
    )
    people = dict.fromkeys([token.person_id, *administrators])
    await mail_leak.later_each(
        work, [{"token_id": str(token.id), "person_id": str(person)} for person in people]
    )


@job(name="organisation.mail_leak", queue="mail")
async def mail_leak(work: Work, run: Run, *, token_id: str, person_id: str) -> Outcome:
    return await _mail(work, run, token_id, person_id)


@job(name="organisation.mail_expiry", queue="mail")
async def mail_expiry(work: Work, run: Run, *, token_id: str, person_id: str) -> Outcome:
    return await _mail(work, run, token_id, person_id)


@job(name="organisation.warn_of_expiry")
async def warn_of_expiry(work: Work, run: Run) -> Outcome:
    """Once for each key, two weeks before it stops."""
    soon = await work.scalars(
        select(ApiToken).where(
            ApiToken.revoked_at.is_(None),
            ApiToken.warned_at.is_(None),
            ApiToken.expires_at > work.now,
            ApiToken.expires_at <= work.now + AHEAD,
        )
    )
    for token in soon:
        token.warned_at = work.now
    await mail_expiry.later_each(
        work, [{"token_id": str(one.id), "person_id": str(one.person_id)} for one in soon]
    )
    return {"keys": len(soon)}


async def _mail(work: Work, run: Run, token_id: str, person_id: str) -> Outcome:
    token = await work.get(ApiToken, UUID(token_id))
    here = Person.here(work.today)
    person = await work.first(select(Person).where(Person.id == UUID(person_id), here))
    if person is None:
        return {"sent": False}
    with use_locale(person.locale):
        write = leak_letter if token.leaked else expiry_letter
        letter = write(work, token, person, key=str(run.job_id))
    try:
        return {"sent": await send_letter(work.runtime.settings, letter)}
    except MailRefused as refused:
        log.warning("mail_refused", job=str(run.job_id), reason=str(refused))
        return {"sent": False}
