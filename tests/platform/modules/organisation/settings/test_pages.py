"""The settings over HTTP: what would change is told first, and only full administrators come in."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from roder.platform.modules.goals.models import YearLock
from roder.platform.modules.goals.settings import goal_settings
from roder.platform.modules.mywork.settings import my_work_settings
from roder.platform.modules.organisation.sign_in.pages import _read_levels
from roder.platform.web.forms import Form
from roder.tenants.models import (
    ApiToken,
    ModuleSettings,
    ModuleSwitch,
    SignInProvider,
    StoredFile,
    Tenant,
)
from roder.tenants.rows import uuid7
from roder.tenants.terms import terms_of

CANARY = "<b onmouseover=alert(1)>x</b>"
TABS = (
    "",
    "/begrepp",
    "/skalor",
    "/mallar",
    "/arshjul",
    "/modul/goals",
    "/modul/reports",
    "/modul/mywork",
    "/modul/organisation",
    "/tema",
    "/inloggning",
    "/nycklar",
    "/nycklar/ny",
    "/hjalpfilmer",
    "/synpunkter",
)
DAYS = {
    "outcome_days": "30",
    "ahead_days": "28",
    "reminders": "on",
    "reminder_days.antal": "2",
    "reminder_days.0": "28",
    "reminder_days.1": "7",
    "digest": "on",
    "digest_weekday": "0",
    "hour": "8",
}
PROVIDER = {
    "issuer": "https://id.kommun.example",
    "client_id": "roder",
    "client_secret": "hemligt-ord-77",
    "scopes": "openid email",
    "claim": "email",
    "label": "",
    "sealed": "",
}


async def stands(town, ask):
    async with await town.work(write=False) as work:
        return await ask(work)


@pytest.mark.parametrize("who", ["employee", "manager", "local", "auditor"])
async def test_the_settings_are_read_by_auditors_and_changed_by_full_administrators(
    town, visitor, who
):
    visit = await visitor(town, who)
    sent = [
        ("/moduler/goals", {"on": "0"}),
        ("/begrepp", {"sv:goals.goal": "Målsättning"}),
        ("/arshjul/2026/las", {"reason": ""}),
        ("/modul/mywork", DAYS),
        ("/tema", {"name": "X", "accent": "#000000"}),
        ("/inloggning", PROVIDER),
        ("/nycklar/ny", {"name": "X", "scope": "read", "days": "30"}),
        ("/hjalpfilmer", {"start": "https://film.example"}),
        (f"/synpunkter/{uuid7()}/klar", {}),
    ]

    gets = {tab: (await visit.get(f"/installningar{tab}")).status_code for tab in TABS}
    posts = {(await visit.post(f"/installningar{at}", data)).status_code for at, data in sent}

    if who == "auditor":
        assert {tab for tab, status in gets.items() if status != 200} == {"/nycklar/ny"}
    else:
        assert set(gets.values()) == {403}
    assert posts == {403}
    models = (ModuleSettings, YearLock, SignInProvider, ApiToken, StoredFile)
    assert [await town.count(model) for model in models] == [0] * 5
    assert await town.count(ModuleSwitch) == 2
    shown = "/installningar" in (await visit.get("/organisation")).text
    assert shown == (who == "auditor")


async def test_every_tab_stands(town, visitor):
    visit = await visitor(town)

    answers = {tab: (await visit.get(f"/installningar{tab}")).status_code for tab in TABS}

    assert set(answers.values()) == {200}


async def test_switching_a_module_off_tells_what_is_lost_first(town, visitor):
    visit = await visitor(town)

    shown = await visit.post("/installningar/moduler/reports", {"on": "0"})
    assert "Det här syns inte längre: Rapporter" in shown.text
    assert await town.count(ModuleSwitch) == 2
    done = await visit.twice("/installningar/moduler/reports", {"on": "0"})

    assert done.status_code == 303
    assert await town.count(ModuleSwitch) == 1
    assert (await visit.get("/installningar/modul/reports")).status_code == 404
    back = await visit.twice("/installningar/moduler/reports", {"on": "1"})
    assert back.status_code == 303
    assert await town.count(ModuleSwitch) == 2


async def test_a_module_that_all_have_stays_on(town, visitor):
    visit = await visitor(town)

    core = await visit.post("/installningar/moduler/organisation", {"on": "0"})
    unknown = await visit.post("/installningar/moduler/finns-inte", {"on": "0"})

    assert (core.status_code, unknown.status_code) == (409, 404)
    assert await town.count(ModuleSwitch) == 2


async def test_terms_are_tried_in_the_menu_and_then_kept(town, visitor):
    visit = await visitor(town)
    sent = {"sv:organisation.units": "Vår organisation", "en:organisation.units": "  "}

    tried = await visit.post("/installningar/begrepp/prov", sent)
    assert '<hx-partial id="menu-preview"' in tried.text
    assert "Vår organisation" in tried.text
    shown = await visit.post("/installningar/begrepp", sent)
    assert "”Organisation” heter ”Vår organisation”." in shown.text
    assert (await stands(town, terms_of)).words == {}
    await visit.twice("/installningar/begrepp", sent)

    assert (await stands(town, terms_of)).words == {
        "organisation.units": {"sv": "Vår organisation"}
    }
    assert "Vår organisation" in (await visit.get("/organisation")).text
    await visit.twice("/installningar/begrepp", {"sv:organisation.units": ""})
    assert (await stands(town, terms_of)).words == {}


async def test_a_term_is_text_and_of_bounded_length(town, visitor):
    visit = await visitor(town)

    long = await visit.post("/installningar/begrepp", {"sv:organisation.units": "x" * 61})
    await visit.twice("/installningar/begrepp", {"sv:organisation.units": CANARY})

    assert long.status_code == 422
    for address in ("/organisation", "/installningar/begrepp", "/personer"):
        assert CANARY not in (await visit.get(address)).text
    assert "&lt;b onmouseover" in (await visit.get("/organisation")).text


async def test_a_generated_form_keeps_what_was_chosen(town, visitor):
    visit = await visitor(town)
    sent = {**DAYS, "outcome_days": "14", "digest_weekday": "2"}
    del sent["reminders"]

    shown = await visit.post("/installningar/modul/mywork", sent)
    assert "Dagar efter perioden som ett utfall ska vara inne: 30 blir 14" in shown.text
    assert "Påminn med e-post: på blir av" in shown.text
    assert "Veckodag för listan: Måndag blir Onsdag" in shown.text
    assert await town.count(ModuleSettings) == 0
    await visit.twice("/installningar/modul/mywork", sent)

    kept = await stands(town, my_work_settings)
    assert (kept.outcome_days, kept.reminders, kept.digest_weekday) == (14, False, 2)
    assert kept.reminder_days == (28, 7)


async def test_rows_of_a_generated_form_come_and_go_without_being_kept(town, visitor):
    visit = await visitor(town)

    more = await visit.post("/installningar/modul/mywork", {**DAYS, "lagg-till": "reminder_days"})
    assert 'name="reminder_days.2" value=""' in more.text
    less = await visit.post("/installningar/modul/mywork", {**DAYS, "ta-bort": "reminder_days.0"})
    assert 'name="reminder_days.0" value="7"' in less.text
    assert 'name="reminder_days.1"' not in less.text
    assert await town.count(ModuleSettings) == 0
    blank = {**DAYS, "reminder_days.antal": "3", "reminder_days.2": ""}
    await visit.twice("/installningar/modul/mywork", blank)

    assert (await stands(town, my_work_settings)).reminder_days == (28, 7)


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"outcome_days": "sju"}, "outcome_days", "skriv ett heltal från 0 till 365."),
        ({"hour": "24"}, "hour", "skriv ett heltal från 0 till 23."),
        ({"reminder_days.1": "-1"}, "reminder_days-1", "skriv ett heltal från 0 till 365."),
    ],
)
async def test_what_does_not_fit_is_told_at_its_field(town, visitor, change, field, message):
    visit = await visitor(town)

    answer = await visit.post("/installningar/modul/mywork", {**DAYS, **change})

    assert answer.status_code == 422
    assert f'aria-describedby="f-{field}-error"' in answer.text
    assert message in answer.text
    assert await town.count(ModuleSettings) == 0


async def test_all_faults_of_a_form_are_told_at_once(town, visitor):
    visit = await visitor(town)
    wrong = {"outcome_days": "sju", "reminder_days.1": "400", "hour": "24", "ahead_days": "21"}

    answer = await visit.post("/installningar/modul/mywork", {**DAYS, **wrong})

    assert answer.status_code == 422
    assert "3 fält behöver rättas:" in answer.text
    for field, label in (
        ("outcome_days", "Dagar efter perioden"),
        ("reminder_days-1", "Rad 2: skriv ett heltal"),
        ("hour", "Timme då e-post skickas: skriv ett heltal från 0 till 23."),
    ):
        assert f'<li><a href="#f-{field}">{label}' in answer.text
        assert f'aria-describedby="f-{field}-error' in answer.text
    for written in ("sju", "400", "24", "21"):
        assert f'value="{written}"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 3
    assert await town.count(ModuleSettings) == 0


async def test_faults_of_rows_say_which_row(town, visitor):
    visit = await visitor(town)
    sent = {
        "activity_states.antal": "2",
        "activity_states.0.key": "Å NY",
        "activity_states.0.word.sv": CANARY,
        "activity_states.1.key": "klar",
        "activity_states.1.word.sv": "",
        "activity_states.1.word.en": "Done",
    }

    both = await visit.post("/installningar/modul/goals", sent)
    few = await visit.post(
        "/installningar/modul/goals",
        {**sent, "activity_states.antal": "1", "activity_states.0.key": "ny"},
    )

    assert both.status_code == 422
    assert "2 fält behöver rättas:" in both.text
    assert (
        'href="#f-activity_states-0-key">Rad 1, Nyckel: Små bokstäver a–z, siffror och _, '
        "med en bokstav först.</a>"
    ) in both.text
    assert (
        'href="#f-activity_states-1-word-sv">Rad 2, Ord (Svenska): '
        "varje status har ett ord på svenska.</a>"
    ) in both.text
    assert CANARY not in both.text
    assert "Ett fält behöver rättas:" in few.text
    assert 'href="#f-activity_states">Lägen för en aktivitet: ' in few.text
    assert "minst 2 rader" in few.text
    assert await town.count(ModuleSettings) == 0


async def test_the_time_away_is_chosen_and_told_where_one_signs_in(town, visitor):
    visit = await visitor(town)
    assert "När du har varit borta i 60 minuter" in (await visit.get("/logga-in")).text

    wrong = await visit.post("/installningar/modul/organisation", {"idle_minutes": "5"})
    done = await visit.twice("/installningar/modul/organisation", {"idle_minutes": "30"})

    assert wrong.status_code == 422
    assert "skriv ett heltal från 15 till 480." in wrong.text
    assert done.status_code == 303
    assert "När du har varit borta i 30 minuter" in (await visit.get("/logga-in")).text


async def test_states_of_activities_are_rows_of_a_model(town, visitor):
    visit = await visitor(town)
    rows = [("ny", "Ny", ""), ("klar", "Klar", "on")]
    sent = {"activity_states.antal": "2", "comments_in_report": "on"}
    for index, (key, word, closed) in enumerate(rows):
        sent |= {
            f"activity_states.{index}.key": key,
            f"activity_states.{index}.word.sv": word,
            f"activity_states.{index}.word.en": "",
        }
        if closed:
            sent[f"activity_states.{index}.closed"] = closed

    wrong = await visit.post(
        "/installningar/modul/goals", {**sent, "activity_states.1.word.sv": ""}
    )
    assert wrong.status_code == 422
    assert "each state" not in wrong.text
    done = await visit.twice("/installningar/modul/goals", sent)

    assert done.status_code == 303
    states = (await stands(town, goal_settings)).activity_states
    assert [(state.key, state.word, state.closed) for state in states] == [
        ("ny", {"sv": "Ny"}, False),
        ("klar", {"sv": "Klar"}, True),
    ]


async def test_a_year_is_locked_and_unlocked(town, visitor):
    visit = await visitor(town)
    sent = {"reason": "Beslutad"}

    shown = await visit.post("/installningar/arshjul/2025/las", sent)
    assert shown.status_code == 200
    assert await town.count(YearLock) == 0
    again = await visit.twice("/installningar/arshjul/2025/las", sent)
    assert again.status_code == 303
    assert "Beslutad" in (await visit.get("/installningar/arshjul")).text
    assert (await visit.post("/installningar/arshjul/2025/las", sent)).status_code == 409
    await visit.twice("/installningar/arshjul/2025/las-upp", {})

    assert await town.count(YearLock) == 0


async def test_a_colour_has_to_be_readable(town, visitor):
    visit = await visitor(town)

    tried = await visit.fragment("/installningar/tema/prov?accent=%23ffee88")
    assert "För ljus" in tried.text
    assert 'fill="#ffee88"' in tried.text
    harm = await visit.fragment('/installningar/tema/prov?accent=%23"><script>')
    assert "<script>" not in harm.text
    light = await visit.post("/installningar/tema", {"name": "Östhammar", "accent": "#ffee88"})
    assert light.status_code == 422
    sent = {"name": "Nya Östhammar", "accent": "#4a2f6b"}
    shown = await visit.post("/installningar/tema", sent)
    assert "Namn: Östhammar blir Nya Östhammar" in shown.text
    assert "Färg: #1f5f8b blir #4a2f6b" in shown.text
    await visit.twice("/installningar/tema", sent)

    async with await town.work(write=False) as work:
        tenant = await work.first(select(Tenant).where(Tenant.id == town.tenant.id))
    assert (tenant.name, tenant.accent) == ("Nya Östhammar", "#4a2f6b")


async def test_a_logo_is_shown_before_it_is_kept(town, other_town, visitor):
    visit = await visitor(town)
    drawn = BytesIO()
    Image.new("RGB", (40, 20), "#1f5f8b").save(drawn, "PNG")
    file = {"file": ("vapen.png", drawn.getvalue(), "image/png")}

    wrong = await visit.post("/installningar/tema/logga", files={"file": ("v.png", b"nej")})
    assert wrong.status_code == 422
    assert await town.count(StoredFile) == 0
    shown = await visit.post("/installningar/tema/logga", files=file)
    kept = shown.text.split('name="fil" value="')[1][:36]
    picture = await visit.get(f"/installningar/tema/logga/{kept}")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    foreign = await (await visitor(other_town)).get(f"/installningar/tema/logga/{kept}")
    assert foreign.status_code == 404
    assert (await visit.get("/logga")).status_code == 307
    done = await visit.post("/installningar/tema/logga", {"fil": kept})

    assert done.status_code == 303
    assert (await visit.get("/logga")).status_code == 200


@pytest.mark.parametrize("count", ["²", "9" * 5_000, "-1", ""])
def test_a_count_of_rows_that_is_no_number_is_none(count):
    assert _read_levels(Form({"antal": [count]})) == []
