"""The settings: which modules are on, what things are called, scales and report templates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import select
from starlette.responses import Response

from .....infra.errors import Conflict, NotFound
from .....infra.i18n import LOCALES, _, current_locale, in_language, use_locale
from .....tenants import municipality
from .....tenants.terms import Term, Terms, rename_terms, terms_of
from ....module import Module
from ....telling import what_modules_do
from ....web.forms import Form
from ....web.page import Partial, View, action, page
from ....web.shell import Entry, Place, is_there, menu_of, page_address
from ...goals.models import SteeringModel
from ...reports.models import Chapter, ReportTemplate
from ..stepping import ASKED, Step, take_step
from .tabs import show_settings

MODULES = "organisation/settings_modules.html"
TERMS = "organisation/settings_terms.html"


@page("/installningar", name="settings")
async def settings(view: View) -> Response:
    return await _show_modules(view)


@action("/installningar/moduler/{module}", name="switch_module")
async def switch_module(view: View) -> Response:
    """First what people would no longer see, or see anew; then the switch."""
    view.work.require("tenant.configure")
    module = _module(view, view.path("module"))
    on = view.form.get("on") == "1"

    async def deed() -> str:
        if module.core:
            raise Conflict(_("Every municipality has this module; it cannot be switched off."))
        await municipality.switch_module(view.work, module.name, on=on)
        title = in_language(module.title)
        return _("{module} is on.", module=title) if on else _("{module} is off.", module=title)

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("settings"), said=step.said)
    return await _show_modules(view, chosen=module, step=step)


@page("/installningar/begrepp", name="terms")
async def terms(view: View) -> Response:
    return await _show_terms(view, await terms_of(view.work), ASKED, [])


@action("/installningar/begrepp", name="rename_terms")
async def save_terms(view: View) -> Response:
    view.work.require("tenant.configure")
    before = (await terms_of(view.work)).words
    rows = list(_rows(view))
    known = [row.term for row in rows]
    words = _words(view.form, known)

    async def deed() -> str:
        await rename_terms(view.work, words, known=known)
        return _("The terms are saved. They are seen at once.")

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("terms"), said=step.said)
    told = [] if step.problem else _renamed(rows, before, words)
    return await _show_terms(view, Terms(words=words), step, told)


@action("/installningar/begrepp/prov", name="try_terms")
async def try_terms(view: View) -> Response:
    """The menu as it would be, while one writes. Nothing is kept."""
    view.work.require("tenant.configure")
    words = _words(view.form, [row.term for row in _rows(view)])
    menus = await _menus(view, Terms(words=words))
    return await view.parts(
        Partial("menu-preview", "organisation/menu_preview.html", {"menus": menus})
    )


@page("/installningar/skalor", name="scales")
async def scales(view: View) -> Response:
    """The levels, words and colours are those of each year's steering model."""
    models: list[tuple[SteeringModel, str]] = []
    if view.work.allows("goals.read"):
        order = (SteeringModel.year.desc(), SteeringModel.name)
        found = await view.work.scalars(select(SteeringModel).order_by(*order))
        place = (await view.shell()).place
        models = [
            (model, _address(view, "steering_model", _at(place, model.year))) for model in found
        ]
    return await show_settings(
        view, "organisation/settings_scales.html", "scales", _("Scales and colours"), models=models
    )


@page("/installningar/mallar", name="report_titles")
async def report_titles(view: View) -> Response:
    """What the reports hold, to be read; they are changed where reports are made."""
    templates: list[tuple[ReportTemplate, list[Chapter]]] = []
    if view.work.allows("reports.read"):
        found = await view.work.scalars(select(ReportTemplate).order_by(ReportTemplate.key))
        chapters = await view.work.scalars(
            select(Chapter).where(Chapter.unit_id.is_(None)).order_by(Chapter.position, Chapter.id)
        )
        templates = [
            (each, [top for top in chapters if (top.template_id, top.parent_id) == (each.id, None)])
            for each in found
        ]
    return await show_settings(
        view,
        "organisation/settings_templates.html",
        "report_titles",
        _("Templates"),
        templates=templates,
        editor=_address(view, "report_templates", (await view.shell()).place),
    )


def _at(place: Place | None, year: int) -> Place | None:
    return replace(place, year=year) if place else None


def _address(view: View, name: str, place: Place | None) -> str:
    """The address of a page of another module; "" while there is none."""
    if name not in view.request.app.state.page_routes:
        return ""
    return page_address(view.request, view.work, name, place) or ""


async def _show_modules(
    view: View, *, chosen: Module | None = None, step: Step = ASKED
) -> Response:
    words = what_modules_do()
    terms = await view.terms()
    return await show_settings(
        view,
        MODULES,
        "settings",
        _("Modules"),
        status=step.status,
        step=step,
        chosen=chosen,
        menu=[terms.word(item.term) for item in chosen.menu] if chosen else [],
        switches=[
            (each, in_language(each.title), words.get(each.name, ""), is_there(view.work, each))
            for each in view.modules
        ],
    )


def _module(view: View, name: str) -> Module:
    for module in view.modules:
        if module.name == name:
            return module
    raise NotFound(_("There is no module {name}.", name=name))


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term with our words for it, by language."""

    term: Term
    module: str
    ours: dict[str, str]


def _rows(view: View) -> Iterator[TermRow]:
    """Every term of every module once: those of the menu first."""
    seen: set[str] = set()
    for module in view.modules:
        found = [term for item in module.menu for term in (item.group, item.term) if term]
        for term in (*found, *module.terms):
            if term.key in seen:
                continue
            seen.add(term.key)
            ours = {}
            for locale in LOCALES:
                with use_locale(locale):
                    ours[locale] = term.word()
            yield TermRow(term, in_language(module.title), ours)


def _words(form: Form, known: list[Term]) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = {}
    for term in known:
        by_language = {
            locale: " ".join(word.split())
            for locale in LOCALES
            if (word := form.get(f"{locale}:{term.key}")).strip()
        }
        if by_language:
            words[term.key] = by_language
    return words


def _renamed(
    rows: list[TermRow], before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]
) -> list[str]:
    told = []
    for row in rows:
        for locale in LOCALES:
            old = before.get(row.term.key, {}).get(locale) or row.ours[locale]
            new = after.get(row.term.key, {}).get(locale) or row.ours[locale]
            if old != new:
                told.append(_("“{before}” is called “{after}”.", before=old, after=new))
    return told


async def _menus(view: View, terms: Terms) -> list[tuple[str, tuple[Entry, ...]]]:
    place = (await view.shell()).place
    menus = []
    for locale, language in zip(LOCALES, ("Svenska", "English"), strict=True):
        with use_locale(locale):
            menus.append((language, menu_of(view.request, view.work, view.modules, terms, place)))
    return menus


async def _show_terms(view: View, terms: Terms, step: Step, told: list[str]) -> Response:
    return await show_settings(
        view,
        TERMS,
        "terms",
        _("Terms"),
        status=step.status,
        step=step,
        told=told,
        rows=list(_rows(view)),
        words=terms.words,
        menus=await _menus(view, terms),
        languages=list(zip(LOCALES, ("Svenska", "English"), strict=True)),
        spoken=current_locale(),
    )


settings_pages = (
    settings,
    switch_module,
    terms,
    save_terms,
    try_terms,
    scales,
    report_titles,
)
