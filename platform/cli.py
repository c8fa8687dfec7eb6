"""The command `roder`. Only what a command needs is loaded, so that a word of help is quick."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from .. import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0 when done, 1 with a sentence when refused, 2 when misspelt."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if list(arguments) in (["--version"], ["-V"]):
        print(f"roder {__version__}")  # noqa: T201
        return 0
    from ..infra.i18n import use_locale

    with use_locale(os.environ.get("RODER_LANGUAGE", "sv")):
        options = parser().parse_args(arguments)
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    try:
        module, _dot, name = str(options.run).rpartition(".")
        command: Callable[[argparse.Namespace], int | None]
        command = getattr(import_module(f".commands.{module}", __package__), name)
        return command(options) or 0
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; do not complain about it again at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from .commands.refusals import sentence
        from .saying import complain

        told = sentence(error)
        if told is None:
            raise
        complain(told)
        return 1


def parser() -> argparse.ArgumentParser:
    from .commands.words import build_parser

    return build_parser()


if __name__ == "__main__":
    sys.exit(main())
