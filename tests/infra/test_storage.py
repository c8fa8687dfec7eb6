import asyncio
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO

import pytest

from roder.infra.embedded.objectstore import EmbeddedObjectStore, start_objectstore
from roder.infra.errors import NotFound
from roder.infra.storage import Place, Storage, StorageUnavailable, attachment, open_storage

LARGE = bytes(range(256)) * 50_000  # 12.8 MB: more than one part


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedObjectStore]:
    with start_objectstore(tmp_path_factory.mktemp("home")) as store:
        yield store


@pytest.fixture
async def storage(store: EmbeddedObjectStore) -> Storage:
    return await open_storage(
        Place(
            endpoint=store.endpoint,
            bucket="files",
            access_key=store.access_key,
            secret_key=store.secret_key,
        )
    )


async def test_what_is_put_can_be_had_again(storage: Storage) -> None:
    await storage.put("goals/å.txt", "Mål".encode(), media_type="text/plain")

    assert await storage.get("goals/å.txt") == "Mål".encode()


async def test_a_file_of_many_parts_comes_back_whole(storage: Storage) -> None:
    await storage.put("by-file", BytesIO(LARGE), media_type="application/pdf")

    assert await storage.get("by-file") == LARGE


async def test_an_absent_file_is_not_found(storage: Storage) -> None:
    with pytest.raises(NotFound, match="Filen finns inte kvar"):
        await storage.get("absent")

    assert not await storage.exists("absent")


async def test_a_deleted_file_is_gone_and_may_be_deleted_again(storage: Storage) -> None:
    await storage.put("short-lived", b"x", media_type="text/plain")
    assert await storage.exists("short-lived")

    await storage.delete("short-lived")
    await storage.delete("short-lived")

    assert not await storage.exists("short-lived")


async def test_files_are_deleted_together_whether_they_are_there_or_not(storage: Storage) -> None:
    names = [f"many/å {number}" for number in range(1003)]
    for name in (names[0], names[-1], "stays"):
        await storage.put(name, b"x", media_type="text/plain")

    await storage.delete_each(names)
    await storage.delete_each([])

    found = [await storage.exists(name) for name in (names[0], names[-1], "stays")]
    assert found == [False, False, True]


def test_a_file_name_cannot_break_out_of_its_header() -> None:
    assert attachment('a"\r\nSet-Cookie: x.pdf') == (
        'attachment; filename="a___Set-Cookie_ x.pdf"; '
        "filename*=UTF-8''a%22%0D%0ASet-Cookie%3A%20x.pdf"
    )
    assert attachment("会") == "attachment; filename=\"file\"; filename*=UTF-8''%E4%BC%9A"


async def test_a_store_that_does_not_answer_is_said_in_a_sentence() -> None:
    with pytest.raises(StorageUnavailable, match="Fillagret svarar inte"):
        await open_storage(
            Place(endpoint="http://127.0.0.1:9", bucket="files", access_key="a", secret_key="b")
        )


WITHOUT_A_FILE = """
import asyncio, sys
from roder.infra.storage import Place, open_storage

async def main():
    storage = await open_storage(Place(*sys.argv[1:]))
    await storage.require()
    await storage.close()

asyncio.run(main())
sys.exit("botocore" in sys.modules)
"""


def test_a_process_that_asks_for_no_file_does_not_load_boto3(store: EmbeddedObjectStore) -> None:
    place = ("files", store.access_key, store.secret_key, store.endpoint)

    assert subprocess.run([sys.executable, "-c", WITHOUT_A_FILE, *place]).returncode == 0


async def test_a_store_that_takes_our_keys_no_longer_is_missed(storage: Storage) -> None:
    await storage.require()
    client = await storage.client()
    client._request_signer._credentials.secret_key = "another"  # type: ignore[attr-defined]

    with pytest.raises(StorageUnavailable):
        await storage.require()


async def test_a_file_is_stored_as_it_is_made_and_read_block_by_block(storage: Storage) -> None:
    block = bytes(range(256)) * 4096

    async with storage.writing("made", media_type="application/zip") as sink:
        for _ in range(40):
            await sink.write(block)

    digest = sha256()
    async for piece in storage.stream("made"):
        assert len(piece) <= 1024 * 1024
        digest.update(piece)
    assert digest.digest() == sha256(block * 40).digest()


async def test_a_file_whose_making_fails_is_not_there(storage: Storage) -> None:
    async def fail() -> None:
        async with storage.writing("unmade", media_type="application/zip") as sink:
            await sink.write(bytes(20_000_000))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    assert not await storage.exists("unmade")


async def test_the_keys_below_a_prefix_are_listed(storage: Storage) -> None:
    names = [f"listed/{number:04}" for number in range(1005)]
    for some in (names[i : i + 100] for i in range(0, len(names), 100)):
        await asyncio.gather(*(storage.put(n, b"x", media_type="text/plain") for n in some))

    found = [key async for keys in storage.keys("listed/") for key in keys]

    assert found == names
    assert [keys async for keys in storage.keys("absent/")] == []
