"""Approving a report that is done, and withdrawing the approval with a reason."""

from __future__ import annotations

from uuid import UUID

from .....authz.permit import permit
from .....infra.errors import Conflict, InvalidInput
from .....infra.i18n import _
from .....tenants.changes import tell_changed
from .....tenants.work import Work
from .. import words
from ..holding import hold_report, refuse_approved, standing_approval, standing_report_mark
from ..live import report_topic
from ..models import Report, ReportApproval


@permit("reports.approve")
async def approve_report(work: Work, report_id: UUID) -> Report:
    """Approve a report that is done; nobody can open it again until the approval is withdrawn.

    Raises NotFound, Forbidden, Conflict if it is not done, or approved already.
    """
    report = await hold_report(work, report_id, "reports.approve", alone=True)
    await refuse_approved(work, report)
    if await standing_report_mark(work, report.id) is None:
        raise Conflict(_("The report is not marked as done, so it cannot be approved yet."))
    work.add(ReportApproval(report_id=report.id, approved_by=work.actor.id, approved_at=work.now))
    await work.flush()
    await tell_changed(work, report_topic(report.id))
    return report


@permit("reports.approve")
async def withdraw_approval(work: Work, report_id: UUID, *, reason: str) -> Report:
    """Take the approval back; the report stays done, and can be opened again.

    Raises InvalidInput without a reason, NotFound, Forbidden, Conflict if it is not approved.
    """
    report = await hold_report(work, report_id, "reports.approve", alone=True)
    approval = await standing_approval(work, report.id)
    if approval is None:
        raise Conflict(_("The report is not approved."))
    if not reason.strip():
        raise InvalidInput(
            _("Write why you withdraw the approval. The reason is kept in the history."),
            field="reason",
        )
    approval.reason = words.reason(reason)
    approval.withdrawn_by, approval.withdrawn_at = work.actor.id, work.now
    await work.flush()
    await tell_changed(work, report_topic(report.id))
    return report
