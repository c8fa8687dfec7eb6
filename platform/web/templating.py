"""Pages from templates. Whatever is put into one is escaped; only `Markup` goes in as it is."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
)
from markupsafe import Markup

from ...infra.i18n import _, current_locale, in_language
from ...infra.numbers import format_number
from ...tenants.work import STOCKHOLM

HERE = Path(__file__).parent
STATIC = HERE / "static"
MODULES = HERE.parent / "modules"
VENDOR = STATIC / "vendor"


def show(template: str, **values: object) -> str:
    """The text of a template in the language that is spoken."""
    return get(template).render(locale=current_locale(), **values)


def get(template: str) -> Template:
    return _environment().get_template(template)


@cache
def static(path: str) -> str:
    """The address of a file below `static/`, changed whenever the file changes."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={digest}"


@cache
def vendored(name: str) -> str:
    """The folder of a vendored package below `static/`, whatever its version: `htmx.org`."""
    (folder,) = VENDOR.glob(f"{name}-[0-9]*")
    return folder.relative_to(STATIC).as_posix()


def icon(name: str) -> Markup:
    """A picture beside a word; those who listen hear the word only."""
    sprite = static(f"{vendored('lucide')}/icons.svg")
    return Markup(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>'
    ).format(sprite, name)


def day(value: date, *, year: bool = True) -> str:
    """`31 december 2026`, or without the year."""
    from babel.dates import format_date

    pattern = "d MMMM y" if year else "d MMMM"
    return str(format_date(value, pattern, locale=current_locale()))


def moment(value: datetime) -> str:
    """`31 december 2026 kl. 10.42`, in Sweden's time."""
    local = value.astimezone(STOCKHOLM)
    return _("{day} at {time}", day=day(local.date()), time=clock(value))


def clock(value: datetime) -> str:
    """`10.42` in Swedish, `10:42` in English."""
    return value.astimezone(STOCKHOLM).strftime("%H.%M" if current_locale() == "sv" else "%H:%M")


def number(value: Decimal | int | None, decimals: int = 0) -> str:
    """As Swedes write it; nothing for None."""
    return "" if value is None else format_number(Decimal(value), decimals, current_locale())


@cache
def _environment() -> Environment:
    folders = {
        folder.parent.name: FileSystemLoader(folder) for folder in MODULES.glob("*/templates")
    }
    own = FileSystemLoader(HERE / "templates")
    environment = Environment(
        loader=ChoiceLoader([PrefixLoader(folders), own]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "_": _,
        "icon": icon,
        "static": static,
        "vendored": vendored,
        "in_language": in_language,
    }
    environment.filters |= {"day": day, "moment": moment, "clock": clock, "number": number}
    return environment
