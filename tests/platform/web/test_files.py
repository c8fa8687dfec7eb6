"""What browsers are told of the files they fetch."""

import gzip

import pytest


@pytest.mark.parametrize("path", ["js/app.js", "css/roder.css"])
async def test_a_file_carries_few_headers_and_is_packed(client, path):
    answer = await client.get(f"/static/{path}", headers={"accept-encoding": "gzip"})

    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "content-security-policy" not in answer.headers
    assert sum(len(f"{name}: {value}") for name, value in answer.headers.items()) < 500


async def test_a_picture_that_can_be_opened_as_a_page_is_guarded_as_one(client):
    answer = await client.get("/static/roder.svg")

    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"


async def test_what_is_asked_for_by_its_version_is_kept_for_ever(client):
    kept = await client.get("/static/js/app.js?v=1")
    asked = await client.get("/static/js/app.js")

    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert asked.headers["cache-control"] == "no-cache"
    assert len(gzip.compress(asked.content)) < 2_000


async def test_a_script_is_packed_once_and_comes_out_as_it_was(client):
    plain = await client.get("/static/js/save.js", headers={"accept-encoding": "identity"})
    sizes = set()
    for _round in range(2):
        packed = await client.get("/static/js/save.js", headers={"accept-encoding": "gzip, br"})
        sizes.add(packed.headers["content-length"])

        assert packed.headers["content-encoding"] == "br"
        assert packed.headers["vary"].lower() == "accept-encoding"
        assert packed.headers["etag"] == plain.headers["etag"]
        assert packed.text == plain.text
    assert len(sizes) == 1
