"""Governing documents: what they are and for whom, their versions, and what they ask of units."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ....tenants.decided import Decided
from ....tenants.rows import DUTY, Code, TenantRow, Words, refers


class Aim(StrEnum):
    """What documents of a type are for."""

    GOALS = "goals"
    """They say what is to be reached (måldokument)."""
    CONDUCT = "conduct"
    """They say how one goes about it (förhållningsdokument)."""
    NEITHER = "neither"


class Applies(StrEnum):
    """For whom a document is."""

    ALL = "all"
    COMPANIES = "companies"
    UNITS = "units"
    """Those that are named, with what stands below them."""


class DocumentState(StrEnum):
    """Derived from dates and rows; see `states.py`."""

    DRAFT = "draft"
    COMING = "coming"
    """Decided, and not in force yet."""
    VALID = "valid"
    EXPIRED = "expired"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class AssignmentKind(StrEnum):
    GOAL = "goal"
    ASSIGNMENT = "assignment"


class AnswerState(StrEnum):
    NOT_BEGUN = "not_begun"
    UNDER_WAY = "under_way"
    DONE = "done"
    WILL_NOT = "will_not"


class GoverningDocument(TenantRow):
    """A document that governs. `body_id` is the unit that decides on it, `unit_id` the one that
    keeps it. What was decided, and from when to when it is in force, stands in its versions.
    """

    __tablename__ = "governing_documents"
    __table_args__ = (
        refers("superior_id", "governing_documents"),
        refers("replaced_by_id", "governing_documents"),
        refers("body_id", "units"),
        refers("unit_id", "units"),
        refers("owner_id", "people"),
        UniqueConstraint("tenant_id", "number"),
        Index("ix_governing_documents_superior", "tenant_id", "superior_id"),
    )

    number: Mapped[Code]
    title: Mapped[Words]
    type_key: Mapped[Code]
    """One of the types in the settings."""
    summary: Mapped[Words]
    superior_id: Mapped[UUID | None]
    body_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    owner_id: Mapped[UUID | None] = mapped_column(info=DUTY)
    applies: Mapped[Applies]
    review_on: Mapped[date | None]
    replaced_by_id: Mapped[UUID | None]
    """It is replaced from when that one is in force."""
    published_at: Mapped[datetime | None]
    """When it was made public; None for one that is not."""
    published_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_reason: Mapped[Words]
    version: Mapped[int]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class DocumentUnit(TenantRow):
    """A unit that a document is for."""

    __tablename__ = "governing_document_units"
    __table_args__ = (
        refers("document_id", "governing_documents"),
        refers("unit_id", "units"),
        UniqueConstraint("tenant_id", "document_id", "unit_id"),
    )

    document_id: Mapped[UUID]
    unit_id: Mapped[UUID]


class DocumentVersion(Decided, TenantRow):
    """A wording of a document. A draft until it is decided, and never altered after, but for the
    last day that it is in force; None of that is until further notice."""

    __tablename__ = "governing_document_versions"
    __table_args__ = (
        refers("document_id", "governing_documents"),
        UniqueConstraint("tenant_id", "document_id", "number"),
    )

    document_id: Mapped[UUID]
    number: Mapped[int]
    changes: Mapped[Words]
    """What is new in it."""
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class DocumentFile(TenantRow):
    """A file of a version."""

    __tablename__ = "governing_document_files"
    __table_args__ = (
        refers("version_id", "governing_document_versions"),
        refers("file_id", "files"),
        UniqueConstraint("tenant_id", "version_id", "file_id"),
    )

    version_id: Mapped[UUID]
    file_id: Mapped[UUID]
    title: Mapped[Words]


class DocumentAssignment(TenantRow):
    """A goal that a document sets, or something that it tells units to do."""

    __tablename__ = "document_assignments"
    __table_args__ = (
        refers("document_id", "governing_documents"),
        UniqueConstraint("tenant_id", "document_id", "position"),
    )

    document_id: Mapped[UUID]
    position: Mapped[int]
    kind: Mapped[AssignmentKind]
    text: Mapped[Words]
    due_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    """When it was taken off the follow-up."""
    ended_by: Mapped[UUID | None]
    version: Mapped[int]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class AssignmentNode(TenantRow):
    """A goal or an assignment of the plan by which a unit carries it out."""

    __tablename__ = "document_assignment_nodes"
    __table_args__ = (
        refers("assignment_id", "document_assignments"),
        refers("node_id", "plan_nodes", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "assignment_id", "node_id"),
        Index("ix_document_assignment_nodes_node", "tenant_id", "node_id"),
    )

    assignment_id: Mapped[UUID]
    node_id: Mapped[UUID]


class DocumentAnswer(TenantRow):
    """How far a unit has come with what it was given, as it told last; `told_at` None before."""

    __tablename__ = "document_answers"
    __table_args__ = (
        refers("assignment_id", "document_assignments"),
        refers("unit_id", "units"),
        refers("action_id", "planned_actions"),
        UniqueConstraint("tenant_id", "assignment_id", "unit_id"),
        Index("ix_document_answers_unit", "tenant_id", "unit_id"),
    )

    assignment_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    state: Mapped[AnswerState]
    text: Mapped[Words]
    asked_by: Mapped[UUID | None]
    asked_at: Mapped[datetime]
    told_by: Mapped[UUID | None]
    told_at: Mapped[datetime | None]
    action_id: Mapped[UUID | None]
    """What the unit is going to do about it, as it planned last."""
    version: Mapped[int]


class AnswerStep(TenantRow):
    """What a unit told at one time; never altered."""

    __tablename__ = "document_answer_steps"
    __table_args__ = (
        refers("answer_id", "document_answers"),
        Index("ix_document_answer_steps_answer", "tenant_id", "answer_id"),
    )

    answer_id: Mapped[UUID]
    state: Mapped[AnswerState]
    text: Mapped[Words]
    told_by: Mapped[UUID | None]
    told_at: Mapped[datetime]
