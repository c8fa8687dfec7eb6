"""The command line: what it does, and what it says to someone who errs."""

import os
import socket
import subprocess
import sys

import pytest
from sqlalchemy import select

from roder.infra.errors import NotFound
from roder.platform.modules import MODULES
from roder.tenants.entry import enter, find_tenant
from roder.tenants.models import Person, RoleGrant, Unit

OPTIONAL = [module.name for module in MODULES if not module.core]


async def grants(town, who):
    async with await town.work(write=False) as work:
        person_id = town.people[who].id
        return await work.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person_id))


def test_the_version_is_said_without_loading_the_service():
    program = (
        "import sys; from roder.platform.cli import main; main(['--version']);"
        "print([m for m in ('sqlalchemy', 'pydantic', 'strawberry') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "roder 0.1.0\n[]\n"


async def test_a_municipality_is_made_in_one_command_and_its_administrator_gets_a_key(
    roder, runtime
):
    slug = f"kommun-{os.urandom(4).hex()}"
    email = f"ada@{slug}.example"
    words = ["tenant", "create", slug, "Nyköping", "--administrator", "Ada Ny", email]
    code, said, complaint = await roder(*words)
    assert (code, complaint) == (0, "")
    assert said.startswith("Nyköping är skapad")

    code, said, _complaint = await roder(
        "token", "create", slug, email, "Prov", "--scope", "read", "--scope", "write"
    )

    assert code == 0
    entered = await enter(runtime, slug, bearer=said.splitlines()[-1])
    assert entered.actor.name == "Ada Ny"
    assert {grant.role for grant in entered.actor.grants} == {"employee", "full_administrator"}
    assert entered.actor.scopes == {"read", "write"}
    assert entered.tenant.modules == {*OPTIONAL} - {"deviations"}  # which is closed to keys

    code, _said, complaint = await roder(*words)
    assert code == 1
    assert complaint == "Det finns redan en kommun med den här adressen eller SCB-koden."


async def test_someone_is_added_and_given_a_role_at_a_unit(roder, town):
    email = f"ny@{town.tenant.slug}.example"
    assert (await roder("person", "add", town.tenant.slug, "Ny Namn", email))[0] == 0

    code, said, _complaint = await roder(
        "grant", town.tenant.slug, email.upper(), "contributor", "--unit", "home_care"
    )

    assert (code, said) == (0, "Ny Namn har nu rollen contributor i home_care.")
    async with await town.work(write=False) as work:
        person = await work.first(select(Person).where(Person.email == email))
        [grant] = await work.scalars(select(RoleGrant).where(RoleGrant.person_id == person.id))
    assert (grant.role, grant.unit_id) == ("contributor", town.units["home_care"].id)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["kung"], "Det finns ingen roll kung."),
        (["contributor", "--unit", "ingen"], "Det finns ingen enhet med koden ingen."),
    ],
)
async def test_a_refused_grant_writes_nothing(roder, town, words, told):
    email = town.people["employee"].email
    code, said, complaint = await roder("grant", town.tenant.slug, email, *words)

    assert (code, said) == (1, "")
    assert complaint.startswith(told)
    assert await grants(town, "employee") == []


async def test_a_command_for_nobody_or_nowhere_is_refused_with_a_sentence(roder, town):
    before = await town.count(Person)
    nobody = await roder("grant", town.tenant.slug, "ingen@x.example", "contributor")
    nowhere = await roder("person", "add", "ingenstans", "Ny", "ny@x.example")
    no_address = await roder("person", "add", town.tenant.slug, "Ny", "ny")

    assert nobody[2] == "Ingen i registret har adressen ingen@x.example. Lägg till personen först."
    assert nowhere[2] == "Det finns ingen kommun på den här adressen."
    assert no_address[0] == 1
    assert await town.count(Person) == before


async def test_a_module_that_is_not_there_makes_no_municipality(roder, runtime):
    code, _said, complaint = await roder(
        *("tenant", "create", "modulstad", "Modulstad", "--module", "schack"),
        *("--administrator", "A B", "a@b.example"),
    )

    assert code == 1
    assert complaint == f"Det finns ingen modul schack. Modulerna är: {', '.join(OPTIONAL)}."
    with pytest.raises(NotFound):
        await find_tenant(runtime, "modulstad")


@pytest.mark.parametrize("words", [[], ["tenant"], ["grant", "lund"], ["serv"], ["demo", "--nej"]])
async def test_a_misspelt_command_ends_with_2(roder, words):
    with pytest.raises(SystemExit) as ended:
        await roder(*words)
    assert ended.value.code == 2


async def test_every_wrong_setting_is_told_in_a_sentence(roder, monkeypatch):
    monkeypatch.setenv("RODER_PORT", "många")
    monkeypatch.setenv("RODER_DATABASE_POOL", "0")
    monkeypatch.setenv("RODER_MODE", "test")

    code, _said, complaint = await roder("serve")

    assert code == 1
    assert sorted(complaint.splitlines()) == [
        "RODER_DATABASE_POOL ska vara minst 1.",
        "RODER_MODE ska vara ett av 'demo' or 'production'.",
        "RODER_PORT ska vara ett heltal.",
    ]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://roder_app:hemligt@127.0.0.1:9/roder", "Databasen svarar inte (127.0.0.1:9"),
        ("postgresql://roder_app:hemligt@{place}/roder", "Databasen godtar inte lösenordet"),
        ("{app}/finns_inte", "Servern har ingen sådan databas"),
        ("{app}/template1", "Tabellerna för den här versionen finns inte"),
    ],
)
async def test_a_database_that_cannot_be_used_is_told_in_a_sentence(
    roder, settings, monkeypatch, url, told
):
    app = settings.database_url.rpartition("/")[0]
    url = url.format(app=app, place=app.rpartition("@")[2])
    monkeypatch.setenv("RODER_DATABASE_URL", url)

    code, said, complaint = await roder("person", "add", "lund", "Ny", "ny@x.example")

    assert (code, said) == (1, "")
    assert complaint.startswith(told)
    assert len(complaint.splitlines()) == 1
    assert "hemligt" not in complaint


async def test_a_port_that_is_taken_is_told_with_a_way_out(roder, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("RODER_PORT", str(port))
        monkeypatch.setenv("RODER_MODE", "demo")
        code, _said, complaint = await roder("serve")

    assert code == 1
    assert complaint.startswith(f"Port {port} går inte att använda")
    assert "RODER_PORT=" in complaint


async def test_a_folder_that_cannot_be_used_is_told(roder, monkeypatch):
    monkeypatch.delenv("RODER_DATABASE_URL")
    monkeypatch.setenv("RODER_HOME", "/proc/roder")

    code, _said, complaint = await roder("person", "add", "lund", "Ny", "ny@x.example")

    assert code == 1
    assert complaint.startswith("Mappen /proc/roder går inte att använda")


@pytest.mark.parametrize("command", ["serve", "worker"])
async def test_production_does_not_start_on_the_demonstrations_secrets(roder, monkeypatch, command):
    monkeypatch.setenv("RODER_MODE", "production")

    code, _said, complaint = await roder(command)

    assert code == 1
    assert complaint.splitlines() == [
        "Roder startar inte i skarp drift förrän detta är åtgärdat:",
        "- RODER_SECRET_KEY ska vara en egen hemlighet, minst 32 tecken.",
        "- RODER_MAIL_URL ska ange en e-postserver.",
        "- RODER_PUBLIC_URL ska vara https-adressen som användarna ser.",
    ]


async def test_the_demonstration_does_not_run_in_production(roder, monkeypatch):
    monkeypatch.setenv("RODER_MODE", "production")
    assert (await roder("demo"))[0] == 1


async def test_the_schema_is_printed(roder):
    code, said, _complaint = await roder("schema")
    assert code == 0
    assert "type Query" in said


async def test_the_doctor_finds_nothing_where_all_is_well(roder):
    code, said, complaint = await roder("doctor")
    assert (code, complaint) == (0, "")
    assert said.endswith("Allt är bra.")
    assert "✗" not in said


async def test_the_organisation_goes_out_to_a_file_and_comes_in_from_one(roder, town, tmp_path):
    slug, file = town.tenant.slug, tmp_path / "enheter.csv"
    code, said, _complaint = await roder("export", "units", slug, str(file))
    assert (code, said) == (0, f"4 enheter skrivna till {file}.")

    again = await roder("import", "units", slug, str(file))
    text = file.read_text("utf-8-sig")
    file.write_text(text + "N1;Hemtjänst Väst;enhet;committee;\n", encoding="utf-8")
    rehearsed = await roder("import", "units", slug, str(file), "--dry-run")
    before = await town.count(Unit)
    done = await roder("import", "units", slug, str(file))

    assert again[1] == "Skapade 0, ändrade 0, lämnade 4."
    assert rehearsed[1] == "Skulle skapa 1, ändra 0, lämna 4. Ingenting skrevs."
    assert before == 4
    assert done[1] == "Skapade 1, ändrade 0, lämnade 4."
    assert await town.count(Unit) == 5


async def test_a_file_with_a_fault_writes_nothing_and_names_its_row(roder, town, tmp_path):
    file = tmp_path / "enheter.csv"
    file.write_text("Kod;Namn;Slag;Överordnad\nA;Ny;enhet;council\nB;Ny;enhet;finns-inte\n")

    code, said, complaint = await roder("import", "units", town.tenant.slug, str(file))
    absent = await roder("import", "units", town.tenant.slug, str(tmp_path / "saknas.csv"))

    assert (code, said) == (1, "")
    assert complaint.startswith("Ingenting skrevs.")
    assert 'Rad 3, kolumnen "Överordnad"' in complaint
    assert absent[2].startswith(f"{tmp_path / 'saknas.csv'} går inte att läsa")
    assert await town.count(Unit) == 4
