"""API tokens: shown once, kept as a hash, at most what their owner may."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from ..authz.permit import permissions, permit
from ..infra.errors import Forbidden, InvalidInput
from ..infra.i18n import _
from ..infra.texts import at_most
from .keys import digest, new_key
from .models import ApiToken, Person
from .work import Work

LONGEST = timedelta(days=730)
NAME = 100


class NewToken(NamedTuple):
    token: ApiToken
    key: str
    """What the program sends; it is nowhere else and cannot be shown again."""


@permit("tokens.manage")
async def create_token(
    work: Work,
    *,
    name: str,
    person_id: UUID,
    scopes: Sequence[str] = ("read",),
    days: int = 365,
) -> NewToken:
    """A key that acts for a person, within scopes `read`, `write`, `read:goals`, `write:goals` …

    A program with narrowed scopes makes no key beyond them, nor one for somebody else.
    """
    person = await work.get(Person, person_id)
    _refuse_more_than_own(work, person_id, scopes)
    if not name.strip():
        raise InvalidInput(_("Give the token a name that says what uses it."), field="name")
    at_most(name, field="name", most=NAME)
    kinds = {permission.partition(".")[0] for permission in permissions()}
    for scope in scopes:
        match = re.fullmatch(r"(read|write)(?::(\w+))?", scope)
        if match is None or (match[2] and match[2] not in kinds):
            raise InvalidInput(
                _(
                    "{scope} is not a scope. Write read, write, or for example read:goals.",
                    scope=scope,
                ),
                field="scopes",
            )
    if not 1 <= days <= LONGEST.days:
        raise InvalidInput(_("A token lives 1 to {days} days.", days=LONGEST.days), field="days")
    key = new_key("roder")
    token = ApiToken(
        name=name.strip(),
        person_id=person.id,
        digest=digest(key),
        scopes=sorted(set(scopes)),
        expires_at=work.now + timedelta(days=days),
    )
    work.add(token)
    await work.flush()
    return NewToken(token, key)


def _refuse_more_than_own(work: Work, person_id: UUID, scopes: Sequence[str]) -> None:
    own = work.actor.scopes
    if own is None or own >= {"read", "write"}:
        return
    more = [scope for scope in scopes if not own & {scope, scope.partition(":")[0]}]
    if more or person_id != work.actor.id:
        raise Forbidden(
            _("A token makes tokens for its own person only, within its own scopes. Sign in.")
        )


@permit("tokens.manage")
async def list_tokens(work: Work) -> Sequence[ApiToken]:
    return await work.scalars(select(ApiToken).order_by(ApiToken.id))


@permit("tokens.manage")
async def revoke_token(work: Work, token_id: UUID) -> ApiToken:
    token = await work.get(ApiToken, token_id)
    if token.revoked_at is None:
        token.revoked_at = work.now
    return token
