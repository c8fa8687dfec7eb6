import os

import psycopg
import pytest
from psycopg import sql

from roder.platform.doctor import examine, examine_machine

FENCES = "Avgränsning mellan kommuner"
WELL = ["Databas", FENCES, "Klocka", "Migreringar", "Fillager", "Kö", "E-post"]


async def sick(settings, **changed):
    found = await examine(settings.model_copy(update=changed))
    return [f"{finding.about}: {finding.told}" for finding in found if not finding.well]


@pytest.fixture
def own_database():
    """A database of this test's own, to plant faults in, as a function from role to address."""
    name = f"roder_doctor_{os.getpid()}"
    superuser = os.environ["RODER_TEST_SUPERUSER"]
    with psycopg.connect(superuser, autocommit=True) as connection:
        made = sql.SQL("create database {} template roder_template owner roder_owner")
        connection.execute(made.format(sql.Identifier(name)))
        yield lambda role: os.environ[f"RODER_TEST_{role}"].rpartition("/")[0] + f"/{name}"
        dropped = sql.SQL("drop database {} with (force)")
        connection.execute(dropped.format(sql.Identifier(name)))


async def test_nothing_is_found_where_all_is_well(settings):
    found = await examine(settings)

    assert [finding.about for finding in found if not finding.well] == []
    assert [finding.about for finding in found] == WELL
    assert all(finding.well for finding in examine_machine(settings))


async def test_a_role_that_no_fence_holds_is_found(settings):
    found = await sick(settings, database_url=os.environ["RODER_TEST_SUPERUSER"])
    assert any("superuser" in line for line in found)


async def test_a_role_that_owns_the_tables_is_found(settings):
    found = await sick(settings, database_url=settings.owner_database_url)
    assert any("äger tabeller" in line for line in found)


async def test_each_planted_fault_in_the_database_is_found(settings, own_database):
    urls = {"database_url": own_database("APP"), "owner_database_url": own_database("OWNER")}
    assert await sick(settings, **urls) == []
    with psycopg.connect(own_database("OWNER"), autocommit=True) as connection:
        connection.execute("alter table units no force row level security")
        connection.execute("alter table people disable row level security")
        connection.execute("grant truncate on jobs to roder_app")
        connection.execute("update alembic_version set version_num = '0001'")

    found = await sick(settings, **urls)

    unforced = "saknar tvingande radskydd (forced row-level security)."
    assert found[:3] == [
        f"{FENCES}: Programmet får tömma tabellen jobs (TRUNCATE).",
        f"{FENCES}: Tabellen people {unforced}",
        f"{FENCES}: Tabellen units {unforced}",
    ]
    assert found[3].startswith("Migreringar: ")
    assert len(found) == 4


async def test_servers_that_do_not_answer_are_found_and_no_password_is_told(settings):
    found = await sick(
        settings,
        database_url="postgresql://roder_app:hemligt@127.0.0.1:9/roder",
        s3_endpoint="http://127.0.0.1:9",
        mail_url="smtp://roder:hemligt@127.0.0.1:9",
    )

    assert [line.partition(":")[0] for line in found] == ["Databas", "Fillager", "Kö", "E-post"]
    assert "hemligt" not in " ".join(found)


def test_in_production_every_unsafe_setting_is_found(settings):
    production = settings.model_copy(update={"mode": "production"})

    told = [finding.told for finding in examine_machine(production) if not finding.well]

    assert told == [
        "RODER_SECRET_KEY ska vara en egen hemlighet, minst 32 tecken.",
        "RODER_MAIL_URL ska ange en e-postserver.",
        "RODER_PUBLIC_URL ska vara https-adressen som användarna ser.",
    ]


async def test_without_a_mail_server_it_says_where_mails_go(settings, tmp_path):
    demo = settings.model_copy(update={"home": tmp_path})
    [mail] = [finding for finding in await examine(demo) if finding.about == "E-post"]
    assert (mail.told, mail.well) == (f"ingen; e-post skrivs i {tmp_path}/mail.", True)

    real = settings.model_copy(update={"mode": "production"})
    [mail] = [finding for finding in await examine(real) if finding.about == "E-post"]
    told = "ingen, så inga påminnelser skickas. Ange RODER_MAIL_URL."
    assert (mail.told, mail.well) == (told, False)
