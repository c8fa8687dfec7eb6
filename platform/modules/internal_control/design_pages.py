"""How the municipality judges its risks: the matrix with its words and colours, the categories."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError
from starlette.responses import Response

from ....infra.errors import AppError, InvalidInput
from ....infra.i18n import _
from ....infra.numbers import parse_number
from ...web.forms import Form
from ...web.page import View, action, page
from . import rules, service
from .common_pages import HERE
from .design import Design, Step
from .models import ControlLight
from .pictures import empty_picture
from .words import INTERNAL_CONTROL

DESIGN: Final = HERE + "/utformning"
PERMISSION: Final = "internal_control.design"
EMPTY_ROWS: Final = 3
SIDES: Final = ("probability", "consequence")


@page(DESIGN, name="control_design")
async def design(view: View) -> Response:
    return await _show(view)


@action(DESIGN, name="save_control_matrix")
async def save_matrix(view: View) -> Response:
    """Keep the matrix, or only show what it would look like."""
    problem: AppError | None = None
    try:
        values = _matrix(view.form)
        if "preview" in view.form:
            return await _show(view, drawn=await _preview(view, values), at="matrix")
        async with view.work.attempt():
            await service.change_matrix(view.work, **values)
    except AppError as refusal:
        problem = refusal
    if problem:
        return await _show(view, problem, at="matrix")
    return view.redirect(view.url("control_design"), said=_("The matrix is saved."))


@action(DESIGN + "/kategorier", name="save_control_categories")
async def save_categories(view: View) -> Response:
    try:
        async with view.work.attempt():
            before = await service.design_of(view.work)
            await service.change_categories(view.work, _categories(view.form, before))
    except AppError as problem:
        return await _show(view, problem, at="categories")
    return view.redirect(view.url("control_design"), said=_("The categories are saved."))


async def _preview(view: View, values: Mapping[str, Any]) -> Design:
    view.work.require(PERMISSION)
    design = await service.design_of(view.work)
    given = design.model_dump(mode="json") | {
        name: value for name, value in values.items() if value is not None
    }
    try:
        return Design.model_validate(given)
    except ValidationError:
        raise InvalidInput(
            _("The matrix does not hang together. Look at its words and limits.")
        ) from None


def _matrix(form: Form) -> dict[str, Any]:
    """What the form says of the matrix; steps after the last of its size are left out."""
    size = _whole(form, "size")
    if not rules.LEAST <= size <= rules.MOST:
        raise InvalidInput(_("Choose one from the list."), field="size")
    return {
        "size": size,
        **{side: [_step(form, side, number) for number in range(1, size + 1)] for side in SIDES},
        "yellow_from": _whole(form, "yellow_from"),
        "red_from": _whole(form, "red_from"),
        "cells": {
            f"{p},{c}": light
            for p in range(1, size + 1)
            for c in range(1, size + 1)
            if (light := form.get(f"cell-{p}-{c}")) in set(ControlLight)
        },
        "words": {light.value: _word(form, f"word-{light.value}") for light in ControlLight},
    }


def _step(form: Form, side: str, number: int) -> dict[str, Any]:
    name = f"{side}-{number}"
    return {"word": _word(form, name), "description": _word(form, f"{name}-more", needed=False)}


def _word(form: Form, name: str, *, needed: bool = True) -> dict[str, str]:
    """In both languages; where there is no English word, the Swedish one is shown."""
    found = {language: form.get(f"{name}-{language}").strip() for language in ("sv", "en")}
    if needed and not found["sv"]:
        raise InvalidInput(_("Write the Swedish word for each step and colour."), field=name)
    if not found["sv"]:
        return {}
    return {language: word for language, word in found.items() if word}


def _whole(form: Form, name: str) -> int:
    value = parse_number(form.get(name))
    if value is None or value != value.to_integral_value() or abs(value) > 1000:
        raise InvalidInput(_("Write a whole number."), field=name)
    return int(value)


def _categories(form: Form, before: Design) -> list[dict[str, Any]]:
    """Those that have a Swedish word, in their order; a new one gets a key from it."""
    laws = {each.key: each.law for each in before.categories}
    taken = {key for key in form.all("key") if key}
    rows = []
    for number, key in enumerate(form.all("key")):
        word = _word(form, f"category-{number}", needed=False)
        if not word:
            continue
        found = key or _free(word["sv"], taken)
        taken.add(found)
        ended = f"ended-{number}" in form
        rows.append({"key": found, "word": word, "law": laws.get(found, ""), "ended": ended})
    return rows


def _free(word: str, taken: set[str]) -> str:
    plain = word.casefold().translate(str.maketrans("åäöé", "aaoe"))
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:30]
    stem = stem if stem[:1].isalpha() else f"category_{stem}".rstrip("_")
    return next(
        key for key in (stem, *(f"{stem}_{number}" for number in range(2, 99))) if key not in taken
    )


async def _show(
    view: View, problem: AppError | None = None, *, drawn: Design | None = None, at: str = ""
) -> Response:
    """`at` is the form that was sent; what it holds is shown again."""
    view.work.require(PERMISSION)
    design = await service.design_of(view.work)
    return await view.render(
        "internal_control/design.html",
        status=problem.status if problem else 200,
        heading=await view.word(INTERNAL_CONTROL),
        tab="control_design",
        sizes=range(rules.LEAST, rules.MOST + 1),
        steps=range(1, rules.MOST + 1),
        values=view.form.fields if at == "matrix" else _matrix_values(design),
        categories=_category_rows(view.form if at == "categories" else None, design),
        lights=list(ControlLight),
        words={light: design.colour_word(light) for light in ControlLight},
        picture=empty_picture(drawn or design, {}),
        drawn=drawn,
        problem=problem,
        at=at,
    )


def _matrix_values(design: Design) -> dict[str, list[str]]:
    """The fields of the form by their names, as a form sends them."""
    values = {
        "size": design.size,
        "yellow_from": design.yellow_from,
        "red_from": design.red_from,
        **{f"cell-{key.replace(',', '-')}": light.value for key, light in design.cells.items()},
    }
    for light, word in design.words.items():
        values |= {f"word-{light.value}-{language}": said for language, said in word.items()}
    for side, steps in (("probability", design.probability), ("consequence", design.consequence)):
        values |= _step_values(side, steps)
    return {name: [str(value)] for name, value in values.items()}


def _step_values(side: str, steps: Sequence[Step]) -> dict[str, str]:
    return {
        f"{side}-{number}{part}-{language}": word
        for number, step in enumerate(steps, 1)
        for part, words in (("", step.word), ("-more", step.description))
        for language, word in words.items()
    }


def _category_rows(form: Form | None, design: Design) -> list[dict[str, Any]]:
    if form is not None:
        return [
            {
                "key": key,
                "sv": form.get(f"category-{number}-sv"),
                "en": form.get(f"category-{number}-en"),
                "ended": f"ended-{number}" in form,
            }
            for number, key in enumerate(form.all("key"))
        ]
    rows: list[dict[str, Any]] = [
        {
            "key": each.key,
            "sv": each.word["sv"],
            "en": each.word.get("en", ""),
            "ended": each.ended,
        }
        for each in design.categories
    ]
    return rows + [{"key": "", "sv": "", "en": "", "ended": False} for _row in range(EMPTY_ROWS)]


DESIGN_PAGES = (design, save_matrix, save_categories)
