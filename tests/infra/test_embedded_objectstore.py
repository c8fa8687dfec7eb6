import json
import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from roder.infra.embedded.objectstore import EmbeddedObjectStore, bundled_weed, start_objectstore
from roder.infra.embedded.process import AlreadyRunning, DidNotStart
from roder.infra.storage import Place, Storage, StorageUnavailable, open_storage

START_AND_STAY = """
import sys, time
from pathlib import Path
from roder.infra.embedded.objectstore import start_objectstore
print(start_objectstore(Path(sys.argv[1])).pid, flush=True)
time.sleep(60)
"""

START_AS_USER = """
import encodings.idna, os, sys
from pathlib import Path
from roder.infra.embedded.objectstore import start_objectstore
home, weed, uid, gid = sys.argv[1:]
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))
with start_objectstore(Path(home), weed=Path(weed)) as store:
    print(Path(f"/proc/{store.pid}").stat().st_uid)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def store(home: Path) -> Iterator[EmbeddedObjectStore]:
    with start_objectstore(home) as store:
        yield store


async def open_bucket(store: EmbeddedObjectStore, bucket: str = "files") -> Storage:
    return await open_storage(
        Place(
            endpoint=store.endpoint,
            bucket=bucket,
            access_key=store.access_key,
            secret_key=store.secret_key,
        )
    )


def alive(pid: int) -> bool:
    """Running, and not merely waiting for its parent to take notice of its end."""
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def sockets(store: EmbeddedObjectStore) -> list[Path]:
    return list(Path("/tmp").glob(f"seaweedfs-*{store.endpoint[-5:]}.sock"))


def listening(pid: int) -> set[str]:
    """The addresses, as the kernel writes them, on which the process accepts connections."""
    sockets = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since the folder was read
            sockets.add(os.readlink(file))
    lines = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
    ]
    return {w[1].split(":")[0] for w in lines if w[3] == "0A" and f"socket:[{w[9]}]" in sockets}


def test_keys_are_for_the_owner_of_the_folder_only(store: EmbeddedObjectStore, home: Path) -> None:
    file = home / "objects-keys.json"

    assert file.stat().st_mode & 0o777 == 0o600
    kept = json.loads(file.read_text())
    assert (kept["access_key"], kept["secret_key"]) == (store.access_key, store.secret_key)
    assert len({kept["access_key"], kept["secret_key"], kept["kek"]}) == 3


def test_it_listens_on_this_machine_only(store: EmbeddedObjectStore) -> None:
    assert listening(store.pid) == {"0100007F"}


def test_a_stranger_gets_nothing(store: EmbeddedObjectStore) -> None:
    with closing(HTTPConnection(store.endpoint.removeprefix("http://"), timeout=5)) as stranger:
        stranger.request("GET", "/")

        assert stranger.getresponse().status == 403


async def test_wrong_keys_are_refused(store: EmbeddedObjectStore) -> None:
    storage = await open_storage(
        Place(endpoint=store.endpoint, bucket="other", access_key="someone", secret_key="else")
    )

    with pytest.raises(StorageUnavailable):
        await storage.exists("absent")


async def test_files_lie_encrypted_on_the_disk(store: EmbeddedObjectStore, home: Path) -> None:
    storage = await open_bucket(store)
    for key, times in (("small", 1), ("large", 100_000)):
        await storage.put(key, b"readable words" * times, media_type="text/plain")

    on_disk = [file.read_bytes() for file in (home / "objects").rglob("*") if file.is_file()]

    assert sum(map(len, on_disk)) > 1_400_000
    assert not any(b"readable words" in content for content in on_disk)


def test_a_second_start_in_the_same_folder_is_refused(
    store: EmbeddedObjectStore, home: Path
) -> None:
    with pytest.raises(AlreadyRunning, match=f"already running in {home}"):
        start_objectstore(home)

    assert alive(store.pid)


async def test_files_survive_a_restart_and_a_stop_leaves_nothing_running(tmp_path: Path) -> None:
    with start_objectstore(tmp_path) as first:
        storage = await open_bucket(first)
        await storage.put("goals/1", b"seven", media_type="text/plain")
    assert not alive(first.pid)
    assert sockets(first) == []
    first.stop()

    with start_objectstore(tmp_path) as second:
        storage = await open_bucket(second)
        await storage.put("goals/2", b"eight", media_type="text/plain")
        assert [await storage.get(key) for key in ("goals/1", "goals/2")] == [b"seven", b"eight"]
    assert not alive(second.pid)


def await_sockets(store: EmbeddedObjectStore) -> None:
    """weed lays its sockets a moment after S3 has begun to answer."""
    until = time.monotonic() + 5
    while not sockets(store):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_killed_run_takes_it_along_and_does_not_block_the_next_start(tmp_path: Path) -> None:
    command = [sys.executable, "-c", START_AND_STAY, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        orphan = int(parent.stdout.readline())
        parent.kill()

    with start_objectstore(tmp_path) as store:
        assert not alive(orphan)
        assert alive(store.pid)
        await_sockets(store)
    assert sockets(store) == []


def test_lost_keys_are_said_in_a_sentence(tmp_path: Path) -> None:
    start_objectstore(tmp_path).stop()
    (tmp_path / "objects-keys.json").unlink()

    with pytest.raises(DidNotStart, match=r"keys to .* are gone. Put .* back"):
        start_objectstore(tmp_path)


def test_it_does_not_wait_long_to_stop(tmp_path: Path) -> None:
    store = start_objectstore(tmp_path)
    begun = time.monotonic()
    store.stop()

    assert time.monotonic() - begun < 7
    assert not alive(store.pid)


def test_an_ordinary_user_runs_it_as_themselves() -> None:
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    with TemporaryDirectory() as folder:  # tmp_path is closed to others than root
        os.chown(folder, user.pw_uid, user.pw_gid)
        weed = shutil.copy(bundled_weed(), f"{folder}/weed")
        start = [sys.executable, "-c", START_AS_USER, folder, weed]
        start += [str(user.pw_uid), str(user.pw_gid)]

        done = subprocess.run(start, capture_output=True, text=True)

        assert done.returncode == 0, done.stderr
        assert int(done.stdout) == user.pw_uid
