"""`roder demo`, `serve`, `worker`: what keeps running until it is stopped."""

from __future__ import annotations

import argparse

from ...infra.errors import InvalidInput
from ...infra.i18n import _
from .refusals import read_settings, require_mode, require_safe


def demo(options: argparse.Namespace) -> int:
    settings = read_settings()
    if settings.mode == "production":
        raise InvalidInput(
            _("The demonstration does not run in production mode. Use `roder serve`.")
        )
    require_mode(settings)
    if options.fill:
        from ..demo import run_fill

        run_fill(settings)
        return 0
    from ..supervisor import run_demo

    return run_demo(settings)


def serve(options: argparse.Namespace) -> None:
    settings = read_settings()
    require_mode(settings)
    require_safe(settings)
    from ..app import serve_forever
    from ..servers import reach_servers
    from ..sockets import listen

    with listen(settings) as bound, reach_servers(settings) as reached:
        serve_forever(reached, bound)


def worker(options: argparse.Namespace) -> None:
    settings = read_settings()
    require_safe(settings)
    from ..servers import reach_servers
    from ..worker import work_forever

    with reach_servers(settings) as reached:
        work_forever(reached)
