"""Files that come with the forms of pages."""

from __future__ import annotations

from ...tenants.files import keep_upload
from ...tenants.models import StoredFile
from .page import View


async def keep_sent(view: View, field: str = "file") -> StoredFile:
    """The file in a field of the form, kept. Raises InvalidInput when none was chosen."""
    sent = view.form.file(field)
    return await keep_upload(
        view.work,
        name=sent.filename or "",
        media_type=sent.content_type or "application/octet-stream",
        body=sent.file,
    )
