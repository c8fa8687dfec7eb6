"""`roder doctor`: prints what `platform/doctor.py` finds."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import ExitStack

from ...infra.i18n import _
from ..doctor import Finding, examine, examine_machine
from ..saying import say
from ..servers import reach_servers
from .refusals import read_settings, sentence


def doctor(options: argparse.Namespace) -> int:
    """0 when nothing keeps the service from running well, else 1."""
    settings = read_settings()
    found = examine_machine(settings)
    with ExitStack() as stack:
        try:
            reached = stack.enter_context(reach_servers(settings))
        except Exception as error:
            told = sentence(error)
            if told is None:
                raise
            found.append(Finding(_("Embedded servers"), told, well=False))
        else:
            found += asyncio.run(examine(reached))
    for finding in found:
        say(f"{'✓' if finding.well else '✗'} {finding.about}: {finding.told}")
    say("")
    sick = sum(not finding.well for finding in found)
    if settings.mode != "production":
        _say_what_production_needs(settings.unsafe())
    say(_("All is well.") if not sick else _("To be mended: {count}.", count=sick))
    return 1 if sick else 0


def _say_what_production_needs(unsafe: list[str]) -> None:
    say(_("This is fine for a demonstration. In production, this would have to be mended first:"))
    for reason in unsafe:
        say(f"  - {reason}")
    say("")
