"""Nobody decides about what they did themselves, nor signs a list of it alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from reviewed_log import Did, add_reviewer, log, on
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden
from roder.platform.modules.log_review.deciding import (
    decide,
    pass_unmarked,
    take_back_passed,
    write_comment,
)
from roder.platform.modules.log_review.investigating import (
    change_investigation,
    close_investigation,
    open_investigation,
)
from roder.platform.modules.log_review.making import make_lists
from roder.platform.modules.log_review.models import (
    Decision,
    Investigation,
    InvestigationState,
    Review,
    ReviewEvent,
    ReviewState,
)
from roder.platform.modules.log_review.reviews import Filter
from roder.platform.modules.log_review.signing import sign_review
from roder.platform.modules.mywork.service import my_tasks
from roder.platform.tasks import PageToOpen, TaskKind
from roder.tenants.sign_in.sessions import start_session
from roder.tenants.work import STOCKHOLM

NOON = datetime(2026, 10, 14, 12, tzinfo=STOCKHOLM)


@pytest.fixture
async def listed(reviewed):
    """October of the home care: of the manager's, of the reviewer's (one at night, one as somebody
    else), and of the administrator's: (town, list, events)."""
    people = {who: person.id for who, person in reviewed.people.items()}
    unit, about = reviewed.units["home_care"].id, (people["local"],)
    done = [
        Did(NOON, people["manager"], unit, about=about),
        Did(NOON + timedelta(hours=1), people["reviewer"], unit, about=about),
        Did(NOON.replace(hour=23), people["reviewer"], unit, about=about),
        Did(NOON, people["manager"], unit, about=about, behind=people["reviewer"]),
        Did(NOON, people["administrator"], unit, about=about),
    ]
    ids = await log(reviewed, done)
    async with await reviewed.work() as work:
        await make_lists(on(work, date(2026, 11, 1)))
        home = select(Review).where(Review.unit_id == unit)
        review = await work.first(home)
    return reviewed, review.id, ids


async def decisions(town, ids):
    async with await town.work(write=False) as work:
        rows = await work.scalars(select(ReviewEvent).where(ReviewEvent.id.in_(ids)))
        found = {row.id: (row.decision, row.comment, row.decided_by) for row in rows}
    return [found[id] for id in ids]


NOTHING = (None, "", None)


async def test_nobody_decides_about_what_they_did_or_were_behind(listed):
    town, _review, ids = listed
    for who, own in (("reviewer", ids[1:4]), ("administrator", ids[4:])):
        for id in own:
            for attempt in (
                lambda work, id: decide(work, id, decision=Decision.LEGITIMATE),
                lambda work, id: write_comment(work, id, text="Helt i sin ordning."),
                lambda work, id: open_investigation(work, id, case_number="2026-1"),
            ):
                with pytest.raises(Forbidden, match="gjort själv"):
                    async with await town.work(who) as work:
                        await attempt(work, id)
    assert await decisions(town, ids) == [NOTHING] * 5

    async with await town.work() as work:
        for id in ids[1:4]:
            await decide(work, id, decision=Decision.LEGITIMATE)
    async with await town.work("reviewer") as work:
        await decide(work, ids[4], decision=Decision.LEGITIMATE)
    other, own = town.people["administrator"].id, town.people["reviewer"].id
    assert [each[2] for each in await decisions(town, ids[1:])] == [other, other, other, own]


async def test_many_at_once_leave_ones_own_out_both_ways(listed):
    town, review, ids = listed
    async with await town.work("reviewer") as work:
        assert await pass_unmarked(work, review, chosen=Filter()) == 2
    own = town.people["reviewer"].id
    passed = (Decision.NO_REMARK, "", own)
    assert await decisions(town, [ids[0], ids[1], ids[4]]) == [passed, NOTHING, passed]

    async with await town.work() as work:
        assert await pass_unmarked(work, review, chosen=Filter()) == 1
    async with await town.work("reviewer") as work:
        assert await take_back_passed(work, review, chosen=Filter()) == 2
    assert (await decisions(town, [ids[1]]))[0][0] is Decision.NO_REMARK


async def test_who_did_it_writes_in_no_investigation_of_it(listed):
    town, _review, ids = listed
    async with await town.work() as work:
        case = await open_investigation(work, ids[2], case_number="2026-1")
    for attempt in (
        lambda work: change_investigation(work, case.id, notes="Inget att se här."),
        lambda work: close_investigation(work, case.id, outcome="Ingen åtgärd"),
    ):
        with pytest.raises(Forbidden, match="gjort själv"):
            async with await town.work("reviewer") as work:
                await attempt(work)
    async with await town.work(write=False) as work:
        kept = await work.get(Investigation, case.id)
        assert (kept.notes, kept.outcome, kept.state) == ("", "", InvestigationState.OPEN)


async def test_a_list_with_own_rows_is_signed_when_somebody_else_has_decided_about_them(listed):
    town, review, ids = listed
    async with await town.work("reviewer") as work:
        await pass_unmarked(work, review, chosen=Filter())
    with pytest.raises(Conflict, match="3 rader i listan"):
        async with await town.work("reviewer") as work:
            await sign_review(work, review, result="Klart")
    async with await town.work() as work:
        # What stands out: at night, and as somebody else.
        for id in ids[2:4]:
            await decide(work, id, decision=Decision.LEGITIMATE)
    with pytest.raises(Conflict, match="1 rader i listan"):
        async with await town.work("reviewer") as work:
            await sign_review(work, review, result="Klart")
    async with await town.work(write=False) as work:
        assert (await work.get(Review, review)).state is ReviewState.OPEN

    async with await town.work() as work:
        assert await pass_unmarked(work, review, chosen=Filter()) == 1
    async with await town.work("reviewer") as work:
        assert (await sign_review(work, review, result="Klart")).state is ReviewState.SIGNED


async def test_a_decision_about_oneself_from_before_counts_as_none(listed):
    town, review, ids = listed
    async with await town.work() as work:
        for id in ids[:4]:
            await decide(work, id, decision=Decision.LEGITIMATE)
        event = await work.get(ReviewEvent, ids[2])
        event.decided_by = town.people["reviewer"].id
    with pytest.raises(Conflict, match="1 rader i listan"):
        async with await town.work("reviewer") as work:
            await sign_review(work, review, result="Klart")


async def asked(town, who, review):
    """The titles of tasks of the list, by what their page is asked for."""
    page = PageToOpen("review", {"review": str(review)})
    async with await town.work(who, write=False) as work:
        tasks = [each for each in await my_tasks(work) if each.payload == page]
    assert {each.kind for each in tasks} <= {TaskKind.REVIEW_LOG}
    return [each.title for each in tasks]


async def test_my_work_asks_somebody_else_for_what_the_reviewer_did(listed):
    town, review, ids = listed
    days = "1–31 oktober 2026"
    own = f"{days}, det som Rakel Granskare själv har gjort"
    assert await asked(town, "reviewer", review) == [days]
    assert await asked(town, "administrator", review) == [own]
    assert await asked(town, "manager", review) == []

    async with await town.work() as work:
        await pass_unmarked(work, review, chosen=Filter())
        for id in ids[2:4]:
            await decide(work, id, decision=Decision.LEGITIMATE)
    assert await asked(town, "administrator", review) == []
    assert await asked(town, "reviewer", review) == [days]


async def test_of_two_reviewers_each_is_asked_for_what_the_other_did(listed):
    town, review, _ids = listed
    await add_reviewer(town, "home_care", "second")
    async with await town.work() as work:
        (await work.get(Review, review)).reviewer_id = None
    days = "1–31 oktober 2026"
    own = f"{days}, det som Rakel Granskare själv har gjort"
    assert sorted(await asked(town, "second", review)) == [days, own]
    assert await asked(town, "reviewer", review) == [days]
    assert await asked(town, "administrator", review) == []


async def test_the_pages_say_so(listed, client):
    town, review, ids = listed
    base = f"/{town.tenant.slug}/loggranskning"

    async def see(who, address):
        async with await town.work() as work:
            key = await start_session(work, town.people[who].id)
        answer = await client.get(address, headers={"cookie": f"roder_session={key}"})
        assert answer.status_code == 200, answer.text
        return answer.text

    own, other = (
        await see("reviewer", f"{base}/{review}"),
        await see("administrator", f"{base}/{review}"),
    )
    assert "3 rader i listan är sådant som du har gjort själv" in own
    assert own.count("någon annan bedömer") == 3
    assert f'action="{base}/handelse/{ids[1]}"' not in own
    assert f'action="{base}/handelse/{ids[1]}"' in other
    assert "Rakel Granskare bedömer inte det som Rakel Granskare själv har gjort." in other
    assert "3 rader väntar på dig" in other
    event = await see("reviewer", f"{base}/handelse/{ids[1]}")
    assert "Det här har du gjort själv." in event
    assert "<select" not in event
    signing = await see("reviewer", f"{base}/{review}/signera")
    assert "3 rader i listan är sådant som du har gjort själv" in signing
    assert "disabled" in signing
