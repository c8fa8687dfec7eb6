"""The protocol as we speak it: the library's, with our limits, our refusals, and what directories
leave out."""

from functools import cache
from http import HTTPStatus
from typing import Any, Final

import orjson
from scim2_models import (
    Error,
    InvalidSyntaxException,
    InvalidValueException,
    PatchOp,
    PayloadTooLargeException,
    Resource,
    ResourceType,
    ResponseParameters,
)
from scim2_server.conditions import Conditions
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService

from ....infra.errors import AppError, Conflict, InvalidInput
from ....infra.i18n import _
from ....tenants.scim.told import Told, register_email
from .patching import patch_group, patch_user
from .resources import Group, User, make_provider

MOST_OPERATIONS: Final = 1_000
MOST_DEPTH: Final = 16
UNIQUE: Final = ("userName", "emails", "email")


@cache
def protocol() -> "Protocol":
    """The same for every municipality and request: it holds nothing of either."""
    return Protocol(make_provider())


class Protocol(ScimService):
    @staticmethod
    def error_of(exception: Exception) -> Error:
        """A refusal of ours in SCIM's form (RFC 7644 3.12). Faults tell nothing of themselves."""
        if not isinstance(exception, AppError):
            return ScimService.error_of(exception)
        kind, status = None, exception.status
        if isinstance(exception, InvalidInput):
            kind, status = "invalidValue", 400
        elif isinstance(exception, Conflict) and exception.field in UNIQUE:
            kind = "uniqueness"
        return Error(status=status, scim_type=kind, detail=exception.message)

    def read_creation(
        self, resource_type: ResourceType, body: bytes, content_type: str | None
    ) -> Resource[Any]:
        self.ensure_json(content_type)
        whole = _with_email(resource_type, body)
        return _here(super().read_creation(resource_type, whole, content_type))

    def read_replacement(
        self, resource_type: ResourceType, body: bytes, content_type: str | None
    ) -> Resource[Any]:
        self.ensure_json(content_type)
        whole = _with_email(resource_type, body)
        return _here(super().read_replacement(resource_type, whole, content_type))

    def read_patch(
        self, resource_type: ResourceType, body: bytes, content_type: str | None
    ) -> "PatchOp[Any]":
        self.ensure_json(content_type)
        sent = _json(body)
        operations = sent.get("Operations", sent.get("operations"))
        if isinstance(operations, list) and len(operations) > MOST_OPERATIONS:
            raise PayloadTooLargeException(
                detail=_("Send at most {most} operations at a time.", most=MOST_OPERATIONS)
            )
        return super().read_patch(resource_type, body, content_type)

    def apply_patch(
        self, current: Resource[Any], patch_op: "PatchOp[Any]", conditions: Conditions
    ) -> Resource[Any] | None:
        self.check_preconditions(current, "PATCH", conditions)
        if isinstance(current, Group):
            changed = patch_group(current, patch_op)
        elif isinstance(current, User):
            changed = patch_user(current, patch_op)
        else:
            changed = patch_op.patch(current)
        return current if changed else None

    def patch_response(
        self,
        base_url: str,
        resource: Resource[Any],
        response_parameters: ResponseParameters[Any],
    ) -> ScimResponse:
        """204 when nothing was asked for, without making an answer that nobody gets."""
        if response_parameters.attributes or response_parameters.excluded_attributes:
            return super().patch_response(base_url, resource, response_parameters)
        version = resource.meta.version if resource.meta else None
        return ScimResponse(HTTPStatus.NO_CONTENT, None, {"ETag": version} if version else {})


def check_body(body: bytes) -> None:
    """Raise InvalidSyntaxException or InvalidValueException for what no part of the service is to
    meet: not JSON, nested without end, or with U+0000 in a text."""
    level: list[object] = [_json(body)]
    for _depth in range(MOST_DEPTH):
        inner: list[object] = []
        for value in level:
            if isinstance(value, dict):
                inner += [*value, *value.values()]
            elif isinstance(value, list):
                inner += value
            elif isinstance(value, str) and "\0" in value:
                raise InvalidValueException(
                    detail=_("A text has the character U+0000 in it, which no text here can have.")
                )
        if not inner:
            return
        level = inner
    raise InvalidSyntaxException(
        detail=_("The request is nested more than {most} levels deep.", most=MOST_DEPTH)
    )


def _json(body: bytes) -> dict[str, Any]:
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidSyntaxException(
            detail=_("The body is not JSON: {fault}", fault=str(error))
        ) from None
    if not isinstance(sent, dict):
        raise InvalidSyntaxException(detail=_("Send a JSON object."))
    return sent


def _here(resource: Resource[Any]) -> Resource[Any]:
    """Whoever is told of without a word of it, is active."""
    if isinstance(resource, User) and resource.active is None:
        resource.active = True
    return resource


def _with_email(resource_type: ResourceType, body: bytes) -> bytes:
    """Directories leave the address out where it is the user name. Raises InvalidInput when that
    is none."""
    sent = _json(body)
    names = {str(name).lower(): name for name in sent}
    user_name = sent.get(names.get("username", ""))
    told = sent.get(names.get("emails", ""))
    if resource_type.name != "User" or told or not isinstance(user_name, str):
        return body
    address = register_email(Told(user_name))
    sent.pop(names.get("emails", ""), None)
    return orjson.dumps(sent | {"emails": [{"value": address, "type": "work", "primary": True}]})
