import pytest

from roder.infra.documents.richtext import plain_text
from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.modules.goals.models import NodeComment
from roder.platform.modules.goals.settings import GoalSettings
from roder.platform.modules.goals.steering.locks import lock_year
from roder.platform.modules.goals.values.comments import write_comment
from roder.tenants.municipality import save_settings
from roder.tenants.rows import uuid7


@pytest.fixture
def say(thread):
    async def say(work, text, *, node="goal", unit="committee", period="2026", **given):
        return await write_comment(
            work,
            thread.nodes[node],
            unit_id=thread.units[unit],
            period=period,
            text=text,
            **given,
        )

    return say


async def test_a_comment_belongs_to_node_unit_and_period(town, say, counted, stored):
    async with await town.work("manager") as work:
        comment = await say(work, " Vi är på väg. ", unit="home_care")
        await say(work, "Nytt", unit="home_care", period="2026-T1")
    async with await town.work() as work:
        await say(work, "Nämndens ord")

    kept = await stored(NodeComment, comment.id)
    assert (kept.text, kept.in_report, kept.version) == ("Vi är på väg.", True, 1)
    assert kept.written_by == town.people["manager"].id
    assert await counted(NodeComment) == 3


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("En rad", "En rad"),
        ("<p>Rik <strong>text</strong></p>", "<p>Rik <strong>text</strong></p>"),
        ("<p onclick='x()'>Hej<script>x()</script></p>", "<p>Hej</p>"),
        ("Färre än < 5 & fler", "<p>Färre än &lt; 5 &amp; fler</p>"),
        ("Först\n\nSedan", "<p>Först</p><p>Sedan</p>"),
    ],
)
async def test_text_is_plain_or_the_closed_subset(town, say, written, kept):
    async with await town.work() as work:
        comment = await say(work, written)

    assert comment.text == kept


async def test_whatever_is_kept_reads_as_it_was_written(town, say):
    async with await town.work() as work:
        comment = await say(work, "AT&amp;T <5 dagar\nny rad")

    assert plain_text(comment.text) == "AT&amp;T <5 dagar\nny rad"


async def test_the_municipality_chooses_whether_a_new_comment_stands_in_the_report(town, say):
    async with await town.work() as work:
        await save_settings(work, "goals", GoalSettings, values={"comments_in_report": False})
        assert not (await say(work, "Ett")).in_report
        assert (await say(work, "Två", in_report=True)).in_report
        assert (await say(work, "Tre")).in_report


async def test_blank_text_takes_the_comment_away(town, say, counted):
    async with await town.work() as work:
        await say(work, "Ett")
        assert await say(work, "<p> </p>") is None
        with pytest.raises(InvalidInput, match="ingen att ta bort"):
            await say(work, "  ")

    assert await counted(NodeComment) == 0


async def test_a_later_save_is_told_who_saved_in_between(town, say, stored):
    async with await town.work() as work:
        comment = await say(work, "Ett", version=0)
        await say(work, "Två", version=1)
    async with await town.work() as work:
        with pytest.raises(Conflict, match="Asta Admin sparade"):
            await say(work, "Mitt", version=1)
        with pytest.raises(Conflict, match="tagits bort"):
            await say(work, "Mitt", period="2026-H1", version=1)

    assert (await stored(NodeComment, comment.id)).text == "Två"


@pytest.mark.parametrize(
    ("given", "error", "sentence"),
    [
        ({"text": "x" * 20_001}, InvalidInput, "20001 tecken"),
        ({"text": "Ett", "period": "2025"}, InvalidInput, "hör till 2026"),
        ({"text": "Ett", "period": "snart"}, InvalidInput, "inte en period"),
        ({"text": "Ett", "unit": "school_board"}, InvalidInput, "ser inte"),
        ({"text": "Ett", "unit": "home_care", "node": "own_goal"}, InvalidInput, "ser inte"),
    ],
)
async def test_a_comment_out_of_place_is_refused(town, say, counted, given, error, sentence):
    async with await town.work() as work:
        with pytest.raises(error, match=sentence):
            await say(work, **given)

    assert await counted(NodeComment) == 0


@pytest.mark.parametrize("who", ["manager", "local", "employee", "auditor"])
async def test_comments_are_written_only_with_the_right_at_the_unit(town, say, counted, who):
    async with await town.work(who) as work:
        with pytest.raises(Forbidden):
            await say(work, "Ett")

    assert await counted(NodeComment) == 0


async def test_a_locked_year_takes_no_comments(town, say, counted):
    async with await town.work() as work:
        await lock_year(work, 2026)
        with pytest.raises(Conflict, match="2026 är låst"):
            await say(work, "Ett")

    assert await counted(NodeComment) == 0


async def test_another_municipality_cannot_tell_the_node_exists(thread, other_town, counted):
    unit = other_town.units["committee"].id
    async with await other_town.work() as work:
        for node_id in (thread.nodes["goal"], uuid7()):
            with pytest.raises(NotFound, match=r"^Det finns inte, eller så får du inte se det"):
                await write_comment(work, node_id, unit_id=unit, period="2026", text="Ett")

    assert await counted(NodeComment) == 0
