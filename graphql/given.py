"""What a request brings beside its query: who asks, when, and what they may."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, bindparam, literal

from ..authz.permit import NOBODY
from ..tenants.work import Work


@dataclass(frozen=True, slots=True)
class Given:
    """What a request brings: parameters of a statement, or for a resolver the values."""

    tenant: Any
    actor: Any
    today: Any
    locale: Any
    session: Any
    units: Callable[[str], ColumnElement[Any]]
    """Where the caller holds a permission; null for the whole municipality."""
    others: Callable[[str], ColumnElement[bool]]
    """Whether the caller holds it for what is others', too."""


def given_by(work: Work) -> Given:
    """For the statement of a resolver."""
    return Given(
        tenant=work.tenant.id,
        actor=work.actor.id,
        today=work.today,
        locale=work.actor.locale,
        session=work.actor.session_id,
        units=lambda permission: bindparam(None, _units(work, permission), type_=ARRAY(Uuid())),
        others=lambda permission: literal(work.allows(permission, owner=NOBODY)),
    )


def _units(work: Work, permission: str) -> list[UUID] | None:
    found = work.reach(permission)
    return None if found is None else list(found)
