import pytest
from scim_client import Directory, directory


@pytest.fixture
async def scim(town, client) -> Directory:
    return await directory(town, client)


@pytest.fixture
async def other_scim(other_town, client) -> Directory:
    return await directory(other_town, client)
