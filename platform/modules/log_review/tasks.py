"""What the review of the log asks of people: lists, extracts, and notices to be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from ....authz.permit import NOWHERE
from ....infra.i18n import _
from ....tenants.grants import stands
from ....tenants.models import RoleGrant
from ....tenants.work import STOCKHOLM, Work
from ...asked import Asked
from ...tasks import Because, PageToOpen, Task, TaskKind
from .investigating import EXTRACT
from .models import (
    FileKind,
    Investigation,
    InvestigationState,
    NoticeKind,
    Review,
    ReviewFile,
    ReviewNotice,
    ReviewState,
)
from .own import own_left
from .placing import REVIEWER
from .reviews import REVIEW, person_names, unit_names
from .words import title_of


async def review_tasks(work: Work, asked: Asked) -> list[Task]:
    """Lists to review and to archive, what the reviewers of one did themselves, extended extracts
    to make, notices to see; five statements and two for names."""
    reviews = await work.scalars(select(Review).where(Review.state != ReviewState.ARCHIVED))
    made = select(ReviewFile.id).where(
        ReviewFile.tenant_id == work.tenant.id,
        ReviewFile.investigation_id == Investigation.id,
        ReviewFile.kind == FileKind.EXTRACT,
        ReviewFile.created_at > Investigation.crime_at,
    )
    extracts = await work.rows(
        select(Investigation, Review)
        .join(
            Review,
            (Review.id == Investigation.review_id) & (Review.tenant_id == Investigation.tenant_id),
        )
        .where(
            Investigation.crime_at.is_not(None),
            Investigation.state == InvestigationState.OPEN,
            ~made.exists(),
        )
    )
    notices = await work.rows(
        select(ReviewNotice, Review)
        .join(
            Review,
            (Review.id == ReviewNotice.review_id) & (Review.tenant_id == ReviewNotice.tenant_id),
        )
        .where(ReviewNotice.acknowledged_at.is_(None))
    )
    about = [
        *reviews,
        *(review for _one, review in extracts),
        *(review for _one, review in notices),
    ]
    names = await unit_names(work, [review.unit_id for review in about])
    if asked.top is None:
        return []
    place = _Spot(asked, names, asked.top, await _deputies(work))
    found: list[Task] = []
    for review in reviews:
        found += place.list_task(review)
    found += await _own_of_reviewers(work, place, reviews)
    for investigation, review in extracts:
        found += place.extract_task(investigation, review)
    for notice, review in notices:
        found += place.notice_task(notice, review)
    return found


async def _own_of_reviewers(work: Work, place: _Spot, reviews: Sequence[Review]) -> list[Task]:
    """Of each open list what those who review it did themselves: the others are asked for that."""
    lists = [each for each in reviews if each.state is ReviewState.OPEN and place.concerns(each)]
    whose = {review.id: place.reviewers(review) for review in lists}
    people = {id for reviewers in whose.values() for id in reviewers}
    left = await own_left(work, list(whose), people)
    names = await person_names(work, {id for counts in left.values() for id in counts})
    return [
        task
        for review in lists
        for id in sorted(left.get(review.id, {}))
        if id in whose[review.id]
        for task in place.own_task(review, id, names.get(id, "–"))
    ]


async def _deputies(work: Work) -> dict[UUID, frozenset[UUID]]:
    """To whom reviewers have handed their role on for a while, by who did."""
    origin = aliased(RoleGrant)
    from_whom = and_(origin.id == RoleGrant.delegated_from, origin.tenant_id == RoleGrant.tenant_id)
    rows = await work.rows(
        select(origin.person_id, RoleGrant.person_id)
        .join(origin, from_whom)
        .where(RoleGrant.role == REVIEWER, stands(work.now))
    )
    found: dict[UUID, frozenset[UUID]] = {}
    for giver, deputy in rows:
        found[giver] = found.get(giver, frozenset()) | {deputy}
    return found


class _Spot:
    """Where tasks stand: a list of the municipality's own is shown at its topmost unit."""

    def __init__(
        self,
        asked: Asked,
        names: dict[UUID | None, str],
        top: UUID,
        deputies: Mapping[UUID, frozenset[UUID]],
    ) -> None:
        self.asked, self.names, self.top, self.deputies = asked, names, top, deputies

    def reviewers(self, review: Review) -> frozenset[UUID]:
        """Who is asked to review it."""
        at = self._at(review)
        if review.reviewer_id and self.asked.may(REVIEW, at, review.reviewer_id):
            return self.deputies.get(review.reviewer_id, frozenset()) | {review.reviewer_id}
        return self.asked.nearest(REVIEW, at)

    def concerns(self, review: Review) -> bool:
        """Whether any of those whose tasks are wanted may review it."""
        wanted, at = self.asked.people, self._at(review)
        return wanted is None or any(self.asked.may(REVIEW, at, id) for id in wanted)

    def own_task(self, review: Review, person_id: UUID, name: str) -> Iterator[Task]:
        """What a reviewer did themselves: for the others who review the list, else for all who
        may, such as full administrators."""
        others = self.reviewers(review) - {person_id}
        if not others:
            at = self._at(review)
            held = {id for people in self.asked.grants.values() for id in people} - {person_id}
            others = frozenset(id for id in held if self.asked.may(REVIEW, at, id))
        payload = PageToOpen("review", {"review": str(review.id)})
        title = _("{days}, what {name} did themselves", days=title_of(review), name=name)
        kind = TaskKind.REVIEW_LOG
        key = f"{kind.value}:{review.id}:{person_id}"
        yield from self._task(key, kind, review, others, review.due_on, payload, title)

    def _at(self, review: Review) -> UUID:
        at = review.unit_id if review.unit_id in self.asked.places else NOWHERE
        assert at is not None
        return at

    def list_task(self, review: Review) -> Iterator[Task]:
        people = self.reviewers(review)
        signed = review.state is ReviewState.SIGNED
        kind = TaskKind.ARCHIVE_LOG if signed else TaskKind.REVIEW_LOG
        payload = PageToOpen("review", {"review": str(review.id)})
        yield from self._task(
            f"{kind.value}:{review.id}", kind, review, people, review.due_on, payload
        )

    def extract_task(self, investigation: Investigation, review: Review) -> Iterator[Task]:
        people = self.asked.nearest(EXTRACT, NOWHERE)
        payload = PageToOpen("review_event", {"event": str(investigation.event_id)})
        key = f"{TaskKind.MAKE_EXTRACT.value}:{investigation.id}"
        yield from self._task(
            key, TaskKind.MAKE_EXTRACT, review, people, None, payload, investigation.case_number
        )

    def notice_task(self, notice: ReviewNotice, review: Review) -> Iterator[Task]:
        kind = TaskKind.SEE_HEALTH if notice.kind is NoticeKind.HEALTH else TaskKind.SEE_ARCHIVED
        payload = PageToOpen("review_notice", {"notice": str(notice.id)})
        due: date = notice.told_at.astimezone(STOCKHOLM).date()
        people = frozenset({notice.person_id})
        yield from self._task(f"{kind.value}:{notice.id}", kind, review, people, due, payload)

    def _task(
        self,
        key: str,
        kind: TaskKind,
        review: Review,
        people: frozenset[UUID],
        due_on: date | None,
        payload: PageToOpen,
        title: str = "",
    ) -> Iterator[Task]:
        if not self.asked.wants(people):
            return
        at = review.unit_id if review.unit_id in self.asked.places else self.top
        assert at is not None
        yield Task(
            key=key,
            kind=kind,
            title=title or title_of(review),
            about="",
            unit_id=at,
            unit_name=self.names[review.unit_id],
            unit_slug=self.asked.places[at].slug,
            period=f"{review.begins:%Y-%m}",
            year=review.begins.year,
            due_on=due_on,
            late=due_on is not None and due_on < self.asked.today,
            people=people,
            because=Because.UNIT,
            payload=payload,
        )
