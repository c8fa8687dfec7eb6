"""The municipality's logo, on its reports and pages."""

from __future__ import annotations

import asyncio
from uuid import UUID

from sqlalchemy import select, update

from ..authz.permit import permit
from ..infra.pictures import redraw
from .models import StoredFile, Tenant
from .sealed.stored import get_bytes, put_bytes
from .work import Work

WIDEST = 1200


@permit("tenant.configure")
async def set_logo(work: Work, file_id: UUID) -> None:
    """Take a file that was sent in as the logo. Raises NotFound, or InvalidInput for no picture."""
    file = await work.get(StoredFile, file_id)
    sent = await get_bytes(work, file.key, file.key_number)
    picture = await asyncio.to_thread(redraw, sent, widest=WIDEST, field="logoFileId")
    key = f"{work.tenant.id}/logo/{file.id}.png"
    number = await put_bytes(work, key, picture)
    values = {"logo_key": key, "logo_key_number": number}
    own = update(Tenant).where(Tenant.id == work.tenant.id).values(values)
    await work.execute(own.execution_options(synchronize_session=False))


async def find_logo(work: Work) -> bytes | None:
    """The logo as a PNG; None when the municipality has none."""
    own = select(Tenant.logo_key, Tenant.logo_key_number).where(Tenant.id == work.tenant.id)
    [(key, number)] = await work.rows(own)
    return None if key is None else await get_bytes(work, key, number)
