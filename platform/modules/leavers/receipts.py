"""The receipt of a run: who decided, when, how much of each kind, and what was changed in the
archive. It names the leavers by their pseudonyms only."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from ....tenants.work import Work
from .models import ArchiveChange, KeptName, Leaver, LeaverRun


async def receipt_of(work: Work, run: LeaverRun, leavers: Sequence[Leaver]) -> dict[str, object]:
    """As JSON; the same for a run however many times it was broken off."""
    assert run.decided_at is not None
    changes = await work.scalars(
        select(ArchiveChange).where(ArchiveChange.run_id == run.id).order_by(ArchiveChange.id)
    )
    kept = await work.rows(
        select(KeptName.reason, func.count())
        .where(KeptName.run_id == run.id)
        .group_by(KeptName.reason)
        .order_by(KeptName.reason)
    )
    return {
        "run": str(run.id),
        "because": run.because.value,
        "decided_by": str(run.decided_by),
        "decided_at": run.decided_at.isoformat(),
        "people": [
            {
                "pseudonym": leaver.pseudonym,
                "why": leaver.why.value,
                "heir": str(leaver.heir_id) if leaver.heir_id else None,
            }
            for leaver in leavers
        ],
        "counts": run.counts,
        "names_kept": {reason.value: number for reason, number in kept},
        "archive": [
            {
                "kind": change.kind,
                "id": str(change.row_id),
                "report": str(change.report_id) if change.report_id else None,
                "how": change.how,
                "sha256_before": change.old_hash,
                "sha256_after": change.new_hash,
            }
            for change in changes
        ],
    }
