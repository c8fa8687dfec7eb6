"""Errors outside mutations: a refusal keeps its sentence, anything else gets an id and is logged."""

import secrets
from collections.abc import Iterator

import structlog
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from ..infra.errors import AppError
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
    """The error as the client may see it, with `extensions.code`."""
    cause = error.original_error
    if isinstance(cause, AppError):
        extensions = {"code": cause.code} | ({"field": cause.field} if cause.field else {})
        return _located(error, cause.message, extensions)
    if cause is None or isinstance(cause, GraphQLError):
        return _located(error, error.message, {"code": "INVALID_QUERY", **(error.extensions or {})})
    incident = secrets.token_hex(4).upper()
    log.error("resolver_failed", incident=incident, path=error.path, exc_info=cause)
    return _located(
        error,
        _("Something went wrong. The fault is ours, not yours. Code {code}.", code=incident),
        {"code": "INTERNAL", "incident": incident},
    )


def _located(
    error: GraphQLError, message: str, extensions: dict[str, object]
) -> GraphQLError:
    return GraphQLError(
        message, nodes=error.nodes, source=error.source, positions=error.positions,
        path=error.path, extensions=extensions,
    )
