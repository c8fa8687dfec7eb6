from __future__ import annotations

import json
from decimal import Decimal

import pytest

from roder.infra.i18n import use_locale
from roder.infra.periods import Period, parse_period
from roder.platform.modules.goals.analysis.analysis import goal_analysis
from roder.platform.modules.goals.analysis.snapshot import read_snapshot, snapshot
from roder.platform.modules.goals.models import NodeKind
from roder.platform.modules.goals.planning.activities import change_activity
from roder.platform.modules.goals.planning.adding import NewNode, add_nodes
from roder.platform.modules.goals.rules import Light
from roder.platform.modules.goals.steering.design import LevelDesign, create_model
from roder.platform.modules.goals.values.comments import write_comment
from roder.platform.modules.goals.values.lights import set_light_by_hand
from roder.platform.modules.goals.values.outcomes import set_outcome
from roder.platform.modules.goals.view.view import model_with_levels
from roder.tenants.rows import uuid7

LEVELS = (
    LevelDesign("goal", NodeKind.GOAL, {"sv": "Nämndmål", "en": "Committee goal"}),
    LevelDesign("indicator", NodeKind.INDICATOR, {"sv": "Styrtal"}, ("goal",)),
    LevelDesign("activity", NodeKind.ACTIVITY, {"sv": "Aktivitet"}, ("goal",)),
)


@pytest.fixture
async def unit_id(town, work):
    """A unit with a red goal set by hand, an indicator split by sex and a closed activity."""
    unit_id = town.units["committee"].id
    await create_model(work, year=2026, name="Styrmodell", levels=LEVELS)
    _model, (goal, indicator, activity) = await model_with_levels(work, year=2026)
    ids = [uuid7() for _ in range(3)]
    await add_nodes(
        work,
        [
            NewNode(goal.id, unit_id, "Nöjda brukare", id=ids[0]),
            NewNode(
                indicator.id,
                unit_id,
                "Nöjdhet",
                parent_id=ids[0],
                id=ids[1],
                indicator={"measure_unit": "%", "decimals": 1, "by_sex": True},
            ),
            NewNode(activity.id, unit_id, "Enkät", parent_id=ids[0], id=ids[2]),
        ],
    )
    await set_outcome(
        work,
        ids[1],
        unit_id=unit_id,
        period="2026",
        values={"total": Decimal("1234.5"), "women": Decimal("8"), "target": Decimal("9")}
        | {"total": Decimal("8.5")},
        source="enkät.xlsx",
    )
    await write_comment(
        work, ids[1], unit_id=unit_id, period="2026", text="Inte än", in_report=False
    )
    await change_activity(work, ids[2], changes={"state": "done"})
    await set_light_by_hand(
        work, ids[0], unit_id=unit_id, period="2026", light=Light.RED, reason="För tidigt"
    )
    return unit_id


async def test_a_snapshot_is_plain_json_and_is_read_back_whole(work, unit_id):
    analysis = await goal_analysis(work, unit_id=unit_id, period=Period(2026))
    document = snapshot(analysis)

    shown = read_snapshot(json.loads(json.dumps(document)))

    assert shown.version == 1
    assert (shown.unit_name, shown.period, shown.model_name) == (
        "Socialnämnden",
        "2026",
        "Styrmodell",
    )
    assert [light.word["sv"] for light in shown.lights] == [
        "Uppnått",
        "Delvis uppnått",
        "Ej uppnått",
    ]
    assert shown.lights[2].colour == "#c62828"
    goal = shown.rows[0]
    assert (goal.level, goal.depth, goal.title) == ("goal", 0, "Nöjda brukare")
    assert goal.verdict
    assert (goal.verdict.light, goal.verdict.source) == ("red", "hand")
    day = work.today.isoformat()
    assert goal.verdict.sentence == {
        "sv": f"Målet sattes till rött för hand {day}: För tidigt",
        "en": f"The goal was set to red by hand on {day}: För tidigt",
    }
    assert shown.missing == 1
    assert [(warning.kind, warning.sentence["sv"]) for warning in shown.warnings] == [
        ("goal_uncommented", 'Målet "Nöjda brukare" har ingen kommentar.'),
        ("activity_uncommented", 'Aktiviteten "Enkät" har ingen kommentar.'),
    ]


async def test_a_snapshot_holds_values_comments_and_states_in_words(work, unit_id):
    analysis = await goal_analysis(work, unit_id=unit_id, period=Period(2026))

    _goal, indicator, activity = read_snapshot(json.loads(json.dumps(snapshot(analysis)))).rows

    assert indicator.values
    assert indicator.values.model_dump() == {
        "period": "2026",
        "label": {"sv": "2026", "en": "2026"},
        "total": "8.5",
        "women": "8.0",
        "men": None,
        "target": "9.0",
        "forecast": None,
        "source": "enkät.xlsx",
        "consolidated": False,
        "missing": ("men",),
    }
    assert (indicator.measure_unit, indicator.decimals, indicator.by_sex) == ("%", 1, True)
    assert indicator.comment
    assert (indicator.comment.text, indicator.comment.in_report) == ("Inte än", False)
    assert activity.activity
    assert activity.activity.model_dump() == {
        "state": "done",
        "word": {"sv": "Avslutad", "en": "Done"},
        "closed": True,
        "starts_on": None,
        "ends_on": None,
    }
    assert activity.verdict is None


async def test_a_snapshot_is_the_same_whoever_takes_it_and_names_nobody(work, unit_id):
    analysis = await goal_analysis(work, unit_id=unit_id, period=Period(2026))

    swedish = snapshot(analysis)
    with use_locale("en"):
        english = snapshot(analysis)

    assert swedish == english
    assert str(work.actor.id) not in json.dumps(swedish)


async def test_the_captions_name_the_period_that_was_chosen(work, unit_id):
    captions = {}
    for code in ("2026", "2026-T2"):
        analysis = await goal_analysis(work, unit_id=unit_id, period=parse_period(code))
        shown = read_snapshot(snapshot(analysis))
        captions[code] = [column.caption["sv"] for column in shown.columns]
        english = [column.caption.get("en") for column in shown.columns]

    assert captions["2026"] == [
        *("Nämndmål", "Färg", "Kommentar"),
        *("Styrtal", "Färg", "Enhet", "Utfall 2026", "Utfall kvinna 2026", "Utfall man 2026"),
        *("Måltal 2026", "Kommentar", "Aktivitet", "Läge", "Kommentar"),
    ]
    assert captions["2026-T2"][6] == "Utfall tertial 2 2026"
    assert english[6] == "Outcome tertial 2 2026"


async def test_a_snapshot_of_a_later_version_is_not_guessed_at(work, unit_id):
    document = snapshot(await goal_analysis(work, unit_id=unit_id, period=Period(2026)))

    with pytest.raises(ValueError, match="version"):
        read_snapshot(document | {"version": 2})


async def test_a_year_without_a_model_gives_an_empty_snapshot(work, unit_id):
    shown = read_snapshot(snapshot(await goal_analysis(work, unit_id=unit_id, period=Period(2019))))

    assert (shown.model_id, shown.model_name, shown.rows, shown.columns) == (None, "", (), ())
