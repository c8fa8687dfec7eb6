"""The address the service listens on, or why it cannot."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from ..infra.i18n import _
from ..infra.settings import Settings
from .servers import Unreachable


@contextmanager
def listen(settings: Settings) -> Iterator[socket.socket]:
    """A socket bound to the service's address. Raises Unreachable when that is not to be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The protocol is named, or asyncio leaves Nagle's delay on: an answer waits for the last one's
    # receipt.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as bound:
        # Else what is left of the connections of a minute ago would keep the port.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((settings.host, settings.port))
            bound.listen(1)
        except OSError as error:
            raise Unreachable(_port_sentence(settings, error)) from error
        yield bound


def _port_sentence(settings: Settings, error: OSError) -> str:
    place = f"{settings.host}:{settings.port}"
    return _(
        "Port {port} cannot be used ({place}: {reason}). "
        "Stop what uses it, or choose another: RODER_PORT={other}.",
        port=settings.port,
        place=place,
        reason=error.strerror,
        other=8001 if settings.port != 8001 else 8002,
    )
