"""One list: its rows, what is written beside them, what is decided for many, its signing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.responses import Response

from ....infra.errors import AppError, InvalidInput
from ....infra.i18n import _
from ...web.page import Partial, View, action, page
from .deciding import decide, pass_unmarked, take_back_passed, write_comment
from .files import files_of
from .importing import imports_of
from .intervals import mark_again
from .models import Decision, Review, ReviewEvent, ReviewState
from .own import own_left
from .placing import read_places
from .reviews import (
    PAGE,
    Show,
    count_rows,
    counts_of,
    get_review,
    person_names,
    read_filter,
    read_groups,
    read_rows,
    unit_names,
)
from .settings import review_settings
from .shown import (
    BASE,
    LOG_REVIEW,
    asked_of,
    common,
    filter_from,
    lines_of,
    may_review,
    page_number,
    pages_in,
    plain,
    show_words,
)
from .signing import how_ready, sign_review, write_result
from .words import decision_words, mark_words


@page(BASE + "/{review:uuid}", name="review")
async def review_page(view: View) -> Response:
    review = await get_review(view.work, view.id("review"))
    chosen = read_filter(filter_from(view.request.query_params))
    count = await count_rows(view.work, review, chosen)
    last = pages_in(count)
    number = min(page_number(view), last)
    rows = await read_rows(view.work, review, chosen, page=number)
    values = await _values(view, review)
    return await view.render(
        "log_review/review.html",
        lines=await lines_of(view.work, rows),
        chosen=chosen,
        shows=show_words(),
        marks=mark_words(),
        count=count,
        number=number,
        last=last,
        first_row=(number - 1) * PAGE + 1,
        asked=lambda **more: asked_of(chosen, **more),
        fields=asked_of(chosen),
        imports=await imports_of(view.work, review),
        files=await files_of(view.work, review),
        **values,
    )


@page(BASE + "/{review:uuid}/personer", name="review_people")
async def review_people(view: View) -> Response:
    review = await get_review(view.work, view.id("review"))
    groups = await read_groups(view.work, review)
    return await view.render(
        "log_review/people.html", groups=groups, **(await _values(view, review))
    )


@action(BASE + "/handelse/{event:uuid}", name="save_review_row")
async def save_row(view: View) -> Response:
    """A decision, a comment, or both of a row; the answer tells how it went."""
    id, form = view.id("event"), view.form
    event: ReviewEvent | None = None
    try:
        async with view.work.attempt():
            if "comment" in form:
                was = form.get("was") if view.partial else None
                event = await write_comment(view.work, id, text=form.get("comment"), was=was)
            if "decision" in form:
                was = form.get("was") if view.partial else None
                event = await decide(
                    view.work, id, decision=_decision(form.get("decision")), was=was
                )
    except AppError as error:
        if not view.partial:
            raise
        told = {"id": id, "message": error.message, "bad": True}
        return await view.parts(_told(id, told), status=error.status)
    if event is None:
        raise InvalidInput(_("The form could not be read. Load the page again and try once more."))
    if not view.partial:
        return view.redirect(_back(view, event), said=_("Saved."))
    review = await get_review(view.work, event.review_id)
    counts = (await counts_of(view.work, [review.id]))[review.id]
    followed = event.decision in (Decision.INVESTIGATE, Decision.INTRUSION)
    told = {"id": id, "message": _("Saved."), "bad": False, "followed": followed}
    shown = {"counts": counts, "review": review, "open": True}
    return await view.parts(
        _told(id, told), Partial("review-counts", "log_review/counts.html", shown)
    )


@action(BASE + "/{review:uuid}/utan-anmarkning", name="pass_rows")
async def pass_rows(view: View) -> Response:
    """One decision for all rows of the filter that do not stand out."""
    id = view.id("review")
    chosen = read_filter(filter_from(plain(view.form)))
    if "ta-tillbaka" in view.form:
        count = await take_back_passed(view.work, id, chosen=chosen)
        said = _("{count} rows are undecided again.", count=count)
    else:
        count = await pass_unmarked(view.work, id, chosen=chosen)
        said = _("{count} rows are reviewed without remark.", count=count)
    return view.redirect(view.url("review", asked_of(chosen), review=id), said=said)


@action(BASE + "/{review:uuid}/rakna-om", name="mark_review_again")
async def mark_review_again(view: View) -> Response:
    review = await mark_again(view.work, view.id("review"))
    said = _("What stands out is found anew by the rules as they are now.")
    return view.redirect(view.url("review", review=review.id), said=said)


@page(BASE + "/{review:uuid}/signera", name="sign_review_page")
async def sign_page(view: View) -> Response:
    return await _signing(view)


@action(BASE + "/{review:uuid}/resultat", name="save_review_result")
async def save_result(view: View) -> Response:
    """While it is written."""
    id = view.id("review")
    try:
        async with view.work.attempt():
            await write_result(view.work, id, text=view.form.get("result"))
    except AppError as error:
        if not view.partial:
            raise
        told = {"id": "result", "message": error.message, "bad": True}
        return await view.parts(_told("result", told), status=error.status)
    told = {"id": "result", "message": _("Saved."), "bad": False}
    return await view.parts(_told("result", told))


@action(BASE + "/{review:uuid}/signera", name="sign_review")
async def sign(view: View) -> Response:
    try:
        async with view.work.attempt():
            review = await sign_review(view.work, view.id("review"), result=view.form.get("result"))
    except AppError as error:
        return await _signing(view, problem=error)
    said = _("The list is signed. Archive it, and the review is done.")
    return view.redirect(view.url("review", review=review.id), said=said)


async def _signing(view: View, *, problem: AppError | None = None) -> Response:
    review = await get_review(view.work, view.id("review"))
    return await view.render(
        "log_review/sign.html",
        status=problem.status if problem else 200,
        problem=problem,
        ready=await how_ready(view.work, review),
        result=view.form.get("result", review.result),
        words=decision_words(),
        left=asked_of(read_filter({"show": Show.LEFT.value})),
        **(await _values(view, review)),
    )


async def _values(view: View, review: Review) -> dict[str, Any]:
    names = await unit_names(view.work, [review.unit_id])
    counts = (await counts_of(view.work, [review.id]))[review.id]
    decisions = decision_words()
    return {
        **common(review, names[review.unit_id]),
        **(await _own(view, review)),
        "counts": counts,
        "decisions": decisions,
        "row_decisions": [
            (key, word) for key, word in decisions.items() if key != Decision.NO_REMARK
        ],
        "may": may_review(view.work, review),
        "signed": review.state is not ReviewState.OPEN,
        "heading": await view.word(LOG_REVIEW),
    }


@dataclass(frozen=True, slots=True)
class Others:
    """What somebody who reviews the list did, that waits for somebody else."""

    id: UUID
    name: str
    count: int


async def _own(view: View, review: Review) -> dict[str, Any]:
    """How much of what whoever looks did themselves is left for somebody else, and the opposite."""
    work, own = view.work, view.actor.id
    if review.state is not ReviewState.OPEN or not may_review(work, review) or own is None:
        return {"own": 0, "others": []}
    reviewers = {review.reviewer_id} if review.reviewer_id else set[UUID | None]()
    if not reviewers:
        places = await read_places(work, await review_settings(work))
        reviewers |= places.reviewers_of(review.unit_id)
    people = {id for id in (*reviewers, own) if id is not None}
    left = (await own_left(work, [review.id], people)).get(review.id, {})
    names = await person_names(work, left)
    others = [Others(id, names.get(id, "–"), left[id]) for id in sorted(left) if id != own]
    return {"own": left.get(own, 0), "others": others}


def _told(id: UUID | str, values: dict[str, Any]) -> Partial:
    return Partial(f"told-{id}", "log_review/told.html", {"followed": False} | values)


def _decision(text: str) -> Decision | None:
    try:
        return Decision(text) if text else None
    except ValueError:
        raise InvalidInput(_("Choose one from the list."), field="decision") from None


def _back(view: View, event: ReviewEvent) -> str:
    chosen = read_filter(filter_from(plain(view.form)))
    more = {"sida": view.form.get("sida")}
    return f"{view.url('review', asked_of(chosen, **more), review=event.review_id)}#row-{event.id}"


review_pages = (
    review_page,
    review_people,
    save_row,
    pass_rows,
    mark_review_again,
    sign_page,
    save_result,
    sign,
)
