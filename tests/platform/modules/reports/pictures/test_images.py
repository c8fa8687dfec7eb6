"""Pictures in a report: the municipality's routine, their place in texts and files, their end."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import docx
import pypdf
import pytest
from PIL import Image
from sqlalchemy import select, update

from roder.infra.documents.model import Note, Picture, RichText
from roder.infra.documents.pdf import write_pdf
from roder.infra.documents.word import write_word
from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.modules.reports.exporting import document_of, read_parts
from roder.platform.modules.reports.models import ReportImage, Section
from roder.platform.modules.reports.pictures.illustrated import illustrated_blocks, pictures_of
from roder.platform.modules.reports.service import (
    add_image,
    add_stored_image,
    approve_report,
    carry_forward,
    change_image,
    complete_report,
    complete_section,
    expiring_images,
    image_data,
    images_of,
    page_html,
    remove_image,
    withdraw_consent,
    write_section,
)
from roder.tenants.files import keep_upload
from roder.tenants.rows import uuid7

GARDEN = {"alt": "Trädgården vid Solbacken", "source": "Hemtjänst Öst", "shows_person": False}


def jpeg(width: int = 400, height: int = 300) -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (width, height), "#1f5f8b").save(drawn, "JPEG")
    return drawn.getvalue()


def tag(image: ReportImage, alt: str = "") -> str:
    return f'<img data-image="{image.id}" alt="{alt}">'


@pytest.fixture
def add(town, report):
    """`await add(shows_person=True, …)`: a picture in home care's report, kept by its manager."""

    async def ask(who: str = "manager", **given) -> ReportImage:
        async with await town.work(who) as work:
            return await add_image(work, report.id, **{"data": jpeg(), **GARDEN, **given})

    return ask


@pytest.fixture
def add_portrait(add, town):
    async def ask(days: int = 30) -> ReportImage:
        async with await town.work(write=False) as work:
            last = work.today + timedelta(days=days)
        return await add(shows_person=True, consent="Registratorn", expires_on=last)

    return ask


@pytest.fixture
def put(town, report, section):
    """Write a text in the section on efforts."""

    async def ask(text: str) -> Section:
        async with await town.work("manager") as work:
            found = await section(work, report, "efforts")
            return await write_section(work, found.id, version=found.version, text=text)

    return ask


async def test_a_picture_is_kept_with_what_is_said_of_it(town, report, add):
    image = await add(data=jpeg(3000, 1200))

    assert (image.width, image.height, image.media_type) == (2400, 960, "image/jpeg")
    async with await town.work("employee", write=False) as work:
        found, data = await image_data(work, image.id)
        assert await images_of(work, report.id) == [found]
    assert (found.alt, found.source) == (GARDEN["alt"], GARDEN["source"])
    assert found.size == len(data)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"alt": " "}, "alt"),
        ({"alt": "x" * 501}, "alt"),
        ({"source": ""}, "source"),
        ({"shows_person": True}, "consent"),
        ({"shows_person": True, "consent": "Registratorn"}, "expiresOn"),
        ({"consent": "Registratorn"}, "showsPerson"),
        ({"source": "19121212-1212"}, "source"),
        ({"shows_person": True, "consent": "121212-1212"}, "consent"),
        ({"data": b"%PDF-1.7"}, "file"),
        ({"data": b"\x00" * 20_000_001}, "file"),
    ],
)
async def test_what_the_routine_for_pictures_asks_for_is_required(add, counted, given, field):
    with pytest.raises(InvalidInput) as refused:
        await add(**given)
    assert refused.value.field == field
    assert await counted(ReportImage) == 0


async def test_a_consent_that_is_over_is_no_consent(town, add, counted):
    async with await town.work(write=False) as work:
        yesterday = work.today - timedelta(days=1)
    with pytest.raises(InvalidInput, match="i dag eller senare"):
        await add(shows_person=True, consent="Registratorn", expires_on=yesterday)
    assert await counted(ReportImage) == 0


@pytest.mark.parametrize("who", ["employee", "auditor"])
async def test_who_may_not_write_may_not_add_pictures(add, counted, who):
    with pytest.raises(Forbidden):
        await add(who)
    assert await counted(ReportImage) == 0


async def test_a_text_takes_what_its_picture_shows_from_the_picture(add, put):
    image = await add()

    written = await put(f"<p>Så här såg det ut:</p>{tag(image, 'något annat')}")

    assert written.text == f"<p>Så här såg det ut:</p>{tag(image, GARDEN['alt'])}"


@pytest.mark.parametrize(
    "text",
    [
        '<p>A</p><img src="https://example.org/x.png" alt="x">',
        '<p>A</p><img data-image="../../x" alt="x" onerror="alert(1)">',
        '<p>A</p><img src="data:image/png;base64,AAAA">',
    ],
)
async def test_a_picture_from_elsewhere_is_left_out_of_the_text(put, text):
    assert (await put(text)).text == "<p>A</p>"


async def test_a_picture_of_another_report_is_refused(
    town, template, started, section, add, put, counted
):
    image = await add()
    other = await started(template, "2027")
    async with await town.work("manager") as work:
        found = await section(work, other, "efforts")
        for strange in (tag(image), f'<img data-image="{uuid7()}">'):
            with pytest.raises(InvalidInput, match="hör inte till den här rapporten"):
                await write_section(work, found.id, version=1, text=f"<p>A</p>{strange}")
    async with await town.work(write=False) as work:
        assert (await section(work, other, "efforts")).text == ""


async def test_another_municipality_cannot_tell_the_picture_exists(add, other_town):
    image = await add()
    async with await other_town.work("administrator") as work:
        for call in (image_data, remove_image, withdraw_consent):
            with pytest.raises(NotFound) as foreign:
                await call(work, image.id)
            with pytest.raises(NotFound) as absent:
                await call(work, uuid7())
            assert str(foreign.value) == str(absent.value)


async def test_a_document_has_the_picture_with_its_words_and_its_source(
    town, report, add, put, section
):
    image = await add()
    await put(f"<p>Före.</p>{tag(image)}<p>Efter.</p>")

    async with await town.work("employee", write=False) as work:
        found = await section(work, report, "efforts")
        pictures = await pictures_of(work, report.id, [found])
        before, picture, after = illustrated_blocks(found.text, pictures)
        document = document_of(await read_parts(work, report))
    assert (before, after) == (RichText("<p>Före.</p>"), RichText("<p>Efter.</p>"))
    assert isinstance(picture, Picture)
    assert (picture.alt, picture.caption) == (GARDEN["alt"], "Bild: Hemtjänst Öst")

    word = docx.Document(BytesIO(write_word(document)))
    shape = word.inline_shapes[0]._inline.docPr
    assert shape.get("descr") == GARDEN["alt"]
    pdf = pypdf.PdfReader(BytesIO(write_pdf(document)))
    assert any(GARDEN["alt"] == alt for alt in alternatives(pdf.trailer["/Root"]))
    assert "Bild: Hemtjänst Öst" in "".join(page.extract_text() for page in pdf.pages)


def alternatives(root) -> list[str]:
    """The alternative texts in the structure tree of a PDF."""
    found, waiting = [], [root["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            if "/Alt" in node:
                found.append(str(node["/Alt"]))
            waiting += [node[key] for key in ("/K",) if key in node]
    return found


async def test_a_picture_whose_consent_is_over_is_shown_nowhere_and_a_sentence_says_so(
    town, report, add_portrait, put, section
):
    image = await add_portrait()
    await put(f"<p>Före.</p>{tag(image)}")
    async with await town.work("manager") as work:
        withdrawn = await withdraw_consent(work, image.id)
        assert withdrawn.expires_on == work.today - timedelta(days=1)

    async with await town.work("employee", write=False) as work:
        with pytest.raises(NotFound, match="samtycket gick ut"):
            await image_data(work, image.id)
        found = await section(work, report, "efforts")
        pictures = await pictures_of(work, report.id, [found])
        _before, note = illustrated_blocks(found.text, pictures)
        assert isinstance(note, Note)
        assert note.text.startswith("Bilden visas inte: samtycket gick ut ")
        shown = page_html(found.text, [withdrawn], tenant="prov", today=work.today)
    assert "<img" not in shown
    assert note.text in shown


async def test_a_page_shows_the_picture_from_the_municipalitys_own_address(town, add, put):
    image = await add(source='<script>alert("1")</script>')
    text = (await put(f"<p>Före.</p>{tag(image)}")).text
    async with await town.work(write=False) as work:
        shown = page_html(text, [image], tenant="prov", today=work.today)
    assert shown == (
        f'<p>Före.</p><figure class="picture"><img src="/prov/bilder/{image.id}" '
        'alt="Trädgården vid Solbacken" width="400" height="300" loading="lazy">'
        "<figcaption>Bild: &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;</figcaption></figure>"
    )


async def test_a_consent_can_be_withdrawn_when_the_report_is_approved_but_nothing_else(
    town, goals, report, add_portrait, put, fill, section
):
    image = await add_portrait()
    await put(f"<p>Före.</p>{tag(image)}")
    async with await town.work("manager") as work:
        await complete_section(work, (await section(work, report, "efforts")).id)
    await fill(report, but=("efforts",))
    async with await town.work("manager") as work:
        await complete_report(work, report.id)
    async with await town.work("local") as work:
        await approve_report(work, report.id)
    async with await town.work("manager") as work:
        for refused in (
            change_image(work, image.id, alt="Annat"),
            remove_image(work, image.id),
            add_image(work, report.id, data=jpeg(), **GARDEN),
        ):
            with pytest.raises(Conflict, match="har godkänt"):
                await refused
        await withdraw_consent(work, image.id)
    async with await town.work(write=False) as work:
        kept = await work.get(ReportImage, image.id)
        assert (kept.alt, kept.expires_on) == (
            GARDEN["alt"],
            work.today - timedelta(days=1),
        )


async def test_a_picture_that_stands_in_a_text_is_not_removed(town, add, put, counted):
    image = await add()
    await put(f"<p>Före.</p>{tag(image)}")
    with pytest.raises(Conflict, match="Bilden finns i 3"):
        async with await town.work("manager") as work:
            await remove_image(work, image.id)
    assert await counted(ReportImage) == 1

    await put("<p>Före.</p>")
    async with await town.work("manager") as work:
        await remove_image(work, image.id)
    assert await counted(ReportImage) == 0
    assert not await town.runtime.storage.exists(image.key)


async def test_what_is_said_of_a_picture_can_be_changed_only_to_what_is_allowed(
    town, add, add_portrait
):
    image = await add_portrait()
    async with await town.work("manager") as work:
        with pytest.raises(InvalidInput):
            await change_image(work, image.id, alt="  ")
        with pytest.raises(InvalidInput, match="förvarar samtycket"):
            await change_image(work, image.id, alt="Nytt", consent=" ")
    async with await town.work("manager") as work:
        later = work.today + timedelta(days=400)
        changed = await change_image(work, image.id, expires_on=later)
        assert (changed.alt, changed.expires_on) == (GARDEN["alt"], later)
        changed = await change_image(work, image.id, shows_person=False)
        assert (changed.consent, changed.expires_on) == ("", None)


async def test_consents_that_end_soon_are_found_with_their_reports(town, report, add, add_portrait):
    await add()
    late, soon = await add_portrait(days=20), await add_portrait(days=3)
    async with await town.work("manager", write=False) as work:
        month = await expiring_images(work, until=work.today + timedelta(days=28))
        week = await expiring_images(work, until=work.today + timedelta(days=7))
    assert [(image.id, found.id) for image, found in month] == [
        (soon.id, report.id),
        (late.id, report.id),
    ]
    assert [image.id for image, _report in week] == [soon.id]


async def test_a_file_that_was_sent_in_becomes_a_picture(town, report, counted):
    async with await town.work("manager") as work:
        file = await keep_upload(
            work, name="a.jpg", media_type="image/jpeg", body=BytesIO(jpeg(40, 30))
        )
        image = await add_stored_image(work, report.id, file_id=file.id, **GARDEN)
    assert (image.width, image.height) == (40, 30)
    assert await counted(ReportImage) == 1


async def test_pictures_do_not_follow_a_text_that_is_carried_forward(town, template, report, add):
    image = await add()
    async with await town.work("manager") as work:
        found = await work.first(
            select(Section).where(Section.report_id == report.id, Section.key == "summary")
        )
        assert found is not None
        await write_section(work, found.id, version=1, text=f"<p>Kvar.</p>{tag(image)}")
        carried = await carry_forward(work, report.id, keys=["summary"])
        copy = await work.first(
            select(Section).where(Section.report_id == carried.report.id, Section.key == "summary")
        )
    assert copy is not None
    assert copy.text == "<p>Kvar.</p>"


async def test_a_picture_of_a_text_that_was_kept_from_before_is_said_to_be_gone(
    town, report, section
):
    async with await town.work("manager") as work:
        found = await section(work, report, "efforts")
        stray = f'<p>A</p><img data-image="{uuid7()}" alt="x">'
        await work.execute(
            update(Section)
            .where(Section.id == found.id, Section.tenant_id == work.tenant.id)
            .values(text=stray)
            .execution_options(synchronize_session=False)
        )
        _text, note = illustrated_blocks(stray, await pictures_of(work, report.id, [found]))
    assert isinstance(note, Note)
    assert note.text == "Bilden visas inte: den finns inte kvar."
