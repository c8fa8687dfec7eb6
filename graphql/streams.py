"""How many streams one caller has open in this process: subscriptions, and what pages follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from weakref import WeakKeyDictionary

from sqlalchemy.ext.asyncio import AsyncEngine

from ..infra.errors import AppError
from ..infra.i18n import _
from ..infra.runtime import Runtime
from ..tenants.entry import Entered


class TooManyStreams(AppError):
    code = "TOO_MANY_STREAMS"
    status = 429


class OpenStream:
    """A place among the caller's streams, from now until it is closed. A key has its own places;
    all sessions of a person share theirs. Raises TooManyStreams."""

    def __init__(self, runtime: Runtime, entered: Entered) -> None:
        actor, most = entered.actor, runtime.settings.max_streams
        self._open = _runtimes.setdefault(runtime.engine, Counter())
        self._who = (entered.tenant.id, actor.token_id or actor.id or actor.support_id)
        if self._open[self._who] >= most:
            raise TooManyStreams(
                _("You follow changes in {most} places already. End one.", most=most)
            )
        self._open[self._who] += 1
        self._closed = False

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._open[self._who] -= 1
        if not self._open[self._who]:
            del self._open[self._who]


_runtimes: WeakKeyDictionary[AsyncEngine, Counter[Hashable]] = WeakKeyDictionary()
