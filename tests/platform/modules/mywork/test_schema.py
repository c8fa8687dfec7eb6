"""Tasks, choices, the calendar and reminders in the API."""

from __future__ import annotations

from typing import Any

import pytest

from roder.graphql.context import Context
from roder.platform.schema import product_schema
from roder.tenants.work import Work

SCHEMA = product_schema()
PROBLEM = "__typename ... on Problem { code field }"


@pytest.fixture
def ask(plan):
    async def ask(who: str, document: str, **variables: Any) -> Any:
        async with plan.on("2026-11-23", who) as work:
            return await answer(work, document, variables)

    return ask


async def answer(work: Work, document: str, variables: dict[str, Any]) -> Any:
    found = await SCHEMA.execute(document, variable_values=variables, context_value=Context(work))
    assert found.errors is None, found.errors
    return found.data


async def test_a_task_says_what_where_by_when_and_with_what_so_far(plan, report, ask):
    found = await ask(
        "manager",
        """{ myTasks {
          key kind title about period dueOn late because
          unit { name } people { name }
          node { __typename title } section { title } report { title }
          values { measureUnit decimals bySex total target version }
        } }""",
    )
    first, chapter = found["myTasks"][0], found["myTasks"][4]
    visits, home = plan.nodes["visits"], plan.town.units["home_care"].id
    assert first == {
        "key": f"values:{visits}:{home}:2026-T2",
        "kind": "OUTCOME",
        "title": "Besök i tid",
        "about": "",
        "period": "2026-T2",
        "dueOn": "2026-09-30",
        "late": True,
        "because": "UNIT",
        "unit": {"name": "Hemtjänst Öst"},
        "people": first["people"],
        "node": {"__typename": "Indicator", "title": "Besök i tid"},
        "section": None,
        "report": None,
        "values": {
            "measureUnit": "",
            "decimals": 0,
            "bySex": False,
            "total": None,
            "target": None,
            "version": 0,
        },
    }
    assert {person["name"] for person in first["people"]} == {"Mona Chef", "Lo Lokal"}
    assert (chapter["kind"], chapter["section"], chapter["report"], chapter["values"]) == (
        "CHAPTER",
        {"title": "Måluppfyllelse"},
        {"title": "Kvalitetsrapport 2026"},
        None,
    )


@pytest.mark.parametrize("who", ["employee", "auditor"])
async def test_who_has_no_tasks_gets_an_empty_list(plan, report, ask, who):
    assert await ask(who, "{ myTasks { key } }") == {"myTasks": []}


async def test_choices_are_read_and_changed_one_by_one(ask):
    fields = "... on NotificationChoices { reminders digest }"
    change = f"mutation {{ changeNotificationChoices(digest: false) {{ {PROBLEM} {fields} }} }}"
    changed = await ask("employee", change)
    assert changed["changeNotificationChoices"] == {
        "__typename": "NotificationChoices",
        "reminders": True,
        "digest": False,
    }
    read = "{ myNotificationChoices { reminders digest } }"
    assert await ask("employee", read) == {
        "myNotificationChoices": {"reminders": True, "digest": False}
    }
    assert await ask("manager", read) == {
        "myNotificationChoices": {"reminders": True, "digest": True}
    }


async def test_a_calendar_address_is_shown_once_and_shut(ask):
    make = "mutation { makeCalendarFeed { ... on CalendarFeedMade { address } } }"
    shut = "mutation { revokeCalendarFeed { ... on CalendarFeedRevoked { thereWasOne } } }"
    assert (await ask("employee", make))["makeCalendarFeed"]["address"].endswith(".ics")
    assert (await ask("employee", "{ myCalendarFeed { createdAt } }"))["myCalendarFeed"]
    assert await ask("manager", "{ myCalendarFeed { createdAt } }") == {"myCalendarFeed": None}
    for there in (True, False):
        assert await ask("employee", shut) == {"revokeCalendarFeed": {"thereWasOne": there}}
    assert await ask("employee", "{ myCalendarFeed { createdAt } }") == {"myCalendarFeed": None}


REMIND = f"""mutation ($ids: [ID!]!) {{ remindResponsible(input: {{reportIds: $ids}}) {{ {PROBLEM}
    ... on Reminded {{ people {{ name }} already {{ name }} withoutAnyone {{ title }} }} }} }}"""


async def test_reminding_tells_who_and_is_for_administrators(plan, report, ask):
    ids = [f"Report:{report.id}"]
    refused = await ask("manager", REMIND, ids=ids)
    assert refused["remindResponsible"] == {
        "__typename": "Problem",
        "code": "FORBIDDEN",
        "field": None,
    }
    done = (await ask("administrator", REMIND, ids=ids))["remindResponsible"]
    assert {person["name"] for person in done["people"]} == {"Mona Chef", "Lo Lokal"}
    assert (done["already"], done["withoutAnyone"]) == ([], [])
    again = (await ask("administrator", REMIND, ids=ids))["remindResponsible"]
    assert (again["people"], len(again["already"])) == ([], 2)
