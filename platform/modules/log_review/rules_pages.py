"""How long lists are kept, what was disposed of, and whose identity is protected."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from starlette.responses import Response

from ....infra.errors import AppError, InvalidInput
from ....infra.i18n import _
from ....tenants.models import Person
from ....tenants.work import Work
from ...web.forms import Form
from ...web.page import View, action, page
from .models import ArchiveKind
from .retention import (
    DESIGN,
    dispose_of_old,
    due_for_disposal,
    protect_identity,
    read_disposals,
    read_rules,
    set_rule,
)
from .reviews import READ, unit_names
from .shown import BASE, LOG_REVIEW, day_of, read_uuid
from .words import archive_words, days, on_the_clock, title_of

RULES = BASE + "/regler"


@page(RULES, name="review_rules")
async def review_rules(view: View) -> Response:
    view.work.require(READ)
    return await _show(view)


@action(RULES, name="save_review_rule")
async def save_rule(view: View) -> Response:
    form = view.form
    try:
        async with view.work.attempt():
            await set_rule(
                view.work,
                kind=_kind(form.get("kind")),
                years=_number(form, "years"),
                authority=form.get("authority"),
                valid_from=day_of(form, "valid_from"),
            )
    except AppError as error:
        return await _show(view, problem=error)
    return view.redirect(view.url("review_rules"), said=_("The rule is saved."))


@action(RULES + "/gallra", name="dispose_reviews")
async def dispose(view: View) -> Response:
    count = await dispose_of_old(view.work)
    said = _("{count} lists are disposed of.", count=count)
    return view.redirect(view.url("review_rules"), said=said)


@action(RULES + "/skydd", name="protect_identity")
async def protect(view: View) -> Response:
    try:
        async with view.work.attempt():
            person_id = await _person(view)
            await protect_identity(view.work, person_id, protected="ta-bort" not in view.form)
    except AppError as error:
        return await _show(view, problem=error)
    return view.redirect(f"{view.url('review_rules')}#skydd", said=_("Saved."))


async def _person(view: View) -> Any:
    given = read_uuid(view.form.get("ta-bort"), field="person")
    if given is not None:
        return given
    email = view.form.get("person").strip().lower()
    found = await view.work.first(select(Person.id).where(func.lower(Person.email) == email))
    if found is None:
        raise InvalidInput(_("Nobody in the register has this e-mail address."), field="person")
    return found


async def _show(view: View, *, problem: AppError | None = None) -> Response:
    design = view.work.allows(DESIGN)
    disposals = await read_disposals(view.work)
    due = await due_for_disposal(view.work) if design else []
    units = [review.unit_id for review, _rule in due] + [line.unit_id for line in disposals]
    form = view.form
    return await view.render(
        "log_review/rules.html",
        status=problem.status if problem else 200,
        problem=problem,
        design=design,
        rules=await read_rules(view.work),
        kinds=archive_words(),
        disposals=disposals,
        due=due,
        unit_names=await unit_names(view.work, units),
        days=days,
        title_of=title_of,
        on_the_clock=on_the_clock,
        protected=await _protected(view.work) if design else [],
        values={
            "kind": form.get("kind", ArchiveKind.LIST.value),
            "years": form.get("years", "10"),
            "authority": form.get("authority"),
            "valid_from": form.get("valid_from", view.work.today.isoformat()),
            "person": form.get("person"),
        },
        heading=await view.word(LOG_REVIEW),
    )


async def _protected(work: Work) -> list[Person]:
    found = select(Person).where(Person.protected).order_by(func.sv_key(Person.name))
    return list(await work.scalars(found))


def _kind(text: str) -> ArchiveKind:
    try:
        return ArchiveKind(text)
    except ValueError:
        raise InvalidInput(_("Choose one from the list."), field="kind") from None


def _number(form: Form, name: str) -> int:
    text = form.get(name).strip()
    if not text.isdecimal() or len(text) > 3:
        raise InvalidInput(_("Write a whole number of years."), field=name)
    return int(text)


rules_pages = (review_rules, save_rule, dispose, protect)
