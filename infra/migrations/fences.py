"""The second fence: one policy text for every table that holds a municipality's rows."""

from __future__ import annotations

from alembic import op

TENANT = "nullif(current_setting('roder.tenant', true), '')::uuid"
"""The transaction's tenant. Unset, or set to nothing, compares with no row at all."""


def fence(*tables: str) -> None:
    """Put row-level security, forced, on tenant tables, and let the application's role work."""
    for table in tables:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy tenant on {table} "
            f"using (tenant_id = {TENANT}) with check (tenant_id = {TENANT})"
        )
        op.execute(f"grant select, insert, update, delete on {table} to roder_app")


def fence_tenants() -> None:
    """The tenants themselves: anyone finds a municipality, only its own work writes its row."""
    op.execute("alter table tenants enable row level security")
    op.execute("alter table tenants force row level security")
    op.execute("create policy found on tenants for select using (true)")
    op.execute(f"create policy made on tenants for insert with check (id = {TENANT})")
    op.execute(
        f"create policy own on tenants for update using (id = {TENANT}) with check (id = {TENANT})"
    )
    op.execute("grant select, insert, update on tenants to roder_app")


def append_only(*tables: str) -> None:
    """History that the application may add to and read, never change or take away."""
    for table in tables:
        op.execute(f"revoke update, delete on {table} from roder_app")


def purgeable(table: str, *columns: str) -> None:
    """Texts of a history in which the name of somebody who has left is replaced, while a purge
    that was decided runs and at no other time."""
    op.execute(f"grant update ({', '.join(columns)}) on {table} to roder_app")
    op.execute(
        f"create trigger only_in_a_purge before update on {table} "
        "for each row execute function only_in_a_purge()"
    )
