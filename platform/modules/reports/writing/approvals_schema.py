"""Approving reports through the API."""

from typing import Annotated

import strawberry

from .....graphql.context import Info
from .....graphql.nodes import local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .. import service
from ..reports_schema import Report

ApproveReportResult = Annotated[
    Report | Problem, strawberry.union("ApproveReportResult", description=ANSWER)
]
WithdrawApprovalResult = Annotated[
    Report | Problem, strawberry.union("WithdrawApprovalResult", description=ANSWER)
]


@strawberry.input(description="Withdraw the approval of a report.")
class WithdrawApprovalInput:
    id: strawberry.ID = strawberry.field(description="The report.")
    reason: str = strawberry.field(description="Why; kept in the history.")


@strawberry.type
class ApprovalMutation:
    @mutation("Approve a report that is done; it stays as it is until the approval is withdrawn.")
    async def approve_report(self, info: Info, id: strawberry.ID) -> ApproveReportResult:
        return Report.of(await service.approve_report(info.context.work, local_id(id, Report)))

    @mutation("Withdraw the approval of a report, which stays done.")
    async def withdraw_approval(
        self, info: Info, input: WithdrawApprovalInput
    ) -> WithdrawApprovalResult:
        return Report.of(
            await service.withdraw_approval(
                info.context.work, local_id(input.id, Report), reason=input.reason
            )
        )
