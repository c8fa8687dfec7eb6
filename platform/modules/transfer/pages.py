"""All of a municipality on a page: fetched by one, ended by two."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.responses import Response

from ....infra.errors import AppError, Conflict, Forbidden, InvalidInput
from ....infra.i18n import _
from ....tenants.names import names_of
from ....tenants.sealed.recovery import standing_key
from ....tenants.sealed.texts import count_sealed
from ...web.exports import export_started
from ...web.page import View, action, page
from . import erasing, service
from .models import TenantErasure

HERE = "/installningar/hela-kommunen"


@page(HERE, name="whole_municipality")
async def whole_municipality(view: View) -> Response:
    return await _show(view)


@action(f"{HERE}/export", name="export_tenant")
async def export_tenant(view: View) -> Response:
    try:
        async with view.work.attempt():
            job = await service.ask_for_tenant_export(view.work, reason=view.form.get("reason"))
    except InvalidInput as error:
        if view.partial:
            raise
        return await _show(view, problem=error)
    return await export_started(view, job)


@page(f"{HERE}/radera", name="erase_tenant")
async def erase_tenant(view: View) -> Response:
    view.work.require("tenant.erase")
    return await _step(view, "ask_form.html", _("Ask for erasure"))


@action(f"{HERE}/radera", name="ask_for_erasure")
async def ask_for_erasure(view: View) -> Response:
    """The address is written once more: nobody does this by mistake."""
    view.work.require("tenant.erase")
    try:
        async with view.work.attempt():
            _require_address(view)
            await erasing.ask_for_erasure(view.work, reason=view.form.get("reason"))
    except (InvalidInput, Conflict) as error:
        return await _step(view, "ask_form.html", _("Ask for erasure"), problem=error)
    said = _("The erasure is asked for. Another full administrator confirms it within seven days.")
    return view.redirect(view.url("whole_municipality"), said=said)


@page(f"{HERE}/bekrafta", name="erasure_to_confirm")
async def erasure_to_confirm(view: View) -> Response:
    return await _step(view, "confirm_form.html", _("Confirm the erasure"))


@action(f"{HERE}/bekrafta/{{id:uuid}}", name="confirm_erasure")
async def confirm_erasure(view: View) -> Response:
    try:
        async with view.work.attempt():
            _require_address(view)
            done = await erasing.confirm_erasure(view.work, _id(view))
    except (InvalidInput, Conflict) as error:
        return await _step(view, "confirm_form.html", _("Confirm the erasure"), problem=error)
    assert done.due_on is not None
    said = _("The erasure is confirmed. It can be carried out from {day}.", day=done.due_on)
    return view.redirect(view.url("whole_municipality"), said=said)


@action(f"{HERE}/aterta/{{id:uuid}}", name="withdraw_erasure")
async def withdraw_erasure(view: View) -> Response:
    await erasing.withdraw_erasure(view.work, _id(view))
    said = _("The erasure is withdrawn. The municipality stays.")
    return view.redirect(view.url("whole_municipality"), said=said)


async def _show(view: View, *, problem: AppError | None = None) -> Response:
    exports = await service.tenant_exports(view.work)
    standing = await erasing.standing_erasure(view.work)
    return await view.render(
        "transfer/whole.html",
        status=problem.status if problem else 200,
        heading=_("Fetch everything, or end"),
        exports=exports,
        damaged=await service.damaged_files(view.work),
        sealed=sum((await count_sealed(view.work)).values()),
        keyed=await standing_key(view.work),
        names=await _names(view, standing, [export.asked_by for export, _file in exports]),
        problem=problem,
        reason=view.form.get("reason"),
        **await _state(view, standing),
    )


async def _step(
    view: View, body: str, heading: str, *, problem: AppError | None = None
) -> Response:
    standing = await erasing.standing_erasure(view.work)
    given: dict[str, Any] = {
        "body": f"transfer/{body}",
        "heading": heading,
        "problem": problem,
        "reason": view.form.get("reason"),
        "names": await _names(view, standing, []),
        **await _state(view, standing),
    }
    if view.partial and problem is None:
        return await view.fragment(f"transfer/{body}", **given)
    status = problem.status if problem else 200
    return await view.render("transfer/step.html", status=status, **given)


async def _state(view: View, standing: TenantErasure | None) -> dict[str, object]:
    late = standing is not None and erasing.is_late(view.work, standing)
    return {
        "standing": standing,
        "late": late,
        "own": standing is not None and standing.asked_by == view.actor.id,
        "until": standing.created_at + erasing.CONFIRM_WITHIN if standing else None,
        "notice_days": (await erasing.notice(view.work)).notice_days,
    }


async def _names(
    view: View, standing: TenantErasure | None, more: list[UUID | None]
) -> dict[UUID, str]:
    ids = {*more, *((standing.asked_by, standing.confirmed_by) if standing else ())}
    return await names_of(view.work, ids)


def _require_address(view: View) -> None:
    if view.form.get("address").strip() != view.tenant.slug:
        raise InvalidInput(
            _("Write the municipality's address, {slug}.", slug=view.tenant.slug), field="address"
        )


def _id(view: View) -> UUID:
    id = view.id()
    if not isinstance(id, UUID):
        raise Forbidden(_("There is no page at this address."))
    return id


PAGES = (
    whole_municipality,
    export_tenant,
    erase_tenant,
    ask_for_erasure,
    erasure_to_confirm,
    confirm_erasure,
    withdraw_erasure,
)
