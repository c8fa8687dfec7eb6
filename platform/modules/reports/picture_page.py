"""The pictures of reports, for those who may read the reports."""

from __future__ import annotations

from uuid import UUID

from starlette.responses import Response

from ....infra.errors import NotFound
from ....infra.i18n import _
from ...web.page import View, page
from . import service

KEPT = "private, max-age=600"
"""Short, so that a withdrawn consent is soon felt also where the picture has been seen."""


@page("/bilder/{id}", name="report_picture")
async def report_picture(view: View) -> Response:
    try:
        id = UUID(view.path("id"))
    except ValueError:
        raise NotFound(_("It does not exist, or you may not see it.")) from None
    image, data = await service.image_data(view.work, id)
    return Response(data, media_type=image.media_type, headers={"Cache-Control": KEPT})
