"""Files over HTTP, through the real application interface and object store."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import func, select

from roder.tenants.models import StoredFile
from roder.tenants.rows import uuid7


async def kept(town) -> int:
    async with await town.work(write=False) as work:
        return (await work.execute(select(func.count(StoredFile.id)))).scalar_one()


def code(response) -> str:
    body = response.json()
    assert set(body) == {"errors"}
    [error] = body["errors"]
    return error["extensions"]["code"]


async def test_a_file_sent_in_as_it_is_comes_back_byte_for_byte(api):
    content = "Nämndmål;Mål\n".encode() * 3
    response = await api.send(
        "POST",
        "/files?name=M%C3%A5l 2026.csv",
        content=content,
        headers={"Content-Type": "text/csv; charset=utf-8"},
    )

    assert response.status_code == 201
    sent = response.json()
    assert sent == {"id": sent["id"], "name": "Mål 2026.csv", "size": len(content)}
    assert response.headers["location"] == f"/{api.town.tenant.slug}/files/{sent['id']}"
    query = "query($id: ID!) { file(id: $id) { name size mediaType createdBy { name } } }"
    assert await api.ask(query, id=sent["id"]) == {
        "file": {
            "name": "Mål 2026.csv",
            "size": len(content),
            "mediaType": "text/csv",
            "createdBy": {"name": "Asta Admin"},
        }
    }
    given = await api.send("GET", f"/files/{sent['id']}")
    assert (given.status_code, given.headers["cache-control"]) == (200, "no-store")
    assert given.content == content
    assert "M%C3%A5l%202026.csv" in given.headers["content-disposition"]
    assert given.headers["content-type"].startswith("text/csv")


@pytest.mark.parametrize("media", ["text/html", "text/javascript", "text/css", "image/svg+xml"])
async def test_a_file_that_was_sent_in_is_never_given_as_a_page_a_script_or_a_style(api, media):
    sent = await api.send(
        "POST", "/files?name=a", content=b"alert(1)", headers={"Content-Type": media}
    )

    given = await api.send("GET", f"/files/{sent.json()['id']}")

    assert given.headers["content-type"] == "application/octet-stream"
    assert given.headers["content-disposition"].startswith("attachment")
    assert given.headers["content-security-policy"] == "sandbox; default-src 'none'"


async def test_a_file_that_is_no_longer_as_it_was_kept_is_not_given(api):
    town = api.town
    sent = (await api.send("POST", "/files?name=a", content=b"abc")).json()
    async with await town.work() as work:
        file = await work.get(StoredFile, UUID(sent["id"].partition(":")[2]))
        kept = await work.storage.get(file.key)
        await work.storage.put(file.key, kept[:-1] + b"x", media_type="text/plain")

    given = await api.send("GET", f"/files/{sent['id']}")

    assert given.status_code == 500
    assert b"abc" not in given.content


async def test_a_file_sent_in_as_a_form_is_kept_with_its_name(api):
    files = {"file": ("C:\\Mina filer\\träd.xlsx", b"PK...", "application/x-strange")}
    response = await api.send("POST", "/files", files=files, data={"note": "hej"})

    assert response.status_code == 201
    assert (response.json()["name"], response.json()["size"]) == ("träd.xlsx", 5)


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="plan.csv"', "plan.csv"),
        ("attachment; filename*=UTF-8''m%C3%A5l.csv", "mål.csv"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
    ],
)
async def test_the_name_can_stand_in_content_disposition(api, disposition, name):
    headers = {"Content-Disposition": disposition}
    response = await api.send("POST", "/files", content=b"a", headers=headers)

    assert (response.status_code, response.json()["name"]) == (201, name)


@pytest.mark.parametrize(
    ("path", "content", "headers", "status", "expected"),
    [
        ("/files", b"a", {}, 422, "INVALID_INPUT"),
        ("/files", b"a", {"Content-Disposition": f"a{';' * 60_000}"}, 422, "INVALID_INPUT"),
        ("/files", b"a", {"Content-Disposition": f"a{'(' * 900}"}, 422, "INVALID_INPUT"),
        ("/files?name=..", b"a", {}, 422, "INVALID_INPUT"),
        ("/files?name=a.csv", b"", {}, 422, "INVALID_INPUT"),
        ("/files?name=a", b"a", {"Content-Encoding": "gzip"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("/files?name=a", b"a", {"Authorization": "Bearer wrong"}, 401, "UNAUTHENTICATED"),
        ("/files", b"x", {"Content-Type": "multipart/form-data"}, 422, "INVALID_INPUT"),
        (
            "/files",
            b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--\r\n",
            {"Content-Type": "multipart/form-data; boundary=b"},
            422,
            "INVALID_INPUT",
        ),
        ("/files", b"junk", {"Content-Type": "multipart/form-data; boundary=b"}, 422, None),
    ],
)
async def test_what_cannot_be_kept_is_refused_in_the_apis_shape(
    api, path, content, headers, status, expected
):
    response = await api.send("POST", path, content=content, headers=headers)

    assert response.status_code == status
    assert code(response) == (expected or "INVALID_INPUT")
    assert await kept(api.town) == 0


async def test_two_files_in_one_form_are_refused(api):
    files = [("file", (name, b"a", "text/plain")) for name in ("a", "b")]
    response = await api.send("POST", "/files", files=files)

    assert (response.status_code, code(response)) == (422, "INVALID_INPUT")
    assert await kept(api.town) == 0


async def blocks(size: int, taken: list[int]) -> AsyncIterator[bytes]:
    for _block in range(size // 100_000):
        taken.append(100_000)
        yield b" " * 100_000


async def test_a_file_that_is_too_large_is_refused_before_it_is_read_to_its_end(api, settings):
    most = settings.max_upload_bytes
    taken: list[int] = []
    response = await api.send("POST", "/files?name=a", content=blocks(most * 3, taken))

    assert (response.status_code, code(response)) == (413, "TOO_LARGE")
    assert "20 MB" in response.json()["errors"][0]["message"]
    assert sum(taken) == most + 100_000
    promised = {"Content-Length": str(most + 1)}
    response = await api.send("POST", "/files?name=a", content=b"a", headers=promised)
    assert (response.status_code, code(response)) == (413, "TOO_LARGE")
    large = {"file": ("a", b" " * (most + 1), "text/plain")}
    response = await api.send("POST", "/files", files=large)
    assert (response.status_code, code(response)) == (413, "TOO_LARGE")
    assert await kept(api.town) == 0


async def test_a_token_that_only_reads_sends_nothing_in(client, town):
    reader = await client(town, scopes=["read"])
    response = await reader.send("POST", "/files?name=a", content=b"a")

    assert (response.status_code, code(response)) == (403, "FORBIDDEN")
    assert await kept(town) == 0


async def test_every_employee_may_send_a_file_in(client, town):
    employee = await client(town, "employee")
    response = await employee.send("POST", "/files?name=a", content=b"a")

    assert response.status_code == 201


async def test_another_municipality_cannot_tell_the_file_exists(api, client, other_town):
    sent = (await api.send("POST", "/files?name=a", content=b"a")).json()["id"]
    stranger = await client(other_town)
    foreign = await stranger.send("GET", f"/files/{sent}")
    absent = await stranger.send("GET", f"/files/StoredFile:{uuid7()}")
    other_kind = await stranger.send("GET", f"/files/Unit:{uuid7()}")

    assert (foreign.status_code, code(foreign)) == (404, "NOT_FOUND")
    assert foreign.content == absent.content == other_kind.content


async def test_an_address_that_is_none_is_refused(api):
    response = await api.send("GET", "/files/nonsense")

    assert (response.status_code, code(response)) == (422, "INVALID_INPUT")
