import pytest
from full_town import Full, full

from roder.infra.runtime import Runtime


@pytest.fixture(scope="session")
async def pair(runtime: Runtime) -> tuple[Full, Full]:
    """Two full municipalities; what is asked of them is undone, so all tests share them."""
    return await full(runtime), await full(runtime)
