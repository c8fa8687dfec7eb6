"""What the service has told people by mail, and what they want to be told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ....tenants.rows import OWN, Code, TenantRow, refers


class Mail(TenantRow):
    """A mail that was decided on; the key makes it single. `sent_at` stays None when there was
    nothing left to say at the moment of sending."""

    __tablename__ = "mails"
    __table_args__ = (
        refers("person_id", "people"),
        UniqueConstraint("tenant_id", "person_id", "kind", "key"),
    )

    person_id: Mapped[UUID] = mapped_column(info=OWN)
    kind: Mapped[Code]
    key: Mapped[Code]
    sent_at: Mapped[datetime | None]


class NotificationChoice(TenantRow):
    """What someone wants by mail; without a row, all of it."""

    __tablename__ = "notification_choices"
    __table_args__ = (refers("person_id", "people"), UniqueConstraint("tenant_id", "person_id"))

    person_id: Mapped[UUID] = mapped_column(info=OWN)
    reminders: Mapped[bool] = mapped_column(server_default="true")
    digest: Mapped[bool] = mapped_column(server_default="true")
