"""Let a purge take names out of what was noted about a complaint."""

from roder.infra.migrations.fences import purgeable

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    purgeable("school_complaint_steps", "note")
