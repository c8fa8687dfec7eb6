"""Errors outside mutations: a refusal keeps its sentence, anything else is logged with an id."""

import secrets
from collections.abc import Iterator

import structlog
from graphql import GraphQLError
from sqlalchemy.exc import DBAPIError
from strawberry.extensions import SchemaExtension

from ..infra.errors import AppError, Conflict, InvalidInput
from ..infra.i18n import _

log = structlog.get_logger()


class ReportErrors(SchemaExtension):
    def on_operation(self) -> Iterator[None]:
        yield
        result = self.execution_context.result
        errors = getattr(result, "errors", None)
        if errors:
            result.errors = [shown(error) for error in errors]  # type: ignore[union-attr]


def shown(error: GraphQLError) -> GraphQLError:
    """The error as the client may see it, with `extensions.code`; one shown before stays."""
    if "code" in (error.extensions or {}):
        return error
    cause = error.original_error
    refusal = refusal_of(cause)
    if refusal:
        extensions: dict[str, object] = {"code": refusal.code}
        if refusal.field:
            extensions["field"] = refusal.field
        return _located(error, refusal.message, extensions, refusal)
    if cause is None or isinstance(cause, GraphQLError):
        return _located(error, error.message, {"code": "INVALID_QUERY", **(error.extensions or {})})
    incident = secrets.token_hex(4).upper()
    log.error("resolver_failed", incident=incident, path=error.path, exc_info=cause)
    return _located(
        error,
        _("Something went wrong. The fault is ours, not yours. Code {code}.", code=incident),
        {"code": "INTERNAL", "incident": incident},
    )


def refusal_of(error: BaseException | None) -> AppError | None:
    """What to tell a user who caused `error`; None when the fault is ours.

    One that comes from the database has its error as `__cause__`.
    """
    if not isinstance(error, DBAPIError):
        return error if isinstance(error, AppError) else None
    refusal = _of_state(str(getattr(error.orig, "sqlstate", None)))
    if refusal:
        refusal.__cause__ = error
    return refusal


def _of_state(state: str) -> AppError | None:
    """SQLSTATE class 22 is a value that the database cannot hold. After any failed statement the
    other fields of a query meet 25P02, which says nothing of its own."""
    if state.startswith("22"):
        return InvalidInput(_("A value is too large, or holds a sign that cannot be stored."))
    if state == "25P02":
        return Conflict(_("This was left undone, since another part of the request failed."))
    if state in ("40001", "40P01", "55P03"):
        return Conflict(_("Someone changed the same thing at the same moment. Try again."))
    return None


def _located(
    error: GraphQLError,
    message: str,
    extensions: dict[str, object],
    cause: AppError | None = None,
) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        original_error=cause,
        extensions=extensions,
    )
