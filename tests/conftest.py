"""Every test runs against its own PostgreSQL and object store, started once for the whole run.

Tests do not clean up: each makes municipalities of its own, and the fences keep them apart.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import ColumnElement, func, select

from roder.infra.runtime import Runtime, open_runtime
from roder.infra.settings import Settings
from roder.tenants.actors import Actor
from roder.tenants.entry import load_actor
from roder.tenants.models import ModuleSwitch, Person, RoleGrant, Unit, UnitKind, UnitVersion
from roder.tenants.municipality import create_tenant
from roder.tenants.rows import TenantRow, uuid7
from roder.tenants.tree.addresses import free_slug
from roder.tenants.work import Tenancy, Work, open_work

TEMPLATE = "roder_template"

pytest_plugins = ["third_fence", "both_ways", "fourth_fence"]

# On a developer's machine each run looks for new cases; a submission is judged by the same ones.
hypothesis.settings.register_profile("submitted", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("submitted")


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the process that runs the workers, so that there is one of each."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    from roder.infra.embedded.objectstore import start_objectstore
    from roder.infra.embedded.postgres import start_postgres
    from roder.infra.migrate import migrate

    home = Path(tempfile.mkdtemp(prefix="roder-tests-"))
    home.chmod(0o755)
    postgres = start_postgres(home, fast=True)
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    config.add_cleanup(postgres.stop)
    store = start_objectstore(home)
    config.add_cleanup(store.stop)
    postgres.create_database(TEMPLATE)
    migrate(postgres.url(TEMPLATE, user="roder_owner"))
    os.environ |= {
        "RODER_TEST_SUPERUSER": postgres.url("postgres", user="postgres"),
        "RODER_TEST_APP": postgres.url("postgres", user="roder_app"),
        "RODER_TEST_OWNER": postgres.url("postgres", user="roder_owner"),
        "RODER_S3_ENDPOINT": store.endpoint,
        "RODER_S3_ACCESS_KEY": store.access_key,
        "RODER_S3_SECRET_KEY": store.secret_key,
    }


@pytest.fixture(scope="session")
def database(worker_id: str) -> Callable[[str], str]:
    """A database of this worker's own, as a function from role (app, owner) to its address."""
    return make_database(f"roder_{worker_id}")


def make_database(name: str) -> Callable[[str], str]:
    import psycopg
    from psycopg import sql

    with psycopg.connect(os.environ["RODER_TEST_SUPERUSER"], autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {} owner roder_owner").format(
                sql.Identifier(name), sql.Identifier(TEMPLATE)
            )
        )
    return lambda role: os.environ[f"RODER_TEST_{role.upper()}"].rpartition("/")[0] + f"/{name}"


@pytest.fixture(scope="session")
def settings(database: Callable[[str], str], worker_id: str) -> Settings:
    return Settings(
        database_url=database("app"),
        owner_database_url=database("owner"),
        s3_bucket=f"roder-{worker_id}",
        database_pool=10,
    )


@pytest.fixture
async def alone(settings: Settings) -> AsyncIterator[Town]:
    """The one municipality of a database, for what goes through all that there are."""
    address = make_database(f"roder_{secrets.token_hex(6)}")
    own = {"database_url": address("app"), "owner_database_url": address("owner")}
    async with open_runtime(settings.model_copy(update=own)) as runtime:
        yield await make_town(runtime, "Östhammar")


@pytest.fixture(scope="session")
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    async with open_runtime(settings) as runtime:
        yield runtime


@dataclass
class Town:
    """A municipality for one test: a small tree, and a person for each role.

    Units: `council` › `committee` › `home_care`, and `school_board` beside the committee.
    People: `administrator` (full), `local` and `manager` at home_care, `employee`, `auditor`.
    """

    runtime: Runtime
    tenant: Tenancy
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    async def actor(self, who: str) -> Actor:
        async with open_work(self.runtime, self.tenant, NOBODY, write=False) as work:
            return await load_actor(work, self.people[who].id)

    async def work(
        self, who: str = "administrator", *, write: bool = True
    ) -> AbstractAsyncContextManager[Work]:
        """`async with await town.work("manager") as work:` commits at the end of the block."""
        return open_work(self.runtime, self.tenant, await self.actor(who), write=write)

    async def switch_on(self, *modules: str) -> Town:
        """The town itself, where these modules are on as well."""
        async with await self.work() as work:
            work.add(*(ModuleSwitch(module=name) for name in {*modules} - self.tenant.modules))
        self.tenant = replace(self.tenant, modules=self.tenant.modules | {*modules})
        return self

    async def count(self, model: type[TenantRow], *where: ColumnElement[bool]) -> int:
        """How many rows of a table the municipality has, as its administrator sees them."""
        async with await self.work(write=False) as work:
            return await work.first(select(func.count()).select_from(model).where(*where)) or 0


NOBODY = Actor(id=None, name="")
MODULES = ("goals", "reports")


async def make_town(runtime: Runtime, name: str = "Lund") -> Town:
    """As the services would make it, but in a few statements: every test wants one."""
    slug = f"town-{secrets.token_hex(6)}"
    tenant = await create_tenant(
        runtime,
        slug=slug,
        name=name,
        administrator=("Asta Admin", f"asta@{slug}.example"),
        modules=MODULES,
    )
    town = Town(runtime, tenant)
    async with open_work(runtime, tenant, NOBODY, write=True) as work:
        town.people["administrator"] = (await work.scalars(select(Person)))[0]
        for key, kind, name, _parent in TREE:
            town.units[key] = Unit(id=uuid7(), code=key, slug=free_slug(name, ()), kind=kind)
        for who, called, _role, _unit in PEOPLE:
            email = f"{who}@{slug}.example"
            town.people[who] = Person(id=uuid7(), name=called, email=email)
        work.add(*town.units.values(), *list(town.people.values())[1:])
        await work.flush()
        work.add(*(placed(town, *place) for place in TREE))
        work.add(*(granted(town, *person) for person in PEOPLE if person[2]))
    return town


TREE = (
    ("council", UnitKind.COUNCIL, "Kommunfullmäktige", None),
    ("committee", UnitKind.COMMITTEE, "Socialnämnden", "council"),
    ("home_care", UnitKind.UNIT, "Hemtjänst Öst", "committee"),
    ("school_board", UnitKind.COMMITTEE, "Barn- och utbildningsnämnden", "council"),
)
PEOPLE = (
    ("local", "Lo Lokal", "local_administrator", "home_care"),
    ("manager", "Mona Chef", "contributor", "home_care"),
    ("employee", "Elis Anställd", "", None),
    ("auditor", "Rut Revisor", "auditor", None),
)


def placed(town: Town, key: str, kind: UnitKind, name: str, parent: str | None) -> UnitVersion:
    return UnitVersion(
        unit_id=town.units[key].id,
        parent_id=town.units[parent].id if parent else None,
        name=name,
        valid_from=date(2018, 1, 1),
    )


def granted(town: Town, who: str, name: str, role: str, unit: str | None) -> RoleGrant:
    return RoleGrant(
        person_id=town.people[who].id, role=role, unit_id=town.units[unit].id if unit else None
    )


@pytest.fixture
def new_town(runtime: Runtime) -> Callable[..., Awaitable[Town]]:
    async def make(name: str = "Lund") -> Town:
        return await make_town(runtime, name)

    return make


@pytest.fixture
async def town(runtime: Runtime) -> Town:
    return await make_town(runtime, "Östhammar")


@pytest.fixture
async def other_town(runtime: Runtime) -> Town:
    """A second municipality, which must see nothing of the first."""
    return await make_town(runtime, "Lund")


@pytest.fixture
async def work(town: Town) -> AsyncIterator[Work]:
    """A write work of the town's full administrator."""
    async with await town.work() as work:
        yield work
