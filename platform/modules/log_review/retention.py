"""How long archived lists are kept, by dated rules of the municipality, and their disposal."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from uuid import UUID

from sqlalchemy import Row, delete, func, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import one_line
from ....tenants.log.access_log import Action
from ....tenants.models import Person
from ....tenants.work import Work
from .models import (
    ArchiveKind,
    Investigation,
    InvestigationState,
    RetentionRule,
    Review,
    ReviewDisposal,
    ReviewEvent,
    ReviewFile,
    ReviewState,
)

DESIGN, RUN = "log_review.design", "log_review.run"
MOST_YEARS = 100
MOST_SHOWN = 500
MOST = 200
"""Lists that one run disposes of; the next day's takes the rest."""


async def ensure_rules(work: Work) -> None:
    """The rules that a municipality begins with, where it has none of a kind: kept as rows that it
    changes by new ones (`retention.csv`)."""
    standing = set(await work.scalars(select(RetentionRule.kind)))
    work.add(
        *(
            RetentionRule(
                kind=kind,
                years=first.years,
                floor=first.floor,
                authority=first.authority,
                valid_from=first.valid_from,
            )
            for kind, first in first_rules().items()
            if kind not in standing
        )
    )
    await work.flush()


@dataclass(frozen=True, slots=True)
class FirstRule:
    """What a kind begins with. `floor` is the fewest years that the law allows (`authority`)."""

    years: int
    floor: int
    authority: str
    valid_from: date


@cache
def first_rules() -> Mapping[ArchiveKind, FirstRule]:
    text = (files(__package__) / "retention.csv").read_text("utf-8")
    return {
        ArchiveKind(line["kind"]): FirstRule(
            int(line["years"]),
            int(line["floor"]),
            line["authority"],
            date.fromisoformat(line["valid_from"]),
        )
        for line in csv.DictReader(text.splitlines())
    }


@permit("log_review.read")
async def read_rules(work: Work) -> list[RetentionRule]:
    """All there have been, the latest of each kind first."""
    order = (RetentionRule.kind, RetentionRule.valid_from.desc())
    return list(await work.scalars(select(RetentionRule).order_by(*order)))


@permit(DESIGN)
async def set_rule(
    work: Work,
    *,
    kind: ArchiveKind,
    years: int,
    authority: str,
    valid_from: date,
) -> RetentionRule:
    """Keep archives of a kind for so many years, from a day on. Raises InvalidInput for less than
    the law allows, which whoever sets a rule does not decide."""
    law = first_rules()[kind]
    if not law.floor <= years <= MOST_YEARS:
        raise InvalidInput(
            _(
                "Keep it for {floor} to {most} years: less is not allowed by {authority}.",
                floor=law.floor,
                most=MOST_YEARS,
                authority=law.authority,
            ),
            field="years",
        )
    same = select(RetentionRule).where(
        RetentionRule.kind == kind, RetentionRule.valid_from == valid_from
    )
    if await work.first(same):
        raise Conflict(_("There is a rule from that day already."), field="validFrom")
    rule = RetentionRule(
        kind=kind,
        years=years,
        floor=law.floor,
        authority=one_line(authority, field="authority", most=200),
        valid_from=valid_from,
        decided_by=work.actor.id,
    )
    work.add(rule)
    await work.flush()
    work.note(Action.CHANGE, "log_review", records=[rule.id], detail={"rule": kind.value})
    return rule


@permit("log_review.read")
async def read_disposals(work: Work) -> list[ReviewDisposal]:
    latest = select(ReviewDisposal).order_by(ReviewDisposal.disposed_at.desc(), ReviewDisposal.id)
    return list(await work.scalars(latest.limit(MOST_SHOWN)))


@permit(DESIGN)
async def due_for_disposal(work: Work) -> list[tuple[Review, RetentionRule]]:
    """What the next run disposes of."""
    return await _due(work)


@permit(RUN)
async def dispose_of_old(work: Work) -> int:
    """Dispose of archived lists that have been kept for as long as their rule says; how many.

    One with an investigation that is open is kept. What is left is a line of the disposal log.
    """
    due = await _due(work)
    ids = [review.id for review, _rule in due]
    counts: dict[UUID, int] = {
        row[0]: row[1]
        for row in await work.rows(
            select(ReviewEvent.review_id, func.count())
            .where(ReviewEvent.review_id.in_(ids))
            .group_by(ReviewEvent.review_id)
        )
    }
    kept = await work.rows(
        select(ReviewFile.review_id, ReviewFile.key, ReviewFile.sha256).where(
            ReviewFile.review_id.in_(ids)
        )
    )
    for review, rule in due:
        work.add(_line(work, review, rule, counts.get(review.id, 0), kept))
        work.note(
            Action.DISPOSE,
            "log_review",
            records=[review.id],
            unit_id=review.unit_id,
            detail={"days": f"{review.begins}–{review.ends}", "years": str(rule.years)},
        )
    # Before the commit: what stops here is done again, and no bytes are left without a row.
    await work.storage.delete_each([row.key for row in kept])
    gone = delete(Review).where(Review.id.in_(ids))
    await work.execute(gone.execution_options(synchronize_session=False))
    await work.flush()
    return len(due)


@permit(DESIGN)
async def protect_identity(work: Work, person_id: UUID, *, protected: bool) -> Person:
    """Whether somebody's personal data are protected: what is done with them then stands out."""
    person = await work.get(Person, person_id)
    person.protected = protected
    await work.flush()
    work.note(
        Action.CHANGE,
        "person",
        records=[person.id],
        about=[person.id],
        detail={"protected": "yes" if protected else "no"},
    )
    return person


async def _due(work: Work) -> list[tuple[Review, RetentionRule]]:
    rules: dict[ArchiveKind, RetentionRule] = {}
    for rule in await work.scalars(
        select(RetentionRule)
        .where(RetentionRule.valid_from <= work.today)
        .order_by(RetentionRule.valid_from)
    ):
        rules[rule.kind] = rule
    looked_into = select(Investigation.id).where(
        Investigation.tenant_id == work.tenant.id,
        Investigation.review_id == Review.id,
        Investigation.state == InvestigationState.OPEN,
    )
    found: list[tuple[Review, RetentionRule]] = []
    for kind, rule in rules.items():
        least = max(rule.floor, first_rules()[kind].floor)
        until = _years_before(work.today, max(rule.years, least))
        reviews = await work.scalars(
            select(Review)
            .where(
                Review.state == ReviewState.ARCHIVED,
                Review.health == (kind is ArchiveKind.HEALTH_LIST),
                Review.ends < until,
                ~looked_into.exists(),
            )
            .order_by(Review.ends, Review.id)
            .limit(MOST)
        )
        found += [(review, rule) for review in reviews]
    return found


def _years_before(day: date, years: int) -> date:
    """The same day, years ago; 29 February becomes the 28th, which keeps a day longer."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _line(
    work: Work,
    review: Review,
    rule: RetentionRule,
    events: int,
    kept: Iterable[Row[UUID, str, str]],
) -> ReviewDisposal:
    return ReviewDisposal(
        review_id=review.id,
        unit_id=review.unit_id,
        begins=review.begins,
        ends=review.ends,
        number=review.number,
        kind=rule.kind,
        rule_id=rule.id,
        years=rule.years,
        authority=rule.authority,
        events=events,
        sha256=[row.sha256 for row in kept if row.review_id == review.id],
        disposed_by=work.actor.id,
        disposed_at=work.now,
    )
