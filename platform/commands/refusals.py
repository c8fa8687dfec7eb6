"""What a person at the terminal is told instead of a traceback."""

from __future__ import annotations

import ssl
from urllib.parse import urlsplit

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from ...infra.embedded.process import AlreadyRunning, DidNotStart
from ...infra.errors import AppError, InvalidInput
from ...infra.i18n import _
from ...infra.settings import Settings
from ...infra.storage import StorageUnavailable

PREFIX = "RODER_"


def read_settings() -> Settings:
    """The settings of the environment. Raises InvalidInput with a sentence for each wrong one."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [_wrong(dict(fault)) for fault in error.errors(include_url=False)]
        raise InvalidInput("\n".join(wrong)) from None


def require_safe(settings: Settings) -> None:
    """In production mode, raise InvalidInput that lists everything the settings lack for it."""
    if settings.mode != "production":
        return
    unsafe = settings.unsafe()
    if unsafe:
        raise InvalidInput(
            "\n".join(
                [
                    _("Roder does not start in production mode until this is mended:"),
                    *(f"- {reason}" for reason in unsafe),
                ]
            )
        )


def require_mode(settings: Settings) -> None:
    """Raise InvalidInput unless what others can reach says which mode it is in.

    The demonstration lets anyone be anyone: nobody is to get that by forgetting a setting.
    """
    others_reach = (
        not settings.embedded_database
        or settings.host not in ("127.0.0.1", "::1", "localhost")
        or settings.public_url.startswith("https:")
    )
    if others_reach and "mode" not in settings.model_fields_set:
        raise InvalidInput(
            _(
                "The settings name a database or an address that others can reach. Say what this "
                "is: RODER_MODE=production, or RODER_MODE=demo, where anyone can sign in as anyone."
            )
        )


def sentence(error: BaseException) -> str | None:
    """What the user can do about it, as a sentence; None when the fault is ours."""
    if isinstance(error, AppError):
        return error.message
    if isinstance(error, AlreadyRunning):
        return _(
            "Roder is already running in {folder}. "
            "Stop that one first, or choose another folder with RODER_HOME.",
            folder=read_settings().home.absolute(),
        )
    if isinstance(error, DidNotStart | StorageUnavailable):
        return str(error)
    state = _sqlstate(error)
    if state in ("42P01", "42703", "3F000"):
        return _("The tables of this version are not there. Run `roder migrate` first.")
    if state in ("28P01", "28000"):
        return _("The database refuses the password or the user. Look at RODER_DATABASE_URL.")
    if state == "3D000":
        return _("The server has no such database. Look at RODER_DATABASE_URL.")
    if state == "42501":
        return _("The role may not do this in the database: {reason}", reason=_first(error))
    if state.startswith(("08", "57P")) or _is_connection(error):
        return _(
            "The database does not answer ({place}: {reason}). "
            "Start it, or look at RODER_DATABASE_URL.",
            place=_place(),
            reason=_first(error),
        )
    if isinstance(error, OSError) and error.filename is not None:
        return _("{file}: {reason}.", file=error.filename, reason=error.strerror)
    return None


def _wrong(fault: dict[str, object]) -> str:
    location = fault["loc"]
    assert isinstance(location, tuple)
    name = PREFIX + "_".join(str(part) for part in location).upper()
    bounds = fault.get("ctx") or {}
    assert isinstance(bounds, dict)
    match str(fault["type"]):
        case "int_parsing" | "int_from_float":
            return _("{name} must be a whole number.", name=name)
        case "greater_than_equal":
            return _("{name} must be at least {limit}.", name=name, limit=bounds["ge"])
        case "less_than_equal":
            return _("{name} must be at most {limit}.", name=name, limit=bounds["le"])
        case "literal_error":
            return _("{name} must be one of {allowed}.", name=name, allowed=bounds["expected"])
        case "bool_parsing" | "bool_type":
            return _("{name} must be true or false.", name=name)
        case _:
            return _("{name} cannot be read: {reason}.", name=name, reason=fault["msg"])


def _sqlstate(error: BaseException) -> str:
    """The database's code for what went wrong, whichever driver says it; empty if none does."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlstate", None) or "")


def _is_connection(error: BaseException) -> bool:
    import psycopg

    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error.orig, psycopg.OperationalError)
    if isinstance(error, OSError) and error.filename is not None:
        return False
    network = (ConnectionError, TimeoutError, ssl.SSLError, psycopg.OperationalError)
    return isinstance(error, network) or (
        isinstance(error, OSError) and type(error).__name__ == "gaierror"
    )


def _place() -> str:
    parts = urlsplit(read_settings().database_url)
    return f"{parts.hostname or '127.0.0.1'}:{parts.port or 5432}"


def _first(error: BaseException) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    text = str(cause).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")
