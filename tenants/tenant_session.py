"""The third fence: a session that names its tenant in every statement and on every new row."""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria

from ..infra.errors import Conflict
from ..infra.i18n import _
from .actors import Actor
from .rows import TenantRow
from .tokens.narrowing import narrowed

log = structlog.get_logger()


class TenantSession(Session):
    """`info` holds the `tenant_id`, and the `actor`, who may see some units only."""


@event.listens_for(TenantSession, "do_orm_execute")
def _name_the_tenant(state: ORMExecuteState) -> None:
    if state.is_select or state.is_update or state.is_delete:
        tenant_id = state.session.info["tenant_id"]
        state.statement = state.statement.options(
            with_loader_criteria(
                TenantRow, lambda row: row.tenant_id == tenant_id, include_aliases=True
            )
        )
        actor: Actor = state.session.info["actor"]
        if actor.within is not None:
            state.statement = state.statement.options(
                *(
                    with_loader_criteria(model, condition, include_aliases=True)
                    for model, condition in narrowed(_models(), tenant_id, actor.within, actor.id)
                )
            )


def _models() -> list[type[TenantRow]]:
    return [
        mapper.class_
        for mapper in TenantRow.registry.mappers
        if issubclass(mapper.class_, TenantRow)
    ]


@event.listens_for(TenantSession, "before_flush")
def _own_the_new_rows(
    session: Session, context: UOWTransaction, instances: Iterable[object] | None
) -> None:
    for row in session.new:
        if isinstance(row, TenantRow):
            row.tenant_id = session.info["tenant_id"]


def collision(error: IntegrityError) -> Conflict:
    log.info("constraint", detail=str(error.orig))
    return Conflict(
        _("This collides with something that is there already. Load the page again and look.")
    )
