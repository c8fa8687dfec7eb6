"""What is refused to someone who is signed in keeps the frame, and names who can help."""

from __future__ import annotations

import re

import pytest
from planned import clients, words
from report_desk import TEXTS, set_up

from roder.platform.modules.goals.steering.locks import lock_year
from roder.platform.modules.mywork import pages
from roder.tenants.models import RoleGrant

HOME_CARE = "hemtjanst-ost/2026"


@pytest.fixture
async def enter(runtime, settings, town):
    async with clients(runtime, settings, town) as make:
        yield make


def framed(page, town, *, unit: str | None = None) -> bool:
    """Header, menu and pickers of the municipality, and the way back in the page itself."""
    home = f'href="/{town.tenant.slug}"'
    chosen = re.search(r'id="unit-picker".*?class="clip">([^<]*)<', page.text, flags=re.S)
    return (
        'id="menu"' in page.text
        and f'href="/{town.tenant.slug}/mitt-arbete"' in page.text
        and page.text.count(home) == 2
        and 'id="year-picker"' in page.text
        and chosen is not None
        and unit in (None, chosen[1])
    )


async def test_a_page_that_is_not_for_one_names_an_administrator(enter, town):
    page = await (await enter("employee")).get("installningar")

    assert page.status_code == 403
    assert framed(page, town)
    assert "Be Asta Admin om hjälp." in words(page)


async def test_who_is_nearest_to_the_unit_is_named(enter, town):
    page = await (await enter("manager")).get("personer")

    assert page.status_code == 403
    assert "Be Lo Lokal om hjälp." in words(page)


async def test_those_who_may_do_it_are_named_two_at_most_and_in_order(enter, town):
    desk = await set_up(town, TEXTS[:1])
    async with await town.work() as work:
        at = town.units["home_care"].id
        for who in ("auditor", "administrator"):
            work.add(RoleGrant(person_id=town.people[who].id, role="contributor", unit_id=at))

    page = await (await enter("employee")).get(f"{desk.path}/word-in")

    assert page.status_code == 403
    assert framed(page, town, unit="Hemtjänst Öst")
    assert "Be Asta Admin eller Lo Lokal om hjälp." in words(page)


async def test_one_who_is_the_only_one_is_not_sent_to_oneself(enter, town):
    page = await (await enter("local")).get("installningar")

    assert page.status_code == 403
    assert "Be Lo Lokal" not in words(page)


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("finns-inte", None),
        (f"{HOME_CARE}/finns-inte", None),
        (f"{HOME_CARE}/rapporter/0192f0c4-0000-7000-8000-000000000000", "Hemtjänst Öst"),
        ("ingen-enhet/2026/malanalys", None),
    ],
)
async def test_what_is_not_there_keeps_the_frame(enter, town, path, unit):
    page = await (await enter("employee")).get(path)

    assert page.status_code == 404
    assert framed(page, town, unit=unit)
    assert "om hjälp" not in words(page)


async def test_a_conflict_keeps_the_frame(enter, town):
    async with await town.work() as work:
        await lock_year(work, 2026)

    page = await (await enter()).post(f"{HOME_CARE}/styrmodell/las")

    assert page.status_code == 409
    assert framed(page, town, unit="Hemtjänst Öst")


async def test_without_a_session_or_in_another_municipality_there_is_no_frame(
    enter, town, new_town
):
    other = await new_town("Grannen")
    http = await enter("employee")
    elsewhere = await http.get(f"http://roder.example/{other.tenant.slug}/finns-inte")
    nowhere = await http.get("http://roder.example/ingen-kommun/finns-inte")
    http.cookies.clear()
    stranger = await http.get("finns-inte")

    for page in (elsewhere, nowhere, stranger):
        assert page.status_code == 404
        assert 'id="menu"' not in page.text
        assert "Grannen" not in page.text


async def test_a_program_is_told_in_json(enter):
    http = await enter("employee")
    answer = await http.get("installningar", headers={"accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


async def test_a_fault_of_ours_has_no_frame(enter, monkeypatch):
    async def broken(_work):
        raise ZeroDivisionError

    monkeypatch.setattr(pages, "my_tasks", broken)
    page = await (await enter("employee")).get("mitt-arbete")

    assert page.status_code == 500
    assert 'id="menu"' not in page.text
