"""What the data protection law asks a municipality to have in order, as registers."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from ....tenants.rows import Code, TenantRow, Words, refers


class ProcessorAgreement(TenantRow):
    """Somebody treats personal data for the municipality, by an agreement (GDPR, article 28)."""

    __tablename__ = "processor_agreements"
    __table_args__ = (refers("changed_by", "people"),)

    processor: Mapped[Words]
    org_number: Mapped[Code]
    contact: Mapped[Words]
    subject: Mapped[Words]
    registry_number: Mapped[Code]
    signed_on: Mapped[date]
    review_on: Mapped[date | None]
    valid_to: Mapped[date | None]
    ended_on: Mapped[date | None]
    note: Mapped[Words]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class SubProcessor(TenantRow):
    """Somebody whom the processor has engaged in its turn (article 28.2 and 28.4).

    Until `objection_by` the municipality can object to one that was announced.
    """

    __tablename__ = "sub_processors"
    __table_args__ = (
        refers("agreement_id", "processor_agreements"),
        refers("changed_by", "people"),
    )

    agreement_id: Mapped[UUID]
    name: Mapped[Words]
    task: Mapped[Words]
    country: Mapped[Words]
    safeguard: Mapped[Words]
    announced_on: Mapped[date]
    objection_by: Mapped[date | None]
    from_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class Processing(TenantRow):
    """A treatment of personal data, as the record of them has it (article 30.1).

    `module` is the part of this service that it takes place in; empty for other systems.
    """

    __tablename__ = "processings"
    __table_args__ = (
        refers("agreement_id", "processor_agreements"),
        refers("unit_id", "units"),
        refers("changed_by", "people"),
    )

    module: Mapped[Code]
    name: Mapped[Words]
    purpose: Mapped[Words]
    legal_basis: Mapped[Words]
    subjects: Mapped[Words]
    data: Mapped[Words]
    recipients: Mapped[Words]
    transfers: Mapped[Words]
    retention: Mapped[Words]
    security: Mapped[Words]
    agreement_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    review_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class BreachState(StrEnum):
    OPEN = "open"
    NOTIFIED = "notified"
    NOT_NEEDED = "not_needed"


class Breach(TenantRow):
    """Personal data got lost, changed or into the wrong hands (articles 33 and 34).

    What was touched is looked for in the access log from `since` up to `until`.
    """

    __tablename__ = "breaches"
    __table_args__ = (
        refers("reported_by", "people"),
        refers("decided_by", "people"),
        UniqueConstraint("tenant_id", "detected_at", "what"),
    )

    what: Mapped[Words]
    detected_at: Mapped[datetime]
    since: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[BreachState]
    reported_by: Mapped[UUID | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[Words]
    case_number: Mapped[Code]
    people_told_on: Mapped[date | None]
