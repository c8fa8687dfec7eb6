"""Every page that links lead to: it opens, it is valid, no text that people write runs there, and
nothing that is sent in the fields of its forms is a fault of ours.

The pages are found by following links, so that a new one is in by itself; one that no link leads to
is named in `UNLINKED` with what does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from full_town import Full, full
from playwright.async_api import Page
from sqlalchemy import Text, text, update
from starlette.routing import Match, Route
from ui_checks import check_html, source

from roder.infra.database import Base
from roder.infra.settings import Settings
from roder.platform.app import create_app
from roder.tenants.actors import service as for_the_service
from roder.tenants.models import UserSession
from roder.tenants.rows import TenantRow
from roder.tenants.sign_in.assurance import HIGHEST
from roder.tenants.work import open_work

CANARY = '<img src="/static/none.png" onerror="window.ran=1">'
KEPT = re.compile(
    r"(.*_)?(key|code|slug|kind|role|period|digest|email|locale|module|state|media_type|sha256|"
    r"pseudonym|area|yearly_day|"
    r"light|lights|light_rule|direction|periodicity|consolidation|scopes|claim|issuer|client_id|"
    r"secret|queue|step|problem|topic|place|browser|system|sealed.*|colour|accent)"
)
"""Columns that programs read. What people write in is poisoned."""
CLEANED = {
    ("sections", "text"),
    ("node_comments", "text"),
    ("plan_nodes", "description"),
    ("chapters", "instruction"),
    ("deviation_decisions", "authority_case_number"),
}
"""HTML that is cleaned when it is kept, and what may only be there with something else; tests of
their own hold that."""
NEVER_CHANGED = text(
    "select relname from pg_class where relkind in ('r', 'p') "
    "and not has_table_privilege('roder_app', oid, 'update')"
)
"""History: the application adds to it and reads it."""
ELSEWHERE = re.compile(
    r"/(files|bilder|graphql|live|kalender(\.ics)?|tema\.css|logga|export|mall\.xlsx|logg/bevis)(/|$)"
    r"|/styrdokument/(rss\.xml|offentliga/filer/)"
    r"|/logg/forankringar/."
)
UNLINKED = {
    "home": "the address of the municipality itself",
    "export": "a file that a worker makes",
    "review_export": "files of a reviewed log that a worker makes",
    "review_file": "such a file",
    "help": "the first page of the manual under another address",
    "log_proof": "a file about an entry of the log, once it is anchored",
    "log_anchor": "a file about the log",
    "review_deviation": "asked for by the form of a report, before it is sent",
    "own_deviation": "one's own report, once it is sent",
    "how_use_is_logged": "for everybody, from the page where one signs in",
    "preview_chapter": "from a section that can be fetched, which is named after the path",
    "deviation_key": "for the keeper of the key, who is nobody else",
    "erase_tenant": "once the municipality has decided its end",
    "erasure_to_confirm": "once another administrator has asked for its end",
    "support_way_in": "a link that the operator gets by a command",
    "try_colour": "asked for by a script, while a colour is chosen",
}
MOST_OF_A_KIND = 2
MORE_OF = {
    "planning_node": 12,
    "goal_analysis": 6,
    "write_report": 40,
    "new_picture": 20,
    "report_status": 8,
    "reports": 20,
    "governing_document": 8,
}
"""Whose links depend on what they show."""
START = "socialnamnden/2026/laget"
FORMS = """() => [...document.querySelectorAll('form[method=post]')].map((form) => ({
    action: form.getAttribute('action') || location.pathname,
    fields: [...new FormData(form)].filter(([, value]) => typeof value === 'string'),
    buttons: [...form.querySelectorAll('button[name]')].map((b) => [b.name, b.value]),
}))"""
STRANGE = ("9" * 30, "\ud7ff\x01'\"<", "-1", "")
"""Too large for every number, of signs that no name has, below every bound, and nothing."""
UNSENT = ("logga-ut", "/moduler", "/installningar/modul/")
"""They end what the other forms need: the session, and the modules."""


@pytest.fixture(scope="module")
async def town(runtime) -> Full:
    return await full(runtime)


@pytest.fixture(scope="module")
async def poisoned(runtime) -> Full:
    town = await full(runtime)
    async with open_work(runtime, town.tenant, for_the_service(), write=True) as work:
        history = set((await work.execute(NEVER_CHANGED)).scalars())
        for mapper in Base.registry.mappers:
            table = mapper.local_table
            if not issubclass(mapper.class_, TenantRow) or table.name in history:
                continue
            columns = [
                column
                for column in table.columns
                if isinstance(column.type, Text)
                and not KEPT.fullmatch(column.name)
                and (table.name, column.name) not in CLEANED
            ]
            if columns:
                values = {column.name: CANARY + column for column in columns}
                statement = update(mapper.class_).values(values)
                await work.execute(statement.execution_options(synchronize_session=False))
    return town


async def test_no_text_that_people_write_runs_on_any_page(visit, poisoned):
    page = await visit(poisoned, poisoned.administrator.id, START)
    await show_well(poisoned)

    seen = await walk(page, visit.address, poisoned.tenant.slug)

    assert await page.evaluate("window.ran") is None
    missed = set(pages()) - set(seen) - set(UNLINKED)
    assert missed == set()


async def test_every_page_is_valid_html(visit, town):
    page = await visit(town, town.administrator.id, START)
    await show_well(town)

    seen = await walk(page, visit.address, town.tenant.slug)

    await check_html({name: await source(page, found[0]) for name, found in seen.items()})


async def test_every_link_that_an_employee_sees_opens(visit, town):
    page = await visit(town, town.employee.id, START)
    await show_well(town)

    seen = await walk(page, visit.address, town.tenant.slug)

    assert {"my_work", "state", "goal_analysis", "reports", "read_report"} <= set(seen)


async def test_no_field_of_a_form_makes_a_fault_of_ours(visit, town):
    page = await visit(town, town.administrator.id, START)
    await show_well(town)
    forms: dict[Any, dict[str, Any]] = {}

    async def keep_forms(page: Page) -> None:
        for form in await page.evaluate(FORMS):
            names = tuple(re.sub(r"[0-9a-f-]{36}|\d+", "", name) for name, _ in form["fields"])
            if not any(part in form["action"] for part in UNSENT):
                forms.setdefault((form["action"].split("/")[-1], names), form)

    await walk(page, visit.address, town.tenant.slug, keep_forms)
    faults = []
    for number, form in enumerate(forms.values()):
        for fields in strange(form, number):
            answer = await page.request.post(
                visit.address + form["action"],
                form=fields,
                headers={"origin": visit.address},
                max_redirects=0,
            )
            if answer.status >= 500 or "logga-in" in answer.headers.get("location", ""):
                faults.append((answer.status, form["action"], fields))
    assert faults == []


def strange(form: dict[str, Any], number: int) -> Iterator[dict[str, str]]:
    """The form with one field strange at a time, by each of its buttons in turn."""
    fields = dict(form["fields"])
    buttons = form["buttons"] or [None]
    for at, name in enumerate(fields, start=number):
        pressed = buttons[at % len(buttons)]
        button = {pressed[0]: pressed[1]} if pressed else {}
        yield fields | {name: STRANGE[at % len(STRANGE)]} | button


async def show_well(town: Full) -> None:
    """Whoever is signed in has shown well who they are, so that every module is open to them."""
    async with open_work(town.runtime, town.tenant, for_the_service(), write=True) as work:
        await work.execute(update(UserSession).values(level=HIGHEST))


async def walk(
    page: Page, address: str, slug: str, look: Callable[[Page], Awaitable[None]] | None = None
) -> dict[str, list[str]]:
    """Follow the links from where the page stands: the paths that were opened, by route.

    Fails when one of them is not answered with 200, or when a text has run.
    """
    routes = pages()
    opened: dict[str, list[str]] = defaultdict(list)
    waiting, known = [urlsplit(page.url).path], {urlsplit(page.url).path}
    while waiting:
        path = waiting.pop(0)
        name = name_of(path, routes.values())
        if name is None or len(opened[name]) >= MORE_OF.get(name, MOST_OF_A_KIND):
            continue
        answer = await page.goto(address + path)
        assert answer is not None
        assert answer.status == 200, f"{answer.status} at {path}"
        assert await page.evaluate("window.ran") is None, f"a text has run at {path}"
        if look is not None:
            await look(page)
        opened[name].append(path)
        if name == "planning_node":  # the table's own script makes the link to its comment
            waiting.append(path.partition("?")[0].replace("/planering/", "/malanalys/kommentar/"))
        links = await page.eval_on_selector_all(
            "a[href]", "all => all.map((a) => a.getAttribute('href'))"
        )
        for link in links:
            target = link.partition("#")[0]
            plain = target.partition("?")[0]
            ours = plain.startswith(f"/{slug}") and not ELSEWHERE.search(plain[len(slug) + 1 :])
            if ours and plain not in known:
                known.add(plain)
                waiting.append(target)
    return {name: paths for name, paths in opened.items() if paths}


def pages() -> dict[str, Route]:
    """The routes of a municipality that answer with a page."""
    return {
        route.name: route
        for route in create_app(Settings()).routes
        if isinstance(route, Route)
        and route.path.startswith("/{tenant}/")
        and "GET" in (route.methods or ())
        and not ELSEWHERE.search(route.path.removeprefix("/{tenant}"))
        and route.name not in ("sign_in", "sign_in_answer", "theme", "logo", "graphql")
    }


def name_of(path: str, routes: Iterable[Route]) -> str | None:
    scope = {"type": "http", "path": path.partition("?")[0], "method": "GET", "root_path": ""}
    for route in routes:
        if route.matches(scope)[0] is Match.FULL:
            return route.name
    return None
