"""A day of each year that a law sets, such as 1 March for the patient-safety report."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    op.add_column("legal_references", sa.Column("yearly_day", sa.Text()))
    # The owner of the tables is fenced too, so the fence is opened while all rows get theirs.
    op.execute("alter table legal_references no force row level security")
    op.execute(
        "update legal_references set yearly_day = '03-01' "
        "where key = 'deviations.patient_safety_report' and changed_by is null"
    )
    op.execute("alter table legal_references force row level security")
