"""Extracts and erasure on request, the rules of erasure, and one's own data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from starlette.responses import Response

from ....authz.permit import NOWHERE
from ....infra.errors import AppError, Conflict, InvalidInput
from ....infra.i18n import _
from ....tenants.models import StoredFile
from ....tenants.names import names_of
from ....tenants.work import Work
from ....workers.models import Job, JobState
from ...web.page import View, action, page
from . import jobs, runs
from .extracts import ask_extract, ask_own_extract, extracts_made, own_extracts
from .holdings import kind_words
from .letters import effect_words
from .models import Effect, PersonExtract
from .pages import find_by_email
from .retention import change_rule, possible_effects, retention_rules, rule_history


@dataclass(frozen=True, slots=True)
class Made:
    """An extract with its files; `files` are (address, name), empty until they are made."""

    asked_at: datetime
    name: str
    files: tuple[tuple[str, str], ...]
    waits: bool
    over: bool
    """The files have been disposed of, as all exports are in time."""


@page("/personuppgifter/utdrag", name="person_extracts")
async def extracts(view: View) -> Response:
    return await _show(view)


@action("/personuppgifter/utdrag", name="make_person_extract")
async def make(view: View) -> Response:
    try:
        async with view.work.attempt():
            person = await find_by_email(view, view.form.get("email"), "email")
            await ask_extract(view.work, person.id, identity_check=view.form.get("check"))
    except (InvalidInput, Conflict) as problem:
        return await _show(view, problem)
    return view.redirect(
        view.url("person_extracts"), said=_("The extract is being made. Load the page again soon.")
    )


@action("/personuppgifter/radering", name="ask_erasure")
async def erase(view: View) -> Response:
    try:
        async with view.work.attempt():
            person = await find_by_email(view, view.form.get("email"), "erase_email")
            run = await runs.ask_erasure(
                view.work, person.id, identity_check=view.form.get("check")
            )
            await jobs.look_in_files.later(view.work, run_id=str(run.id))
            address = view.url("leaver_run", id=run.id)
    except (InvalidInput, Conflict) as problem:
        return await _show(view, problem, erasing=True)
    return view.redirect(address, said=_("The erasure is prepared. Nothing has been changed yet."))


@page("/personuppgifter/regler", name="retention_rules")
async def rules(view: View) -> Response:
    return await _show_rules(view)


@action("/personuppgifter/regler", name="change_retention_rule")
async def change(view: View) -> Response:
    form = view.form
    try:
        async with view.work.attempt():
            if form.get("effect") not in list(Effect):
                raise InvalidInput(_("Choose one from the list."), field="effect")
            await change_rule(
                view.work,
                form.get("kind"),
                effect=Effect(form.get("effect")),
                reason=form.get("reason"),
                law=form.get("law"),
            )
    except (InvalidInput, Conflict) as problem:
        return await _show_rules(view, problem)
    return view.redirect(view.url("retention_rules"), said=_("The rule is saved."))


@page("/profil/mina-uppgifter", name="own_data")
async def own_data(view: View) -> Response:
    made = await own_extracts(view.work)
    return await view.render(
        "leavers/own.html",
        heading=_("What is held about me"),
        extracts=await _made(view, made),
    )


@action("/profil/mina-uppgifter", name="make_own_extract")
async def make_own(view: View) -> Response:
    await ask_own_extract(view.work)
    return view.redirect(
        view.url("own_data"), said=_("The extract is being made. Load the page again soon.")
    )


async def _show(view: View, problem: AppError | None = None, *, erasing: bool = False) -> Response:
    form = view.form
    return await view.render(
        "leavers/extracts.html",
        status=problem.status if problem else 200,
        heading=_("Extracts and erasure"),
        problem=problem,
        erasing=erasing,
        everywhere=view.work.allows("leavers.run", at=NOWHERE),
        email=form.get("email") or view.query("person"),
        check=form.get("check"),
        extracts=await _made(view, await extracts_made(view.work)),
    )


async def _show_rules(view: View, problem: AppError | None = None) -> Response:
    found = await retention_rules(view.work)
    form = view.form
    chosen = form.get("kind") or view.query("slag")
    return await view.render(
        "leavers/rules.html",
        status=problem.status if problem else 200,
        heading=_("Rules of erasure"),
        problem=problem,
        rules=found,
        chosen=next((rule for rule in found if rule.kind == chosen), None),
        history=await rule_history(view.work, chosen) if chosen else [],
        values={name: form.get(name) for name in ("effect", "reason", "law")},
        kinds=kind_words(),
        effects=effect_words(),
        possible=possible_effects(chosen),
        may=view.work.allows("tenant.configure"),
        Effect=Effect,
    )


async def _made(view: View, extracts: Sequence[PersonExtract]) -> list[Made]:
    """With the names of those they are about, and what has become of the files."""
    work = view.work
    ids = [id for each in extracts for id in (each.pdf_job, each.json_job) if id]
    files = {
        file.job_id: file
        for file in await work.scalars(select(StoredFile).where(StoredFile.job_id.in_(ids)))
    }
    waits = await _under_way(work, ids)
    names = await names_of(work, (each.person_id for each in extracts))
    found = []
    for each in extracts:
        own = [id for id in (each.pdf_job, each.json_job) if id]
        there = [files[id] for id in own if id in files]
        found.append(
            Made(
                each.created_at,
                names.get(each.person_id, ""),
                tuple((view.url("file", id=f"StoredFile:{file.id}"), file.name) for file in there),
                any(id in waits for id in own),
                not there and not any(id in waits for id in own),
            )
        )
    return found


async def _under_way(work: Work, ids: Sequence[UUID]) -> set[UUID]:
    states = (JobState.QUEUED, JobState.RUNNING)
    return set(await work.scalars(select(Job.id).where(Job.id.in_(ids), Job.state.in_(states))))


data_pages = (extracts, make, erase, rules, change, own_data, make_own)
