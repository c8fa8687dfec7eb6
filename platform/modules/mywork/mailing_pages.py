"""What one is told by mail and in one's calendar."""

from __future__ import annotations

from starlette.responses import Response

from ....infra.i18n import _
from ...web.page import View, action, page
from .service import (
    calendar_feed,
    change_choices,
    make_calendar_feed,
    my_choices,
    revoke_calendar_feed,
)
from .settings import my_work_settings


@page("/mitt-arbete/paminnelser", name="reminders")
async def reminders(view: View) -> Response:
    return await _shown(view)


@action("/mitt-arbete/paminnelser", name="save_reminders")
async def save_reminders(view: View) -> Response:
    await change_choices(
        view.work, reminders="reminders" in view.form, digest="digest" in view.form
    )
    return view.redirect(view.url("reminders"), said=_("Your choices are saved."))


@action("/mitt-arbete/kalender", name="make_calendar")
async def make_calendar(view: View) -> Response:
    """The address is shown on this answer and never again, so there is no page to go on to."""
    made = await make_calendar_feed(view.work)
    return await _shown(view, address=made.address)


@action("/mitt-arbete/kalender/stang", name="revoke_calendar")
async def revoke_calendar(view: View) -> Response:
    await revoke_calendar_feed(view.work)
    return view.redirect(view.url("reminders"), said=_("The calendar's address is closed."))


async def _shown(view: View, address: str = "") -> Response:
    return await view.render(
        "mywork/reminders.html",
        choices=await my_choices(view.work),
        settings=await my_work_settings(view.work),
        feed=await calendar_feed(view.work),
        address=address,
    )


reminders_pages = (reminders, save_reminders, make_calendar, revoke_calendar)
