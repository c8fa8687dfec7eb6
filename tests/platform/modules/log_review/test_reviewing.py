from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from reviewed_log import Did, add_reviewer, log, on
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound, RowsRefused
from roder.infra.tabular import read_table
from roder.platform.modules.log_review.archiving import document_of, read_kept, sheets_of
from roder.platform.modules.log_review.deciding import (
    decide,
    pass_unmarked,
    take_back_passed,
    write_comment,
)
from roder.platform.modules.log_review.importing import begin_import, look_at_import, read_import
from roder.platform.modules.log_review.investigating import (
    acknowledge,
    close_investigation,
    get_notice,
    open_investigation,
    suspect_crime,
    tell_health_officer,
)
from roder.platform.modules.log_review.making import make_lists
from roder.platform.modules.log_review.models import (
    ArchiveKind,
    Decision,
    InvestigationState,
    RetentionRule,
    Review,
    ReviewDisposal,
    ReviewEvent,
    ReviewState,
)
from roder.platform.modules.log_review.retention import dispose_of_old, ensure_rules, set_rule
from roder.platform.modules.log_review.reviews import Filter, Show, counts_of, get_review, read_rows
from roder.platform.modules.log_review.settings import LogReviewSettings
from roder.platform.modules.log_review.signing import sign_review
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.municipality import save_settings
from roder.tenants.work import STOCKHOLM

NOON = datetime(2026, 10, 14, 12, tzinfo=STOCKHOLM)


@pytest.fixture
async def listed(reviewed):
    """Three ordinary events and one at night, in the list of October: (town, list, events)."""
    manager, local = reviewed.people["manager"].id, reviewed.people["local"].id
    done = [Did(NOON + timedelta(hours=at), manager, about=(local,)) for at in range(3)]
    ids = await log(reviewed, [*done, Did(NOON.replace(hour=23), manager, about=(local,))])
    async with await reviewed.work() as work:
        await make_lists(on(work, date(2026, 11, 1)))
        review = await work.first(select(Review).where(Review.unit_id.is_not(None)))
    return reviewed, review.id, ids


async def test_what_stands_out_is_decided_one_by_one_and_the_rest_at_once(listed):
    town, review, ids = listed
    async with await town.work("reviewer") as work:
        assert await pass_unmarked(work, review, chosen=Filter()) == 3
        assert await take_back_passed(work, review, chosen=Filter()) == 3
        assert await pass_unmarked(work, review, chosen=Filter(words="Lo Lokal")) == 3
        with pytest.raises(InvalidInput, match="egen bedömning"):
            await decide(work, ids[3], decision=Decision.NO_REMARK)
        await decide(work, ids[3], decision=Decision.LEGITIMATE, was="")
        await write_comment(work, ids[3], text="Jour.")
        left = await read_rows(work, await get_review(work, review), Filter(show=Show.LEFT))
        counts = (await counts_of(work, [review]))[review]

    assert left == []
    assert (counts.events, counts.no_remark, counts.legitimate, counts.left) == (4, 3, 1, 0)


async def test_a_decision_over_another_ones_is_refused(listed):
    town, _review, ids = listed
    async with await town.work("reviewer") as work:
        await decide(work, ids[0], decision=Decision.INTRUSION, was="")
    async with await town.work() as work:
        with pytest.raises(Conflict, match="under tiden"):
            await decide(work, ids[0], decision=Decision.LEGITIMATE, was="")
    async with await town.work(write=False) as work:
        event = await work.get(ReviewEvent, ids[0])

    assert event.decision is Decision.INTRUSION
    assert event.decided_by == town.people["reviewer"].id


async def test_a_list_is_signed_when_all_that_stands_out_is_decided_and_then_stays(listed):
    town, review, ids = listed
    async with await town.work("reviewer") as work:
        with pytest.raises(Conflict, match="1 avvikelser saknar"):
            await sign_review(work, review, result="Klart")
        await decide(work, ids[3], decision=Decision.LEGITIMATE)
        with pytest.raises(InvalidInput, match="kom fram till"):
            await sign_review(work, review, result=" ")
        signed = await sign_review(work, review, result="Inget intrång.")
    async with await town.work("reviewer") as work:
        for refused in (
            decide(work, ids[0], decision=Decision.INTRUSION),
            write_comment(work, ids[0], text="Efteråt"),
            pass_unmarked(work, review, chosen=Filter()),
            sign_review(work, review, result="Igen"),
        ):
            with pytest.raises(Conflict, match="signerad"):
                await refused
        event = await work.get(ReviewEvent, ids[0])

    assert signed.counts["events"] == 4
    assert (event.decision, event.comment) == (None, "")


async def test_a_reviewer_sees_the_own_units_only_and_an_auditor_writes_nothing(listed):
    town, review, ids = listed
    await add_reviewer(town, "school_board", "other")
    async with await town.work("other") as work:
        with pytest.raises(NotFound):
            await get_review(work, review)
        with pytest.raises(NotFound):
            await decide(work, ids[0], decision=Decision.LEGITIMATE)
    async with await town.work("auditor") as work:
        assert (await get_review(work, review)).id == review
        with pytest.raises(Forbidden):
            await decide(work, ids[0], decision=Decision.LEGITIMATE)
    async with await town.work("employee") as work:
        with pytest.raises(Forbidden):
            await get_review(work, review)


async def test_another_municipality_cannot_tell_the_list_exists(listed, other_town):
    from reviewed_log import switch_on

    _town, review, _ids = listed
    await switch_on(other_town)
    async with await other_town.work() as work:
        with pytest.raises(NotFound):
            await get_review(work, review)


async def test_an_intrusion_is_investigated_and_the_officer_is_told_once(listed):
    town, _review, ids = listed
    officer = town.people["employee"]
    async with await town.work() as work:
        chosen = {"health_officer": officer.email}
        await save_settings(work, "log_review", LogReviewSettings, values=chosen)
    async with await town.work("reviewer") as work:
        case = await open_investigation(work, ids[3], case_number="2026-1")
        notice = await tell_health_officer(work, case.id)
        again = await tell_health_officer(work, case.id)
        event = await work.get(ReviewEvent, ids[3])
        await suspect_crime(
            work, case.id, note="Flera gånger", begins=date(2026, 1, 1), ends=date(2026, 10, 31)
        )
        with pytest.raises(Conflict, match="utreds redan"):
            await open_investigation(work, ids[3], case_number="2026-2")
        with pytest.raises(Conflict, match="utreds"):
            await decide(work, ids[3], decision=None)
    async with await town.work("manager") as work:
        with pytest.raises(NotFound):
            await get_notice(work, notice.id)
    async with await town.work("employee") as work:
        seen = await acknowledge(work, notice.id)
    async with await town.work("reviewer") as work:
        closed = await close_investigation(work, case.id, outcome="Ingen åtgärd")

    assert again.id == notice.id
    assert event.decision is Decision.INVESTIGATE
    assert seen.acknowledged_at is not None
    assert closed.state is InvestigationState.CLOSED


async def test_a_list_of_another_system_comes_in_whole_or_not_at_all(listed):
    town, review, _ids = listed
    rows = (
        "Datum;Användare;Personnummer;Händelse\n"
        "2026-10-25 02:30;manager;Elev 7;Läste\n"
        "2026-11-01 00:00;manager;Elev 8;Läste\n"
        "i går;;Elev 9;Läste\n"
    )
    async with await town.work("reviewer") as work:
        held = await begin_import(work, review, name="pmo.csv", data=rows.encode())
        preview = await look_at_import(work, held.id)
        with pytest.raises(RowsRefused):
            await read_import(work, held.id)
        good = "\n".join(rows.split("\n")[:2])
        held = await begin_import(work, review, name="pmo.csv", data=good.encode(), health=True)
        await read_import(work, held.id)
    async with await town.work("reviewer") as work:
        event = await work.first(select(ReviewEvent).where(ReviewEvent.import_id == held.id))
        found = await work.get(Review, review)
        with pytest.raises(Conflict, match="redan inläst"):
            await begin_import(work, review, name="pmo2.csv", data=good.encode())

        noted = await work.scalars(select(LogEntry).order_by(LogEntry.seq))
    taken_in = [each for each in noted if (each.action, each.records[:1]) == (Action.ADD, [review])]
    assert [each.detail for each in taken_in] == [
        {"rows": "3", "system": ""},
        {"rows": "1", "system": ""},
    ]
    assert taken_in[1].records == [review, held.id]
    assert [(fault.row, fault.column) for fault in preview.faults] == [(3, "Datum"), (4, "Datum")]
    assert event.subjects == ["Elev 7"]
    assert event.person_id == town.people["manager"].id
    assert event.marks == ["odd_hours"]
    assert (found.health, held.cells, held.rows) == (True, None, 1)


async def test_the_files_have_interval_unit_reviewer_result_and_every_row(listed):
    from roder.infra.documents.excel import write_excel
    from roder.infra.documents.pdf import write_pdf

    town, review, ids = listed
    async with await town.work("reviewer") as work:
        await decide(work, ids[3], decision=Decision.LEGITIMATE)
        await write_comment(work, ids[3], text="Var i jour.")
        signed = await sign_review(work, review, result="Inget intrång hittades.")
        kept = await read_kept(work, signed)
    document = document_of(kept)
    pdf = PdfReader(BytesIO(write_pdf(document)))
    rows = read_table("x.xlsx", write_excel(sheets_of(kept), on=document.date)).rows
    text = "\n".join(page.extract_text() for page in pdf.pages)

    for words in (
        "Hemtjänst Öst",
        "1–31 oktober 2026",
        "Rakel Granskare",
        "Inget intrång hittades.",
    ):
        assert words in text
    assert "Var i jour." in text
    assert pdf.pages[1].mediabox.width > pdf.pages[1].mediabox.height
    assert rows[0].cells[0] == "Hemtjänst Öst, 1–31 oktober 2026"
    assert rows[1].cells[-1] == "Kommentar"
    assert len(rows) == 2 + 4
    assert rows[2].cells[-1] == "Var i jour."


async def test_archived_lists_are_disposed_of_when_their_time_is_out(listed):
    town, review, ids = listed
    async with await town.work() as work:
        await ensure_rules(work)
        await decide(work, ids[3], decision=Decision.LEGITIMATE)
        signed = await sign_review(work, review, result="Klart")
        signed.state = ReviewState.ARCHIVED
    async with await town.work() as work:
        assert await dispose_of_old(on(work, date(2036, 10, 31))) == 0
    async with await town.work() as work:
        assert await dispose_of_old(on(work, date(2036, 11, 1))) == 1
        gone = await work.find(Review, review)
        line = await work.first(select(ReviewDisposal).where(ReviewDisposal.review_id == review))
        made = await make_lists(on(work, date(2036, 11, 1)))
        back = await work.first(select(ReviewEvent).where(ReviewEvent.id == ids[0]))

    assert gone is None
    assert (line.events, line.years, line.kind) == (4, 10, ArchiveKind.LIST)
    # What was disposed of is not listed again, though the log has it still.
    assert back is None
    assert made.lists >= 0


@pytest.mark.parametrize("kind", list(ArchiveKind))
async def test_a_rule_below_the_floor_of_the_law_is_refused(reviewed, kind):
    rule = {"kind": kind, "authority": "Egen plan", "valid_from": date(2027, 1, 1)}
    async with await reviewed.work() as work:
        await ensure_rules(work)
        for years in (-1, 0, 1, 4, 101):
            with pytest.raises(InvalidInput, match=r"5 till 100 år: .*HSLF-FS 2016:40"):
                await set_rule(work, years=years, **rule)
        assert len(await work.scalars(select(RetentionRule.id))) == 2
        made = await set_rule(work, years=5, **rule)
    assert (made.years, made.floor, made.authority) == (5, 5, "Egen plan")


async def test_a_rule_that_was_set_below_the_floor_disposes_of_nothing_earlier(listed):
    town, review, ids = listed
    async with await town.work() as work:
        await ensure_rules(work)
        rule = {"kind": ArchiveKind.LIST, "authority": "Egen", "valid_from": date(2026, 12, 1)}
        work.add(RetentionRule(years=1, floor=1, **rule))
        await decide(work, ids[3], decision=Decision.LEGITIMATE)
        (await sign_review(work, review, result="Klart")).state = ReviewState.ARCHIVED
    for day, disposed in ((date(2031, 10, 31), 0), (date(2031, 11, 1), 1)):
        async with await town.work() as work:
            assert await dispose_of_old(on(work, day)) == disposed
