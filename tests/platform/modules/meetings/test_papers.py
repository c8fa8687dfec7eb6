"""The summons and the minutes as documents: what stands in them, and in which order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from meeting_matters import make_matters

from roder.infra.documents.model import Facts, Heading, LightMark, Note, PageBreak, RichText, Table
from roder.infra.i18n import use_locale
from roder.platform.modules.meetings import design, holding, items, linking, planning
from roder.platform.modules.meetings.exporting import MeetingPaper, paper_of
from roder.platform.modules.meetings.models import Attendance, ItemKind, MeetingRole, Vote

SUMMONS, MINUTES = MeetingPaper.SUMMONS, MeetingPaper.MINUTES


def outline(document):
    """Each block as what a reader sees of it."""
    found = []
    for block in document.blocks:
        if isinstance(block, Heading):
            found.append(f"{'#' * block.level} {block.text}")
        elif isinstance(block, RichText):
            found.append(block.html)
        elif isinstance(block, Table):
            found.append([column.title for column in block.columns])
            found += list(block.rows)
        elif isinstance(block, Facts):
            found.append(dict(block.rows))
        elif isinstance(block, PageBreak):
            found.append("---")
        else:
            assert isinstance(block, Note)
            found.append(f"! {block.text}")
    return found


@pytest.fixture(autouse=True)
def swedish():
    with use_locale("sv"):
        yield


async def test_a_summons_says_who_when_and_where_and_then_what(town, plan):
    matters = await make_matters(town)
    async with await town.work() as work:
        meeting = await plan(work, 10)
        await linking.pull_in(work, meeting.id, kind=ItemKind.DISCUSSION, risk_id=matters.risk)
        first = (await planning.agenda_of(work, meeting.id))[0]
        await items.change_item(
            work,
            first.id,
            changes={"notes": "<p>Se <strong>bilagan</strong>.</p><script>x</script>"},
        )
        made = await paper_of(work, meeting.id, SUMMONS)

    facts, *rest = outline(made)
    assert (made.title, made.cover, made.contents) == (
        "Kallelse: Socialnämndens sammanträden",
        False,
        False,
    )
    assert list(facts) == [
        "Organ",
        "Dag",
        "Tid",
        "Plats",
        "Ordförande",
        "Sekreterare",
        "Ledamöter",
    ]
    assert (facts["Organ"], facts["Plats"]) == ("Socialnämnden", "Stora salen")
    assert facts["Ledamöter"] == "Folke Fräken\nSiv Säv"
    assert rest == [
        "## Dagordning",
        ["Nr", "Punkt", "Punkten är till för"],
        ("1", "Val av justerare", "Information"),
        ("2", "Budgetuppföljning", "Beslut"),
        ("3", "Fel lön betalas ut", "Diskussion"),
        "## 1. Val av justerare",
        "<p>Se <strong>bilagan</strong>.</p>",
        "## 3. Fel lön betalas ut",
        ["Kommer från", "Vad det är", "Status"],
        ("Fel lön betalas ut", "Risk R1 · Socialnämnden", LightMark("red", "12 Hög")),
    ]


@pytest.fixture
async def voted(town, plan, called):
    """The draft of minutes with a vote, and the same once they are adjusted."""
    async with await town.work() as work:
        meeting = await plan(work, -1)
        day = work.today - timedelta(1)
        await holding.hold_meeting(work, meeting.id)
        who = await called(work, meeting)
        came = dict.fromkeys(who.values(), Attendance.SERVED)
        came[who["secretary"]] = Attendance.PRESENT
        await holding.tell_attendance(work, meeting.id, attendance=came)
        _first, budget = await planning.agenda_of(work, meeting.id)
        await items.change_item(
            work,
            budget.id,
            changes={
                "notes": "<ul><li>Utfall</li></ul>",
                "proposals": "Att godkänna.\nAtt avslå.",
                "decision": "Nämnden godkänner.",
                "registry_number": "SN 7",
            },
        )
        await items.leave_for_item(work, budget.id, participant_id=who["Siv Säv"])
        votes = {who["Britta Blåklint"]: Vote.FOR, who["Folke Fräken"]: Vote.AGAINST}
        await items.record_votes(work, budget.id, votes=votes)
        await items.add_reservation(
            work, budget.id, participant_id=who["Folke Fräken"], said="För dyrt."
        )
        draft = await paper_of(work, meeting.id, MINUTES)
        await holding.complete_minutes(work, meeting.id)
        await holding.adjust_minutes(work, meeting.id, on=day)
        made = await paper_of(work, meeting.id, MINUTES)
    return draft, made


async def test_minutes_have_what_was_proposed_voted_and_decided(town, voted):
    draft, made = voted
    assert outline(draft)[0] == "! Ett utkast: protokollet är inte färdigskrivet."
    facts, *rest = outline(made)
    secretary = town.people["administrator"].name
    assert list(facts)[4:] == ["Paragrafer", "Beslutande", "Övriga närvarande", "Justeras av"]
    assert facts["Paragrafer"] == "§§ 1–2"
    assert facts["Beslutande"] == "Britta Blåklint, ordförande\nFolke Fräken\nSiv Säv"
    assert facts["Övriga närvarande"] == f"{secretary}, sekreterare"
    signs = rest.index("## Underskrifter")
    assert rest[:signs] == [
        "## § 1\xa0 Val av justerare",
        "## § 2\xa0 Budgetuppföljning",
        "<p>Diarienummer SN 7</p>",
        "<p>Siv Säv var inte med på punkten: jäv.</p>",
        "<ul><li>Utfall</li></ul>",
        "### Förslag",
        "<p>Att godkänna.</p><p>Att avslå.</p>",
        "### Omröstning",
        ["Namn", "För", "Emot", "Avstod"],
        ("Britta Blåklint", "X", "", ""),
        ("Folke Fräken", "", "X", ""),
        ("Totalt", "1", "1", "0"),
        "### Beslut",
        "<p>Nämnden godkänner.</p>",
        "### Reservationer",
        "<p>Folke Fräken: För dyrt.</p>",
    ]


async def test_minutes_end_with_signatures_and_the_notice_on_a_sheet_of_its_own(town, voted):
    rest = outline(voted[1])
    signs = rest.index("## Underskrifter")
    secretary = town.people["administrator"].name
    line = "_" * 38
    assert rest[signs + 1] == {
        "Ordförande": f"\n{line}\nBritta Blåklint",
        "Justerare": f"\n{line}\nFolke Fräken",
        "Sekreterare": f"\n{line}\n{secretary}",
    }
    assert rest[signs + 2 : signs + 5] == [
        "---",
        "## Anslag om justering",
        ["Vad", "Dag", "Enligt"],
    ]
    assert [row[0] for row in rest[signs + 5 :]] == [
        "Möte",
        "Justerat",
        "Justeringen anslås senast",
    ]
    assert rest[-1][2] == "8 kap. 12 § kommunallagen (2017:725)"


async def test_notes_of_a_meeting_at_work_have_no_signatures(town, plan, called):
    async with await town.work() as work:
        own = await design.save_series(work, name="APT", unit_id=town.units["home_care"].id)
        person = town.people["manager"]
        await design.add_member(work, own.id, role=MeetingRole.CHAIR, person_id=person.id)
        meeting = await plan(work, -1, of=own.id)
        await planning.add_item(work, meeting.id, title="Schema", kind=ItemKind.DISCUSSION)
        await holding.hold_meeting(work, meeting.id)
        [who] = (await called(work, meeting)).values()
        await holding.tell_attendance(work, meeting.id, attendance={who: Attendance.PRESENT})
        [item] = await planning.agenda_of(work, meeting.id)
        await items.change_item(work, item.id, changes={"notes": "<p>Nytt från mars.</p>"})
        await holding.complete_minutes(work, meeting.id)
        facts, *rest = outline(await paper_of(work, meeting.id, MINUTES))

    assert list(facts) == ["Enhet", "Dag", "Tid", "Närvarande"]
    assert facts["Närvarande"] == f"{person.name}, ordförande"
    assert rest == ["## 1. Schema", "<p>Nytt från mars.</p>"]
