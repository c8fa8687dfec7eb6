"""Activities with days, in every pace, on the plan of `planned`."""

from __future__ import annotations

from datetime import date

from planned import Planned

from roder.platform.modules.goals.planning.activities import change_activity
from roder.platform.modules.goals.planning.adding import NewNode, add_nodes
from roder.tenants.rows import uuid7

TODAY = date(2026, 6, 16)
"""Half of June has passed, and 5.5 of 12 months."""
ACTIVITIES = (
    ("late", "assignment", "Schemautbildning", "ongoing", "2026-01-01", "2026-03-31"),
    ("under_way", "assignment", "Provperiod", "ongoing", "2026-04-01", "2026-12-31"),
    ("closed", "assignment", "Förstudie", "done", "2025-11-01", "2026-01-31"),
    ("waiting", "leave", "Uppföljningssamtal", "not_started", "2026-06-01", "2026-06-30"),
    ("open_end", "content", "Medarbetardialog", "not_started", "2026-09-15", None),
    ("elsewhere", "content", "Rekryteringsmässa", "not_started", "2027-02-01", "2027-03-01"),
)


def day_in(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


async def make_timed(town, plan: Planned) -> dict[str, object]:
    """The ids of an assignment and of each activity, by their short names; `talks` has no days."""
    ids = plan.nodes | {"assignment": uuid7()} | {name: uuid7() for name, *_ in ACTIVITIES}
    unit_id = town.units["committee"].id
    async with await town.work() as work:
        assignment = NewNode(
            id=ids["assignment"],
            level_id=plan.levels["assignment"],
            unit_id=unit_id,
            title="Ny schemamodell",
            parent_id=ids["leave"],
            responsible_id=town.people["manager"].id,
        )
        await add_nodes(work, [assignment])
        await add_nodes(
            work,
            [
                NewNode(
                    id=ids[name],
                    level_id=plan.levels["activity"],
                    unit_id=unit_id,
                    title=title,
                    parent_id=ids[above],
                    starts_on=day_in(starts_on),
                    ends_on=day_in(ends_on),
                )
                for name, above, title, _state, starts_on, ends_on in ACTIVITIES
            ],
        )
        for name, _above, _title, state, *_days in ACTIVITIES:
            if state != "not_started":
                await change_activity(work, ids[name], changes={"state": state})
    return ids
