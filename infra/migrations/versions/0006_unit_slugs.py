"""What a unit is called in the addresses of pages."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("units", sa.Column("slug", sa.Text(), nullable=True))
    # The owner of the tables is fenced too; for this one statement it has to see every tenant.
    for table in ("units", "unit_versions"):
        op.execute(f"alter table {table} no force row level security")
    op.execute(
        """
        with named as (
          select distinct on (tenant_id, unit_id) tenant_id, unit_id, created_at,
            coalesce(nullif(trim(both '-' from regexp_replace(
              translate(lower(name), 'åäöéèüáø', 'aaoeeuao'), '[^a-z0-9]+', '-', 'g')), ''),
              'enhet') as plain
          from unit_versions order by tenant_id, unit_id, valid_from desc
        ), numbered as (
          select *, row_number() over (
            partition by tenant_id, plain order by created_at, unit_id) as number
          from named
        )
        update units set slug = left(plain, 60) || case when number > 1 then '-' || number else '' end
        from numbered
        where units.tenant_id = numbered.tenant_id and units.id = numbered.unit_id
        """
    )
    op.execute("update units set slug = id::text where slug is null")
    for table in ("units", "unit_versions"):
        op.execute(f"alter table {table} force row level security")
    op.alter_column("units", "slug", nullable=False)
    op.create_unique_constraint("uq_units_tenant_id_slug", "units", ["tenant_id", "slug"])
