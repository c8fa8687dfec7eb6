"""The lists as they are read: which there are, how far they have come, their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, any_, cast, func, literal, or_, select, true

from ....authz.permit import NOWHERE, permit
from ....infra.errors import Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....tenants.log.access_log import Action
from ....tenants.models import Person, UnitVersion
from ....tenants.tree.units import placed
from ....tenants.work import Work
from .models import Decision, Mark, Review, ReviewEvent, ReviewState

READ, REVIEW = "log_review.read", "log_review.review"
PAGE = 100
"""Rows of a page."""


class Show(StrEnum):
    ALL = "all"
    MARKED = "marked"
    LEFT = "left"
    """Marked, and nobody has decided."""
    UNDECIDED = "undecided"
    FOLLOWED = "followed"
    """To be investigated, or an intrusion."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows: what is None or empty does not narrow. `reader` is the id of a person, or "=" and
    a name where another system gave that only; "-" is nobody."""

    show: Show = Show.ALL
    mark: Mark | None = None
    reader: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Of a list's events; `left` stand out and nobody has decided about them."""

    events: int = 0
    marked: int = 0
    undecided: int = 0
    left: int = 0
    no_remark: int = 0
    legitimate: int = 0
    investigate: int = 0
    intrusion: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Somebody who read, and how much: `reader` as in `Filter`."""

    reader: str
    name: str
    events: int
    marked: int
    left: int


@dataclass(frozen=True, slots=True)
class Listed:
    review: Review
    unit_name: str
    counts: Counts


@permit(READ)
async def find_reviews(work: Work, *, state: ReviewState | None = None) -> list[Listed]:
    """The lists that the actor may see, the open ones first, then the latest days."""
    chosen = true() if state is None else Review.state == state
    rows = await work.scalars(
        select(Review)
        .where(visible(work), chosen)
        .order_by(Review.state != ReviewState.OPEN, Review.ends.desc(), Review.id)
        .limit(500)
    )
    counts = await counts_of(work, [review.id for review in rows])
    names = await unit_names(work, [review.unit_id for review in rows])
    work.note(Action.READ, "log_review", records=[review.id for review in rows])
    return [Listed(row, names[row.unit_id], counts[row.id]) for row in rows]


@permit(READ)
async def get_review(work: Work, review_id: UUID) -> Review:
    """Raises NotFound for one that is absent, or of a unit that the actor does not review."""
    review = await work.find(Review, review_id)
    if review is None or not work.allows(READ, at=review.unit_id or NOWHERE):
        raise NotFound()
    return review


async def hold_review(work: Work, review_id: UUID) -> Review:
    """As `get_review`, to write in it: kept from being signed until the work ends. Raises
    Forbidden, and Conflict for one that is signed."""
    await get_review(work, review_id)
    held = select(Review).where(Review.id == review_id).with_for_update(read=True)
    review = await work.first(held.execution_options(populate_existing=True))
    assert review is not None
    work.require(REVIEW, at=review.unit_id or NOWHERE)
    refuse_closed(review)
    return review


def refuse_closed(review: Review) -> None:
    if review.state is not ReviewState.OPEN:
        raise Conflict(_("The list is signed, and stays as it is."))


def visible(work: Work) -> ColumnElement[bool]:
    units = work.reach(READ)
    return true() if units is None else Review.unit_id.in_(units)


async def counts_of(work: Work, review_ids: Sequence[UUID]) -> dict[UUID, Counts]:
    undecided = ReviewEvent.decision.is_(None)
    of_each = [func.count().filter(ReviewEvent.decision == each) for each in Decision]
    rows = await work.rows(
        select(
            ReviewEvent.review_id,
            func.count(),
            func.count().filter(ReviewEvent.marked),
            func.count().filter(undecided),
            func.count().filter(undecided, ReviewEvent.marked),
            *of_each,
        )
        .where(ReviewEvent.review_id.in_(review_ids))
        .group_by(ReviewEvent.review_id)
    )
    found: dict[UUID, Counts] = {}
    for review_id, *numbers in rows:
        found[review_id] = Counts(*numbers)
    return {id: found.get(id, Counts()) for id in review_ids}


async def unit_names(work: Work, unit_ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """What the units are called, or were at their end; None is the municipality itself."""
    wanted = {id for id in unit_ids if id is not None}
    rows = await work.rows(
        select(UnitVersion.unit_id, UnitVersion.name)
        .where(UnitVersion.unit_id.in_(wanted), UnitVersion.valid_from <= work.today)
        .order_by(UnitVersion.valid_from)
    )
    names: dict[UUID | None, str] = {None: work.tenant.name}
    names |= {row.unit_id: row.name for row in rows}
    ahead = await placed(work, sorted(wanted - set(names)))
    return names | {unit.id: unit.name for unit in ahead}


@permit(READ)
async def read_rows(
    work: Work, review: Review, chosen: Filter, *, page: int = 1, most: int = PAGE
) -> list[ReviewEvent]:
    """A page of the events, those that stand out first, then in the order they happened."""
    rows = await work.scalars(in_order(review, chosen).offset((page - 1) * most).limit(most))
    people = {id for row in rows for id in (*row.about, row.person_id) if id is not None}
    work.note(
        Action.READ,
        "log_review",
        records=[review.id],
        about=sorted(people),
        unit_id=review.unit_id,
        detail={"page": str(page)},
    )
    return list(rows)


def in_order(review: Review, chosen: Filter) -> Any:
    return (
        select(ReviewEvent)
        .where(ReviewEvent.review_id == review.id, matching(chosen))
        .order_by(ReviewEvent.marked.desc(), ReviewEvent.at, ReviewEvent.id)
    )


async def count_rows(work: Work, review: Review, chosen: Filter) -> int:
    own = ReviewEvent.review_id == review.id
    return await work.first(select(func.count()).where(own, matching(chosen))) or 0


@permit(READ)
async def read_groups(work: Work, review: Review) -> list[Group]:
    """Those who read, whoever has most that stands out first."""
    reader = reader_key()
    left = func.count().filter(ReviewEvent.marked, ReviewEvent.decision.is_(None))
    marked = func.count().filter(ReviewEvent.marked)
    rows = await work.rows(
        select(
            reader,
            func.max(cast(ReviewEvent.person_id, Text)),
            func.max(ReviewEvent.who),
            func.count(),
            marked,
            left,
        )
        .where(ReviewEvent.review_id == review.id)
        .group_by(reader)
        .order_by(marked.desc(), func.count().desc(), reader)
        .limit(1_000)
    )
    names = await person_names(work, {UUID(id) for _key, id, *_rest in rows if id})
    work.note(
        Action.READ,
        "log_review",
        records=[review.id],
        about=list(names),
        unit_id=review.unit_id,
        detail={"by": "reader"},
    )
    return [
        Group(key, names.get(UUID(id), "") if id else who, *counts)
        for key, id, who, *counts in rows
    ]


def matching(chosen: Filter) -> ColumnElement[bool]:
    undecided = ReviewEvent.decision.is_(None)
    followed = ReviewEvent.decision.in_((Decision.INVESTIGATE, Decision.INTRUSION))
    shown = {
        Show.ALL: true(),
        Show.MARKED: ReviewEvent.marked,
        Show.LEFT: and_(ReviewEvent.marked, undecided),
        Show.UNDECIDED: undecided,
        Show.FOLLOWED: followed,
    }
    found = [shown[chosen.show]]
    if chosen.mark is not None:
        found.append(literal(chosen.mark.value) == any_(ReviewEvent.marks))
    if chosen.reader:
        found.append(reader_key() == chosen.reader)
    if chosen.words:
        like = f"%{_plain(chosen.words)}%"
        found.append(
            or_(
                ReviewEvent.who.ilike(like),
                ReviewEvent.kind.ilike(like),
                ReviewEvent.process.ilike(like),
                ReviewEvent.address.ilike(like),
                ReviewEvent.comment.ilike(like),
                func.array_to_string(ReviewEvent.subjects, " ").ilike(like),
                _named(like),
            )
        )
    return and_(*found)


def _named(like: str) -> ColumnElement[bool]:
    """Whether who read, or whom it was about, is called so."""
    own = Person.tenant_id == ReviewEvent.tenant_id
    here = or_(Person.id == ReviewEvent.person_id, Person.id == any_(ReviewEvent.about))
    return select(Person.id).where(own, here, Person.name.ilike(like)).exists()


def reader_key() -> ColumnElement[str]:
    own = func.coalesce(cast(ReviewEvent.person_id, Text), func.nullif("=" + ReviewEvent.who, "="))
    return func.coalesce(own, "-")


async def person_names(work: Work, ids: Iterable[UUID]) -> dict[UUID, str]:
    wanted = sorted(set(ids))
    rows = await work.rows(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def names_wanted(rows: Iterable[ReviewEvent], most: int) -> set[UUID]:
    """The people to name beside rows: who acted, who was behind, and the first it was about."""
    return {
        id
        for row in rows
        for id in (row.person_id, row.behind_id, row.decided_by, *row.about[:most])
        if id is not None
    }


def read_filter(given: Mapping[str, str]) -> Filter:
    """From texts such as those of an address. Raises InvalidInput."""
    try:
        return Filter(
            show=Show(given.get("show") or Show.ALL),
            mark=Mark(given["mark"]) if given.get("mark") else None,
            reader=given.get("reader", "")[:300].replace("\0", ""),
            words=" ".join(given.get("words", "")[:100].replace("\0", "").split()),
        )
    except ValueError as error:
        raise InvalidInput(_("Choose one from the list.")) from error


def _plain(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
