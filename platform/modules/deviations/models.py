"""Deviations in care: reports, what is done about them, and who may see which part.

What is written about people is sealed (`sealing.py`): a copy of the database holds none of it in
words. What stands open is what rows are chosen by, and names nobody who gets care.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ....tenants.rows import CODES, DUTY, SEALED, WORDS, Code, TenantRow, refers

Sealed = Annotated[bytes, mapped_column(LargeBinary, info=SEALED)]
"""A text that only `sealing.py` writes and reads; its reading is noted in the access log."""


class DeviationType(StrEnum):
    DEVIATION = "deviation"
    MISCONDUCT = "misconduct"


class Law(StrEnum):
    HSL = "hsl"
    SOL = "sol"
    LSS = "lss"


class CaseState(StrEnum):
    DRAFT = "draft"
    """Only whoever writes it sees it."""
    SENT = "sent"
    """What was reported stands, and nobody has begun yet."""
    INVESTIGATING = "investigating"
    CLOSED = "closed"


class AccessLabel(StrEnum):
    PLACE = "place"
    """Those who answer for the place see it."""
    LEX = "lex"
    """Only the investigator and the Lex officer, and for its HSL part the medical officer."""


class Concerns(StrEnum):
    INDIVIDUAL = "individual"
    GROUP = "group"
    OTHER = "other"


class Consequence(StrEnum):
    """What it came to for the individual, by the mildest first."""

    NONE = "none"
    WORRY = "worry"
    """Worry, discomfort, or a wish that was not respected."""
    TRANSIENT = "transient"
    """An injury or a loss that passes."""
    CARE = "care"
    """It took more care or other help than was planned."""
    LASTING = "lasting"
    """A lasting injury, or a lasting loss of what the individual has a right to."""
    DEATH = "death"
    UNKNOWN = "unknown"


class FormKind(StrEnum):
    """What a form is for; all but the first are documents of an investigation."""

    REPORT = "report"
    MANAGER = "manager"
    """Categorising and documentation by the manager of the place."""
    SOL_LSS = "sol_lss"
    """The investigation by SoL and LSS, of a suspected misconduct."""
    HSL = "hsl"
    """The medical officer's."""
    EVENT = "event"
    """The event analysis."""


class Happened(StrEnum):
    """What was done in a case, in its history."""

    SENT = "sent"
    BEGUN = "begun"
    SUSPECTED = "suspected"
    ASSIGNED = "assigned"
    DECLINED = "declined"
    DECIDED = "decided"
    RETURNED = "returned"
    CLOSED = "closed"


class DecisionPart(StrEnum):
    SOL_LSS = "sol_lss"
    HSL = "hsl"


class Finding(StrEnum):
    """What the decision says that it was."""

    NONE = "none"
    """No misconduct, or no care injury."""
    MISCONDUCT = "misconduct"
    """A misconduct or a risk of one; by HSL a care injury."""
    SERIOUS = "serious"
    """A serious one, or a clear risk of one."""


class NilKind(StrEnum):
    LEX_SARAH = "lex_sarah"
    LEX_MARIA = "lex_maria"
    DEVIATIONS = "deviations"


class DeviationForm(TenantRow):
    """A version of a form, from a day on: never changed, so that a case can keep its own.

    `fields`: `{"key", "label": {"sv": …}, "kind": line|text|day|choice|tick, "needed": bool,
    "hint": {"sv": …}, "choices": [{"key", "label": {"sv": …}}], "laws": ["hsl"]}`.
    """

    __tablename__ = "deviation_forms"
    __table_args__ = (
        refers("made_by", "people"),
        UniqueConstraint("tenant_id", "kind", "number"),
    )

    kind: Mapped[FormKind]
    number: Mapped[int]
    valid_from: Mapped[date]
    fields: Mapped[list[dict[str, object]]] = mapped_column(info=WORDS)
    made_by: Mapped[UUID | None]


class DeviationCategory(TenantRow):
    """A kind of event, or one below it, by the laws it belongs to."""

    __tablename__ = "deviation_categories"
    __table_args__ = (
        refers("parent_id", "deviation_categories"),
        refers("ended_by", "people"),
        UniqueConstraint("tenant_id", "key"),
    )

    parent_id: Mapped[UUID | None]
    key: Mapped[Code]
    name: Mapped[dict[str, str]] = mapped_column(info=WORDS)
    laws: Mapped[list[str]] = mapped_column(ARRAY(Text), info=CODES)
    position: Mapped[int]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]


class Deviation(TenantRow):
    """A report, and the case that it becomes when it is sent.

    `unit_id` is the place where it happened, which decides who sees it. `reference` is chosen by
    chance: a running number would tell how many others there are.
    """

    __tablename__ = "deviations"
    __table_args__ = (
        refers("unit_id", "units"),
        refers("category_id", "deviation_categories"),
        refers("form_id", "deviation_forms"),
        refers("reported_by", "people"),
        refers("assigned_to", "people"),
        refers("closed_by", "people"),
        UniqueConstraint("tenant_id", "reference"),
        CheckConstraint("label <> 'lex' or type = 'misconduct'", name="lex"),
        CheckConstraint("assigned_to is null or type = 'misconduct'", name="assigned"),
        CheckConstraint("label <> 'lex' or state not in ('draft', 'closed')", name="open"),
        CheckConstraint("(state = 'draft') = (sent_at is null)", name="sent"),
        CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed"),
        CheckConstraint("state = 'draft' or cardinality(laws) > 0", name="laws"),
        Index("ix_deviations_place", "tenant_id", "unit_id", "sent_at"),
        Index("ix_deviations_reporter", "tenant_id", "reported_by"),
        Index("ix_deviations_assigned", "tenant_id", "assigned_to"),
    )

    reference: Mapped[Code]
    unit_id: Mapped[UUID | None]
    type: Mapped[DeviationType]
    reported_as: Mapped[DeviationType]
    """As the reporter saw it, who is not told of another."""
    laws: Mapped[list[str]] = mapped_column(ARRAY(Text), info=CODES)
    state: Mapped[CaseState]
    label: Mapped[AccessLabel]
    concerns: Mapped[Concerns]
    consequence: Mapped[Consequence]
    occurred_at: Mapped[datetime | None]
    found_at: Mapped[datetime | None]
    category_id: Mapped[UUID | None]
    form_id: Mapped[UUID]
    what: Mapped[Sealed]
    """What happened."""
    whom: Mapped[Sealed]
    """Whom it is about, in the reporter's words."""
    done: Mapped[Sealed]
    """What was done at once."""
    answers: Mapped[Sealed]
    """To the form's own questions, as JSON by their keys."""
    outcome: Mapped[Sealed]
    """What the reporter is told in the end."""
    on_behalf_of: Mapped[Sealed]
    """The colleague whose observation it is, where it is not the reporter's own, in their words."""
    reported_by: Mapped[UUID | None]
    sent_at: Mapped[datetime | None]
    outcome_at: Mapped[datetime | None]
    assigned_to: Mapped[UUID | None] = mapped_column(info=DUTY)
    """The independent investigator."""
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    weeded_at: Mapped[datetime | None]
    """When its texts and names were taken away; it is counted, and shown nowhere."""
    version: Mapped[int] = mapped_column(server_default="1")


class DeviationRisk(TenantRow):
    """How bad and how likely it is that it happens again, by one of the laws: each 1 to 4."""

    __tablename__ = "deviation_risks"
    __table_args__ = (
        refers("deviation_id", "deviations", ondelete="CASCADE"),
        refers("assessed_by", "people"),
        UniqueConstraint("tenant_id", "deviation_id", "law"),
        CheckConstraint("severity between 1 and 4", name="severity"),
        CheckConstraint("probability between 1 and 4", name="probability"),
        CheckConstraint("value = severity * probability", name="product"),
    )

    deviation_id: Mapped[UUID]
    law: Mapped[Law]
    severity: Mapped[int]
    probability: Mapped[int]
    value: Mapped[int]
    assessed_with: Mapped[Sealed]
    """By HSL: with whom it was assessed."""
    assessed_by: Mapped[UUID | None]
    assessed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")


class DeviationDocument(TenantRow):
    """A document of the investigation, with the form that it was begun by."""

    __tablename__ = "deviation_documents"
    __table_args__ = (
        refers("deviation_id", "deviations", ondelete="CASCADE"),
        refers("form_id", "deviation_forms"),
        refers("written_by", "people"),
        refers("completed_by", "people"),
        UniqueConstraint("tenant_id", "deviation_id", "kind"),
    )

    deviation_id: Mapped[UUID]
    kind: Mapped[FormKind]
    form_id: Mapped[UUID]
    answers: Mapped[Sealed]
    """As JSON by the keys of the form's fields."""
    written_by: Mapped[UUID | None]
    written_at: Mapped[datetime]
    completed_by: Mapped[UUID | None]
    completed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")


class DeviationDecision(TenantRow):
    """What was decided by SoL and LSS (Lex Sarah) or HSL (Lex Maria), and whether it was told."""

    __tablename__ = "deviation_decisions"
    __table_args__ = (
        refers("deviation_id", "deviations", ondelete="CASCADE"),
        refers("decided_by", "people"),
        UniqueConstraint("tenant_id", "deviation_id", "part"),
        CheckConstraint("notified = (authority_case_number <> '')", name="case_number"),
        CheckConstraint("notified = (notified_on is not null)", name="notified_on"),
        CheckConstraint("part <> 'hsl' or registry_number <> ''", name="registry_number"),
    )

    deviation_id: Mapped[UUID]
    part: Mapped[DecisionPart]
    finding: Mapped[Finding]
    reason: Mapped[Sealed]
    notified: Mapped[bool]
    notified_on: Mapped[date | None]
    authority_case_number: Mapped[Code]
    registry_number: Mapped[Code]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime]


class DeviationAction(TenantRow):
    """Something to be done because of a case. Its owner sees it without the case."""

    __tablename__ = "deviation_actions"
    __table_args__ = (
        refers("deviation_id", "deviations", ondelete="CASCADE"),
        refers("owner_id", "people"),
        refers("planned_by", "people"),
        refers("done_by", "people"),
        Index("ix_deviation_actions_owner", "tenant_id", "owner_id"),
    )

    deviation_id: Mapped[UUID]
    title: Mapped[Sealed]
    outcome: Mapped[Sealed]
    owner_id: Mapped[UUID] = mapped_column(info=DUTY)
    due_on: Mapped[date]
    planned_by: Mapped[UUID | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(server_default="1")


class DeviationEvent(TenantRow):
    """What was done in a case, by whom and when; never changed."""

    __tablename__ = "deviation_events"
    __table_args__ = (
        refers("deviation_id", "deviations", ondelete="CASCADE"),
        refers("done_by", "people"),
        refers("given_to", "people"),
        Index("ix_deviation_events_case", "tenant_id", "deviation_id", "id"),
    )

    deviation_id: Mapped[UUID]
    what: Mapped[Happened]
    done_by: Mapped[UUID | None]
    given_to: Mapped[UUID | None]
    note: Mapped[Sealed]


class DeviationDisposal(TenantRow):
    """That cases closed before a day were weeded, by the municipality's rule of so many years."""

    __tablename__ = "deviation_disposals"
    __table_args__ = (refers("decided_by", "people"),)

    closed_before: Mapped[date]
    years: Mapped[int]
    cases: Mapped[int]
    decided_by: Mapped[UUID | None]


class NilStatement(TenantRow):
    """That there was nothing of a kind at a unit in a year: it was asked, and somebody answered."""

    __tablename__ = "deviation_nils"
    __table_args__ = (
        refers("unit_id", "units"),
        refers("said_by", "people"),
        refers("withdrawn_by", "people"),
        Index(
            "uq_deviation_nils_standing",
            "tenant_id",
            "unit_id",
            "year",
            "kind",
            unique=True,
            postgresql_where="withdrawn_at is null",
        ),
    )

    unit_id: Mapped[UUID]
    year: Mapped[int]
    kind: Mapped[NilKind]
    said_by: Mapped[UUID | None]
    said_at: Mapped[datetime]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
