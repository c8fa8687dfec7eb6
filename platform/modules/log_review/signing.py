"""Signing a list: from then on it stays as it is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import func, select

from ....authz.permit import NOWHERE, permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most
from ....tenants.log.access_log import Action
from ....tenants.work import Work
from .models import Decision, Investigation, Review, ReviewEvent, ReviewState
from .own import own_left
from .reviews import REVIEW, Counts, counts_of, get_review, refuse_closed

LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Ready:
    """How far a list is from being signed: `uninvestigated` events are to be investigated, or
    intrusions, and no investigation of them is open. `own` are what whoever asks did themselves,
    and nobody else has decided about."""

    counts: Counts
    uninvestigated: int
    own: int

    @property
    def can_sign(self) -> bool:
        return self.counts.left == 0 and self.own == 0


async def how_ready(work: Work, review: Review) -> Ready:
    counts = (await counts_of(work, [review.id]))[review.id]
    looked_into = select(Investigation.id).where(
        Investigation.tenant_id == work.tenant.id, Investigation.event_id == ReviewEvent.id
    )
    waiting = await work.first(
        select(func.count()).where(
            ReviewEvent.review_id == review.id,
            ReviewEvent.decision.in_((Decision.INVESTIGATE, Decision.INTRUSION)),
            ~looked_into.exists(),
        )
    )
    own = {} if work.actor.id is None else await own_left(work, [review.id], [work.actor.id])
    return Ready(counts, waiting or 0, sum(own.get(review.id, {}).values()))


@permit(REVIEW)
async def write_result(work: Work, review_id: UUID, *, text: str) -> Review:
    """What the review came to, while the list is open. What was signed meanwhile is not refused
    when it comes again."""
    written = at_most(text.strip(), field="result", most=LONGEST)
    review = await _taken(work, review_id)
    if review.state is not ReviewState.OPEN and review.result == written:
        return review
    refuse_closed(review)
    review.result = written
    await work.flush()
    work.note(Action.CHANGE, "log_review", records=[review.id], unit_id=review.unit_id)
    return review


@permit(REVIEW)
async def sign_review(work: Work, review_id: UUID, *, result: str | None = None) -> Review:
    """End the review: its days and its counts are fixed, and nothing in it changes after that.

    Raises Conflict while something that stands out is undecided, or somebody else has not decided
    about what the actor did; InvalidInput without a result.
    """
    review = await _taken(work, review_id)
    refuse_closed(review)
    if result is not None:
        review.result = at_most(result.strip(), field="result", most=LONGEST)
    if not review.result:
        raise InvalidInput(_("Write what the review came to."), field="result")
    ready = await how_ready(work, review)
    if ready.own:
        raise Conflict(
            _(
                "{count} rows of the list are what you did yourself. Another reviewer or a full "
                "administrator decides about them first, and has it in My work.",
                count=ready.own,
            )
        )
    if not ready.can_sign:
        raise Conflict(
            _(
                "{count} events that stand out have no decision yet. Decide about them first.",
                count=ready.counts.left,
            )
        )
    review.counts = asdict(ready.counts)
    review.state = ReviewState.SIGNED
    review.signed_by, review.signed_at = work.actor.id, work.now
    review.version += 1
    await work.flush()
    work.note(
        Action.CHANGE,
        "log_review",
        records=[review.id],
        unit_id=review.unit_id,
        detail={"state": ReviewState.SIGNED.value},
    )
    return review


async def _taken(work: Work, review_id: UUID) -> Review:
    """The list for oneself: who decides about a row waits, and meets a signed list then."""
    await get_review(work, review_id)
    held = select(Review).where(Review.id == review_id).with_for_update()
    review = await work.first(held.execution_options(populate_existing=True))
    assert review is not None
    work.require(REVIEW, at=review.unit_id or NOWHERE)
    return review
