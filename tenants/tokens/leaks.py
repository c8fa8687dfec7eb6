"""Keys that others have got hold of: found by the key or by how it begins, and shut at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import select

from ...authz.permit import permit
from ...infra.errors import Conflict, NotFound
from ...infra.i18n import _
from ..keys import digest
from ..models import ApiToken
from ..work import Work
from .keys import SHOWN, keys_in
from .tokens import revoke

MOST_SIGNS: Final = 20_000


@permit("tokens.manage")
async def revoke_leaked_tokens(work: Work, text: str) -> Sequence[ApiToken]:
    """Shut the keys that stand in a text, or the one that begins so, in every process.

    Raises NotFound where none of them is the municipality's, Conflict where several begin so.
    """
    text = text[:MOST_SIGNS].strip()
    keys = keys_in(text)
    found = await tokens_of(work, keys) if keys else await _beginning(work, text)
    if not found:
        raise NotFound(
            _("None of the municipality's keys is in the text. Paste the key, or how it begins."),
            field="key",
        )
    for token in found:
        await revoke(work, token, leaked=True)
    return found


async def tokens_of(work: Work, keys: Collection[str]) -> Sequence[ApiToken]:
    """Those of the keys that are the municipality's. Not for an edge: it asks for no right."""
    digests = [digest(key) for key in keys]
    return await work.scalars(
        select(ApiToken).where(ApiToken.digest.in_(digests)).order_by(ApiToken.id)
    )


async def _beginning(work: Work, text: str) -> Sequence[ApiToken]:
    start = text.strip("….")
    if len(start) < SHOWN:
        return []
    found = await work.scalars(select(ApiToken).where(ApiToken.start == start[:SHOWN]))
    standing = [token for token in found if token.revoked_at is None]
    if len(standing) > 1:
        raise Conflict(_("Several keys begin so. Paste the whole key."), field="key")
    return standing or found
