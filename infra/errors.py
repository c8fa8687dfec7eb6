"""What a user can cause. Each edge has one translator for these; anything else is our fault."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from .i18n import _


class AppError(Exception):
    """A refusal with a sentence for the person who meets it: what, where, how to mend it.

    `code` is stable and meant for programs, `status` is the HTTP status at the edges, `field`
    names the input that has to change, as the client spelled it.
    """

    code = "REFUSED"
    status = 400

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class InvalidInput(AppError):
    code = "INVALID_INPUT"
    status = 422


class RowsRefused(InvalidInput):
    """Nothing of a list was kept. `errors` has the place in the list (from 0) of each refusal."""

    def __init__(
        self, message: str, *, errors: Sequence[tuple[int, AppError]], field: str | None = None
    ) -> None:
        super().__init__(message, field=field)
        self.errors = tuple(errors)


class Unauthenticated(AppError):
    code = "UNAUTHENTICATED"
    status = 401


class SessionEnded(Unauthenticated):
    """A browser's session is over: a page keeps what was written and lets one sign in again."""

    code = "SESSION_ENDED"


class Forbidden(AppError):
    """`permission` is what was lacking, `at` the unit where, as far as that is known."""

    code = "FORBIDDEN"
    status = 403

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        permission: str = "",
        at: UUID | None = None,
    ) -> None:
        super().__init__(message, field=field)
        self.permission = permission
        self.at = at


class StepUp(AppError):
    """Whoever asks may, but has not shown well enough who they are: `module` takes `level`.

    A `program` has no way to do that."""

    code = "STEP_UP"
    status = 403

    def __init__(self, message: str, *, module: str, level: int, program: bool) -> None:
        super().__init__(message)
        self.module = module
        self.level = level
        self.program = program


class TooManyTries(AppError):
    """Somebody has been wrong too often; after `seconds` it can be tried again."""

    code = "TOO_MANY_TRIES"
    status = 429

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class NotFound(AppError):
    """The same answer for what is absent and for what somebody may not see; with a sentence of its
    own only where that tells nothing of others."""

    code = "NOT_FOUND"
    status = 404

    def __init__(self, message: str = "", *, field: str | None = None) -> None:
        super().__init__(message or _("It does not exist, or you may not see it."), field=field)


class ModuleOff(NotFound):
    """The tenant has not switched the module on: for its users it does not exist."""

    code = "MODULE_OFF"


class Conflict(AppError):
    code = "CONFLICT"
    status = 409


class TooLarge(AppError):
    code = "TOO_LARGE"
    status = 413


class Busy(AppError):
    """The service has too much to do, or cannot reach what it stands on, just now."""

    code = "BUSY"
    status = 503


class Internal(AppError):
    """A fault of ours, told with a code under which the log has more."""

    code = "INTERNAL"
    status = 500
