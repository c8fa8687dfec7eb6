"""Reporting in the browser: under a minute on a phone, and one's own reports afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from starlette.responses import HTMLResponse, Response

from ....infra.errors import AppError, InvalidInput, NotFound
from ....infra.i18n import _
from ....tenants.rows import uuid7
from ....tenants.sign_in.sessions import SESSION_COOKIE, end_session
from ....tenants.tree.units import placed
from ...web.fields import Field, read_fields, shown
from ...web.look import look_of
from ...web.oidc import BELOW_OUT, THERE_COOKIE, leave_there
from ...web.page import View, action, page
from ...web.register import Lamp, Light
from ...web.templating import show
from . import service
from .acting import shown_action
from .fields import (
    ANSWER,
    Step,
    all_fields,
    as_report,
    places_to_choose,
    report_steps,
    shown_values,
)
from .forms import FormField, fields_of, form_of
from .models import CaseState, Concerns, Consequence, Deviation, DeviationType, FormKind
from .reporting import Report
from .terms import DEVIATIONS
from .words import concerns_words, consequence_words, law_words, state_words, type_words

BASE: Final = "/avvikelser"
LAMPS: Final[dict[CaseState, Light]] = {
    CaseState.DRAFT: "none",
    CaseState.SENT: "yellow",
    CaseState.INVESTIGATING: "yellow",
    CaseState.CLOSED: "green",
}


@page(BASE, name="deviations")
async def mine(view: View) -> Response:
    """One's own reports and actions: where everybody begins."""
    reports = await service.my_reports(view.work)
    return await view.render(
        "deviations/mine.html",
        heading=await view.word(DEVIATIONS),
        tab="mine",
        reports=[(each, own_lamp(each)) for each in reports],
        places=await place_names(view, [each.report.unit_id for each in reports]),
        types=type_words(),
        actions=await service.my_actions(view.work),
    )


@page(BASE + "/rapportera", name="new_deviation")
async def new_report(view: View) -> Response:
    return await _show_form(view, None)


@action(BASE + "/rapportera", name="save_deviation")
async def save_new(view: View) -> Response:
    """One that a browser has kept may come twice: what is sent already is only thanked for."""
    id = _uuid(view.form.get("id"))
    known = await _known(view, id)
    if known is not None and known.state is not CaseState.DRAFT:
        return await _after_sending(view, known.id)
    return await _save(view, known, id)


@page(BASE + "/rapportera/{id:uuid}", name="deviation_draft")
async def draft(view: View) -> Response:
    return await _show_form(view, await _own_draft(view))


@action(BASE + "/rapportera/{id:uuid}", name="save_deviation_draft")
async def save_draft(view: View) -> Response:
    row = await _own_draft(view)
    return await _save(view, row, row.id)


@page(BASE + "/rapportera/{id:uuid}/granska", name="review_deviation")
async def review(view: View) -> Response:
    return await _show_review(view)


@action(BASE + "/rapportera/{id:uuid}/skicka", name="send_deviation")
async def send(view: View) -> Response:
    id = view.id()
    try:
        async with view.work.attempt():
            await service.send_report(view.work, id, version=view.version or 0)
    except AppError as problem:
        return await _show_review(view, problem)
    return await _after_sending(view, id)


@action(BASE + "/rapportera/{id:uuid}/kasta", name="discard_deviation")
async def discard(view: View) -> Response:
    await service.discard_draft(view.work, view.id())
    return view.redirect(view.url("deviations"), said=_("The draft is thrown away."))


@page(BASE + "/rapporter/{id:uuid}", name="own_deviation")
async def own_report(view: View) -> Response:
    """What one has sent: thanked for at once, and in the end with what came of it."""
    row = await service.my_report(view.work, view.id())
    if row.state is CaseState.DRAFT:
        return view.redirect(view.url("deviation_draft", id=row.id))
    return await view.render(
        "deviations/own_report.html",
        heading=_("Thank you for your report"),
        word=await view.word(DEVIATIONS),
        row=row,
        lamp=own_lamp(row),
        misconduct=row.report.type is DeviationType.MISCONDUCT,
        facts=await report_facts(view, row.report),
        answered=row.answered,
    )


@page(BASE + "/atgard/{id:uuid}", name="deviation_action")
async def own_action(view: View) -> Response:
    return await _show_action(view)


@action(BASE + "/atgard/{id:uuid}", name="finish_deviation_action")
async def finish(view: View) -> Response:
    id = view.id()
    try:
        async with view.work.attempt():
            await service.finish_action(
                view.work, id, outcome=view.form.get("outcome"), version=view.version or 0
            )
    except AppError as problem:
        return await _show_action(view, problem)
    return view.redirect(view.url("deviation_action", id=id), said=_("Noted. Well done."))


async def place_names(view: View, ids: Sequence[UUID | None]) -> dict[UUID | None, str]:
    """By unit; an empty word where none is chosen yet."""
    found = await placed(view.work, [id for id in ids if id is not None])
    return {None: ""} | {unit.id: unit.name for unit in found}


async def report_facts(view: View, report: Report) -> list[tuple[str, Any]]:
    """What was reported, as words in order."""
    places, laws = await place_names(view, [report.unit_id]), law_words()
    return [
        (_("Type"), type_words()[report.type]),
        (_("Law"), ", ".join(laws[law] for law in report.laws)),
        (_("What happened"), report.what),
        (_("Consequence"), consequence_words()[report.consequence]),
        (_("Done at once"), report.done),
        (_("Where"), places.get(report.unit_id, "")),
        (_("Noticed"), report.found_at),
        (_("Happened"), report.occurred_at),
        (_("Concerns"), concerns_words()[report.concerns]),
        (_("Who"), report.whom),
        (_("Reported for"), report.on_behalf_of),
    ]


def own_lamp(row: service.MyReport) -> Lamp:
    """How far one's own has come. A misconduct that is handed over changes nothing in it."""
    if row.outcome_at is not None:
        return Lamp("green", _("Has an outcome"))
    return Lamp(LAMPS[row.state], state_words()[row.state])


async def _show_form(
    view: View, row: service.MyReport | None, problem: AppError | None = None
) -> Response:
    questions = await _questions(view, row)
    steps = report_steps(await places_to_choose(view.work), questions)
    return await view.render(
        "deviations/report.html",
        status=problem.status if problem else 200,
        heading=_("Report a deviation"),
        word=await view.word(DEVIATIONS),
        row=row,
        id=view.form.get("id") or uuid7(),
        steps=steps,
        values=shown(await _stands(view, row), all_fields(steps), view.form),
        problem=problem,
    )


async def _stands(view: View, row: service.MyReport | None) -> SimpleNamespace:
    """What the fields begin with: a draft as it was left, else the unit where one usually is, which
    is never the whole municipality."""
    if row is None:
        place = (await view.shell()).place
        near = place is not None and place.unit.parent_id is not None
        return SimpleNamespace(
            type=DeviationType.DEVIATION,
            consequence=Consequence.UNKNOWN,
            concerns=Concerns.INDIVIDUAL,
            unit_id=place.unit.id if place and near else None,
            found_at=view.work.now,
        )
    report = row.report
    stands: dict[str, Any] = {name: getattr(report, name) for name in report.__slots__}
    return SimpleNamespace(**stands, **shown_values(report.answers))


async def _save(view: View, row: service.MyReport | None, id: UUID) -> Response:
    questions = await _questions(view, row)
    steps = report_steps(await places_to_choose(view.work), questions)
    try:
        async with view.work.attempt():
            values = read_fields(view.form, _asked(view, steps))
            if not values["confirmed"] and "draft" not in view.form:
                raise InvalidInput(
                    _("Confirm the place: it decides who sees the case."), field="confirmed"
                )
            kept = await service.save_draft(
                view.work,
                as_report(values, questions),
                deviation_id=row.id if row else None,
                version=view.version if row else None,
                new_id=None if row else id,
            )
            if "send" in view.form or "out" in view.form:
                await service.send_report(view.work, kept.id, version=kept.version)
    except AppError as problem:
        return await _show_form(view, row, _at_field(problem, questions))
    if "send" in view.form or "out" in view.form:
        return await _after_sending(view, kept.id)
    if "draft" in view.form:
        said = _("The draft is saved. Only you see it.")
        return view.redirect(view.url("deviations"), said=said)
    return view.redirect(view.url("review_deviation", id=kept.id))


def _asked(view: View, steps: Sequence[Step]) -> list[Field]:
    """Of a draft nothing is needed."""
    fields = all_fields(steps)
    if "draft" in view.form:
        return [replace(field, needed=False) for field in fields]
    return fields


async def _after_sending(view: View, id: UUID) -> Response:
    """On to the thanks; or out, for a device that several share."""
    if "out" not in view.form:
        return view.redirect(view.url("own_deviation", id=id))
    row = await service.my_report(view.work, id)
    if key := view.request.cookies.get(SESSION_COOKIE):
        await end_session(view.work, key)
    response: Response
    if view.partial:
        address = f"/{view.tenant.slug}/logga-in"
        response = Response(status_code=200, headers={"HX-Redirect": address})
    else:
        text = show(
            "deviations/sent_out.html",
            look=look_of(view.request),
            tenant=view.tenant,
            misconduct=row.report.type is DeviationType.MISCONDUCT,
        )
        there = await leave_there(view.request, view.tenant)
        response = there or HTMLResponse(text)
    response.delete_cookie(SESSION_COOKIE, path=f"/{view.tenant.slug}")
    response.delete_cookie(THERE_COOKIE, path=f"/{view.tenant.slug}{BELOW_OUT}")
    return response


async def _show_review(view: View, problem: AppError | None = None) -> Response:
    row = await _own_draft(view)
    return await view.render(
        "deviations/review.html",
        status=problem.status if problem else 200,
        heading=_("Is it right?"),
        word=await view.word(DEVIATIONS),
        row=row,
        misconduct=row.report.type is DeviationType.MISCONDUCT,
        facts=await report_facts(view, row.report),
        answered=row.answered,
        problem=problem,
    )


async def _show_action(view: View, problem: AppError | None = None) -> Response:
    row = await shown_action(view.work, view.id())
    return await view.render(
        "deviations/action.html",
        status=problem.status if problem else 200,
        heading=row.title,
        word=await view.word(DEVIATIONS),
        row=row,
        written=view.form.get("outcome"),
        problem=problem,
    )


async def _questions(view: View, row: service.MyReport | None) -> list[FormField]:
    """Those of the version that a draft was begun with."""
    if row is None:
        return fields_of(await service.standing_form(view.work, FormKind.REPORT))
    own = select(Deviation.form_id).where(Deviation.id == row.id)
    return fields_of(await form_of(view.work, (await view.work.scalars(own))[0]))


async def _own_draft(view: View) -> service.MyReport:
    """Raises NotFound also for one that is sent: there is nothing more to write in it."""
    row = await service.my_report(view.work, view.id())
    if row.state is not CaseState.DRAFT:
        raise NotFound()
    return row


async def _known(view: View, id: UUID) -> service.MyReport | None:
    try:
        return await service.my_report(view.work, id)
    except NotFound:
        return None


def _at_field(problem: AppError, questions: Sequence[FormField]) -> AppError:
    """A refused answer is told at its question."""
    if problem.field in {each.key for each in questions}:
        problem.field = f"{ANSWER}{problem.field}"
    return problem


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid7()


REPORT_PAGES = (
    mine,
    new_report,
    save_new,
    draft,
    save_draft,
    review,
    send,
    discard,
    own_report,
    own_action,
    finish,
)
