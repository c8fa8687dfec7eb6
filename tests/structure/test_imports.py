"""The arrows between the folders point down, and other rules that a reader of the code relies on.

`faults(root)` reads the syntax trees below a root and never imports what it judges.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("platform", "workers", "graphql", "tenants", "authz", "infra")
BARE = {"workers", "tenants", "authz", "infra", "roder"}
BY_PATH = ("infra", "migrations")  # alembic loads these files by path: they have no relatives
# What a module shows to other modules; of its rooms only the schemas.
DOORS = re.compile(r"models|service|(\w+_)?schema")
ROOM_DOORS = re.compile(r"(\w+_)?schema")
NAIVE = {"datetime.now", "datetime.today", "datetime.utcnow", "date.today"}


def faults(root: Path) -> list[str]:
    """One sentence a fault: `path:line: what`."""
    found = [
        f"{folder}/__init__.py:1: hides the {what} when the root is first on sys.path"
        for folder, what in (("platform", "standard library's"), ("graphql", "graphql-core's"))
        if (root / folder / "__init__.py").exists()
    ]
    for floor in FLOORS:
        for path in sorted((root / floor).rglob("*.py")):
            place = path.relative_to(root)
            tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(place))
            found += [f"{place}:{line}: {what}" for line, what in faults_of(place, tree)]
    return found


def faults_of(place: Path, tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for target in imported(place, node):
                for what in wrong_import(place, target, relative=getattr(node, "level", 0) > 0):
                    yield node.lineno, what
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            for what in wrong_call(place, node.func, bare=not (node.args or node.keywords)):
                yield node.lineno, what


def imported(place: Path, node: ast.Import | ast.ImportFrom) -> list[str]:
    """The dotted names a statement reaches, relative ones seen from the root."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not node.level:
        return [node.module or ""]
    above = place.parts[: -node.level]
    start = ".".join([*above, *(node.module or "").split(".")]).strip(".")
    return [f"{start}.{alias.name}".strip(".") for alias in node.names]


def wrong_import(place: Path, target: str, *, relative: bool) -> Iterator[str]:
    if place.parts[:2] == BY_PATH and target.startswith("roder."):
        target, relative = target.removeprefix("roder."), True
    first = target.split(".")[0]
    if not relative:
        if first in BARE:
            yield f"`{target}` is imported by its absolute name; write it relative"
        return
    if first not in FLOORS:
        return  # a name of the root itself, such as __version__
    if FLOORS.index(first) < FLOORS.index(place.parts[0]):
        yield f"{place.parts[0]} imports {first}, which stands above it"
    own, other = module_of(place.parent.parts), module_of(tuple(target.split(".")))
    if own and other and own != other and not is_door(*target.split(".")[3:]):
        yield f"the module {own} reaches into {target}; only models, schemas, service are open"


def is_door(file: str = "", inside: str = "", *names: str) -> bool:
    """Whether another module may import this; `inside` is a file if names in it follow."""
    return bool(DOORS.fullmatch(file) or (names and ROOM_DOORS.fullmatch(inside)))


def module_of(parts: tuple[str, ...]) -> str | None:
    return parts[2] if parts[:2] == ("platform", "modules") and len(parts) > 2 else None


def wrong_call(place: Path, called: ast.Attribute, *, bare: bool) -> Iterator[str]:
    may_commit = place.parts[0] == "infra" or place == Path("tenants/work.py")
    if called.attr == "commit" and not may_commit:
        yield "only tenants/work.py commits"
    owner = getattr(called.value, "attr", None) or getattr(called.value, "id", "")
    if bare and f"{owner}.{called.attr}" in NAIVE:
        yield f"`{owner}.{called.attr}()` knows no zone; take work.now or work.today"


def test_every_arrow_points_down_and_no_rule_is_broken():
    assert faults(ROOT) == []


def test_the_walk_sees_the_real_folders():
    seen = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("*/**/*.py")}
    assert set(FLOORS) <= seen


PLANTED = [
    ("infra/a.py", "from ..tenants.work import Work", "infra imports tenants"),
    ("infra/a.py", "from .. import authz", "infra imports authz"),
    ("infra/b/c.py", "from ...workers import jobs", "infra imports workers"),
    ("tenants/a.py", "def f():\n    from ..graphql import limits", "tenants imports graphql"),
    (
        "graphql/a.py",
        "from ..platform.modules.goals.models import Goal",
        "graphql imports platform",
    ),
    ("graphql/a.py", "from ..workers.jobs import job", "graphql imports workers"),
    ("workers/a.py", "from ..platform.modules import MODULES", "workers imports platform"),
    ("authz/a.py", "if T:\n    from ..tenants.work import Work", "authz imports tenants"),
    (
        "infra/migrations/versions/0001_a.py",
        "from roder.tenants.rows import TenantRow",
        "infra imports tenants",
    ),
    ("platform/a.py", "import tenants.models", "`tenants.models` is imported by its absolute"),
    ("platform/a.py", "from infra import errors", "`infra` is imported by its absolute"),
    ("infra/a.py", "from roder.infra import errors", "`roder.infra` is imported by its absolute"),
    (
        "platform/modules/reports/service.py",
        "from ..goals.rules import light",
        "the module reports reaches into platform.modules.goals.rules.light",
    ),
    (
        "platform/modules/reports/parts/table.py",
        "from ...goals import pages",
        "the module reports reaches into platform.modules.goals.pages",
    ),
    (
        "platform/modules/reports/service.py",
        "from ..goals.planning.nodes import change_node",
        "the module reports reaches into platform.modules.goals.planning.nodes.change_node",
    ),
    (
        "platform/modules/reports/service.py",
        "from ..goals.rules import light_schema",
        "the module reports reaches into platform.modules.goals.rules.light_schema",
    ),
    (
        "platform/modules/reports/service.py",
        "from .. import goals",
        "the module reports reaches into platform.modules.goals;",
    ),
    ("platform/__init__.py", "", "hides the standard library's"),
    ("graphql/__init__.py", "", "hides the graphql-core's"),
    ("platform/modules/goals/service.py", "work.session.commit()", "only tenants/work.py commits"),
    ("workers/a.py", "async def f(s):\n    await s.commit()", "only tenants/work.py commits"),
    ("tenants/other.py", "session.commit()", "only tenants/work.py commits"),
    ("infra/a.py", "x = datetime.now()", "`datetime.now()` knows no zone"),
    ("infra/a.py", "x = datetime.datetime.utcnow()", "`datetime.utcnow()` knows no zone"),
    ("infra/a.py", "x = date.today()", "`date.today()` knows no zone"),
]


@pytest.mark.parametrize(("place", "source", "what"), PLANTED)
def test_a_planted_fault_is_found(tmp_path, place, source, what):
    plant(tmp_path, place, source)

    [fault] = faults(tmp_path)

    assert fault.startswith(f"{place}:")
    assert what in fault


ALLOWED_SAMPLES = [
    ("infra/migrations/versions/0001_a.py", "from roder.infra.migrations.fences import fence"),
    (
        "platform/app.py",
        "import platform\nfrom .modules import MODULES\nfrom .. import __version__",
    ),
    ("platform/modules/goals/service.py", "from ....tenants.work import Work\nfrom . import rules"),
    ("platform/modules/reports/schema.py", "from ..goals.schema import Goal"),
    ("platform/modules/reports/schema.py", "from ..goals.planning.nodes_schema import PlanNode"),
    ("platform/modules/reports/service.py", "from ..goals import models, service"),
    ("platform/modules/__init__.py", "from .goals.module import GOALS"),
    ("graphql/schema.py", "import graphql\nfrom graphql.language import parse"),
    ("tenants/work.py", "async def f(s):\n    await s.commit()"),
    ("infra/a.py", "connection.commit()\nx = datetime.now(UTC)\ny = datetime.now(tz=UTC)"),
]


@pytest.mark.parametrize(("place", "source"), ALLOWED_SAMPLES)
def test_what_is_allowed_gives_no_fault(tmp_path, place, source):
    plant(tmp_path, place, source)

    assert faults(tmp_path) == []


def plant(root: Path, place: str, source: str) -> None:
    path = root / place
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")
