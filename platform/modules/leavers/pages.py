"""Personal data: those who wait for a purge, its preview and receipt, extracts, and the rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from starlette.responses import Response

from ....authz.permit import NOWHERE
from ....infra.errors import AppError, Conflict, InvalidInput
from ....infra.i18n import _
from ....tenants.log.access_log import Action
from ....tenants.models import Person, RoleGrant
from ....tenants.terms import Term
from ...module import MenuItem
from ...web.exports import export_started
from ...web.page import View, action, page
from ...web.words import MORE
from . import jobs, runs
from .extracts import around
from .letters import ask_letter, counted
from .looking import preview_run
from .models import ArchiveChange, Because, Kept, LeaverRun, RunState, Why
from .purge import STAGES
from .settings import leaver_settings, next_due
from .waiting import waiting

COLLEAGUES = 200

PERSONAL = Term("leavers.personal_data", lambda: _("Personal data"))
MENU = (MenuItem(PERSONAL, page="personal_data", permission="leavers.run", group=MORE),)


@page("/personuppgifter", name="personal_data")
async def personal_data(view: View) -> Response:
    return await _show_waiting(view)


@action("/personuppgifter", name="open_leaver_run")
async def open_run(view: View) -> Response:
    try:
        async with view.work.attempt():
            ids = [_id(text, "person") for text in view.form.fields.get("person", [])]
            run = await runs.open_run(view.work, ids)
            await jobs.look_in_files.later(view.work, run_id=str(run.id))
            address = view.url("leaver_run", id=run.id)
    except (InvalidInput, Conflict) as problem:
        return await _show_waiting(view, problem)
    return view.redirect(address, said=_("The purge is prepared. Nothing has been changed yet."))


@page("/personuppgifter/gallring/{id:uuid}", name="leaver_run")
async def leaver_run(view: View) -> Response:
    return await _show_run(view)


@action("/personuppgifter/gallring/{id:uuid}/over", name="choose_heir")
async def choose_heir(view: View) -> Response:
    heir = view.form.get("heir").strip()
    try:
        async with view.work.attempt():
            await runs.choose_heir(
                view.work,
                _run_id(view),
                _id(view.form.get("person"), "person"),
                heir_id=_id(heir, "heir") if heir else None,
            )
    except (InvalidInput, Conflict) as problem:
        return await _show_run(view, problem)
    return view.redirect(_address(view), said=_("Saved."))


@action("/personuppgifter/gallring/{id:uuid}/ut", name="leave_out")
async def leave_out(view: View) -> Response:
    await runs.leave_out(view.work, _run_id(view), _id(view.form.get("person"), "person"))
    return view.redirect(_address(view), said=_("Taken out. They wait for the next purge."))


@action("/personuppgifter/gallring/{id:uuid}/stallen", name="tick_places")
async def tick_places(view: View) -> Response:
    """What is ticked on the page is replaced; what was shown and is not ticked stays."""
    shown = {runs.read_place(text) for text in view.form.fields.get("shown", [])}
    ticked = {runs.read_place(text) for text in view.form.fields.get("place", [])}
    reason = view.form.get("reason", Kept.NAMESAKE)
    if reason not in list(Kept):
        raise InvalidInput(_("Choose one from the list."), field="reason")
    await runs.take_names(view.work, _run_id(view), ticked & shown)
    await runs.keep_names(view.work, _run_id(view), shown - ticked, reason=Kept(reason))
    for text in view.form.fields.get("shown_file", []):
        ticked_file = text in view.form.fields.get("file", [])
        await runs.keep_file(view.work, _run_id(view), _id(text, "file"), kept=not ticked_file)
    return view.redirect(_address(view), said=_("Your choice is saved."))


@action("/personuppgifter/gallring/{id:uuid}/leta", name="look_in_files")
async def look(view: View) -> Response:
    await jobs.look_again(view.work, _run_id(view))
    return view.redirect(_address(view), said=_("The files are looked into. It takes a while."))


@action("/personuppgifter/gallring/{id:uuid}/beslut", name="decide_leaver_run")
async def decide(view: View) -> Response:
    try:
        async with view.work.attempt():
            if "sure" not in view.form:
                raise InvalidInput(
                    _("Tick that you have looked through what happens."), field="sure"
                )
            await jobs.decide_and_purge(
                view.work, _run_id(view), motivation=view.form.get("motivation")
            )
    except (InvalidInput, Conflict) as problem:
        return await _show_run(view, problem)
    return view.redirect(_address(view), said=_("It is decided, and is being done."))


@action("/personuppgifter/gallring/{id:uuid}/dra-tillbaka", name="withdraw_leaver_run")
async def withdraw(view: View) -> Response:
    await runs.withdraw_run(view.work, _run_id(view))
    return view.redirect(view.url("personal_data"), said=_("The purge is withdrawn."))


@action("/personuppgifter/gallring/{id:uuid}/brev", name="leaver_letter")
async def letter(view: View) -> Response:
    return await export_started(view, await ask_letter(view.work, _run_id(view)))


async def _show_waiting(view: View, problem: AppError | None = None) -> Response:
    found = await waiting(view.work)
    made = await runs.list_runs(view.work)
    settings = await leaver_settings(view.work)
    return await view.render(
        "leavers/waiting.html",
        status=problem.status if problem else 200,
        problem=problem,
        heading=_("Personal data"),
        left=[each for each in found if each.why is not Why.SILENT],
        silent=[each for each in found if each.why is Why.SILENT],
        months=settings.silent_months,
        runs=made,
        states=state_words(),
        because=because_words(),
        due=next_due(settings.days, view.work.today),
        chosen=view.form.fields.get("person", []),
        everywhere=view.work.allows("leavers.run", at=NOWHERE),
        RunState=RunState,
    )


async def _show_run(view: View, problem: AppError | None = None) -> Response:
    run = await runs.get_run(view.work, _run_id(view))
    shared: dict[str, Any] = {
        "problem": problem,
        "run": run,
        "states": state_words(),
        "because": because_words(),
        "Because": Because,
        "status": problem.status if problem else 200,
    }
    if run.state is not RunState.OPEN:
        return await _show_receipt(view, run, shared)
    preview = await preview_run(view.work, run.id)
    return await view.render(
        "leavers/run.html",
        heading=_("Prepare a purge"),
        preview=preview,
        why=why_words(),
        around=around,
        colleagues=await _colleagues(view, [each.leaver.person_id for each in preview.people]),
        motivation=view.form.get("motivation"),
        kept=kept_words(),
        **shared,
    )


async def _show_receipt(view: View, run: LeaverRun, shared: dict[str, Any]) -> Response:
    changes = await view.work.scalars(
        select(ArchiveChange)
        .where(ArchiveChange.run_id == run.id)
        .order_by(ArchiveChange.kind, ArchiveChange.id)
        .limit(500)
    )
    named = select(Person.name).where(Person.id == run.decided_by)
    return await view.render(
        "leavers/receipt.html",
        heading=_("Purge"),
        leavers=await runs.leavers_of(view.work, run.id),
        counted=list(counted(run.counts)),
        changes=changes,
        decided=await view.work.first(named),
        why=why_words(),
        stages=len(STAGES),
        step=jobs.stage_words(run.stage),
        RunState=RunState,
        **shared,
    )


async def _colleagues(view: View, leaving: list[UUID]) -> list[tuple[UUID, str]]:
    """Those who hold a role, to choose among, by name."""
    holds = select(RoleGrant.person_id).where(RoleGrant.tenant_id == view.tenant.id)
    rows = await view.work.rows(
        select(Person.id, Person.name)
        .where(Person.id.in_(holds), Person.id.not_in(leaving))
        .where(Person.left_on.is_(None), Person.forgotten_at.is_(None))
        .order_by(func.sv_key(Person.name), Person.id)
        .limit(COLLEAGUES)
    )
    return [(row[0], row[1]) for row in rows]


async def find_by_email(view: View, email: str, field: str) -> Person:
    found = await view.work.first(
        select(Person).where(
            func.lower(Person.email) == email.strip().lower(), Person.forgotten_at.is_(None)
        )
    )
    if found is None:
        raise InvalidInput(_("Nobody in the register has this e-mail address."), field=field)
    view.work.note(Action.READ, "person", records=[found.id], about=[found.id])
    return found


def state_words() -> dict[RunState, str]:
    return {
        RunState.OPEN: _("Waits for a decision"),
        RunState.DECIDED: _("Is being done"),
        RunState.DONE: _("Done"),
        RunState.WITHDRAWN: _("Withdrawn"),
    }


def because_words() -> dict[Because, str]:
    return {
        Because.TIMETABLE: _("By the timetable"),
        Because.HAND: _("By hand"),
        Because.DIRECTORY: _("The directory told"),
        Because.REQUEST: _("On request (article 17)"),
    }


def why_words() -> dict[Why, str]:
    return {
        Why.LEFT: _("Has left"),
        Why.SCIM: _("Has left, told by the directory"),
        Why.SILENT: _("Has not signed in for long"),
        Why.REQUEST: _("Has asked for it"),
    }


def kept_words() -> dict[Kept, str]:
    return {
        Kept.NAMESAKE: _("It is somebody else with the same name"),
        Kept.PUBLIC: _("Elected, or named in public records"),
    }


def _run_id(view: View) -> UUID:
    return UUID(view.path("id"))


def _address(view: View) -> str:
    return view.url("leaver_run", id=_run_id(view))


def _id(text: str, field: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError:
        raise InvalidInput(_("Choose one from the list."), field=field) from None


leaver_pages = (
    personal_data,
    open_run,
    leaver_run,
    choose_heir,
    leave_out,
    tick_places,
    look,
    decide,
    withdraw,
    letter,
)
