"""Every column says what it holds about people, and the declaration reads all of them."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, Table, Text, Uuid

from roder.infra.database import Base
from roder.platform.modules import MODULES
from roder.platform.modules.leavers.holdings import kind_of, kind_words, words_of
from roder.tenants import personal
from roder.tenants.personal import Tie, means_person, references, texts, undeclared
from roder.tenants.rows import CODES, WORDS

assert MODULES


def test_every_column_says_whether_people_may_be_named_in_it():
    assert undeclared() == []


def test_every_table_with_people_has_words_and_a_kind():
    tables = {each.table.name for each in (*references(), *texts())}

    assert {name for name in tables if not words_of(name).told} == set()
    assert {name for name in tables if kind_of(name) not in kind_words()} == set()


def test_keys_to_the_register_and_columns_of_who_did_something_are_found():
    found = {(each.table.name, each.column.name): each.tie for each in references()}

    assert found["plan_nodes", "responsible_id"] is Tie.DUTY
    assert found["sessions", "person_id"] is Tie.OWN
    assert found["section_versions", "written_by"] is Tie.AUTHOR
    assert found["access_log", "person_id"] is Tie.AUTHOR
    assert ("people", "id") not in found
    assert not [name for name in found if name[1] == "tenant_id"]


def test_a_column_that_says_nothing_is_told(monkeypatch):
    table = Table(
        "new_things",
        MetaData(),
        Column("tenant_id", Uuid, primary_key=True),
        Column("id", Uuid, primary_key=True),
        Column("words", Text),
        Column("named", Text, info=WORDS),
        Column("code", Text, info=CODES),
        Column("keeper", Uuid),
        Column("kept_by", Uuid),
    )
    monkeypatch.setattr(personal, "tenant_tables", lambda: iter([table]))

    assert undeclared() == ["new_things.words", "new_things.keeper"]
    assert means_person(table.c.kept_by)


async def test_every_table_of_the_database_is_in_the_declaration(work):
    query = "select table_name from information_schema.columns where table_schema = 'public' "
    rows = await work.raw(query + "and column_name = 'tenant_id'", [])

    assert {row[0] for row in rows} <= set(Base.metadata.tables)


async def test_what_people_may_be_named_in_can_be_changed_by_a_purge(work):
    """A table that is only added to has to let its words be changed, or nobody can be forgotten."""
    refused = []
    for each in texts():
        for column in each.columns:
            asked = f"select has_column_privilege('{each.table.name}', '{column.name}', 'update')"
            if not (await work.raw(asked, []))[0][0]:
                refused.append(f"{each.table.name}.{column.name}")
    assert refused == []
