import asyncio

import pytest
from full_town import Full, full

from roder.infra.runtime import Runtime
from roder.platform.cli import main


@pytest.fixture(scope="session")
async def pair(runtime: Runtime) -> tuple[Full, Full]:
    """Two full municipalities; what is asked of them is undone, so all tests share them."""
    return await full(runtime), await full(runtime)


@pytest.fixture
def roder(settings, monkeypatch, capsys):
    """Gives a command on the test's database: its exit code, what it said, its complaint."""
    for name in ("database_url", "owner_database_url", "s3_bucket"):
        monkeypatch.setenv(f"RODER_{name.upper()}", getattr(settings, name))
    monkeypatch.setenv("RODER_S3_ENDPOINT", settings.s3_endpoint)

    async def run(*words):
        capsys.readouterr()
        code = await asyncio.to_thread(main, words)
        said = capsys.readouterr()
        return code, said.out.strip(), said.err.strip()

    return run
