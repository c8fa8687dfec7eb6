"""No file over 400 lines, no function over 50: what is larger is two things.

Aside stand generated migrations, files of others (`vendor/`), templates and snapshots.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("platform", "workers", "graphql", "tenants", "authz", "infra", "tests")
FILE_LINES = 400
FUNCTION_LINES = 50


def too_large(root: Path) -> list[str]:
    """One sentence for each file or function that is too long."""
    found = []
    for path in code_files(root):
        place, text = path.relative_to(root), path.read_text(encoding="utf-8")
        lines = len(text.splitlines())
        if lines > FILE_LINES:
            found.append(f"{place}: {lines} lines, at most {FILE_LINES}")
        if path.suffix == ".py":
            found += [f"{place}:{fault}" for fault in long_functions(text)]
    return found


def code_files(root: Path) -> Iterator[Path]:
    yield from sorted(root.glob("*.py"))
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            place = path.relative_to(root)
            generated = place.parts[:3] == ("infra", "migrations", "versions")
            if path.suffix in {".py", ".js"} and not generated and "vendor" not in place.parts:
                yield path


def long_functions(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{node.lineno}: {node.name} has {lines} lines, at most {FUNCTION_LINES}"


def test_no_file_and_no_function_is_too_large():
    assert too_large(ROOT) == []


def function(lines: int, start: str = "def f():") -> str:
    return "\n".join([start, *["    x = 1"] * (lines - 1)]) + "\n"


def in_a_class(lines: int) -> str:
    method = function(lines).replace("\n", "\n    ").rstrip()
    return f"class A:\n    {method}\n"


@pytest.mark.parametrize(
    ("place", "text", "fault"),
    [
        ("platform/a.py", "x = 1\n" * 401, "platform/a.py: 401 lines, at most 400"),
        ("tests/infra/test_a.py", "x = 1\n" * 401, "tests/infra/test_a.py: 401 lines, at most 400"),
        ("platform/web/a.js", "x\n" * 402, "platform/web/a.js: 402 lines, at most 400"),
        ("setup.py", "x = 1\n" * 401, "setup.py: 401 lines, at most 400"),
        ("infra/a.py", function(51), "infra/a.py:1: f has 51 lines, at most 50"),
        ("infra/a.py", function(51, "async def f():"), "infra/a.py:1: f has 51 lines, at most 50"),
        ("infra/a.py", in_a_class(51), "infra/a.py:2: f has 51 lines, at most 50"),
    ],
)
def test_a_planted_fault_is_found(tmp_path, place, text, fault):
    plant(tmp_path, place, text)

    assert too_large(tmp_path) == [fault]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("platform/a.py", "x = 1\n" * 400),
        ("infra/a.py", function(50)),
        ("infra/migrations/versions/0001_start.py", "x = 1\n" * 401 + function(51)),
        ("platform/web/static/vendor/htmx.js", "x\n" * 401),
        ("graphql/schema.graphql", "x\n" * 401),
        ("platform/web/templates/a.html", "x\n" * 401),
    ],
)
def test_what_is_allowed_gives_no_fault(tmp_path, place, text):
    plant(tmp_path, place, text)

    assert too_large(tmp_path) == []


def plant(root: Path, place: str, text: str) -> None:
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
