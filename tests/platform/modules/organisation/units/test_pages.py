"""The pages of the organisation over HTTP: shown before it is written, refused without a trace."""

from datetime import datetime

import pytest
from sqlalchemy import select

from roder.tenants.models import Unit, UnitSuccession, UnitVersion
from roder.tenants.rows import uuid7
from roder.tenants.work import STOCKHOLM

TODAY = datetime.now(STOCKHOLM).date().isoformat()
NEXT = f"{int(TODAY[:4]) + 1}-01-01"
CANARY = "<script>alert('x')</script>"


async def names(town, unit):
    """What the unit is called, and where it stands, from day to day."""
    async with await town.work(write=False) as work:
        rows = await work.rows(
            select(UnitVersion.name, UnitVersion.parent_id, UnitVersion.valid_from)
            .where(UnitVersion.unit_id == town.units[unit].id)
            .order_by(UnitVersion.valid_from)
        )
    return [(name, parent, day.isoformat()) for name, parent, day in rows]


def path(town, unit, step=""):
    return f"/organisation/{town.units[unit].id}{step}"


async def test_the_tree_is_that_of_the_day(town, visitor):
    visit = await visitor(town, "employee")

    today = await visit.get("/organisation")
    before = await visit.get("/organisation?dag=2017-12-31")

    assert today.status_code == before.status_code == 200
    assert "Hemtjänst Öst" in today.text
    assert "Hemtjänst Öst" not in before.text
    assert "Börja med kommunen." in before.text


async def test_a_day_that_is_none_is_refused(town, visitor):
    visit = await visitor(town, "employee")

    answer = await visit.get("/organisation?dag=igår")

    assert answer.status_code == 422
    assert "Skriv dagen som 2026-01-31." in answer.text


async def test_a_unit_alone_is_given_to_a_script(town, visitor):
    visit = await visitor(town)

    part = await visit.fragment(path(town, "home_care"))

    assert part.text.lstrip().startswith("<div")
    assert "<h2>Hemtjänst Öst</h2>" in part.text
    assert "Lo Lokal" in part.text


async def test_an_employee_reads_why_nothing_can_be_changed_and_no_roles(town, visitor):
    visit = await visitor(town, "employee")

    page = await visit.get(path(town, "home_care"))

    assert "Du kan läsa men inte ändra här. Be Lo Lokal om hjälp." in page.text
    assert 'aria-disabled="true"' in page.text
    assert "Roller här" not in page.text
    assert "Mona Chef" not in page.text


async def test_a_rename_is_shown_first_and_then_written(town, visitor):
    visit = await visitor(town)
    sent = {"name": "Hemtjänst Väst", "fran": NEXT}
    before = await names(town, "home_care")

    shown = await visit.post(path(town, "home_care", "/namn"), sent)

    assert shown.status_code == 200
    assert "”Hemtjänst Öst” heter ”Hemtjänst Väst” från 1 januari" in shown.text
    assert await names(town, "home_care") == before

    done = await visit.twice(path(town, "home_care", "/namn"), sent)

    assert done.status_code == 303
    assert done.headers["location"].endswith(f"{path(town, 'home_care')}?dag={NEXT}")
    above = town.units["committee"].id
    assert await names(town, "home_care") == [
        ("Hemtjänst Öst", above, "2018-01-01"),
        ("Hemtjänst Väst", above, NEXT),
    ]


async def test_another_value_than_the_one_shown_is_shown_first(town, visitor):
    visit = await visitor(town)
    shown = await visit.post(path(town, "home_care", "/namn"), {"name": "A", "fran": NEXT})
    seen = shown.text.split('name="seen" value="')[1][:32]

    answer = await visit.post(
        path(town, "home_care", "/namn"), {"name": "B", "fran": NEXT, "seen": seen}
    )

    assert answer.status_code == 200
    assert len(await names(town, "home_care")) == 1


async def test_a_move_tells_how_much_comes_along(town, visitor):
    visit = await visitor(town)
    to = town.units["school_board"].id

    shown = await visit.fragment(path(town, "committee", f"/flytta?till={to}"))

    year = NEXT[:4]
    assert f"1 underenhet och 0 mål följer med. Gäller från 1 januari {year}." in shown.text
    done = await visit.twice(path(town, "committee", "/flytta"), {"till": str(to), "fran": NEXT})
    assert done.status_code == 303
    assert await names(town, "committee") == [
        ("Socialnämnden", town.units["council"].id, "2018-01-01"),
        ("Socialnämnden", to, NEXT),
    ]


async def test_a_unit_is_not_moved_in_under_itself(town, visitor):
    visit = await visitor(town)
    sent = {"till": str(town.units["home_care"].id), "fran": NEXT}

    shown = await visit.get(path(town, "committee", f"/flytta?till={sent['till']}"))
    answer = await visit.post(path(town, "committee", "/flytta"), sent)

    assert "En enhet kan inte flyttas in under sig själv." in shown.text
    assert answer.status_code == 409
    assert "En enhet kan inte flyttas in under sig själv." in answer.text
    assert len(await names(town, "committee")) == 1


async def test_a_move_that_cannot_be_is_told_where_it_was_tried(town, visitor):
    visit = await visitor(town)
    local = await visitor(town, "local")
    under, beside = town.units["home_care"].id, town.units["school_board"].id

    itself = await visit.fragment(path(town, "committee", f"/flytta?till={under}"))
    fixed = await local.fragment(path(town, "home_care", f"/flytta?till={beside}"))

    assert (itself.status_code, fixed.status_code) == (409, 403)
    assert itself.text.startswith('<hx-partial id="notice">')
    assert "En enhet kan inte flyttas in under sig själv." in itself.text
    assert "inte flytta eller avveckla den" in fixed.text


async def test_what_is_planned_is_listed_and_undone(town, visitor):
    visit = await visitor(town)
    await visit.twice(path(town, "home_care", "/namn"), {"name": "Hemtjänst Väst", "fran": NEXT})

    listed = await visit.get("/organisation/planerat")
    assert "byter namn till Hemtjänst Väst" in listed.text
    undone = await visit.post(path(town, "home_care", "/angra"))

    assert undone.status_code == 303
    assert len(await names(town, "home_care")) == 1
    again = await visit.post(path(town, "home_care", "/angra"))
    assert again.status_code == 409
    assert "Ingenting är planerat." in (await visit.get("/organisation/planerat")).text


async def test_a_unit_is_added_below_another(town, visitor):
    visit = await visitor(town)
    under = str(town.units["committee"].id)
    sent = {"name": "Hemtjänst Norr", "code": "HN", "kind": "unit", "under": under, "fran": NEXT}

    done = await visit.twice("/organisation/ny", sent)

    assert done.status_code == 303
    assert await town.count(Unit) == 5
    taken = await visit.post("/organisation/ny", {**sent, "name": "En till"})
    assert taken.status_code == 409
    assert "HN" in taken.text
    assert await town.count(Unit) == 5


async def test_a_unit_with_others_below_it_does_not_end(town, visitor):
    visit = await visitor(town)

    answer = await visit.post(path(town, "committee", "/upphor"), {"fran": NEXT})

    assert answer.status_code == 409
    assert "Hemtjänst Öst" in answer.text
    done = await visit.twice(path(town, "home_care", "/upphor"), {"fran": NEXT})
    assert done.status_code == 303
    async with await town.work(write=False) as work:
        last = await work.first(
            select(UnitVersion.valid_to).where(UnitVersion.unit_id == town.units["home_care"].id)
        )
    assert last.isoformat() == NEXT


async def test_two_units_become_one_and_their_histories_lead_there(town, visitor):
    visit = await visitor(town)
    sent = {
        "enhet": [str(town.units["committee"].id), str(town.units["school_board"].id)],
        "till": "new",
        "ny-name": "Välfärdsnämnden",
        "ny-code": "VN",
        "ny-kind": "committee",
        "ny-under": str(town.units["council"].id),
        "standing": "",
        "fran": NEXT,
    }

    shown = await visit.post(path(town, "committee", "/sla-ihop"), sent)
    assert "De här upphör: Barn- och utbildningsnämnden, Socialnämnden." in shown.text
    assert await town.count(UnitSuccession) == 0
    done = await visit.twice(path(town, "committee", "/sla-ihop"), sent)

    assert done.status_code == 303
    assert await town.count(UnitSuccession) == 2
    new = done.headers["location"].split("/")[-1].split("?")[0]
    page = await visit.get(f"/organisation/{new}?dag={NEXT}")
    assert "Kommer ur" in page.text
    assert "Socialnämnden" in page.text
    undone = await visit.post(path(town, "committee", "/angra"))
    assert undone.status_code == 303
    assert await town.count(UnitSuccession) == 0


async def test_a_unit_is_split_and_those_below_are_told_where_to_go(town, visitor):
    visit = await visitor(town)
    sent = {
        "delar": "2",
        "del-0-name": "Äldrenämnden",
        "del-0-code": "ÄN",
        "del-0-kind": "committee",
        "del-0-enhet": "",
        "del-1-name": "Omsorgsnämnden",
        "del-1-code": "ON",
        "del-1-kind": "committee",
        "del-1-enhet": "",
        f"barn-{town.units['home_care'].id}": "1",
        "fran": NEXT,
    }

    more = await visit.post(path(town, "committee", "/dela"), {**sent, "add": "1"})
    assert 'name="del-2-name"' in more.text
    done = await visit.twice(path(town, "committee", "/dela"), sent)

    assert done.status_code == 303
    async with await town.work(write=False) as work:
        heir = await work.first(select(Unit.id).where(Unit.code == "ON"))
    assert (await names(town, "home_care"))[-1] == ("Hemtjänst Öst", heir, NEXT)


async def test_a_file_is_tried_before_it_is_read_in(town, visitor):
    visit = await visitor(town)
    file = ("enheter.csv", "Kod;Namn;Slag;Överordnad\nHN;Hemtjänst Norr;enhet;committee\n".encode())

    shown = await visit.post("/organisation/las-in", {"fran": ""}, files={"file": file})
    assert "1 nya enheter" in shown.text
    assert await town.count(Unit) == 4
    kept = shown.text.split('name="fil" value="')[1][:36]
    done = await visit.post("/organisation/las-in", {"fil": kept, "fran": "", "do": "save"})

    assert done.status_code == 303
    assert await town.count(Unit) == 5


async def test_all_that_is_wrong_in_a_file_is_told_row_by_row(town, visitor):
    visit = await visitor(town)
    rows = f"Kod;Namn;Slag;Överordnad\nA;{CANARY};hund;committee\nB;Bra;enhet;saknas\n"

    shown = await visit.post(
        "/organisation/las-in", {"fran": ""}, files={"file": ("fel.csv", rows.encode())}
    )

    assert shown.status_code == 422
    assert "2 fel behöver rättas i fel.csv. Ingenting är inläst." in shown.text
    assert 'name="fil"' not in shown.text
    assert await town.count(Unit) == 4


@pytest.mark.parametrize("who", ["employee", "manager", "auditor"])
async def test_those_without_the_right_change_nothing(town, visitor, who):
    visit = await visitor(town, who)
    sent = [
        ("/organisation/ny", {"name": "X", "code": "X", "kind": "unit", "under": "", "fran": NEXT}),
        (path(town, "home_care", "/namn"), {"name": "X", "fran": NEXT}),
        (path(town, "home_care", "/flytta"), {"till": "topp", "fran": NEXT}),
        (path(town, "home_care", "/upphor"), {"fran": NEXT}),
        (path(town, "home_care", "/angra"), {}),
        (path(town, "home_care", "/sla-ihop"), {"fran": NEXT}),
        ("/organisation/las-in", {"fran": ""}),
        ("/organisation/exportera/xlsx", {}),
    ]

    answers = [(await visit.post(address, data)).status_code for address, data in sent]

    assert set(answers) <= {403, 409, 422}
    assert answers[1:4] == [403, 403, 403]
    assert (await visit.get("/organisation/las-in")).status_code == 403
    assert await town.count(UnitVersion) == 4


@pytest.mark.parametrize("who", ["employee", "local"])
@pytest.mark.parametrize("step", ["/dela", "/sla-ihop"])
async def test_a_split_or_merge_is_refused_before_what_was_sent_is_read(town, visitor, who, step):
    visit = await visitor(town, who)

    for sent in ({"delar": "x"}, {"enhet": "x"}, {"add": "1"}, {}):
        assert (await visit.post(path(town, "committee", step), sent)).status_code == 403, sent

    assert await town.count(UnitVersion) == 4


async def test_a_local_administrator_changes_what_is_theirs_only(town, visitor):
    visit = await visitor(town, "local")

    own = await visit.twice(path(town, "home_care", "/namn"), {"name": "Vår", "fran": NEXT})
    above = await visit.post(path(town, "committee", "/namn"), {"name": "Er", "fran": NEXT})
    away = await visit.post(path(town, "home_care", "/flytta"), {"till": "topp", "fran": NEXT})

    assert (own.status_code, above.status_code, away.status_code) == (303, 403, 403)
    assert len(await names(town, "home_care")) == 2
    assert len(await names(town, "committee")) == 1
    page = await visit.get(path(town, "home_care"))
    assert "Du kan ändra enheten men inte flytta eller avveckla den." in page.text


async def test_a_unit_of_another_municipality_is_not_there(town, other_town, visitor):
    visit = await visitor(town)

    for step in ("", "/flytta", "/upphor", "/sla-ihop", "/dela"):
        foreign = await visit.get(path(other_town, "home_care", step))
        absent = await visit.get(f"/organisation/{uuid7()}{step}")
        assert foreign.status_code == absent.status_code == 404
    for step in ("/namn", "/flytta", "/upphor", "/angra"):
        sent = {"name": "X", "till": "topp", "fran": NEXT}
        assert (await visit.post(path(other_town, "home_care", step), sent)).status_code == 404
    to = {"till": str(other_town.units["council"].id), "fran": NEXT}
    assert (await visit.post(path(town, "home_care", "/flytta"), to)).status_code == 404
    assert len(await names(other_town, "home_care")) == 1


async def test_the_name_of_a_unit_is_text_wherever_it_is_shown(town, visitor):
    visit = await visitor(town)
    await visit.twice(path(town, "home_care", "/namn"), {"name": CANARY, "fran": TODAY})

    for address in (
        "/organisation",
        path(town, "home_care"),
        path(town, "home_care", "/flytta"),
        path(town, "committee", "/dela"),
        path(town, "committee", "/sla-ihop"),
        "/organisation/ny",
        "/personer",
        f"/personer/{town.people['local'].id}",
    ):
        text = (await visit.get(address)).text
        assert CANARY not in text
        assert "&lt;script&gt;" in text, address
