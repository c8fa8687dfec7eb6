"""Reports: templates with chapters, and what each unit writes in them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ....tenants.rows import WORDS, Code, TenantRow, Words, refers


class ChapterKind(StrEnum):
    HEADING = "heading"
    """Only a heading for the chapters below it; nothing to write."""
    TEXT = "text"
    GOAL_ANALYSIS = "goal_analysis"
    """Generated from the goals; nothing to write here."""
    TABLE = "table"
    """A typed table, with text around it."""
    NIL_STATEMENT = "nil_statement"
    """Text, or the explicit statement that there was nothing this year."""
    ATTACHMENTS = "attachments"


class ReportTemplate(TenantRow):
    """What a kind of report holds, the same for all units of the municipality."""

    __tablename__ = "report_templates"
    __table_args__ = (UniqueConstraint("tenant_id", "key"),)

    key: Mapped[Code]
    title: Mapped[dict[str, str]] = mapped_column(info=WORDS)
    description: Mapped[Words] = mapped_column(server_default="")
    periodicity: Mapped[Code] = mapped_column(server_default="year")
    continues_in: Mapped[Code | None]
    """Key of the template, such as the plan, that chosen chapters are carried forward to."""
    continues_same_period: Mapped[bool] = mapped_column(server_default="false")
    """Carried within the period (a plan to its report) rather than on to the next one."""


class Chapter(TenantRow):
    """A chapter of a template. With a unit it is a local addition from that unit down."""

    __tablename__ = "chapters"
    __table_args__ = (
        refers("template_id", "report_templates", ondelete="CASCADE"),
        refers("parent_id", "chapters", ondelete="CASCADE"),
        refers("unit_id", "units"),
        Index("ix_chapters_template", "tenant_id", "template_id", "position"),
        UniqueConstraint("tenant_id", "template_id", "key"),
    )

    template_id: Mapped[UUID]
    parent_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    key: Mapped[Code]
    """Stays the same from year to year, and between a plan and its report."""
    position: Mapped[int]
    numbered: Mapped[bool] = mapped_column(server_default="true")
    title: Mapped[Words]
    kind: Mapped[ChapterKind]
    instruction: Mapped[Words] = mapped_column(server_default="")
    columns: Mapped[list[dict[str, object]]] = mapped_column(server_default="[]", info=WORDS)
    """Of a table: `{"key", "title", "kind": text|number|date|choice|yes_no, "choices"}`."""
    fixed_rows: Mapped[list[dict[str, str]]] = mapped_column(server_default="[]", info=WORDS)
    """Rows that always stand there, such as the two half-years: `{"key", "title"}`."""
    nil_phrase: Mapped[Words] = mapped_column(server_default="")
    phrases: Mapped[list[str]] = mapped_column(JSONB, server_default="[]", info=WORDS)
    """Ready sentences that the writer can put into the text with one click."""
    carried_forward: Mapped[bool] = mapped_column(server_default="false")
    source: Mapped[Code | None]
    """What it can be fetched from (`platform/filling.py`), such as `deviations.half_years`."""


class Report(TenantRow):
    """A unit's report for a period, made from a template."""

    __tablename__ = "reports"
    __table_args__ = (
        refers("template_id", "report_templates"),
        refers("unit_id", "units"),
        UniqueConstraint("tenant_id", "template_id", "unit_id", "period"),
    )

    template_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    period: Mapped[Code]
    title: Mapped[Words]
    due_on: Mapped[date | None]
    show_instructions: Mapped[bool] = mapped_column(server_default="true")
    started_by: Mapped[UUID | None]


class ReportCompletion(TenantRow):
    """The whole report was marked as done; a reopening ends it, with its reason."""

    __tablename__ = "report_completions"
    __table_args__ = (
        refers("report_id", "reports", ondelete="CASCADE"),
        Index(
            "uq_report_completions_standing",
            "tenant_id",
            "report_id",
            unique=True,
            postgresql_where="reopened_at is null",
        ),
        Index(
            "ix_report_completions_at",
            "tenant_id",
            "completed_at",
            postgresql_where="reopened_at is null",
        ),
    )

    report_id: Mapped[UUID]
    completed_by: Mapped[UUID | None]
    completed_at: Mapped[datetime]
    reopened_by: Mapped[UUID | None]
    reopened_at: Mapped[datetime | None]
    reason: Mapped[Words] = mapped_column(server_default="")


class ReportApproval(TenantRow):
    """A report that is done was approved; a withdrawal ends it, with its reason."""

    __tablename__ = "report_approvals"
    __table_args__ = (
        refers("report_id", "reports", ondelete="CASCADE"),
        Index(
            "uq_report_approvals_standing",
            "tenant_id",
            "report_id",
            unique=True,
            postgresql_where="withdrawn_at is null",
        ),
        Index(
            "ix_report_approvals_at",
            "tenant_id",
            "approved_at",
            postgresql_where="withdrawn_at is null",
        ),
    )

    report_id: Mapped[UUID]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    reason: Mapped[Words] = mapped_column(server_default="")


class ReportImage(TenantRow):
    """A picture for the texts of a report, drawn anew so that nothing but the picture is kept."""

    __tablename__ = "report_images"
    __table_args__ = (
        refers("report_id", "reports", ondelete="CASCADE"),
        Index("ix_report_images_report", "tenant_id", "report_id"),
        Index("ix_report_images_expiry", "tenant_id", "expires_on"),
    )

    report_id: Mapped[UUID]
    key: Mapped[Code]
    """Where its bytes lie in the object store."""
    key_number: Mapped[int | None]
    """Which of the municipality's keys they are encrypted with."""
    media_type: Mapped[Code]
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    alt: Mapped[Words]
    """What it shows, for those who do not see it."""
    source: Mapped[Words]
    """Who made it or where it comes from."""
    shows_person: Mapped[bool]
    consent: Mapped[Words] = mapped_column(server_default="")
    """Who keeps the consent of those it shows, as a function, never a person's data."""
    expires_on: Mapped[date | None]
    """The last day of the consent; None where nobody is shown."""
    created_by: Mapped[UUID | None]


class Section(TenantRow):
    """A chapter in one unit's report: its own copy of the heading, and what was written."""

    __tablename__ = "sections"
    __table_args__ = (
        refers("report_id", "reports", ondelete="CASCADE"),
        refers("parent_id", "sections", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "report_id", "key"),
        Index("ix_sections_report", "tenant_id", "report_id", "position"),
    )

    report_id: Mapped[UUID]
    parent_id: Mapped[UUID | None]
    key: Mapped[Code]
    position: Mapped[int]
    """Order in the whole report, depth first."""
    number: Mapped[Code]
    """As printed, such as 2.1; empty for a chapter without a number."""
    title: Mapped[Words]
    kind: Mapped[ChapterKind]
    local: Mapped[bool] = mapped_column(server_default="false")
    instruction: Mapped[Words] = mapped_column(server_default="")
    columns: Mapped[list[dict[str, object]]] = mapped_column(server_default="[]", info=WORDS)
    fixed_rows: Mapped[list[dict[str, str]]] = mapped_column(server_default="[]", info=WORDS)
    nil_phrase: Mapped[Words] = mapped_column(server_default="")
    phrases: Mapped[list[str]] = mapped_column(JSONB, server_default="[]", info=WORDS)
    carried_forward: Mapped[bool] = mapped_column(server_default="false")
    source: Mapped[Code | None]

    text: Mapped[Words] = mapped_column(server_default="")
    """HTML of the closed subset (`infra/documents/richtext.py`), cleaned when it is saved."""
    rows: Mapped[list[dict[str, object]]] = mapped_column(server_default="[]", info=WORDS)
    """Of a table: `{"row": key of a fixed row or None, "cells": {column key: value}}`."""
    nil: Mapped[bool] = mapped_column(server_default="false")
    snapshot: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True), info=WORDS)
    """What was generated, frozen when the report was marked as done."""
    fetched: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True), info=WORDS)
    """What another module gave, as `fetched.stored` has it; beside what people write."""
    fetched_by: Mapped[UUID | None]
    fetched_at: Mapped[datetime | None]
    written_by: Mapped[UUID | None]
    written_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")


class SectionVersion(TenantRow):
    """What a section held after one change; never altered."""

    __tablename__ = "section_versions"
    __table_args__ = (
        refers("section_id", "sections", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "section_id", "version"),
        Index("ix_section_versions_by", "tenant_id", "written_by", "written_at"),
    )

    section_id: Mapped[UUID]
    version: Mapped[int]
    text: Mapped[Words]
    rows: Mapped[list[dict[str, object]]] = mapped_column(info=WORDS)
    nil: Mapped[bool]
    fetched: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True), info=WORDS)
    written_by: Mapped[UUID | None]
    written_at: Mapped[datetime]


class SectionCompletion(TenantRow):
    """A section was marked as done, or as explicitly empty; a reopening ends it."""

    __tablename__ = "section_completions"
    __table_args__ = (
        refers("section_id", "sections", ondelete="CASCADE"),
        Index(
            "uq_section_completions_standing",
            "tenant_id",
            "section_id",
            unique=True,
            postgresql_where="reopened_at is null",
        ),
        Index(
            "ix_section_completions_at",
            "tenant_id",
            "completed_at",
            postgresql_where="reopened_at is null",
        ),
    )

    section_id: Mapped[UUID]
    empty: Mapped[bool]
    completed_by: Mapped[UUID | None]
    completed_at: Mapped[datetime]
    reopened_by: Mapped[UUID | None]
    reopened_at: Mapped[datetime | None]
    reason: Mapped[Words] = mapped_column(server_default="")


class SectionFile(TenantRow):
    """A file attached to a section."""

    __tablename__ = "section_files"
    __table_args__ = (
        refers("section_id", "sections", ondelete="CASCADE"),
        refers("file_id", "files"),
        UniqueConstraint("tenant_id", "section_id", "file_id"),
    )

    section_id: Mapped[UUID]
    file_id: Mapped[UUID]
    title: Mapped[Words]
