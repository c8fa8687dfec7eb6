"""Whatever the access log tells of has a word in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from roder.infra.i18n import use_locale
from roder.platform.log_words import action_words, kind_words, way_words
from roder.platform.modules import MODULES
from roder.tenants.actors import Way
from roder.tenants.log import logged
from roder.tenants.log.access_log import Action

ROOT = Path(__file__).parents[2]
NOTING = frozenset({"note", "_note", "noted"})


def noted_kinds() -> Iterator[tuple[str, str]]:
    """Each kind that stands in a call of `Work.note` or of a function that calls it, and where."""
    for folder in ("platform", "workers", "graphql", "tenants", "authz"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(call, ast.Call) and _name(call.func) in NOTING:
                    for kind in _kinds(call):
                        yield kind, f"{path.relative_to(ROOT)}:{call.lineno}"


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", None) or getattr(function, "id", "")


def _kinds(call: ast.Call) -> Iterator[str]:
    """What comes after the action, or is called `kind`."""
    given = [*call.args, *(each.value for each in call.keywords if each.arg == "kind")]
    for before, argument in zip([None, *given], given, strict=False):
        after = before is None or "action" in ast.unparse(before).casefold()
        if after or argument not in call.args:
            choices = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else []
            for each in choices or [argument]:
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield each.value


def declared_kinds() -> Iterator[tuple[str, str]]:
    """Of the tables that are logged when they are read, or changed."""
    assert MODULES  # whose tables are declared by now
    tables = {*logged.read_logged(), *logged.change_logged(), *logged.change_of_others_logged()}
    for table in tables:
        yield logged.kind_of(table), table


@pytest.mark.parametrize("locale", ["sv", "en"])
def test_every_kind_that_is_noted_has_a_word(locale):
    kinds = dict([*noted_kinds(), *declared_kinds()])
    assert {"person", "log_review", "group", "support_visit", "write"} <= kinds.keys()

    with use_locale(locale):
        words = kind_words()

    assert {kind: where for kind, where in kinds.items() if not words.get(kind)} == {}


def test_every_action_and_way_has_a_word():
    assert set(action_words()) == set(Action)
    assert set(way_words()) == set(Way)
