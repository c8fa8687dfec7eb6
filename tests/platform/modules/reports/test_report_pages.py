"""The pages of reports over HTTP: what is another's is not there, a refusal writes nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
import report_desk
from planned import clients
from report_desk import KINDS, kept, marked, set_up, versions
from sqlalchemy import func, select, update

from roder.platform.modules.reports.models import (
    Chapter,
    Report,
    ReportApproval,
    ReportImage,
    ReportTemplate,
    Section,
    SectionFile,
)
from roder.platform.modules.reports.service import write_section
from roder.platform.modules.reports.writing.sections import TEXT
from roder.tenants.models import StoredFile
from roder.tenants.rows import uuid7

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)
SCRIPT = {"hx-request": "true"}


@pytest.fixture
async def enter(runtime, settings, town):
    async with clients(runtime, settings, town) as make:
        yield make


@pytest.fixture
async def desk(town):
    return await set_up(town)


@pytest.fixture
def count(town):
    async def ask(model) -> int:
        async with await town.work(write=False) as work:
            return await work.first(select(func.count()).select_from(model)) or 0

    return ask


async def test_a_report_is_only_at_its_own_unit(enter, desk):
    client = await enter("manager")
    for path in ("", "/las", "/bild", "/word-in"):
        assert (await client.get(f"{desk.path}{path}")).status_code == 200
        elsewhere = desk.path.replace(desk.slug, "socialnamnden")
        assert (await client.get(f"{elsewhere}{path}")).status_code == 404
        absent = desk.path.replace(str(desk.report.id), str(uuid7()))
        assert (await client.get(f"{absent}{path}")).status_code == 404


async def test_a_section_is_only_in_its_own_report(enter, town, desk):
    other = await set_up(town, report_desk.TEXTS[:1], key="other")
    client = await enter("manager")
    foreign = other.sections["Avsnitt 1"].id
    for end in ("", "/klar", "/oppna", "/fil"):
        answer = await client.post(
            f"{desk.path}/{foreign}{end}", data={"text": "<p>x</p>", "reason": "x"}
        )
        assert answer.status_code == 404
    assert (await client.get(f"{desk.path}?avsnitt={foreign}")).status_code == 404
    assert (await client.get(f"{desk.path}?avsnitt=nej")).status_code == 404
    assert await versions(town, other, "Avsnitt 1") == []
    assert await marked(town, other) == set()


async def test_another_municipalitys_report_is_not_there(enter, desk, new_town):
    lund = await new_town("Grannen")
    theirs = await set_up(lund)
    client = await enter("administrator")
    path = f"{desk.list}/{theirs.report.id}"
    section = theirs.sections["Inledning"].id
    assert (await client.get(path)).status_code == 404
    answer = await client.post(f"{path}/{section}", data={"text": "<p>x</p>"})
    assert answer.status_code == 404
    assert (await client.get(f"rapportmallar/{theirs.report.template_id}")).status_code == 404
    assert await versions(lund, theirs, "Inledning") == []


async def test_a_reader_can_send_nothing(enter, town, desk, count):
    client = await enter("employee")
    section = desk.save("Inledning")
    for path in (section, f"{section}/klar", f"{desk.path}/klar", f"{desk.path}/bild"):
        answer = await client.post(path, data={"text": "<p>x</p>"}, headers=SCRIPT)
        assert answer.status_code in (403, 422), path
    assert (await client.get(f"{desk.path}/word-in")).status_code == 403
    assert (await client.get("rapportmallar")).status_code == 403
    assert (await client.post("rapportmallar", data={"title": "Min"})).status_code in (403, 422)
    assert await versions(town, desk, "Inledning") == []
    assert (await count(ReportImage), await count(ReportTemplate)) == (0, 1)


@pytest.mark.parametrize("headers", [SCRIPT, {}])
@pytest.mark.parametrize("field", ["text", "plain"])
async def test_a_readers_text_is_refused_before_it_is_read(enter, town, desk, headers, field):
    client = await enter("employee")
    long = {field: "x" * (2 * TEXT + 1), "was": ""}
    for path in (desk.save("Inledning"), desk.save("Inledning", "/klar")):
        answer = await client.post(path, data=long, headers=headers)
        assert answer.status_code == 403, path
    assert await versions(town, desk, "Inledning") == []


async def test_a_text_that_came_past_the_service_is_cleaned_wherever_it_is_shown(enter, town, desk):
    """As if somebody had written in the database."""
    script = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    async with await town.work() as work:
        await work.execute(
            update(Section)
            .where(Section.id == desk.sections["Inledning"].id)
            .values(text=f"<p>Hennes</p>{script}", written_by=town.people["local"].id)
        )
    client = await enter("manager")
    data, save = {"text": "<p>Mina</p>", "was": ""}, desk.save("Inledning")
    answers = [
        await client.get(desk.at("Inledning")),
        await client.get(f"{desk.path}/las"),
        await client.post(save, data=data, headers=SCRIPT),
        await client.post(save, data=data),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 409, 409]
    for answer in answers:
        assert "<p>Hennes</p>" in answer.text
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text


async def test_a_text_over_anothers_is_refused_with_both(enter, town, desk):
    async with await town.work("local") as work:
        await write_section(
            work, desk.sections["Inledning"].id, version=1, text="<p>Hennes <em>ord</em></p>"
        )
    client = await enter("manager")
    data = {"text": "<p>Mina ord</p>", "was": ""}
    refused = await client.post(desk.save("Inledning"), data=data, headers=SCRIPT)
    assert refused.status_code == 409
    assert "<p>Hennes <em>ord</em></p>" in refused.text
    assert await versions(town, desk, "Inledning") == ["<p>Hennes <em>ord</em></p>"]
    data["was"] = "<p>Hennes <em>ord</em></p>"
    assert (await client.post(desk.save("Inledning"), data=data, headers=SCRIPT)).status_code == 200
    assert (await kept(town, desk, "Inledning")).text == "<p>Mina ord</p>"


async def test_a_plain_text_that_nobody_has_touched_keeps_what_it_cannot_say(enter, town, desk):
    text = "<ul><li>ett<ul><li>under</li></ul></li></ul><p>och <strong>fet</strong></p>"
    async with await town.work("manager") as work:
        await write_section(work, desk.sections["Inledning"].id, version=1, text=text)
    client = await enter("manager")
    page = await client.get(desk.at("Inledning"))
    plain = page.text.partition('name="plain"')[2].partition(">")[2].partition("</textarea>")[0]
    sent = {"plain": plain.removeprefix("\n"), "was": plain.removeprefix("\n")}
    answer = await client.post(desk.save("Inledning", "/klar"), data=sent)
    assert answer.status_code == 303
    assert (await kept(town, desk, "Inledning")).text == text
    assert await marked(town, desk) == {"Inledning"}


async def test_after_a_section_comes_the_next_that_is_not_done_and_then_the_first(
    enter, town, desk
):
    client = await enter("manager")
    order = ("Lex Sarah", "Bilagor", "Inledning")
    for title, following in pairwise(order):
        data = {"text": "<p>x</p>", "was": ""}
        answer = await client.post(desk.save(title, "/klar"), data=data)
        assert f"avsnitt={desk.sections[following].id}&borja=1" in answer.headers["location"]
    assert await marked(town, desk) == {"Lex Sarah", "Bilagor"}


async def test_a_report_with_sections_left_is_not_done_and_names_them(enter, town, desk):
    client = await enter("manager")
    answer = await client.post(f"{desk.path}/klar")
    assert answer.status_code == 409
    assert "5 avsnitt är inte klara: 1, 2, 3, 4, 5." in answer.text


async def test_a_section_is_opened_again_only_with_a_reason(enter, town, desk):
    client = await enter("manager")
    data = {"text": "<p>x</p>", "was": ""}
    await client.post(desk.save("Inledning", "/klar"), data=data)
    refused = await client.post(desk.save("Inledning", "/oppna"), data={"reason": " "})
    assert refused.status_code == 422
    assert await marked(town, desk) == {"Inledning"}
    answer = await client.post(desk.save("Inledning", "/oppna"), data={"reason": "Ett fel"})
    assert answer.status_code == 303
    assert await marked(town, desk) == set()


async def test_a_picture_belongs_to_its_report(enter, town, desk, count):
    other = await set_up(town, report_desk.TEXTS[:1], key="other")
    client = await enter("manager")
    added = await client.post(
        f"{other.path}/bild",
        data={"alt": "En punkt", "source": "Bildbanken"},
        files={"file": ("punkt.png", PNG, "image/png")},
    )
    assert added.status_code == 303
    async with await town.work(write=False) as work:
        (image,) = await work.scalars(select(ReportImage))
    for path in (f"{desk.path}/bild/{image.id}",):
        assert (await client.get(path)).status_code == 404
        for end in ("", "/samtycke", "/bort"):
            assert (await client.post(path + end, data={"alt": "x"})).status_code == 404
    assert await count(ReportImage) == 1
    own = f"{other.path}/bild/{image.id}"
    refused = await client.post(own, data={"alt": "", "source": "Bildbanken"})
    assert refused.status_code == 422
    assert 'aria-describedby="picture-alt-told"' in refused.text
    changed = await client.post(own, data={"alt": "En vit punkt", "source": "Bildbanken"})
    assert changed.status_code == 303
    async with await town.work(write=False) as work:
        assert (await work.get(ReportImage, image.id)).alt == "En vit punkt"
    assert (await client.post(own + "/bort")).status_code == 303
    assert await count(ReportImage) == 0


async def test_a_wrong_picture_is_told_of_at_its_field(enter, desk, count):
    client = await enter("manager")
    for data, file, field in (
        ({"alt": "x", "source": "y"}, b"inte en bild", "file"),
        ({"alt": "x", "source": ""}, PNG, "source"),
        ({"alt": "Pnr 19121212-1212", "source": "y"}, PNG, "alt"),
        ({"alt": "x", "source": "y", "shows_person": "on"}, PNG, "consent"),
        (
            {"alt": "x", "source": "y", "shows_person": "on", "consent": "z"},
            PNG,
            "expires_on",
        ),
    ):
        answer = await client.post(
            f"{desk.path}/bild", data=data, files={"file": ("b.png", file, "image/png")}
        )
        assert answer.status_code == 422
        assert f'aria-describedby="picture-{field}-told"' in answer.text
    assert await count(ReportImage) == 0


async def test_reading_a_file_that_is_not_word_keeps_nothing(enter, town, desk, count):
    client = await enter("manager")
    sent = {"file": ("brev.docx", b"inte Word", "application/octet-stream")}
    assert (await client.post(f"{desk.path}/word-in", files=sent)).status_code == 422
    assert await count(StoredFile) == 0
    answer = await client.post(f"{desk.path}/word-in/las", data={"file_id": str(uuid7())})
    assert answer.status_code in (404, 422)


async def test_approving_what_is_not_done_is_refused(enter, desk, count):
    client = await enter("administrator")
    status = f"{desk.slug}/2026/rapportlage"
    answer = await client.post(f"{status}/{desk.report.id}/godkann")
    assert answer.status_code == 409
    assert "inte klarmarkerad" in answer.text
    assert (await client.post(f"{status}/{uuid7()}/godkann")).status_code == 404
    assert (await client.get(f"{status}?mall={uuid7()}&period=2026")).status_code == 404
    assert (await client.get(f"{status}/avsnitt/finns_inte")).status_code == 404
    assert await count(ReportApproval) == 0


async def test_a_chapter_belongs_to_its_template(enter, town, desk, count):
    other = await set_up(town, report_desk.TEXTS[:2], key="other")
    async with await town.work(write=False) as work:
        chapters = {
            chapter.title: chapter.id
            for chapter in await work.scalars(
                select(Chapter).where(Chapter.template_id == other.report.template_id)
            )
        }
    client = await enter("administrator")
    wrong = f"rapportmallar/{desk.report.template_id}/avsnitt/{chapters['Avsnitt 1']}"
    assert (await client.get(wrong)).status_code == 404
    for end in ("", "/flytta", "/bort"):
        assert (await client.post(wrong + end, data={"title": "x"})).status_code == 404
    right = f"rapportmallar/{other.report.template_id}/avsnitt/{chapters['Avsnitt 1']}"
    refused = await client.post(right, data={"title": "", "kind": "text"})
    assert refused.status_code == 422
    assert 'aria-describedby="title-told"' in refused.text
    assert (await client.post(right + "/bort")).status_code == 303
    assert await count(Chapter) == len(KINDS) + 1
    page = await client.get(f"rapportmallar/{other.report.template_id}")
    assert "1 Avsnitt 2" in page.text


async def test_files_and_reports_need_what_they_name(enter, town, desk, count):
    client = await enter("manager")
    assert (await client.post(desk.save("Bilagor", "/fil"))).status_code == 422
    answer = await client.post(desk.save("Bilagor", "/fil/bort"), data={"attached": "x"})
    assert answer.status_code == 404
    begun = await client.post(desk.list, data={"template": "x", "period": "2026"})
    assert begun.status_code == 422
    twice = await client.post(
        desk.list, data={"template": str(desk.report.template_id), "period": "2026"}
    )
    assert twice.status_code == 409
    assert (await count(SectionFile), await count(Report)) == (0, 1)
