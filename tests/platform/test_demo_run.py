"""The demonstration as a newcomer runs it: one process to start, and nothing left when it ends."""

import json
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SECONDS = 60
OURSELVES = pwd.getpwuid(os.geteuid()).pw_name
OTHER = "nobody"


def pythons():
    """Who can run the demonstration: we, and where we are root an ordinary user, by a Python that
    one can reach; root's own may lie in a closed folder."""
    found = {OURSELVES: sys.executable}
    if os.geteuid() == 0:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        for python in (sys._base_executable, shutil.which(version, path=os.defpath)):
            if python and can_run(python):
                found[OTHER] = python
                break
    return found


def can_run(python):
    try:
        command = [python, "-c", "pass"]
        return subprocess.run(command, cwd="/", user=OTHER, extra_groups=[]).returncode == 0
    except PermissionError:
        return False


PYTHONS = pythons()


def environment(folder, account):
    """The Python of `account` with the packages of this one; ours is ready."""
    if account == OURSELVES:
        return sys.executable
    subprocess.run([PYTHONS[account], "-m", "venv", "--without-pip", folder], check=True)
    [site] = folder.glob("lib/python3*/site-packages")
    packages = sysconfig.get_path("purelib")
    (site / "borrowed.pth").write_text(f"import site; site.addsitedir({packages!r})\n")
    return str(folder / "bin" / "python")


@dataclass
class Demo:
    """`roder demo` with a folder of its own, run by `account`."""

    account: str
    python: str
    home: Path
    port: int
    process: subprocess.Popen | None = None
    starts: int = 0
    seconds: list[float] = field(default_factory=list)

    def output(self):
        return self.home.with_suffix(f".{self.starts}")

    def start(self, until=b"\nready "):
        self.starts += 1
        output = self.output()
        begun = time.monotonic()
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                self.roder("demo"), stdout=file, stderr=file, **self.surroundings()
            )
        while until not in output.read_bytes():
            assert self.process.poll() is None, output.read_text()
            assert time.monotonic() - begun < SECONDS, output.read_text()
            time.sleep(0.02)
        self.seconds.append(time.monotonic() - begun)
        return output.read_text()

    def surroundings(self):
        own = {k: v for k, v in os.environ.items() if not k.startswith(("RODER_", "COV_"))}
        place = {"RODER_HOME": str(self.home), "RODER_PORT": str(self.port), "HOME": "/nowhere"}
        other = {
            "user": self.account,
            "group": pwd.getpwnam(self.account).pw_gid,
            "extra_groups": [],
        }
        return {
            "cwd": self.home.parent,
            "env": own | place,
            **({} if self.account == OURSELVES else other),
        }

    def roder(self, *words):
        return [self.python, "-P", "-m", "roder.platform.cli", *words]

    def command(self, *words):
        return subprocess.run(
            self.roder(*words), capture_output=True, text=True, **self.surroundings()
        )

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(SECONDS)

    def processes(self):
        """What runs with our folder in its command line or its environment."""
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                command = (place / "cmdline").read_bytes()
                if str(self.home).encode() in command + (place / "environ").read_bytes():
                    found[int(place.name)] = command.replace(b"\0", b" ").decode()
            except OSError:
                continue
        return found

    def ask(self, slug, token):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{slug}/graphql",
            b'{"query": "{ __typename }"}',
            {"content-type": "application/json", "authorization": f"Bearer {token}"},
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


@pytest.fixture(scope="module")
def make_demo():
    """The demonstration of an account: one for all tests, since the first start takes longest."""
    made = {}

    def make(account):
        if account in made:
            return made[account]
        folder = Path(tempfile.mkdtemp(prefix="roder-demo-"))
        shutil.chown(folder, account)
        python = environment(folder / "python", account)
        with socket.create_server(("127.0.0.1", 0)) as free:
            made[account] = Demo(account, python, folder / "home", free.getsockname()[1])
        return made[account]

    yield make
    for demo in made.values():
        if demo.process and demo.process.poll() is None:
            demo.stop()
        shutil.rmtree(demo.home.parent)
        if (link := demo.home / "postgres").is_symlink():
            shutil.rmtree(link.resolve().parent)


@pytest.mark.parametrize("account", PYTHONS)
def test_the_demonstration_starts_answers_and_leaves_nothing(make_demo, account):
    demo = make_demo(account)
    said = demo.start()

    keys = json.loads((demo.home / "demo.json").read_text())
    address = f"http://127.0.0.1:{demo.port}"
    assert f"\nready {address}\n" in said
    assert keys["url"] == address
    slugs = [key["slug"] for key in keys["tenants"]]
    assert slugs == ["osthammar", "helsingborg", "sundbyberg"]
    assert [key["graphql"] for key in keys["tenants"]] == [f"{address}/{s}/graphql" for s in slugs]
    for name in ("demo.json", "addresses.json"):
        assert stat.S_IMODE((demo.home / name).stat().st_mode) == 0o600
    with urllib.request.urlopen(f"{address}/healthz") as answer:
        assert json.load(answer) == {"status": "ok"}
    token, other = (key["token"] for key in keys["tenants"][:2])
    assert token in said
    assert demo.ask("osthammar", token) == (200, {"data": {"__typename": "Query"}})
    assert demo.ask("osthammar", other)[0] == 401
    done = demo.command("person", "add", "osthammar", "Ny Namn", "ny@osthammar.example")
    assert (done.returncode, done.stderr) == (0, "")

    assert demo.stop() == 0

    assert demo.processes() == {}
    assert not (demo.home / "addresses.json").exists()
    print(f"\n{account}: the first start took {demo.seconds[0]:.1f} s")


def test_a_second_start_keeps_the_keys_and_ends_when_one_process_dies(make_demo):
    demo = make_demo(OURSELVES)
    if not (demo.home / "demo.json").exists():
        demo.start()
        demo.stop()
    keys = (demo.home / "demo.json").read_text()

    demo.start()

    print(f"\nthe second start took {demo.seconds[-1]:.1f} s")
    assert (demo.home / "demo.json").read_text() == keys
    assert demo.ask("osthammar", json.loads(keys)["tenants"][0]["token"])[0] == 200
    refuse_another(demo)
    end_with_its_worker(demo)


def refuse_another(demo):
    """A second one in the same folder, or on the same port, is told what to do."""
    same_port = demo.command("demo")
    demo.port += 1
    same_folder = demo.command("demo")
    demo.port -= 1
    assert same_port.returncode == same_folder.returncode == 1
    assert same_port.stderr.startswith(f"Port {demo.port} går inte att använda")
    assert same_folder.stderr.startswith(f"Roder körs redan i {demo.home}.")


def end_with_its_worker(demo):
    """When one process dies, all are stopped and it is said."""
    [worker] = [pid for pid, words in demo.processes().items() if words.endswith("cli worker ")]
    os.kill(worker, signal.SIGKILL)
    assert demo.process.wait(SECONDS) == 1
    assert demo.processes() == {}
    said = demo.output().read_text()
    assert "Processen worker avslutades av sig själv (kod -9)." in said


def test_nothing_outlives_a_demonstration_that_is_killed(make_demo):
    demo = make_demo(OURSELVES)
    demo.start(until="fillagret … klar".encode())

    demo.stop(signal.SIGKILL)

    assert left_after_a_while(demo) == {}


def test_ctrl_c_in_the_middle_of_the_start_leaves_nothing(make_demo):
    demo = make_demo(OURSELVES)
    demo.start(until=b"Startar databasen")

    assert demo.stop(signal.SIGINT) == 0

    assert left_after_a_while(demo) == {}


def left_after_a_while(demo):
    """The kernel tells the servers when we are gone; they take a moment to close their files."""
    deadline = time.monotonic() + 60
    while demo.processes() and time.monotonic() < deadline:
        time.sleep(0.05)
    return demo.processes()
