"""What helps people along: their profile, the help, accessibility, and telling of a fault."""

from __future__ import annotations

from starlette.responses import Response

from .page import View, page


@page("/profil")
async def profile(view: View) -> Response:
    return await view.render("profile.html")


@page("/hjalp", name="help")
async def help_page(view: View) -> Response:
    return await view.render("help.html")


@page("/tillganglighet")
async def accessibility(view: View) -> Response:
    return await view.render("accessibility.html")


@page("/synpunkt")
async def feedback(view: View) -> Response:
    return await view.render("feedback.html")


@page("/sok", name="search")
async def search(view: View) -> Response:
    return await view.render("search.html")


support_routes = (profile, help_page, accessibility, feedback, search)
