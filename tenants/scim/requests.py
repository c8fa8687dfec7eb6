"""What a directory has changed lately, and what of it was refused: for whoever looks after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select

from ...authz.permit import permit
from ..work import Work
from .models import ScimRequest

BELOW: Final = "scim/v2"
KEPT: Final = timedelta(days=30)
MOST_DETAIL: Final = 300


def scim_address(base_url: str, slug: str) -> str:
    """What a directory is told to send to."""
    return f"{base_url.rstrip('/')}/{slug}/{BELOW}"


def note_request(
    work: Work,
    *,
    method: str,
    kind: str = "",
    record_id: UUID | None = None,
    status: int,
    scim_type: str = "",
    detail: str = "",
) -> None:
    """One row of what came. Not for an edge: whoever came in with a token is noted by their id."""
    work.add(
        ScimRequest(
            at=work.now,
            token_id=work.actor.token_id,
            method=method,
            kind=kind,
            record_id=record_id,
            status=status,
            scim_type=scim_type,
            detail=detail.replace("\0", "")[:MOST_DETAIL],
        )
    )


@permit("tenant.configure")
async def list_requests(work: Work, *, faults: bool, limit: int = 25) -> Sequence[ScimRequest]:
    """The latest first: what was refused, or what was done."""
    chosen = ScimRequest.status >= 400 if faults else ScimRequest.status < 400
    return await work.scalars(
        select(ScimRequest)
        .where(chosen)
        .order_by(ScimRequest.at.desc(), ScimRequest.id)
        .limit(limit)
    )


async def forget_old_requests(work: Work) -> None:
    """For the timetable."""
    await work.execute(
        delete(ScimRequest)
        .where(ScimRequest.at < work.now - KEPT)
        .execution_options(synchronize_session=False)
    )
