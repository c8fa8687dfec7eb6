from __future__ import annotations

from datetime import date, datetime, timedelta

from reviewed_log import Did, add_colleagues, log, on

from roder.platform.modules.log_review.making import make_lists
from roder.platform.modules.log_review.models import ReviewEvent
from roder.platform.modules.log_review.retention import protect_identity
from roder.platform.modules.log_review.settings import LogReviewSettings
from roder.tenants.actors import Way
from roder.tenants.municipality import save_settings
from roder.tenants.work import STOCKHOLM

NOON = datetime(2026, 10, 14, 12, tzinfo=STOCKHOLM)  # a Wednesday


async def marks(town, done, **chosen):
    """What each of the events stands out by."""
    if chosen:
        async with await town.work() as work:
            await save_settings(work, "log_review", LogReviewSettings, values=chosen)
    ids = await log(town, done)
    async with await town.work() as work:
        await make_lists(on(work, date(2026, 11, 1)))
        return [(await work.get(ReviewEvent, id)).marks for id in ids]


async def test_unusual_hours_are_those_of_sweden(reviewed):
    manager = reviewed.people["manager"].id

    def at(day, hour, minute=0):
        return Did(datetime(2026, 10, day, hour, minute, tzinfo=STOCKHOLM), manager)

    found = await marks(
        reviewed,
        [at(14, 5, 59), at(14, 6), at(14, 19, 59), at(14, 20), at(17, 12), at(26, 6), at(31, 12)],
    )

    odd = ["odd_hours"]
    assert found == [odd, [], [], odd, odd, [], odd]


async def test_somebody_whose_units_are_elsewhere_is_no_relation(reviewed):
    people = await add_colleagues(reviewed, 5)
    employee = reviewed.people["employee"].id

    found = await marks(
        reviewed,
        [
            Did(NOON, people[0], about=(people[1],)),
            Did(NOON, people[0], about=(people[4],)),
            Did(NOON, people[0], about=(people[1], people[4])),
            Did(NOON, people[0], about=(employee,)),
            Did(NOON, reviewed.people["administrator"].id, about=(people[4],)),
            Did(NOON, people[0], about=(reviewed.people["administrator"].id,)),
        ],
    )

    apart = ["no_relation"]
    assert found == [[], apart, apart, [], [], []]


async def test_own_record_colleague_and_protected_identity(reviewed):
    people = await add_colleagues(reviewed, 5)
    async with await reviewed.work() as work:
        await protect_identity(work, people[2], protected=True)

    found = await marks(
        reviewed,
        [
            Did(NOON, people[0], about=(people[0],)),
            Did(NOON, people[0], about=(people[1],)),
            Did(NOON, people[0], about=(people[2],)),
        ],
        mark_colleague=True,
    )

    assert found == [["own"], ["colleague"], ["protected", "colleague"]]


async def test_who_sees_as_another_or_gives_support_stands_out(reviewed):
    manager, admin = reviewed.people["manager"].id, reviewed.people["administrator"].id

    found = await marks(
        reviewed,
        [Did(NOON, manager, behind=admin), Did(NOON, manager, way=Way.SUPPORT), Did(NOON, manager)],
    )

    assert found == [["behind"], ["behind"], []]


async def test_many_people_within_some_minutes_are_many_in_a_row(reviewed):
    manager = reviewed.people["manager"].id
    people = await add_colleagues(reviewed, 12)
    chosen = {"many": 5, "many_minutes": 10, "mark_no_relation": False, "mark_protected": False}
    slow = [Did(NOON + timedelta(minutes=11 * at), manager, about=(people[at],)) for at in range(5)]
    later = NOON + timedelta(hours=3)
    quick = [
        Did(later + timedelta(minutes=2 * at), manager, about=(people[at],)) for at in range(6)
    ]
    same = [
        Did(later + timedelta(hours=1, minutes=at), manager, about=(people[0],)) for at in range(6)
    ]
    wide = [Did(later + timedelta(hours=2), manager, about=tuple(people[:5]))]

    found = await marks(reviewed, [*slow, *quick, *same, *wide], **chosen)

    many = ["many"]
    assert found == [[]] * 5 + [many] * 6 + [[]] * 6 + [many]


async def test_a_switch_turns_a_rule_off(reviewed):
    manager = reviewed.people["manager"].id

    found = await marks(
        reviewed,
        [Did(NOON.replace(hour=23), manager, about=(manager,))],
        mark_odd_hours=False,
        mark_own=False,
    )

    assert found == [[]]
