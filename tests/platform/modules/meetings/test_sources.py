"""What items come from: found, pulled in, shown as it stands, and kept as it stood."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from meeting_matters import make_matters
from sqlalchemy import func, select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, ModuleOff, NotFound
from roder.platform.modules.goals.rules import Light
from roder.platform.modules.goals.values.lights import set_light_by_hand
from roder.platform.modules.internal_control.service import assess_risk
from roder.platform.modules.meetings import holding, items, linking, planning
from roder.platform.modules.meetings.models import AgendaItem, AgendaLink, ItemKind, ItemState
from roder.platform.modules.meetings.reading import whole_meeting
from roder.platform.modules.meetings.sources import Source, SourceKind, stands_of
from roder.tenants.rows import uuid7

DISCUSSION = ItemKind.DISCUSSION


@pytest.fixture
async def matters(town):
    return await make_matters(town)


async def stands(work, meeting):
    """Title, detail, light and word of each link, in the order of the agenda."""
    whole = await whole_meeting(work, meeting.id)
    found = await stands_of(work, whole.row, whole.links)
    return [(each.title, each.detail, each.light, each.word) for each in map(found.get, ids(whole))]


def ids(whole):
    return [link.id for link in whole.links]


async def counts(work):
    found = [
        (await work.rows(select(func.count()).select_from(m)))[0][0]
        for m in (AgendaItem, AgendaLink)
    ]
    return tuple(found)


async def test_what_is_found_shows_what_it_is_and_how_it_stands(town, plan, matters):
    async with await town.work() as work:
        meeting = await plan(work)
        year = work.today.year
        found = {}
        for kind in SourceKind:
            found[kind], taken = await linking.sources_to_pull_in(work, meeting.id, kind=kind)
            assert taken == set()
    assert found[SourceKind.GOAL][matters.goal] == Source(
        "Nöjda brukare",
        f"Mål · Socialnämnden {year}",
        "red",
        "Ej uppnått",
        "planning_node",
        {"unit": "socialnamnden", "year": year, "node": matters.goal},
    )
    assert found[SourceKind.RISK] == {
        matters.risk: Source(
            "Fel lön betalas ut",
            "Risk R1 · Socialnämnden",
            "red",
            "12 Hög",
            "control_risk",
            {"risk": matters.risk},
        )
    }
    assert found[SourceKind.DOCUMENT] == {
        matters.document: Source(
            "Riktlinje för hemtjänst",
            f"Riktlinje SD-{year}-01",
            "green",
            "Gäller",
            "governing_document",
            {"id": matters.document},
        )
    }


async def test_words_narrow_what_is_found(town, plan, matters):
    async with await town.work() as work:
        meeting = await plan(work)

        async def found(kind, words):
            return set(
                (await linking.sources_to_pull_in(work, meeting.id, kind=kind, words=words))[0]
            )

        assert await found(SourceKind.GOAL, "NÖJDA") == {matters.goal}
        assert await found(SourceKind.GOAL, "saknas") == set()
        assert await found(SourceKind.RISK, "r1") == {matters.risk}
        assert await found(SourceKind.RISK, "saknas") == set()
        assert await found(SourceKind.DOCUMENT, "hemtjänst") == {matters.document}
        assert await found(SourceKind.DOCUMENT, "saknas") == set()


async def test_what_is_pulled_in_is_an_item_with_its_title_and_only_once(town, plan, matters):
    async with await town.work() as work:
        meeting = await plan(work, 10)
        item = await linking.pull_in(
            work, meeting.id, kind=ItemKind.DECISION, document_id=matters.document
        )
        before = await counts(work)
        with pytest.raises(Conflict, match="finns redan på dagordningen"):
            async with work.attempt():
                await linking.pull_in(
                    work, meeting.id, kind=DISCUSSION, document_id=matters.document
                )
        assert await counts(work) == before
        _found, taken = await linking.sources_to_pull_in(work, meeting.id, kind=SourceKind.DOCUMENT)
    assert (item.title, item.kind, item.position) == (
        "Riktlinje för hemtjänst",
        ItemKind.DECISION,
        3,
    )
    assert taken == {matters.document}


async def test_an_item_follows_what_it_comes_from_until_the_meeting_is_held(town, plan, matters):
    committee = town.units["committee"].id
    async with await town.work() as work:
        year = work.today.year
        meeting = await plan(work)
        await linking.pull_in(work, meeting.id, kind=DISCUSSION, risk_id=matters.risk)
        await linking.pull_in(work, meeting.id, kind=DISCUSSION, node_id=matters.goal)
        await assess_risk(work, matters.risk, probability=1, consequence=2, reason="Rättat.")
        assert await stands(work, meeting) == [
            ("Fel lön betalas ut", "Risk R1 · Socialnämnden", "green", "2 Låg"),
            ("Nöjda brukare", f"Mål · Socialnämnden {year}", "red", "Ej uppnått"),
        ]
        await holding.hold_meeting(work, meeting.id)
    async with await town.work() as work:
        await assess_risk(work, matters.risk, probability=4, consequence=4, reason="Värre.")
        await set_light_by_hand(
            work, matters.goal, unit_id=committee, period=str(year), light=Light.GREEN, reason="Nu"
        )
        assert await stands(work, meeting) == [
            ("Fel lön betalas ut", "Risk R1 · Socialnämnden", "green", "2 Låg"),
            ("Nöjda brukare", f"Mål · Socialnämnden {year}", "red", "Ej uppnått"),
        ]
        whole = await whole_meeting(work, meeting.id)
        assert all(link.kept_at is not None for link in whole.links)


async def test_what_is_linked_after_the_meeting_is_kept_at_once(town, plan, matters):
    async with await town.work() as work:
        meeting = await plan(work)
        await holding.hold_meeting(work, meeting.id)
        item = (await planning.agenda_of(work, meeting.id))[0]
        link = await linking.link_item(work, item.id, risk_id=matters.risk)
        assert (link.light, link.word, link.kept_at) == ("red", "12 Hög", work.now)


async def test_what_is_carried_on_comes_from_the_same(town, plan, matters):
    async with await town.work() as work:
        first = await plan(work)
        item = await linking.pull_in(work, first.id, kind=DISCUSSION, risk_id=matters.risk)
        await holding.hold_meeting(work, first.id)
        await items.change_item(work, item.id, changes={"state": ItemState.CARRIED})
        await assess_risk(work, matters.risk, probability=1, consequence=2, reason="Rättat.")
        second = await plan(work, 7)
        assert await stands(work, second) == [
            ("Fel lön betalas ut", "Risk R1 · Socialnämnden", "green", "2 Låg")
        ]
        assert await stands(work, first) == [
            ("Fel lön betalas ut", "Risk R1 · Socialnämnden", "red", "12 Hög")
        ]


async def test_a_module_that_is_off_gives_nothing_and_shows_what_it_was(town, plan, matters):
    async with await town.work() as work:
        meeting = await plan(work, 10)
        await linking.pull_in(work, meeting.id, kind=DISCUSSION, risk_id=matters.risk)
    town.tenant = replace(town.tenant, modules=town.tenant.modules - {"internal_control"})
    async with await town.work() as work:
        with pytest.raises(ModuleOff):
            await linking.sources_to_pull_in(work, meeting.id, kind=SourceKind.RISK)
        whole = await whole_meeting(work, meeting.id)
        [source] = (await stands_of(work, whole.row, whole.links)).values()
    assert source == Source(
        "Fel lön betalas ut", "Risk R1 · Socialnämnden", "red", "12 Hög", page=""
    )


@pytest.mark.parametrize("who", ["employee", "auditor", "manager"])
async def test_who_may_not_write_at_the_body_pulls_nothing_in(town, plan, matters, who):
    async with await town.work() as work:
        meeting = await plan(work, 10)
        before = await counts(work)
    async with await town.work(who) as work:
        with pytest.raises(Forbidden):
            await linking.sources_to_pull_in(work, meeting.id, kind=SourceKind.RISK)
        with pytest.raises(Forbidden):
            async with work.attempt():
                await linking.pull_in(work, meeting.id, kind=DISCUSSION, risk_id=matters.risk)
    async with await town.work(write=False) as work:
        assert await counts(work) == before


async def test_nothing_and_two_things_and_what_is_not_there_are_refused(town, plan, matters):
    async with await town.work() as work:
        meeting = await plan(work, 10)
        before = await counts(work)
        for refused, given in (
            (InvalidInput, {}),
            (InvalidInput, {"risk_id": matters.risk, "node_id": matters.goal}),
            (NotFound, {"document_id": uuid7()}),
        ):
            with pytest.raises(refused):
                async with work.attempt():
                    await linking.pull_in(work, meeting.id, kind=DISCUSSION, **given)
        assert await counts(work) == before


async def test_adjusted_minutes_take_nothing_in(town, plan, matters, write_minutes):
    async with await town.work() as work:
        meeting = await plan(work, -1)
        await write_minutes(work, meeting)
        await holding.adjust_minutes(work, meeting.id, on=work.today - timedelta(1))
        with pytest.raises(Conflict):
            await linking.pull_in(work, meeting.id, kind=DISCUSSION, risk_id=matters.risk)
