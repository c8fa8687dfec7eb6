"""The public list, its files and its feed: what is public is there, and nothing else."""

from __future__ import annotations

import time
from datetime import timedelta
from io import BytesIO
from xml.etree import ElementTree

import pytest
from served import visited

from roder.graphql.rates import TooFast
from roder.platform.modules.governing_documents import service, versions
from roder.platform.modules.governing_documents.visitors import Visitors
from roder.tenants.files import keep_upload
from roder.tenants.rows import uuid7

DAY = timedelta(days=1)


@pytest.fixture
async def client(settings):
    """Somebody who is not signed in."""
    async with visited(settings) as client:
        yield client


async def published(work, document):
    await service.publish_document(work, document.id, public=True)
    return document


def address(town, rest="offentliga"):
    return f"/{town.tenant.slug}/styrdokument/{rest}"


async def test_what_is_public_and_in_force_is_listed_with_its_files(town, with_file, client):
    async with await town.work() as work:
        document, _version, file = await with_file(
            work,
            title="Policy för gåvor <b>",
            type_key="policy",
            owner_id=town.people["manager"].id,
        )
        await published(work, document)
    page = await client.get(address(town))
    assert page.status_code == 200
    assert "Policy för gåvor &lt;b&gt;" in page.text
    assert "KS-2026-8" in page.text
    assert "8 kap. 13 § kommunallagen" in page.text
    assert "Mona Chef" not in page.text
    given = await client.get(address(town, f"offentliga/filer/{file.id}"))
    assert (given.status_code, given.content) == (200, b"%PDF-1.7")
    assert given.headers["content-disposition"].startswith("attachment")
    assert given.headers["content-type"] == "application/pdf"


async def test_nothing_that_is_not_public_leaks(town, with_file, decided, add, client):
    """Neither drafts, nor what is not marked, over, to come, withdrawn or replaced; nor the files
    of older and of coming versions, nor any other file."""
    files = []
    async with await town.work() as work:
        today = work.today

        async def keep(title, *, public=True, **values):
            document, _version, file = await with_file(work, title=title, **values)
            if public:
                await published(work, document)
            files.append(file.id)
            return document

        await keep("HEMLIG omarkerad", public=False)
        await keep("HEMLIG gammal", valid_to=today - DAY)
        await keep("HEMLIG framtida", valid_from=today + DAY)
        withdrawn = await keep("HEMLIG upphävd")
        await service.withdraw_document(work, withdrawn.id, reason="Bort")
        after, _version = await decided(work, title="Efterföljare")
        replaced = await keep("HEMLIG ersatt")
        await service.replace_document(work, replaced.id, by_id=after.id)
        draft = await add(work, title="HEMLIG utkast")
        await published(work, draft)
        older = await keep("Synlig")
        draft_of = await versions.draft_version(work, older.id, changes="HEMLIG ny text")
        loose = await keep_upload(work, name="l.txt", media_type="text/plain", body=BytesIO(b"l"))
        other = await keep_upload(work, name="n.txt", media_type="text/plain", body=BytesIO(b"n"))
        await versions.attach_file(work, draft_of.id, file_id=other.id)
        files = [*files[:-1], loose.id, other.id]
    for rest in ("offentliga", "offentliga?q=HEMLIG", "rss.xml"):
        page = await client.get(address(town, rest))
        assert page.status_code == 200
        assert "HEMLIG " not in page.text
    assert "Synlig" in (await client.get(address(town))).text
    answers = [await client.get(address(town, f"offentliga/filer/{id}")) for id in files]
    absent = await client.get(address(town, f"offentliga/filer/{uuid7()}"))
    assert {(each.status_code, each.text) for each in answers} == {(404, absent.text)}
    for rest in ("", "hierarki", "uppfoljning"):
        page = await client.get(address(town, rest).rstrip("/"))
        assert page.status_code == 303


async def test_a_new_version_takes_the_old_file_away(town, with_file, decision, client):
    async with await town.work() as work:
        document, _version, file = await with_file(work)
        await published(work, document)
        new = await versions.draft_version(work, document.id)
        await versions.decide_version(work, new.id, **decision())
    assert (await client.get(address(town, f"offentliga/filer/{file.id}"))).status_code == 404


async def test_the_list_is_searched_by_words_and_type(town, decided, client):
    async with await town.work() as work:
        for title, kind in (("Gåvor", "policy"), ("Arkiv", "reglemente")):
            document, _version = await decided(work, title=title, type_key=kind)
            await published(work, document)
    by_words = (await client.get(address(town, "offentliga?q=gåvor"))).text
    by_type = (await client.get(address(town, "offentliga?typ=reglemente"))).text
    strange = (await client.get(address(town, "offentliga?typ=finns_inte"))).text
    assert ("Gåvor" in by_words, "Arkiv" in by_words) == (True, False)
    assert ("Gåvor" in by_type, "Arkiv" in by_type) == (False, True)
    assert ("Gåvor" in strange, "Arkiv" in strange) == (True, True)


async def test_the_feed_is_rss_whose_guids_stay(town, decided, decision, client):
    async with await town.work() as work:
        document, version = await decided(work, title="Taxa & avgifter", type_key="taxa")
        await published(work, document)

    async def items():
        answer = await client.get(address(town, "rss.xml"))
        assert answer.headers["content-type"].startswith("application/rss+xml")
        root = ElementTree.fromstring(answer.content)
        assert (root.tag, root.attrib) == ("rss", {"version": "2.0"})
        return [{each.tag: each.text for each in item} for item in root.iter("item")]

    (first,) = await items()
    assert first["title"] == "Taxa: Taxa & avgifter"
    assert first["guid"] == f"urn:uuid:{version.id}"
    assert first["link"].endswith(f"/styrdokument/offentliga#d-{document.id}")
    async with await town.work() as work:
        await service.change_document(work, document.id, title="Taxan")
    (again,) = await items()
    assert (again["guid"], again["title"]) == (first["guid"], "Taxa: Taxan")
    async with await town.work() as work:
        new = await versions.draft_version(work, document.id)
        await versions.decide_version(work, new.id, **decision())
    (later,) = await items()
    assert later["guid"] == f"urn:uuid:{new.id}"


async def test_another_municipality_has_its_own_list(town, lund, with_file, client):
    async with await town.work() as work:
        document, _version, file = await with_file(work)
        await published(work, document)
    assert "Riktlinje" not in (await client.get(address(lund))).text
    foreign = await client.get(address(lund, f"offentliga/filer/{file.id}"))
    assert foreign.status_code == 404


async def test_there_is_no_list_where_the_module_is_off(other_town, client):
    for rest in ("offentliga", "rss.xml", f"offentliga/filer/{uuid7()}"):
        assert (await client.get(address(other_town, rest))).status_code == 404


async def test_who_asks_too_often_has_to_wait(town, client):
    client._transport.app.state.visitors = Visitors(most=2)
    answers = [(await client.get(address(town))).status_code for _time in range(3)]
    assert answers == [200, 200, 429]


def test_each_address_has_a_bucket_of_its_own_that_fills_again():
    visitors, now = Visitors(most=1), time.monotonic()
    visitors.take("192.0.2.1", now)
    visitors.take("192.0.2.2", now)
    with pytest.raises(TooFast) as refused:
        visitors.take("192.0.2.1", now)
    assert refused.value.seconds == 60
    visitors.take("192.0.2.1", now + 60)
