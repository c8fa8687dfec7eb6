"""Provisioning by a directory (SCIM): its address, what groups give, and what came lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from starlette.responses import Response

from .....infra.errors import InvalidInput
from .....infra.i18n import _
from .....tenants.people import WHOLE_TENANT
from .....tenants.scim.mapping import (
    add_group_role,
    list_group_roles,
    list_groups,
    names_told,
    remove_group_role,
)
from .....tenants.scim.models import ScimGroup, ScimGroupRole, ScimRequest
from .....tenants.scim.requests import list_requests, scim_address
from .....tenants.scim.roles import FULL, how_many
from .....tenants.work import Work
from ....web.page import View, action, page
from ....web.words import role_words
from ..sign_in.pages import PATH, show_sign_in_tab
from ..stepping import ASKED, Step, id_in, read_id, take_step
from ..units.tree_view import read_tree

PROVISIONING: Final = f"{PATH}/katalog"
FIELDS: Final = ("group", "role", "unit")


@page(PROVISIONING, name="provisioning")
async def provisioning(view: View) -> Response:
    return await _show(view, ASKED)


@action(PROVISIONING, name="add_group_role")
async def add_role(view: View) -> Response:
    """How many would hold the role, then that they do."""
    view.work.require("tenant.configure")
    form = view.form

    async def deed() -> str:
        role, unit_id = form.get("role"), id_in(form.get("unit"), field="unit")
        if role not in WHOLE_TENANT and unit_id is None and "everywhere" not in form:
            raise InvalidInput(_("Choose a unit, or the whole municipality."), field="unit")
        await add_group_role(
            view.work,
            read_id(form, "group"),
            role=role,
            unit_id=unit_id,
            whole_power="whole_power" in form,
        )
        return _("The group gives the role from now on.")

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("provisioning"), said=step.said)
    return await _show(view, step)


@action(f"{PROVISIONING}/{{id:uuid}}/ta-bort", name="remove_group_role")
async def remove_role(view: View) -> Response:
    """Who would lose the role, then that they do. Raises Conflict for the last administrator."""
    view.work.require("tenant.configure")
    id = view.id()

    async def deed() -> str:
        await remove_group_role(view.work, id)
        return _("The group gives the role no longer.")

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("provisioning"), said=step.said)
    return await _show(view, ASKED, removing=id, removed=step)


@dataclass(frozen=True, slots=True)
class Given:
    """What a group gives, in words."""

    id: UUID
    role: str
    where: str


@dataclass(frozen=True, slots=True)
class Told:
    """Something the directory sent, in words."""

    at: datetime
    what: str
    name: str
    status: int
    detail: str


async def _show(
    view: View, step: Step, *, removing: UUID | None = None, removed: Step = ASKED
) -> Response:
    work, form = view.work, view.form
    work.require("tenant.configure")
    groups = await list_groups(work)
    members = await how_many(work)
    tree = await read_tree(work, work.today)
    done = await list_requests(work, faults=False)
    faults = await list_requests(work, faults=True)
    names = await names_told(work, [row.record_id for row in (*done, *faults) if row.record_id])
    units = {branch.unit.id: branch.unit.name for branch in tree.branches.values()}
    chosen = form.get("group")
    return await show_sign_in_tab(
        view,
        "organisation/settings_provisioning.html",
        "provisioning",
        status=step.status if step.problem else removed.status,
        step=step,
        removing=removing,
        removed=removed,
        address=scim_address(work.runtime.settings.base_url, work.tenant.slug),
        handed_in=groups,
        members=members,
        gives=_given(groups, await list_group_roles(work), units),
        roles=[(role, word) for role, word in role_words().items() if role != "employee"],
        values={name: form.get(name) for name in FIELDS},
        chosen=next((group for group in groups if str(group.id) == chosen), None),
        everywhere="everywhere" in form,
        whole_power="whole_power" in form,
        full=form.get("role") == FULL,
        places=list(tree.branches.values()),
        done=_told(work, done, names),
        faults=_told(work, faults, names),
    )


def _given(
    groups: Sequence[ScimGroup], rows: Sequence[ScimGroupRole], units: dict[UUID, str]
) -> dict[UUID, list[Given]]:
    words = role_words()
    found: dict[UUID, list[Given]] = {group.id: [] for group in groups}
    for row in rows:
        where = _("in the whole municipality")
        if row.unit_id is not None:
            where = units.get(row.unit_id, _("A unit that has ended"))
        found[row.group_id].append(Given(row.id, words.get(row.role, row.role), where))
    return found


def _told(work: Work, rows: Sequence[ScimRequest], names: dict[UUID, str]) -> list[Told]:
    return [
        Told(
            row.at,
            _request_words(row),
            names.get(row.record_id, "") if row.record_id else "",
            row.status,
            row.detail,
        )
        for row in rows
    ]


def _request_words(row: ScimRequest) -> str:
    words = {
        ("POST", "User"): _("New person"),
        ("PUT", "User"): _("Changed person"),
        ("PATCH", "User"): _("Changed person"),
        ("DELETE", "User"): _("Removed person"),
        ("POST", "Group"): _("New group"),
        ("PUT", "Group"): _("Changed group"),
        ("PATCH", "Group"): _("Changed group"),
        ("DELETE", "Group"): _("Removed group"),
        ("POST", "Bulk"): _("Several things at once"),
    }
    return words.get((row.method, row.kind), f"{row.method} {row.kind}".strip())


provisioning_pages = (provisioning, add_role, remove_role)
