"""The register of people over HTTP: roles with what they mean, and leaving."""

import pytest
from sqlalchemy import select

from roder.tenants.models import Person, RoleGrant, UserSession
from roder.tenants.rows import uuid7

CANARY = "<img src=x onerror=alert(1)>"


def path(town, who, step=""):
    return f"/personer/{town.people[who].id}{step}"


async def test_the_list_is_searched_and_narrowed(town, visitor):
    visit = await visitor(town)
    unit = town.units["home_care"].id

    assert "5 personer" in (await visit.get("/personer")).text
    found = (await visit.get("/personer?q=chef")).text
    assert "1 personer" in found
    assert "Mona Chef" in found
    by_role = (await visit.get(f"/personer?roll=local_administrator&enhet={unit}")).text
    assert "Lo Lokal" in by_role
    assert "Mona Chef" not in by_role
    assert "Ingen stämmer med det du söker." in (await visit.get("/personer?q=%25")).text


@pytest.mark.parametrize(
    "address", ["/personer?q=%00", "/installningar/nycklar?q=%00", "/logg?about=%00&by=a%00"]
)
async def test_a_text_that_no_database_holds_is_no_fault(town, visitor, address):
    visit = await visitor(town)

    assert (await visit.get(address)).status_code in (200, 422)


async def test_someone_is_added_once_it_has_been_shown(town, visitor):
    visit = await visitor(town)
    sent = {"name": "Ny Nilsson", "email": "ny@kommun.example", "locale": "sv"}

    shown = await visit.post("/personer/ny", sent)
    assert "Ny Nilsson kan logga in och läsa" in shown.text
    assert await town.count(Person) == 5
    done = await visit.twice("/personer/ny", sent)

    assert done.status_code == 303
    assert await town.count(Person) == 6
    again = await visit.post("/personer/ny", {**sent, "name": "En annan"})
    assert again.status_code == 409
    assert "Det finns redan någon med den här e-postadressen." in again.text
    assert await town.count(Person) == 6


async def test_a_change_tells_what_differs(town, visitor):
    visit = await visitor(town)
    email = town.people["manager"].email
    sent = {"name": "Mona Chefsson", "email": email, "locale": "en"}

    shown = await visit.post(path(town, "manager"), sent)

    assert "Namn: Mona Chef blir Mona Chefsson" in shown.text
    assert "Språk: sv blir en" in shown.text
    assert "E-postadress:" not in shown.text
    assert (await visit.twice(path(town, "manager"), sent)).status_code == 303
    async with await town.work(write=False) as work:
        person = await work.get(Person, town.people["manager"].id)
        assert (person.name, person.locale) == ("Mona Chefsson", "en")


async def test_a_role_is_given_with_what_it_lets_one_do(town, visitor):
    visit = await visitor(town)
    sent = {"role": "contributor", "unit": str(town.units["school_board"].id)}

    shown = await visit.post(path(town, "employee", "/roller"), sent)
    assert "Elis Anställd får, som" in shown.text
    assert "skriva i rapporter" in shown.text
    assert "Det gäller vid Barn- och utbildningsnämnden och alla dess underenheter" in shown.text
    assert await town.count(RoleGrant) == 4
    done = await visit.twice(path(town, "employee", "/roller"), sent)

    assert done.status_code == 303
    assert await town.count(RoleGrant) == 5
    async with await town.work(write=False) as work:
        grant = await work.first(
            select(RoleGrant.id).where(RoleGrant.person_id == town.people["employee"].id)
        )
    asked = await visit.post(path(town, "employee", f"/roller/{grant}/ta-bort"))
    assert "Elis Anställd får inte längre, genom den här rollen:" in asked.text
    assert await town.count(RoleGrant) == 5
    gone = await visit.twice(path(town, "employee", f"/roller/{grant}/ta-bort"), {})
    assert gone.status_code == 303
    async with await town.work(write=False) as work:
        ended = await work.get(RoleGrant, grant)
    assert ended.ended_by == town.people["administrator"].id


async def test_a_role_needs_a_place(town, visitor):
    visit = await visitor(town)

    answer = await visit.post(
        path(town, "employee", "/roller"), {"role": "contributor", "unit": ""}
    )

    assert answer.status_code == 422
    assert "Välj en enhet eller hela kommunen." in answer.text
    assert await town.count(RoleGrant) == 4


async def test_the_last_full_administrator_stays(town, visitor):
    visit = await visitor(town)

    answer = await visit.post(path(town, "administrator", "/slutat"))

    assert answer.status_code == 409
    assert "Det här är den sista med fullständig administratörsrätt." in answer.text
    assert await town.count(Person, Person.left_on.is_not(None)) == 0


async def test_whoever_has_left_is_listed_apart_and_can_come_back(town, visitor):
    visit = await visitor(town)
    await visitor(town, "manager")

    shown = await visit.post(path(town, "manager", "/slutat"))
    assert "Mona Chef loggas ut överallt" in shown.text
    assert await town.count(UserSession, UserSession.ended_at.is_not(None)) == 0
    done = await visit.twice(path(town, "manager", "/slutat"), {})

    assert done.status_code == 303
    assert await town.count(UserSession, UserSession.ended_at.is_not(None)) == 1
    assert "Mona Chef" not in (await visit.get("/personer")).text
    assert "Mona Chef" in (await visit.get("/personer?visa=slutat")).text
    back = await visit.post(path(town, "manager", "/ater"))
    assert back.status_code == 303
    assert "Mona Chef" in (await visit.get("/personer")).text


async def test_a_session_of_someone_is_ended(town, visitor):
    visit = await visitor(town)
    other = await visitor(town, "manager")
    assert (await other.get("/organisation")).status_code == 200
    async with await town.work(write=False) as work:
        session = await work.first(
            select(UserSession.id).where(UserSession.person_id == town.people["manager"].id)
        )

    await visit.post(path(town, "manager", f"/sessioner/{session}/avsluta"))

    assert (await other.get("/organisation")).status_code == 303
    wrong = await visit.post(path(town, "employee", f"/sessioner/{session}/avsluta"))
    assert wrong.status_code == 404


@pytest.mark.parametrize("who", ["employee", "manager"])
async def test_the_register_is_not_for_everyone(town, visitor, who):
    visit = await visitor(town, who)

    assert (await visit.get("/personer")).status_code == 403
    assert (await visit.get(path(town, "local"))).status_code == 403
    assert "/personer" not in (await visit.get("/organisation")).text


async def test_an_auditor_neither_reads_the_register_nor_changes_it(town, visitor):
    visit = await visitor(town, "auditor")
    everywhere = {"role": "auditor", "unit": "", "everywhere": "on"}

    page = await visit.get(path(town, "manager"))
    answers = [
        await visit.post("/personer/ny", {"name": "X Y", "email": "x@y.example", "locale": "sv"}),
        await visit.post(path(town, "manager"), {"name": "X", "email": "x@y.example"}),
        await visit.post(path(town, "manager", "/roller"), everywhere),
        await visit.post(path(town, "manager", "/slutat")),
        await visit.post(path(town, "manager", "/sessioner/avsluta")),
    ]

    assert page.status_code == 403
    assert [answer.status_code for answer in answers] == [403] * 5
    assert (await town.count(Person), await town.count(RoleGrant)) == (5, 4)


async def test_a_local_administrator_gives_only_roles_below_an_own_unit(town, visitor):
    visit = await visitor(town, "local")
    below = {"role": "contributor", "unit": str(town.units["home_care"].id)}
    above = {"role": "contributor", "unit": str(town.units["committee"].id)}
    whole = {"role": "full_administrator", "unit": "", "everywhere": "on"}

    page = (await visit.get(path(town, "employee"))).text
    assert "Huvudadministratör</option>" not in page
    answers = [
        (await visit.twice(path(town, "employee", "/roller"), below)).status_code,
        (await visit.post(path(town, "employee", "/roller"), above)).status_code,
        (await visit.post(path(town, "employee", "/roller"), whole)).status_code,
        (await visit.post(path(town, "administrator", "/slutat"))).status_code,
    ]

    assert answers == [303, 403, 403, 403]
    assert await town.count(RoleGrant) == 5


async def test_a_person_of_another_municipality_is_not_there(town, other_town, visitor):
    visit = await visitor(town)

    assert (await visit.get(path(other_town, "manager"))).status_code == 404
    assert (await visit.get(f"/personer/{uuid7()}")).status_code == 404
    for step in ("", "/roller", "/slutat", "/ater", "/sessioner/avsluta"):
        sent = {"name": "X", "email": "x@y.example", "role": "auditor", "everywhere": "on"}
        assert (await visit.post(path(other_town, "manager", step), sent)).status_code == 404
    unit = {"role": "contributor", "unit": str(other_town.units["home_care"].id)}
    assert (await visit.post(path(town, "employee", "/roller"), unit)).status_code == 404
    assert await other_town.count(RoleGrant) == 4


async def test_the_name_of_a_person_is_text_wherever_it_is_shown(town, visitor):
    visit = await visitor(town)
    sent = {"name": CANARY, "email": "c@kommun.example", "locale": "sv"}
    await visit.twice(path(town, "local"), sent)

    for address in (
        "/personer",
        path(town, "local"),
        f"/organisation/{town.units['home_care'].id}",
    ):
        text = (await visit.get(address)).text
        assert CANARY not in text
        assert "&lt;img src=x" in text
