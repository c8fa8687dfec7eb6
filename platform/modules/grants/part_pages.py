"""What belongs to a grant, saved from its page: money, deadlines, documents and goals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from starlette.responses import Response

from ....infra.errors import AppError, InvalidInput
from ....infra.i18n import _
from ...web.fields import Field, read_fields
from ...web.page import View, action, page
from ...web.sent_files import keep_sent
from . import deadlines, links, money
from .fields import deadline_fields, money_fields
from .grant_pages import ONE, show_form, show_grant
from .holding import WRITE
from .models import DeadlineKind, GrantDeadline, GrantFile, GrantMoney, MoneyKind
from .service import get_grant


@page(ONE + "/pengar", name="grant_money")
async def new_money(view: View) -> Response:
    return await _show_money(view)


@action(ONE + "/pengar", name="add_grant_money")
async def add_money(view: View) -> Response:
    try:
        async with view.work.attempt():
            values = read_fields(view.form, money_fields())
            kind = MoneyKind(values.pop("kind"))
            await money.add_money(view.work, view.id(), kind=kind, **values)
    except AppError as problem:
        return await _show_money(view, problem)
    return _back(view, _("The money is entered."))


@action(ONE + "/pengar/{row:uuid}/bort", name="remove_grant_money")
async def remove_money(view: View) -> Response:
    async def save() -> str:
        row = await view.work.get(GrantMoney, view.id("row"))
        await money.remove_money(view.work, row.id)
        return _("The row is taken away.")

    return await _saved(view, save, "rows")


@page(ONE + "/tidsgranser", name="grant_deadline")
async def new_deadline(view: View) -> Response:
    return await _show_deadline(view)


@action(ONE + "/tidsgranser", name="add_grant_deadline")
async def add_deadline(view: View) -> Response:
    try:
        async with view.work.attempt():
            values = read_fields(view.form, deadline_fields())
            kind = DeadlineKind(values.pop("kind"))
            await deadlines.add_deadline(view.work, view.id(), kind=kind, **values)
    except AppError as problem:
        return await _show_deadline(view, problem)
    return _back(view, _("The deadline is added."))


@action(ONE + "/tidsgranser/{row:uuid}", name="change_grant_deadline")
async def change_deadline(view: View) -> Response:
    """What the buttons of a deadline say: done, not done after all, or take it away."""

    async def save() -> str:
        row = await view.work.get(GrantDeadline, view.id("row"))
        if "done" in view.form:
            await deadlines.tick_deadline(view.work, row.id)
            return _("Done.")
        if "undone" in view.form:
            await deadlines.untick_deadline(view.work, row.id)
            return _("It is to be done again.")
        await deadlines.remove_deadline(view.work, row.id)
        return _("The deadline is taken away.")

    return await _saved(view, save, "dues")


@action(ONE + "/dokument", name="add_grant_file")
async def add_file(view: View) -> Response:
    async def save() -> str:
        file = await keep_sent(view)
        title = view.form.get("title")
        await links.attach_file(view.work, view.id(), file_id=file.id, title=title)
        return _("{name} is added.", name=title or file.name)

    return await _saved(view, save, "files")


@action(ONE + "/dokument/{row:uuid}/bort", name="remove_grant_file")
async def remove_file(view: View) -> Response:
    async def save() -> str:
        row = await view.work.get(GrantFile, view.id("row"))
        await links.detach_file(view.work, row.id)
        return _("The document is taken away.")

    return await _saved(view, save, "files")


@action(ONE + "/mal", name="link_grant")
async def link(view: View) -> Response:
    async def save() -> str:
        await links.link_node(view.work, view.id(), node_id=_id(view.form.get("node")))
        return _("It is linked.")

    return await _saved(view, save, "nodes")


@action(ONE + "/mal/{row:uuid}/bort", name="unlink_grant")
async def unlink(view: View) -> Response:
    async def save() -> str:
        await links.unlink_node(view.work, view.id(), node_id=view.id("row"))
        return _("The link is taken away.")

    return await _saved(view, save, "nodes")


async def _show_money(view: View, problem: AppError | None = None) -> Response:
    stands = {"kind": view.query("slag"), "booked_on": view.work.today}
    return await _show_form(view, money_fields(), _("Enter money"), stands, problem)


async def _show_deadline(view: View, problem: AppError | None = None) -> Response:
    return await _show_form(view, deadline_fields(), _("New deadline"), {}, problem)


async def _show_form(
    view: View,
    fields: list[Field],
    heading: str,
    stands: Mapping[str, Any],
    problem: AppError | None,
) -> Response:
    row = await get_grant(view.work, view.id())
    view.work.require(WRITE, at=row.unit_id)
    return await show_form(view, row, fields, heading, _("Save"), stands, problem)


def _back(view: View, said: str) -> Response:
    return view.redirect(view.url("grant", id=view.id()), said=said)


async def _saved(view: View, save: Callable[[], Awaitable[str]], where: str) -> Response:
    """Back to the grant's page, or the page again with what is wrong."""
    try:
        async with view.work.attempt():
            said = await save()
    except AppError as problem:
        return await show_grant(view, problem, where=where)
    return _back(view, said)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(_("Choose one from the list."), field="node") from None


PART_PAGES = (
    new_money,
    add_money,
    remove_money,
    new_deadline,
    add_deadline,
    change_deadline,
    add_file,
    remove_file,
    link,
    unlink,
)
