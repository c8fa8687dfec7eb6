"""What helps people along: their profile, the accessibility statement, and telling of a fault."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...infra.errors import InvalidInput
from ...infra.i18n import _, use_locale
from ...tenants.feedback import tell_fault
from ...tenants.people import speak
from ...tenants.sign_in.providers import provider_name, standing_providers
from ...tenants.sign_in.sessions import close_own_sessions, close_session, in_words, own_sessions
from .look import THEMES, Look, keep_look
from .page import View, action, page
from .pages import render
from .words import role_words


@page("/profil")
async def profile(view: View) -> Response:
    words = role_words()
    roles = [words.get(grant.role, grant.role) for grant in view.actor.grants]
    names = {row.issuer: provider_name(row) for row in await standing_providers(view.work)}
    return await view.render(
        "profile.html",
        roles=roles,
        sessions=await own_sessions(view.work),
        in_words=in_words,
        providers=names,
    )


@action("/profil/inloggningar/{id:uuid}/avsluta", name="close_own_session")
async def close_own_session(view: View) -> Response:
    """Sign out a browser that was left somewhere else."""
    await close_session(view.work, UUID(view.path("id")))
    return view.redirect(view.url("profile"), said=_("That browser is signed out."))


@action("/profil/inloggningar/avsluta", name="close_own_sessions")
async def close_others(view: View) -> Response:
    """Sign out all browsers but this one."""
    await close_own_sessions(view.work)
    return view.redirect(view.url("profile"), said=_("You are signed out everywhere but here."))


@action("/profil", name="save_profile")
async def save_profile(view: View) -> Response:
    """The language goes with the person, the looks with the browser."""
    locale = view.form.get("locale", "sv")
    await speak(view.work, locale)
    theme = view.form.get("theme", "auto")
    look = Look(
        theme=theme if theme in THEMES else "auto",
        easy_font="easy_font" in view.form,
        keys="keys" in view.form,
    )
    with use_locale(locale):
        response = view.redirect(view.url("profile"), said=_("Your choices are saved."))
    secure = view.work.runtime.settings.base_url.startswith("https://")
    keep_look(response, look, secure=secure)
    return response


@page("/tillganglighet")
async def accessibility(view: View) -> Response:
    return await view.render("accessibility.html")


async def open_accessibility(request: Request) -> Response:
    """The same for those who are not signed in."""
    return render(request, "accessibility.html")


@page("/synpunkt")
async def feedback(view: View) -> Response:
    return await view.render("feedback.html", page=view.query("sida"), text="", problem=None)


@action("/synpunkt", name="send_feedback")
async def send_feedback(view: View) -> Response:
    where, text = view.form.get("page"), view.form.get("text")
    try:
        await tell_fault(view.work, page=where, text=text)
    except InvalidInput as error:
        return await view.render("feedback.html", status=422, page=where, text=text, problem=error)
    return view.redirect(view.url("home"), said=_("Thank you. The administrators have it now."))


support_routes = (
    Route("/tillganglighet", open_accessibility, name="open_accessibility"),
    profile,
    save_profile,
    close_own_session,
    close_others,
    accessibility,
    feedback,
    send_feedback,
)
