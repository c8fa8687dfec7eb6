"""The municipality's own forms and categories."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from ....infra.errors import AppError, InvalidInput, NotFound
from ....infra.i18n import _, in_language
from ...web.page import View, action, page
from . import service
from .forms import FormField, fields_of
from .models import FormKind, Law
from .report_pages import BASE
from .terms import DEVIATIONS
from .words import form_words, law_words

FORMS: Final = BASE + "/formular"
SPARE: Final = 3
"""Empty rows for new questions."""
NAMES: Final = (
    "key",
    "label",
    "label_en",
    "kind",
    "hint",
    "hint_en",
    "choices",
    "choices_en",
    "needed",
)


@page(FORMS, name="deviation_design")
async def design(view: View) -> Response:
    return await _show(view)


@action(FORMS, name="save_deviation_category")
async def save_category(view: View) -> Response:
    """A new one, another name or other laws, or an end."""
    form = view.form
    laws = [Law(law) for law in form.all("laws") if law in set(Law)]
    try:
        async with view.work.attempt():
            if not form.get("id"):
                above = form.get("parent_id")
                await service.add_category(
                    view.work,
                    name={"sv": form.get("name")},
                    laws=laws,
                    parent_id=_uuid(above) if above else None,
                )
            elif "end" in form:
                await service.end_category(view.work, _uuid(form.get("id")))
            else:
                id = _uuid(form.get("id"))
                stood = {row.id: row.name for row in await service.categories(view.work)}
                name = stood.get(id, {}) | {"sv": form.get("name")}
                await service.change_category(view.work, id, name=name, laws=laws)
    except AppError as problem:
        return await _show(view, problem)
    return view.redirect(view.url("deviation_design"), said=_("It is saved."))


@page(FORMS + "/{kind}", name="deviation_form")
async def form(view: View) -> Response:
    return await _show_form(view)


@action(FORMS + "/{kind}", name="save_deviation_form")
async def save_form(view: View) -> Response:
    kind = _kind(view)
    known = {each.key: each for each in fields_of(await service.standing_form(view.work, kind))}
    try:
        async with view.work.attempt():
            read = _read_questions(view, known)
            row = await service.add_form_version(view.work, kind, fields=read)
    except AppError as problem:
        return await _show_form(view, problem)
    said = _("Version {number} of the form holds from today.", number=row.number)
    return view.redirect(view.url("deviation_form", kind=kind.value), said=said)


async def _show(view: View, problem: AppError | None = None) -> Response:
    view.work.require("deviations.design")
    rows = await service.categories(view.work)
    return await view.render(
        "deviations/design.html",
        status=problem.status if problem else 200,
        heading=await view.word(DEVIATIONS),
        tab="design",
        rows=[(row, in_language(row.name)) for row in rows],
        laws=law_words(),
        forms=form_words(),
        problem=problem,
        name=view.form.get("name") if "id" not in view.form else "",
    )


async def _show_form(view: View, problem: AppError | None = None) -> Response:
    view.work.require("deviations.design")
    kind = _kind(view)
    versions = await service.form_versions(view.work, kind)
    questions: list[FormField | None] = [*fields_of(versions[0]), *([None] * SPARE)]
    return await view.render(
        "deviations/questions.html",
        status=problem.status if problem else 200,
        word=await view.word(DEVIATIONS),
        heading=form_words()[kind],
        versions=versions,
        rows=[_row(view, number, each) for number, each in enumerate(questions)],
        kinds=_kind_words(),
        problem=problem,
    )


def _row(view: View, number: int, question: FormField | None) -> dict[str, Any]:
    """A question as its row shows it, or as it was sent."""
    if view.form.fields:
        return {name: view.form.get(f"{name}-{number}") for name in NAMES}
    if question is None:
        return dict.fromkeys(NAMES, "") | {"kind": "text"}
    words = [choice.label for choice in question.choices]
    return {
        "key": question.key,
        "label": question.label["sv"],
        "label_en": question.label.get("en", ""),
        "kind": question.kind,
        "hint": question.hint.get("sv", ""),
        "hint_en": question.hint.get("en", ""),
        "choices": "\n".join(each["sv"] for each in words),
        "choices_en": "\n".join(each.get("en", "") for each in words).rstrip("\n"),
        "needed": "on" if question.needed else "",
    }


def _read_questions(view: View, known: Mapping[str, FormField]) -> list[dict[str, object]]:
    """Those with a label, in order; what is not shown stays."""
    read: list[dict[str, object]] = []
    taken, number = set(known), 0
    while f"label-{number}" in view.form:
        sent = _row(view, number, None)
        number += 1
        if not sent["label"].strip():
            continue
        before = known.get(sent["key"])
        key = before.key if before else _new_key("fraga", taken)
        taken.add(key)
        read.append(
            {
                "key": key,
                "label": _both(sent["label"], sent["label_en"]),
                "kind": sent["kind"],
                "needed": bool(sent["needed"]),
                "hint": _both(sent["hint"], sent["hint_en"]) if sent["hint"].strip() else {},
                "choices": _choices(sent, before) if sent["kind"] == "choice" else [],
                "laws": before.laws if before else [],
            }
        )
    return read


def _choices(sent: Mapping[str, str], before: FormField | None) -> list[dict[str, object]]:
    """One a line, and their English in the same order; one that stood keeps its key, which answers
    are stored by."""
    english = [line.strip() for line in sent["choices_en"].rstrip().splitlines()]
    stood = {each.label["sv"]: each for each in before.choices} if before else {}
    taken = {each.key for each in stood.values()}
    read: list[dict[str, object]] = []
    lines = filter(None, (line.strip() for line in sent["choices"].splitlines()))
    for line, word in zip_longest(lines, english, fillvalue=""):
        if not line:
            raise InvalidInput(_("There are more choices in English than in Swedish."))
        old = stood.get(line)
        key = old.key if old else _new_key("val", taken)
        taken.add(key)
        read.append({"key": key, "label": _both(line, word)})
    return read


def _both(swedish: str, english: str) -> dict[str, str]:
    """Without an English word the Swedish one is shown."""
    return {"sv": swedish} | ({"en": english.strip()} if english.strip() else {})


def _new_key(word: str, taken: set[str]) -> str:
    return next(key for n in range(1, 1000) if (key := f"{word}_{n}") not in taken)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None


def _kind(view: View) -> FormKind:
    word = view.path("kind")
    if word not in set(FormKind):
        raise NotFound()
    return FormKind(word)


def _kind_words() -> dict[str, str]:
    return {
        "text": _("Text of several lines"),
        "line": _("One line"),
        "day": _("Day"),
        "choice": _("Choice"),
        "tick": _("Box to tick"),
    }


DESIGN_PAGES = (design, save_category, form, save_form)
