"""`roder schema`: the contract of the API, kept in `graphql/schema.graphql`."""

from __future__ import annotations

import argparse
from difflib import unified_diff
from importlib.resources import files
from pathlib import Path

from ...infra.errors import Conflict
from ...infra.i18n import _
from ..saying import say


def schema(options: argparse.Namespace) -> None:
    from ..schema import product_schema

    text = product_schema().as_str().rstrip("\n") + "\n"
    kept = Path(str(files(__package__.split(".")[0]) / "graphql" / "schema.graphql"))
    if options.write:
        kept.write_text(text, encoding="utf-8")
        say(_("Written to {file}.", file=kept))
    elif options.check:
        _compare(kept, text)
    else:
        say(text.rstrip("\n"))


def _compare(kept: Path, text: str) -> None:
    old = kept.read_text("utf-8") if kept.exists() else ""
    if old != text:
        lines = unified_diff(
            old.splitlines(), text.splitlines(), "schema.graphql", "code", "", "", 1, ""
        )
        raise Conflict(
            "\n".join(
                [
                    *list(lines)[:60],
                    "",
                    _("{file} is not what the code says. Run `roder schema --write`.", file=kept),
                ]
            )
        )
    say(_("graphql/schema.graphql is what the code says."))
