"""A PostgreSQL of the benchmark's own, with as many municipalities as one asks for."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import psycopg

from roder.infra.embedded.objectstore import start_objectstore
from roder.infra.embedded.postgres import EmbeddedPostgres, start_postgres
from roder.infra.migrate import migrate

HERE = Path(__file__).parent
DATABASE = "bench"

WARM = """select pg_prewarm(oid) from pg_class
where relkind in ('r', 'i') and relnamespace = 'public'::regnamespace"""

Told = tuple[int, float, str]
TOLD = """select calls, total_exec_time, query from pg_stat_statements s
join pg_database d on d.oid = s.dbid and d.datname = current_database()
where query !~ 'pg_stat_statements|pg_reload_conf' order by calls desc, total_exec_time desc"""

TUNED = {
    "shared_buffers": "2GB",
    "max_connections": "200",
    "max_wal_size": "8GB",
    "autovacuum": "off",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "none",  # switched on for the one run that counts statements
}


@dataclass
class Towns:
    """The servers with their data. Towns are numbered from 0."""

    home: Path
    postgres: EmbeddedPostgres
    store: dict[str, str]
    count: int = 0
    database: str = DATABASE

    def url(self, role: str = "postgres") -> str:
        """`postgres` passes row-level security, `roder_app` does not."""
        return self.postgres.url(self.database, user=role)  # type: ignore[arg-type]

    def binary(self, name: str) -> str:
        return str(self.postgres.binaries / "bin" / name)

    def beside(self, database: str) -> Towns:
        """Another database on the same server, migrated, with the towns it has already."""
        other = replace(self, database=database)
        made = self.postgres.create_database(database)
        migrate(self.postgres.url(database, user="roder_owner"))
        if made:
            other.execute("create extension pg_stat_statements", *VIEWS)
        other.count = int(str(other.rows("select count(*) from tenants")[0][0]))
        return other

    def fresh(self, database: str) -> Towns:
        """A database of its own without a town, on the same server, made anew each time."""
        self.postgres.drop_database(database)
        return self.beside(database)

    @contextmanager
    def told(self) -> Iterator[list[Told]]:
        """What PostgreSQL is told in this database meanwhile, to be read afterwards: calls,
        milliseconds and text of each statement, the most called first."""
        told: list[Told] = []
        self.execute("alter system set pg_stat_statements.track = 'top'", "select pg_reload_conf()")
        try:
            self.execute("select pg_stat_statements_reset()")
            yield told
            for calls, ms, text in self.rows(TOLD):
                told.append((int(str(calls)), float(str(ms)), str(text)))
        finally:
            self.execute("alter system reset pg_stat_statements.track", "select pg_reload_conf()")

    def sign_in(self) -> str:
        """The key of a session in town 0, of its administrator."""
        self.execute(SIGNED_IN)
        return SESSION

    def grow(self, count: int) -> None:
        """Make towns until there are `count`."""
        while self.count < count:
            last = min(self.count + 25, count) - 1
            self._psql("-v", f"first={self.count}", "-v", f"last={last}", "-f", HERE / "town.sql")
            self.count = last + 1
        self._psql("-c", "vacuum analyze", "-c", "checkpoint")
        self.execute("create extension if not exists pg_prewarm", WARM)

    def execute(self, *statements: str) -> None:
        patient = "-c lock_timeout=60s"
        with psycopg.connect(self.url(), autocommit=True, options=patient) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            return connection.execute(statement.encode()).fetchall()

    def _psql(self, *words: str | Path) -> None:
        command = [self.binary("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.url()]
        subprocess.run([*command, *words], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def open_towns(*, keep: Path | None = None) -> Iterator[Towns]:
    """Servers in a temporary folder, or in `keep`, whose towns are then there the next time."""
    home = keep or Path(tempfile.mkdtemp(prefix="roder-bench-"))
    home.mkdir(exist_ok=True)
    home.chmod(0o755)
    postgres = _tuned(home)
    store = start_objectstore(home)
    towns = Towns(
        home,
        postgres,
        {
            "RODER_S3_ENDPOINT": store.endpoint,
            "RODER_S3_ACCESS_KEY": store.access_key,
            "RODER_S3_SECRET_KEY": store.secret_key,
        },
    )
    try:
        yield towns.beside(DATABASE)
    finally:
        store.stop()
        postgres.stop()
        if keep is None:
            shutil.rmtree(home, ignore_errors=True)


def _tuned(home: Path) -> EmbeddedPostgres:
    """The service's own PostgreSQL, with room for the data in memory."""
    postgres = start_postgres(home, fast=True)
    with psycopg.connect(postgres.url("postgres", user="postgres"), autocommit=True) as connection:
        for name, value in TUNED.items():
            connection.execute(f"alter system set {name} = '{value}'".encode())
    postgres.stop()
    return start_postgres(home, fast=True)


def bid(town: int, kind: int, number: int) -> UUID:
    """The id of a row, as town.sql makes it."""
    return UUID(f"019a{town:04x}-{kind:04x}-7000-8000-{number:012x}")


SESSION = "bench_session"
SIGNED_IN = f"""insert into sessions (tenant_id, id, person_id, digest, expires_at)
select '{bid(0, 0, 0)}', '{bid(0, 6, 1)}', '{bid(0, 4, 0)}',
       sha256(convert_to('{SESSION}', 'UTF8')), now() + interval '1 day'
on conflict (tenant_id, id) do update set expires_at = excluded.expires_at"""


@dataclass(frozen=True)
class Question:
    """One of A, B and C, asked of one town in the words of each contestant."""

    name: str
    town: int

    @property
    def values(self) -> dict[str, str]:
        """For the statement by hand."""
        unit = 1 + self.town % 60
        found = {"tenant": bid(self.town, 0, 0)}
        if self.name != "C":
            found["unit"] = bid(self.town, 2, unit)
        if self.name == "A":
            found["goal"] = bid(self.town, 9, (unit - 1) * 75 + 1)
        return {name: str(id) for name, id in found.items()}

    @property
    def variables(self) -> dict[str, str]:
        """For GraphQL with global ids."""
        kinds = {"unit": "Unit", "goal": "Goal"}
        values = self.values.items()
        return {name: f"{kinds[name]}:{id}" for name, id in values if name in kinds}

    @property
    def token(self) -> str:
        return f"roder_bench_{self.town}"


def graphql(name: str) -> str:
    return (HERE / f"{name}.graphql").read_text(encoding="utf-8")


def postgraphile(name: str) -> str:
    return (HERE / "postgraphile" / f"{name}.graphql").read_text(encoding="utf-8")


def statement(name: str) -> str:
    """By hand, with :tenant, :unit and :goal."""
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")


def numbered(name: str) -> tuple[str, list[str]]:
    """The statement with $1 … in place of names, and the names in that order."""
    text, names = statement(name), list(Question(name, 0).values)
    for number, key in enumerate(names, 1):
        text = re.sub(rf"(?<!:):{key}\b", f"${number}", text)
    return text, names


# What somebody who takes PostGraphile would lay over these tables: the plan with its measures in
# one type, and units with the name of today.
VIEWS = (
    """create view units_today with (security_invoker) as
    select u.tenant_id, u.id, u.code, v.name
    from units u
    join unit_versions v on v.tenant_id = u.tenant_id and v.unit_id = u.id
        and v.valid_from <= current_date and (v.valid_to is null or v.valid_to > current_date)""",
    """create view plan with (security_invoker) as
    select n.*, i.measure_unit
    from plan_nodes n left join indicators i on i.tenant_id = n.tenant_id and i.id = n.id""",
    "grant select on units_today, plan to roder_app",
    "comment on view units_today is E'@primaryKey tenant_id,id'",
    """comment on view plan is E'@primaryKey tenant_id,id\\n@foreignKey (tenant_id,parent_id)
 references plan (tenant_id,id)|@foreignFieldName children\\n@foreignKey (tenant_id,level_id)
 references levels (tenant_id,id)|@fieldName level\\n@foreignKey (tenant_id,unit_id) references
 units_today (tenant_id,id)|@fieldName unit\\n@foreignKey (tenant_id,responsible_id) references
 people (tenant_id,id)|@fieldName responsible'""".replace("\n ", " "),
    """comment on table outcomes is E'@foreignKey (tenant_id,node_id) references plan
 (tenant_id,id)|@foreignFieldName outcomes'""".replace("\n ", " "),
    """comment on table node_comments is E'@foreignKey (tenant_id,node_id) references plan
 (tenant_id,id)|@foreignFieldName comments'""".replace("\n ", " "),
)
