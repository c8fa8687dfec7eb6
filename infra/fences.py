"""The fences round a tenant, read off the database's own catalogue: what is missing in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psycopg import Connection

GLOBAL = ("tenants", "alembic_version")
"""Tables that belong to no municipality; every other one is a tenant table."""

POLICY = "(tenant_id = (NULLIF(current_setting('roder.tenant'::text, true), ''::text))::uuid)"

_TABLES = """
select t.oid::regclass::text
from pg_class t
join pg_namespace n on n.oid = t.relnamespace
where t.relkind in ('r', 'p') and n.nspname = 'public' and t.relname <> all (%(global)s::text[])
"""

CHECKS = {
    "has no tenant_id that must be filled in": f"""
        select name from ({_TABLES}) tables (name)
        where not exists (
            select from pg_attribute a
            where a.attrelid = name::regclass and a.attname = 'tenant_id'
              and a.attnotnull and a.atttypid = 'uuid'::regtype
        )""",
    "has a primary key that does not begin with tenant_id": f"""
        select name from ({_TABLES}) tables (name)
        where not exists (
            select from pg_constraint k
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
            where k.conrelid = name::regclass and k.contype = 'p' and a.attname = 'tenant_id'
        )""",
    "has a foreign key that can point into another municipality": f"""
        select name || '.' || k.conname from ({_TABLES}) tables (name)
        join pg_constraint k on k.conrelid = name::regclass and k.contype = 'f'
        where k.confrelid::regclass::text in ({_TABLES})
          and not exists (
            select from unnest(k.conkey, k.confkey) pair (mine, theirs)
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = mine
            join pg_attribute b on b.attrelid = k.confrelid and b.attnum = theirs
            where a.attname = 'tenant_id' and b.attname = 'tenant_id'
        )""",
    "has a unique key that does not begin with tenant_id": f"""
        select name || '.' || i.indexrelid::regclass from ({_TABLES}) tables (name)
        join pg_index i on i.indrelid = name::regclass and i.indisunique
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where a.attname <> 'tenant_id'""",
    "does not force row-level security": f"""
        select name from ({_TABLES}) tables (name)
        join pg_class t on t.oid = name::regclass
        where not (t.relrowsecurity and t.relforcerowsecurity)""",
    "has another policy than the one text for all": f"""
        select name from ({_TABLES}) tables (name)
        where (select array_agg(row(polname, polcmd, polpermissive, polroles = '{{0}}',
                    pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))::text)
               from pg_policy where polrelid = name::regclass)
          is distinct from array[row('tenant', '*', true, true, %(policy)s::text,
                                     %(policy)s::text)::text]""",
    "may be truncated, referenced or given triggers by the application": f"""
        select name from ({_TABLES}) tables (name)
        where has_table_privilege('roder_app', name, 'truncate, references, trigger')""",
    "is a view that reads as its owner": """
        select v.oid::regclass::text from pg_class v join pg_namespace n on n.oid = v.relnamespace
        where v.relkind in ('v', 'm') and n.nspname = 'public'
          and not coalesce(v.reloptions::text[] @> '{security_invoker=true}', false)""",
    "belongs to the application's role": """
        select o.oid::regclass::text from pg_class o
        where pg_get_userbyid(o.relowner) = 'roder_app'""",
    "is a function that runs with its owner's rights": """
        select p.oid::regprocedure::text from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'public' and p.prosecdef""",
    "is a role that passes row-level security": """
        select rolname from pg_roles
        where rolname in ('roder_app', 'roder_owner')
          and (rolsuper or rolbypassrls or rolcreaterole)""",
}


def faults(connection: Connection) -> list[str]:
    """What is wrong with the fences of a database, a sentence each; empty when they are whole."""
    values = {"global": list(GLOBAL), "policy": POLICY}
    return [
        f"{name} {fault}."
        for fault, query in CHECKS.items()
        for (name,) in connection.execute(query.encode(), values).fetchall()
    ]
