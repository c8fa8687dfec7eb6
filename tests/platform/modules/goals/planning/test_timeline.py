"""The timeline: what stands under which goal, when, how it goes, and what is late."""

from __future__ import annotations

import re
from datetime import date

import pytest
from planned import COMMITTEE, HOME_CARE, Planned, clients, make_planned, words
from sent_statements import sent_statements
from timed import TODAY, make_timed

from roder.platform.modules.goals.planning.nodes import change_node, remove_node
from roder.platform.modules.goals.planning.planning import read_thread
from roder.platform.modules.goals.planning.timeline import Bar, Pace, lay_out
from roder.platform.modules.goals.settings import GoalSettings
from roder.platform.modules.goals.steering.locks import lock_year
from roder.tenants.tree import units

TIMELINE = f"{COMMITTEE}planering?vy=tidslinje"
CANARY = "<script>alert(1)</script>\"'><img src=x>"


@pytest.fixture
async def plan(town) -> Planned:
    return await make_planned(town)


@pytest.fixture
async def timed(town, plan):
    return await make_timed(town, plan)


@pytest.fixture
async def enter(runtime, settings, town):
    async with clients(runtime, settings, town) as make:
        yield make


async def laid_out(town, unit="committee", today=TODAY):
    async with await town.work(write=False) as work:
        [placed] = await units.placed(work, [town.units[unit].id])
        thread = await read_thread(work, placed, 2026)
        return lay_out(thread, GoalSettings(), today)


def by_title(timeline):
    return {line.branch.node.title: line for group in timeline.groups for line in group.lines}


async def test_what_is_done_stands_under_its_goal_in_the_order_of_the_thread(town, timed):
    timeline = await laid_out(town)

    told = [
        (group.goal.node.title, [(line.branch.node.title, line.depth) for line in group.lines])
        for group in timeline.groups
    ]
    assert told == [
        (
            "Minska sjukfrånvaro",
            [
                ("Ny schemamodell", 0),
                ("Schemautbildning", 1),
                ("Provperiod", 1),
                ("Förstudie", 1),
                ("Hälsosamtal", 0),
                ("Uppföljningssamtal", 0),
            ],
        ),
        ("Nöjda medarbetare", [("Medarbetardialog", 0), ("Rekryteringsmässa", 0)]),
    ]
    assert [above.node.title for above in timeline.groups[0].above] == ["God arbetsgivare"]


async def test_how_it_goes_is_told_in_words(town, timed):
    lines = by_title(await laid_out(town))

    told = {title: (line.pace, line.word, line.told) for title, line in lines.items()}
    assert told == {
        "Ny schemamodell": (None, "1 av 3 aktiviteter avslutade", ""),
        "Schemautbildning": (Pace.LATE, "Pågående", "Sen: sista dagen var 31 mars 2026"),
        "Provperiod": (Pace.UNDER_WAY, "Pågående", ""),
        "Förstudie": (Pace.CLOSED, "Avslutad", ""),
        "Hälsosamtal": (Pace.WAITING, "Ej påbörjad", ""),
        "Uppföljningssamtal": (Pace.WAITING, "Ej påbörjad", "Skulle ha börjat 1 juni 2026"),
        "Medarbetardialog": (Pace.WAITING, "Ej påbörjad", ""),
        "Rekryteringsmässa": (Pace.WAITING, "Ej påbörjad", ""),
    }


async def test_days_are_told_in_words_and_drawn_by_the_month(town, timed):
    timeline = await laid_out(town)
    lines = by_title(timeline)

    told = {title: (line.days, line.bar) for title, line in lines.items()}
    assert told == {
        "Ny schemamodell": (
            "1 november 2025 – 31 december 2026",
            Bar(0.0, 100.0, before=True, after=False),
        ),
        "Schemautbildning": ("1 januari – 31 mars", Bar(0.0, 25.0, before=False, after=False)),
        "Provperiod": ("1 april – 31 december", Bar(25.0, 75.0, before=False, after=False)),
        "Förstudie": (
            "1 november 2025 – 31 januari 2026",
            Bar(0.0, 8.33, before=True, after=False),
        ),
        "Hälsosamtal": ("", None),
        "Uppföljningssamtal": ("1 juni – 30 juni", Bar(41.67, 8.33, before=False, after=False)),
        "Medarbetardialog": ("från 15 september", Bar(70.56, 0.8, before=False, after=False)),
        "Rekryteringsmässa": ("1 februari 2027 – 1 mars 2027", None),
    }
    assert timeline.groups[1].days == "15 september 2026 – 1 mars 2027"
    assert timeline.groups[1].bar == Bar(70.56, 29.44, before=False, after=True)
    assert (timeline.activities, timeline.late, timeline.undated) == (7, 1, 1)
    assert timeline.months[:5] == ("jan", "feb", "mar", "apr", "maj")


@pytest.mark.parametrize(
    ("today", "at", "late"),
    [
        (date(2026, 6, 16), 45.83, 1),
        (date(2026, 1, 1), 0.0, 0),
        (date(2025, 12, 31), None, 0),
        (date(2026, 3, 31), 24.73, 0),
        (date(2026, 4, 1), 25.0, 1),
        (date(2026, 12, 31), 99.73, 2),
        (date(2027, 1, 1), None, 3),
    ],
)
async def test_today_has_its_place_only_in_its_own_year(town, timed, today, at, late):
    timeline = await laid_out(town, today=today)

    assert (timeline.today, timeline.late) == (at, late)


async def test_goals_that_nothing_is_done_for_are_named(town, plan):
    timeline = await laid_out(town)

    assert [group.goal.node.title for group in timeline.groups] == ["Minska sjukfrånvaro"]
    assert [goal.node.title for goal in timeline.without] == ["Nöjda medarbetare"]


# The page.


async def test_the_page_has_links_days_states_and_who_is_responsible(enter, timed):
    http = await enter()

    page = await http.get(TIMELINE)

    assert page.status_code == 200
    text = words(page)
    assert "Aktiviteter: 7 · sena:" in text
    assert "Schemautbildning Pågående Sen: sista dagen var 31 mars 2026 1 januari – 31 mars" in text
    assert "Hälsosamtal Ej påbörjad Inga dagar satta · Sätt dagar för ”Hälsosamtal”" in text
    for name in ("leave", "assignment", "late", "talks"):
        assert f'/planering/{timed[name]}#panel"' in page.text
    assert re.search(r'planering\?vy=tidslinje" aria-current="true"', page.text)
    assert ' style="' not in page.text
    assert "org-tree id=" not in page.text


async def test_it_takes_no_more_statements_than_the_tree(enter, runtime, timed):
    http = await enter()
    counts = []
    for address in (f"{COMMITTEE}planering", f"{COMMITTEE}planering", TIMELINE):
        with sent_statements(runtime) as sent:
            assert (await http.get(address)).status_code == 200
        counts.append(len(sent))

    assert counts[1] == counts[2]


async def test_readers_see_the_same_without_the_way_to_change(enter, town, timed):
    reader = words(await (await enter("employee")).get(TIMELINE))
    async with await town.work() as work:
        await lock_year(work, 2026, reason="Bokslut")
    locked = words(await (await enter()).get(TIMELINE))

    for text in (reader, locked):
        assert "Hälsosamtal Ej påbörjad Inga dagar satta" in text
        assert "Sätt dagar" not in text


async def test_what_is_inherited_says_from_where(enter, timed):
    text = words(await (await enter("manager")).get(f"{HOME_CARE}planering?vy=tidslinje"))

    assert "ärvt från Socialnämnden" in text
    assert "Vår egen insats Ej påbörjad Inga dagar satta · Sätt dagar" in text
    assert text.count("Sätt dagar") == 1


async def test_an_empty_timeline_leads_to_the_tree(enter, town, plan):
    async with await town.work() as work:
        for name in ("talks", "own"):
            await remove_node(work, plan.nodes[name])
    http = await enter()

    page = await http.get(TIMELINE)
    bare = await http.get("socialnamnden/2031/planering?vy=tidslinje")

    assert "Det finns inga aktiviteter eller uppdrag för 2026 än." in words(page)
    assert re.search(r'class="button" href="[^"]*/2026/planering">Till trädet<', page.text)
    assert (bare.status_code, "Tidslinje" in words(bare)) == (200, False)


async def test_what_is_written_is_text(enter, town, timed):
    async with await town.work() as work:
        await change_node(work, timed["late"], changes={"title": CANARY})
        await change_node(work, timed["leave"], changes={"title": CANARY})

    page = await (await enter()).get(TIMELINE)

    assert CANARY not in page.text
    assert page.text.count("&lt;script&gt;alert(1)") == 2
