"""All lists, and one that is made of days of one's own choice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.responses import Response

from ....infra.errors import AppError
from ....infra.i18n import _
from ....tenants.tree.units import tree
from ...module import MenuItem
from ...web.page import View, action, page
from ...web.words import MORE
from .intervals import change_interval, give_to, start_list
from .models import ReviewState
from .placing import read_places
from .reviews import READ, REVIEW, find_reviews, get_review, person_names, unit_names
from .settings import review_settings
from .shown import BASE, LOG_REVIEW, common, day_of, may_review, read_uuid
from .slots import month_of
from .words import state_words, title_of

MENU = (MenuItem(LOG_REVIEW, page="log_reviews", permission=READ, group=MORE),)


@page(BASE, name="log_reviews")
async def log_reviews(view: View) -> Response:
    chosen = view.query("lage")
    state = ReviewState(chosen) if chosen in set(ReviewState) else None
    found = await find_reviews(view.work, state=state)
    people = {each.review.reviewer_id for each in found if each.review.reviewer_id}
    return await view.render(
        "log_review/reviews.html",
        found=found,
        state=state,
        states=state_words(),
        names=await person_names(view.work, people),
        title_of=title_of,
        heading=await view.word(LOG_REVIEW),
        may_start=view.work.allows(REVIEW),
        may_design=view.work.allows("log_review.design"),
        settings_address=_settings_address(view),
    )


@page(BASE + "/ny", name="new_review")
async def new_review(view: View) -> Response:
    view.work.require(REVIEW)
    return await _new(view)


@action(BASE + "/ny", name="start_review")
async def start_review(view: View) -> Response:
    form = view.form
    try:
        async with view.work.attempt():
            review = await start_list(
                view.work,
                unit_id=read_uuid(form.get("enhet"), field="unitId"),
                begins=day_of(form, "begins"),
                ends=day_of(form, "ends"),
            )
    except AppError as error:
        return await _new(view, problem=error)
    return view.redirect(view.url("review", review=review.id), said=_("The list is made."))


@page(BASE + "/{review:uuid}/dagar", name="review_days")
async def review_days(view: View) -> Response:
    return await _days(view)


@action(BASE + "/{review:uuid}/dagar", name="save_review_days")
async def save_review_days(view: View) -> Response:
    """Other days, or somebody else to review."""
    form, id = view.form, view.id("review")
    try:
        async with view.work.attempt():
            review = await get_review(view.work, id)
            begins, ends = day_of(form, "begins"), day_of(form, "ends")
            if (begins, ends) != (review.begins, review.ends):
                await change_interval(view.work, id, begins=begins, ends=ends)
            person = read_uuid(form.get("granskare"), field="personId")
            if person != review.reviewer_id:
                await give_to(view.work, id, person_id=person)
    except AppError as error:
        return await _days(view, problem=error)
    return view.redirect(view.url("review", review=id), said=_("Saved."))


async def _new(view: View, *, problem: AppError | None = None) -> Response:
    form = view.form
    units = view.work.reach(REVIEW)
    placed = [unit for unit in await tree(view.work) if units is None or unit.id in units]
    begins, ends = month_of(view.work.today.replace(day=1) - timedelta(days=1))
    return await view.render(
        "log_review/new.html",
        status=problem.status if problem else 200,
        problem=problem,
        choices=[(unit.id, unit.name) for unit in placed],
        whole=units is None,
        values={
            "enhet": form.get("enhet"),
            "begins": form.get("begins", begins.isoformat()),
            "ends": form.get("ends", ends.isoformat()),
        },
        heading=await view.word(LOG_REVIEW),
    )


async def _days(view: View, *, problem: AppError | None = None) -> Response:
    form = view.form
    review = await get_review(view.work, view.id("review"))
    places = await read_places(view.work, await review_settings(view.work))
    people = set(places.reviewers_of(review.unit_id))
    people |= {id for id in (review.reviewer_id, view.actor.id) if id}
    names = await person_names(view.work, people)
    values: dict[str, Any] = {
        "begins": form.get("begins", review.begins.isoformat()),
        "ends": form.get("ends", review.ends.isoformat()),
        "granskare": form.get("granskare", str(review.reviewer_id or "")),
    }
    unit = (await unit_names(view.work, [review.unit_id]))[review.unit_id]
    return await view.render(
        "log_review/days.html",
        status=problem.status if problem else 200,
        problem=problem,
        values=values,
        people=sorted(names.items(), key=lambda each: each[1]),
        may=may_review(view.work, review),
        heading=await view.word(LOG_REVIEW),
        **common(review, unit),
    )


def _settings_address(view: View) -> str:
    if not view.work.allows("tenant.configure"):
        return ""
    return view.url("module_settings", module="log_review")


list_pages = (log_reviews, new_review, start_review, review_days, save_review_days)
