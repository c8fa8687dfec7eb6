"""Preschools and schools, who leads them, and who took part in the year's quality work."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ....tenants.rows import CODES, DUTY, Code, TenantRow, Words, refers


class SchoolForm(StrEnum):
    """What a unit runs; several may apply."""

    PRESCHOOL = "preschool"
    PRESCHOOL_CLASS = "preschool_class"
    COMPULSORY = "compulsory"
    ADAPTED_COMPULSORY = "adapted_compulsory"
    LEISURE_CENTRE = "leisure_centre"
    UPPER_SECONDARY = "upper_secondary"
    ADAPTED_UPPER_SECONDARY = "adapted_upper_secondary"
    ADULT = "adult"


class Step(StrEnum):
    """A step of the school year, in the order in which they are taken."""

    PLAN = "plan"
    FOLLOW_UP = "follow_up"
    ANALYSIS = "analysis"
    REPORT = "report"
    ORGANISER_REPORT = "organiser_report"


class TakingPart(StrEnum):
    """Who takes part in the quality work, as the law names them."""

    STAFF = "staff"
    CHILDREN = "children"
    GUARDIANS = "guardians"


class SchoolUnit(TenantRow):
    """A unit of the tree that is a preschool or a school, and the committee that organises it.

    `code` is the national one, empty for a unit that has none. School years go by the year in
    which they begin; the unit is followed from `first_year` to `last_year`.
    """

    __tablename__ = "school_units"
    __table_args__ = (
        refers("unit_id", "units"),
        refers("organiser_id", "units"),
        refers("changed_by", "people"),
        UniqueConstraint("tenant_id", "unit_id"),
        Index("ix_school_units_organiser", "tenant_id", "organiser_id"),
    )

    unit_id: Mapped[UUID]
    organiser_id: Mapped[UUID]
    forms: Mapped[list[str]] = mapped_column(ARRAY(Text), info=CODES)
    code: Mapped[Code]
    first_year: Mapped[int]
    last_year: Mapped[int | None]
    version: Mapped[int]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class SchoolPrincipal(TenantRow):
    """Somebody is the principal of a school from a day to a day, both included."""

    __tablename__ = "school_principals"
    __table_args__ = (
        refers("school_id", "school_units"),
        refers("person_id", "people"),
        refers("changed_by", "people"),
        Index("ix_school_principals_school", "tenant_id", "school_id", "from_on"),
    )

    school_id: Mapped[UUID]
    person_id: Mapped[UUID | None] = mapped_column(info=DUTY)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class SchoolParticipation(TenantRow):
    """Who took part in a step of a school's year, how and when: a group, never a person."""

    __tablename__ = "school_participations"
    __table_args__ = (
        refers("school_id", "school_units"),
        refers("written_by", "people"),
        Index("ix_school_participations_school", "tenant_id", "school_id", "year"),
    )

    school_id: Mapped[UUID]
    year: Mapped[int]
    step: Mapped[Step]
    who: Mapped[TakingPart]
    how: Mapped[Words]
    held_on: Mapped[date]
    written_by: Mapped[UUID | None]
    written_at: Mapped[datetime]
