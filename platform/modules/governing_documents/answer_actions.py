"""What a unit is going to do about what a document asks: planned as an action of its own."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from ....authz.permit import permit
from ....infra.errors import Conflict
from ....infra.i18n import _
from ....tenants.work import Work
from ..actions.models import ActionState, PlannedAction
from ..actions.service import plan_action
from .assignments import hold_answer
from .holding import REPORT
from .models import DocumentAnswer
from .service import get_document

MODULE: Final = "governing_documents"


@permit(REPORT)
async def plan_answer_action(
    work: Work,
    answer_id: UUID,
    *,
    title: str,
    detail: str = "",
    owner_id: UUID | None = None,
    due_on: date | None = None,
    version: int | None = None,
) -> DocumentAnswer:
    """Plan what the unit is going to do. It turns up in My work, and leads back to what was asked.

    Raises Conflict while what it planned before is still to be done, and as `report_back`.
    """
    answer, assignment = await hold_answer(work, answer_id, version)
    standing = await work.find(PlannedAction, answer.action_id) if answer.action_id else None
    if standing is not None and standing.state is ActionState.OPEN:
        raise Conflict(_("The unit has planned an action already. Finish it or change it."))
    document = await get_document(work, assignment.document_id)
    action = await plan_action(
        work,
        unit_id=answer.unit_id,
        module=MODULE,
        about=f"{document.title}: {' '.join(assignment.text.split())}",
        page="document_answer",
        params={"row": str(answer.id)},
        title=title,
        detail=detail,
        owner_id=owner_id,
        due_on=due_on,
    )
    answer.action_id = action.id
    answer.version += 1
    await work.flush()
    return answer
