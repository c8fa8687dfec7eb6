"""A change in two steps: what would come of it, then the deed. The first one writes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from ....infra.errors import AppError, Conflict, InvalidInput
from ....infra.i18n import _
from ...web.forms import Form
from ...web.page import View

SEEN: Final = "seen"
"""The field that says which values the reader has been shown the effect of."""


class Rehearsed(Exception):
    """Ends an attempt that was only to see what would come of it."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a change has come: asked for, refused (`problem`), shown (`seen`) or done."""

    problem: AppError | None = None
    seen: str = ""
    said: str = ""

    @property
    def status(self) -> int:
        return self.problem.status if self.problem else 200

    @property
    def told(self) -> str:
        """The field that has to be mended."""
        return self.problem.field or "" if self.problem else ""


ASKED: Final = Step()


async def take_step(
    view: View, deed: Callable[[], Awaitable[str]], *, apart: Container[str] = ()
) -> Step:
    """Do what `deed` does if its effect has been seen for these very values, else only try it.

    `deed` answers the sentence that tells what was done. What it read or wrote has to be read anew
    afterwards. Fields in `apart` may differ between the two. Forbidden and NotFound pass through.
    """
    seen = mark({name: texts for name, texts in view.form.fields.items() if name not in apart})
    try:
        async with view.work.attempt():
            said = await deed()
            if view.form.get(SEEN) != seen:
                raise Rehearsed
    except Rehearsed:
        return Step(seen=seen)
    except (InvalidInput, Conflict) as error:
        return Step(problem=error)
    return Step(said=said)


def mark(fields: Mapping[str, list[str]]) -> str:
    """The same for the same values, whatever their order."""
    sent = [(name, text) for name, texts in fields.items() for text in texts]
    kept = sorted(f"{name}={text}" for name, text in sent if name != SEEN)
    return hashlib.sha256("\0".join(kept).encode()).hexdigest()[:32]


def next_year(today: date) -> str:
    """The day that most reorganisations begin on."""
    return date(today.year + 1, 1, 1).isoformat()


def read_day(form: Form, name: str) -> date:
    """`2026-12-31`, as a browser's field for days sends it. Raises InvalidInput."""
    day = day_in(form.get(name), field=name)
    if day is None:
        raise InvalidInput(_("Choose a day."), field=name)
    return day


def day_in(text: str, *, field: str) -> date | None:
    text = text.strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(_("Write the day as 2026-01-31."), field=field) from None
    if not 1900 <= day.year <= 2200:
        raise InvalidInput(_("Write the day as 2026-01-31."), field=field)
    return day


def day_or(text: str, otherwise: date) -> date:
    """The day that a form has, or another one while it has none that can be read."""
    try:
        return day_in(text, field="") or otherwise
    except InvalidInput:
        return otherwise


def id_in(text: str, *, field: str) -> UUID | None:
    text = text.strip()
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(_("Choose one from the list."), field=field) from None


def read_id(form: Form, name: str) -> UUID:
    found = id_in(form.get(name), field=name)
    if found is None:
        raise InvalidInput(_("Choose one from the list."), field=name)
    return found
