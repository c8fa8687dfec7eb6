"""One event with its investigation, the files that are made, and notices to be seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from starlette.responses import Response

from ....infra.errors import AppError
from ....infra.i18n import _
from ....infra.storage import attachment
from ....tenants.log.access_log import Action
from ....workers.jobs import get_job
from ....workers.models import Job, JobState
from ...web.page import Partial, View, action, page
from .deciding import get_event
from .files import files_of, load_review_file
from .investigating import (
    EXTRACT,
    acknowledge,
    change_investigation,
    close_investigation,
    find_investigation,
    get_notice,
    open_investigation,
    suspect_crime,
    tell_health_officer,
)
from .jobs import ask_for_archive, ask_for_extract
from .models import (
    FileKind,
    Investigation,
    InvestigationState,
    NoticeKind,
    ReviewFile,
    ReviewNotice,
)
from .reviews import person_names, unit_names
from .settings import review_settings
from .shown import BASE, LOG_REVIEW, common, day_of, lines_of, may_review
from .words import decision_words

EVENT = BASE + "/handelse/{event:uuid}"
CASE = BASE + "/utredning/{investigation:uuid}"


@dataclass(frozen=True, slots=True)
class Making:
    """How far files are: `links` are address and name of each that is there."""

    id: UUID
    ended: bool
    done: int
    total: int
    step: str
    problem: str
    links: tuple[tuple[str, str, int], ...] = ()


@page(EVENT, name="review_event")
async def event_page(view: View) -> Response:
    return await _show(view, view.id("event"))


@action(EVENT + "/utredning", name="open_investigation")
async def begin(view: View) -> Response:
    id, form = view.id("event"), view.form
    try:
        async with view.work.attempt():
            await open_investigation(
                view.work, id, case_number=form.get("case_number"), notes=form.get("notes")
            )
    except AppError as error:
        return await _show(view, id, problem=error)
    return view.redirect(view.url("review_event", event=id), said=_("The investigation is open."))


@action(CASE, name="save_investigation")
async def save(view: View) -> Response:
    """What is written, field by field, or closing it."""
    id, form = view.id("investigation"), view.form
    fields = {name: form.get(name) for name in ("case_number", "notes", "outcome") if name in form}
    try:
        async with view.work.attempt():
            found = await change_investigation(view.work, id, **fields)
            if "stang" in form:
                found = await close_investigation(view.work, id)
    except AppError as error:
        if view.partial:
            told = {"id": "case", "message": error.message, "bad": True, "followed": False}
            return await view.parts(_told(told), status=error.status)
        case = await view.work.get(Investigation, id)
        return await _show(view, case.event_id, problem=error)
    if view.partial:
        told = {"id": "case", "message": _("Saved."), "bad": False, "followed": False}
        return await view.parts(_told(told))
    said = _("The investigation is closed.") if "stang" in form else _("Saved.")
    return view.redirect(view.url("review_event", event=found.event_id), said=said)


@action(CASE + "/brott", name="suspect_crime")
async def crime(view: View) -> Response:
    id, form = view.id("investigation"), view.form
    case = await view.work.get(Investigation, id)
    try:
        async with view.work.attempt():
            await suspect_crime(
                view.work,
                id,
                note=form.get("note"),
                begins=day_of(form, "begins"),
                ends=day_of(form, "ends"),
            )
    except AppError as error:
        return await _show(view, case.event_id, problem=error)
    said = _("The extended extract is asked for. A full administrator makes it.")
    return view.redirect(view.url("review_event", event=case.event_id), said=said)


@action(CASE + "/journal", name="tell_health_officer")
async def health(view: View) -> Response:
    case = await view.work.get(Investigation, view.id("investigation"))
    try:
        async with view.work.attempt():
            await tell_health_officer(view.work, case.id)
    except AppError as error:
        return await _show(view, case.event_id, problem=error)
    said = _("The named officer is told, by mail and in My work.")
    return view.redirect(view.url("review_event", event=case.event_id), said=said)


@action(CASE + "/uttag", name="make_extract")
async def extract(view: View) -> Response:
    return await _started(view, await ask_for_extract(view.work, view.id("investigation")))


@action(BASE + "/{review:uuid}/arkivera", name="archive_review")
async def archive(view: View) -> Response:
    return await _started(view, await ask_for_archive(view.work, view.id("review")))


@page(BASE + "/gors/{job:uuid}", name="review_export", polled=True)
async def making(view: View) -> Response:
    """Files that are being made; without scripts a page that one looks at again."""
    job = await get_job(view.work, view.id("job"))
    own = select(ReviewFile).where(ReviewFile.job_id == job.id).order_by(ReviewFile.id)
    made = await view.work.scalars(own)
    values = {"export": _making(view, job, list(made))}
    if view.partial:
        return await view.parts(Partial("export", "log_review/export_state.html", values))
    heading = await view.word(LOG_REVIEW)
    return await view.render("log_review/export.html", heading=heading, export=values["export"])


@page(BASE + "/filer/{file:uuid}", name="review_file")
async def fetch(view: View) -> Response:
    file, data = await load_review_file(view.work, view.id("file"))
    headers = {"Content-Disposition": attachment(file.name), "Cache-Control": "no-store"}
    return Response(data, media_type=file.media_type, headers=headers)


@page(BASE + "/besked/{notice:uuid}", name="review_notice")
async def notice_page(view: View) -> Response:
    notice, review = await get_notice(view.work, view.id("notice"))
    case = (
        await view.work.get(Investigation, notice.investigation_id)
        if notice.investigation_id
        else None
    )
    unit = (await unit_names(view.work, [review.unit_id]))[review.unit_id]
    return await view.render(
        "log_review/notice.html",
        notice=notice,
        health=notice.kind is NoticeKind.HEALTH,
        case=case,
        heading=await view.word(LOG_REVIEW),
        **common(review, unit),
    )


@action(BASE + "/besked/{notice:uuid}", name="see_notice")
async def see(view: View) -> Response:
    await acknowledge(view.work, view.id("notice"))
    return view.redirect(view.url("my_work"), said=_("It is noted that you have seen it."))


async def _started(view: View, job: Job) -> Response:
    if view.partial:
        values = {"export": _making(view, job, [])}
        return await view.parts(Partial("export", "log_review/export_state.html", values))
    return view.redirect(view.url("review_export", job=job.id))


def _making(view: View, job: Job, made: list[ReviewFile]) -> Making:
    return Making(
        id=job.id,
        ended=job.state in (JobState.DONE, JobState.FAILED),
        done=job.done,
        total=job.total,
        step=job.step,
        problem=job.problem or "",
        links=tuple(
            (view.url("review_file", file=file.id), file.name, max(1, round(file.size / 1000)))
            for file in made
        ),
    )


async def _show(view: View, id: UUID, *, problem: AppError | None = None) -> Response:
    event, review = await get_event(view.work, id)
    [line] = await lines_of(view.work, [event])
    unit = (await unit_names(view.work, [review.unit_id]))[review.unit_id]
    case = await find_investigation(view.work, event.id)
    notice = await _notice(view, case)
    view.work.note(
        Action.READ,
        "log_review",
        records=[event.id, review.id],
        about=[one for one in (event.person_id, *event.about[:100]) if one],
        unit_id=review.unit_id,
    )
    values: dict[str, Any] = {
        "line": line,
        "event": event,
        "case": case,
        "case_open": case is not None and case.state is InvestigationState.OPEN,
        "may": may_review(view.work, review) and not line.own,
        "may_extract": view.work.allows(EXTRACT),
        "row_decisions": [
            (key, word) for key, word in decision_words().items() if key != "no_remark"
        ],
        "everybody": sorted((await person_names(view.work, event.about)).values()),
        "officer": await _officer(view, notice),
        "notice": notice,
        "extracts": [
            file
            for file in await files_of(view.work, review)
            if case is not None
            and file.kind is FileKind.EXTRACT
            and file.investigation_id == case.id
        ],
        "extract_days": _extract_days(view, review.begins, review.ends),
        "heading": await view.word(LOG_REVIEW),
    }
    return await view.render(
        "log_review/event.html",
        status=problem.status if problem else 200,
        problem=problem,
        **values,
        **common(review, unit),
    )


async def _notice(view: View, case: Investigation | None) -> ReviewNotice | None:
    if case is None:
        return None
    own = select(ReviewNotice).where(
        ReviewNotice.investigation_id == case.id, ReviewNotice.kind == NoticeKind.HEALTH
    )
    return await view.work.first(own)


async def _officer(view: View, notice: ReviewNotice | None) -> str:
    """Who was told, or would be: by name, or by the e-mail that is set."""
    if notice is None:
        return (await review_settings(view.work)).health_officer
    return (await person_names(view.work, [notice.person_id])).get(notice.person_id, "–")


def _extract_days(view: View, begins: date, ends: date) -> tuple[str, str]:
    """A year back to today, which is more than most need."""
    form = view.form
    back = begins.replace(year=begins.year - 1, day=1)
    return form.get("begins", back.isoformat()), form.get("ends", ends.isoformat())


def _told(values: dict[str, Any]) -> Partial:
    return Partial("told-case", "log_review/told.html", values)


event_pages = (
    event_page,
    begin,
    save,
    crime,
    health,
    extract,
    archive,
    making,
    fetch,
    notice_page,
    see,
)
