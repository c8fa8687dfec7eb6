"""Every word that the code says stands in both catalogues, with the same places to fill in."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from roder.infra import i18n
from roder.infra.i18n import LOCALES, _, catalogue, current_locale, use_locale

ROOT = Path(i18n.__file__).parent.parent
FOLDERS = ("platform", "workers", "graphql", "tenants", "authz", "infra")


@pytest.fixture(scope="module")
def spoken() -> dict[str, str]:
    """Every key in the code and templates, with where it stands."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for call in calls(path):
                key = call.args[0]
                assert isinstance(key, ast.Constant), (
                    f"{path}:{call.lineno}: a key that is computed"
                )
                found[key.value] = f"{path}:{call.lineno}"
        for file, line, message, *_rest in extract_from_dir(
            ROOT / folder, method_map=[("**.html", "jinja2")], keywords={"_": None}
        ):
            found[str(message)] = f"{folder}/{file}:{line}"
    return found


def calls(path: Path) -> Iterator[ast.Call]:
    """The calls of `_`; those inside f-strings too, which Babel's own reader passes over."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            yield node


@pytest.mark.parametrize("locale", LOCALES)
def test_no_word_is_missing(spoken, locale):
    missing = {key: where for key, where in spoken.items() if key not in catalogue(locale)}

    assert missing == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_no_word_is_left_over(spoken, locale):
    assert set(catalogue(locale)) - set(spoken) == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_no_word_stands_twice(locale):
    text = (ROOT / "infra" / "locale" / f"{locale}.po").read_text("utf-8")
    with (ROOT / "infra" / "locale" / f"{locale}.po").open("rb") as file:
        read = sum(1 for message in read_po(file) if message.id)

    assert text.count("\nmsgid ") - 1 == read


@pytest.mark.parametrize("locale", LOCALES)
def test_the_same_places_are_filled_in(locale):
    different = {
        key: value for key, value in catalogue(locale).items() if places(key) != places(value)
    }

    assert different == {}


def test_swedish_is_spoken_until_something_else_is_asked_for():
    with use_locale("en"):
        assert (current_locale(), _("A unit cannot be moved in under itself.")) == (
            "en",
            "A unit cannot be moved in under itself.",
        )
    with use_locale("fi"):
        assert current_locale() == "sv"
    assert _("A unit cannot be moved in under itself.") == (
        "En enhet kan inte flyttas in under sig själv."
    )


def places(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}
