import asyncio
import subprocess
import sys
from collections.abc import Iterator, Mapping
from io import BytesIO
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from roder.infra.embedded.objectstore import EmbeddedObjectStore, start_objectstore
from roder.infra.errors import NotFound
from roder.infra.storage import Storage, StorageUnavailable, attachment, open_storage

LARGE = bytes(range(256)) * 50_000  # 12.8 MB: more than one part


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedObjectStore]:
    with start_objectstore(tmp_path_factory.mktemp("home")) as store:
        yield store


@pytest.fixture
async def storage(store: EmbeddedObjectStore) -> Storage:
    return await open_storage(
        endpoint=store.endpoint,
        bucket="files",
        access_key=store.access_key,
        secret_key=store.secret_key,
    )


def fetch(link: str) -> tuple[bytes, Mapping[str, str]]:
    with urlopen(link, timeout=5) as answer:
        return answer.read(), dict(answer.headers)


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


async def test_a_signed_link_downloads_the_file_under_its_swedish_name(storage: Storage) -> None:
    await storage.put("report", b"content", media_type="application/octet-stream")

    link = storage.signed_link(
        "report", filename="Årsmål för äldre.pdf", seconds=60, media_type="application/pdf"
    )
    content, headers = await asyncio.to_thread(fetch, link)

    assert content == b"content"
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == (
        'attachment; filename="Arsmal for aldre.pdf"; '
        "filename*=UTF-8''%C3%85rsm%C3%A5l%20f%C3%B6r%20%C3%A4ldre.pdf"
    )


async def test_a_signed_link_opens_nothing_but_its_file(storage: Storage) -> None:
    await storage.put("mine", b"mine", media_type="text/plain")
    await storage.put("yours", b"yours", media_type="text/plain")
    link = storage.signed_link("mine", filename="m", seconds=60, media_type="text/plain")

    with pytest.raises(HTTPError) as refusal:
        await asyncio.to_thread(fetch, link.replace("/mine?", "/yours?"))

    assert refusal.value.code == 403


def test_a_file_name_cannot_break_out_of_its_header() -> None:
    assert attachment('a"\r\nSet-Cookie: x.pdf') == (
        'attachment; filename="a___Set-Cookie_ x.pdf"; '
        "filename*=UTF-8''a%22%0D%0ASet-Cookie%3A%20x.pdf"
    )
    assert attachment("会") == "attachment; filename=\"file\"; filename*=UTF-8''%E4%BC%9A"


async def test_a_store_that_does_not_answer_is_said_in_a_sentence() -> None:
    with pytest.raises(StorageUnavailable, match="Fillagret svarar inte"):
        await open_storage(
            endpoint="http://127.0.0.1:9", bucket="files", access_key="a", secret_key="b"
        )


def test_importing_it_does_not_load_boto3() -> None:
    script = "import sys, roder.infra.storage; sys.exit('boto3' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
