"""The state of a unit in the API."""

from __future__ import annotations

from goal_plan import fill, make_plan, staff

STATE = """
query($unit: ID!, $period: String!) {
  stateOfUnit(unitId: $unit, period: $period, compare: true) {
    unit { code } unitName period missing gone model { name }
    areas {
      goal { title } light word toldBy { code } goals goalsAchieved
      indicators indicatorsOnTarget missing thereBefore lightBefore
      leading { title } history { period total target consolidated }
    }
    lights { light word count }
    below { unit { code } missing lights { light count } }
    latest { kind title unit { code } by { name } node { title } }
  }
}
"""
HISTORY = """
query($id: ID!, $unit: ID!, $period: String!) {
  indicatorHistory(indicatorId: $id, unitId: $unit, period: $period) { period total target }
}
"""


async def test_the_state_tells_of_areas_lights_and_units_below(ask, town):
    async with await town.work() as work:
        plan = await make_plan(work, town.units)
        _top, _goal, indicators = await staff(plan)
        await fill(plan, indicators, {0: "9", 2: "34.5", 3: "15"})
        plan.value(indicators[1], period="2025", total="74", target="75")
        plan.comment(indicators[0], "Det går bra")
    unit = {"unit": f"Unit:{town.units['committee'].id}", "period": "2026"}

    state = (await ask(STATE, who="employee", **unit))["stateOfUnit"]

    assert state["unit"] == {"code": "committee"}
    assert (state["unitName"], state["period"], state["missing"]) == ("Socialnämnden", "2026", 0)
    assert (state["model"], state["gone"]) == ({"name": "Östhammar"}, [])
    assert state["areas"] == [
        {
            "goal": {"title": "Attraktiv arbetsgivare"},
            "light": "RED",
            "word": "Ej uppnått",
            "toldBy": None,
            "goals": 1,
            "goalsAchieved": 0,
            "indicators": 4,
            "indicatorsOnTarget": 3,
            "missing": 0,
            "thereBefore": None,
            "lightBefore": None,
            "leading": {"title": "Helhetsintrycket"},
            "history": [
                {"period": "2025", "total": "74", "target": "75", "consolidated": False},
                {"period": "2026", "total": "77", "target": "76", "consolidated": False},
            ],
        }
    ]
    assert state["lights"] == [
        {"light": "GREEN", "word": "Uppnått", "count": 0},
        {"light": "YELLOW", "word": "Delvis uppnått", "count": 0},
        {"light": "RED", "word": "Ej uppnått", "count": 2},
        {"light": None, "word": "Ingen färg än", "count": 0},
    ]
    assert [below["unit"]["code"] for below in state["below"]] == ["home_care"]
    assert {(one["kind"], one["title"]) for one in state["latest"]} >= {
        ("COMMENT", "Minskad sjukfrånvaro")
    }


async def test_the_history_of_an_indicator_goes_back_over_the_years(ask, town):
    async with await town.work() as work:
        plan = await make_plan(work, town.units)
        _top, _goal, indicators = await staff(plan)
        plan.value(indicators[1], period="2024", total="71", target="75")
    named = {
        "id": f"Indicator:{indicators[1].id}",
        "unit": f"Unit:{town.units['committee'].id}",
        "period": "2026",
    }

    history = (await ask(HISTORY, **named))["indicatorHistory"]

    assert history == [
        {"period": "2024", "total": "71", "target": "75"},
        {"period": "2026", "total": "77", "target": "76"},
    ]


async def test_another_municipality_sees_no_state(ask_other, town):
    unit = {"unit": f"Unit:{town.units['committee'].id}", "period": "2026"}

    answer = await ask_other.answer(STATE, **unit)

    assert answer.data == {"stateOfUnit": None}
    assert answer.errors
