"""The fences are whole in the database as migrated, and a fault of each kind is seen."""

import psycopg
import pytest

from roder.infra.fences import CHECKS, faults


@pytest.fixture(scope="module")
def owner(database):
    with psycopg.connect(database("owner")) as connection:
        yield connection
        connection.rollback()


def test_every_table_is_fenced(owner):
    assert faults(owner) == []


PLANTED = {
    "has no tenant_id that must be filled in": "alter table units alter tenant_id drop not null",
    "has a primary key that does not begin with tenant_id": (
        "alter table checkpoints drop constraint pk_checkpoints; "
        "alter table checkpoints add primary key (id, tenant_id)"
    ),
    "has a foreign key that can point into another municipality": (
        "create unique index loose on units (id); "
        "alter table role_grants add constraint loose foreign key (unit_id) references units (id)"
    ),
    "has a unique key that does not begin with tenant_id": (
        "create unique index loose on module_settings (id)"
    ),
    "does not force row-level security": "alter table people no force row level security",
    "has another policy than the one text for all": (
        "create policy also on people for select using (true)"
    ),
    "may be truncated, referenced or given triggers by the application": (
        "grant truncate on people to roder_app"
    ),
    "is a view that reads as its owner": "create view everyone as select * from people",
    "is a function that runs with its owner's rights": (
        "create function public.all_people() returns bigint language sql security definer "
        "as 'select count(*) from people'"
    ),
}
NEEDS_SUPERUSER = {
    "belongs to the application's role": "alter table people owner to roder_app",
    "is a role that passes row-level security": "alter role roder_app bypassrls",
}


@pytest.mark.parametrize(("fault", "statement"), PLANTED.items())
def test_a_planted_fault_is_seen(owner, fault, statement):
    with owner.transaction(force_rollback=True):
        if fault.startswith("has no tenant_id"):
            owner.execute("alter table units drop constraint pk_units cascade")
        owner.execute(statement)

        assert any(fault in found for found in faults(owner))


@pytest.mark.parametrize(("fault", "statement"), NEEDS_SUPERUSER.items())
def test_a_planted_fault_of_roles_is_seen(superuser, fault, statement):
    with superuser.transaction(force_rollback=True):
        superuser.execute(statement)

        assert any(fault in found for found in faults(superuser))


def test_each_check_has_a_planted_fault():
    assert PLANTED.keys() | NEEDS_SUPERUSER.keys() == CHECKS.keys()


@pytest.fixture
def superuser(database):
    with psycopg.connect(database("superuser")) as connection:
        yield connection
        connection.rollback()


@pytest.mark.parametrize("tenant", [None, ""])
def test_without_a_tenant_no_row_is_seen(database, town, tenant):
    with psycopg.connect(database("app")) as connection:
        if tenant is not None:
            connection.execute("set local roder.tenant = ''")
        seen = connection.execute("select count(*) from units").fetchone()

    assert seen == (0,)


def test_the_application_cannot_write_a_row_of_another_tenant(database, town, other_town):
    with psycopg.connect(database("app")) as connection:
        connection.execute(f"set local roder.tenant = '{town.tenant.id}'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            connection.execute(
                "insert into units (tenant_id, id, code, kind) "
                f"values ('{other_town.tenant.id}', gen_random_uuid(), 'x', 'unit')"
            )


def test_the_tenant_is_gone_when_the_transaction_has_ended(database, town):
    with psycopg.connect(database("app"), autocommit=True) as connection:
        connection.execute(f"begin; set local roder.tenant = '{town.tenant.id}'")
        inside = connection.execute("select count(*) from units").fetchone()
        connection.execute("commit")
        after = connection.execute("select count(*) from units").fetchone()

    assert (inside, after) == ((4,), (0,))
