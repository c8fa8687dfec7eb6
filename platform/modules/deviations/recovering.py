"""The key that opens the texts of an archive elsewhere, for who keeps it: never somebody who can
fetch the archive, so that nobody alone takes out what is written about people."""

from __future__ import annotations

from dataclasses import dataclass

from ....authz.permit import permit
from ....infra.errors import Forbidden
from ....infra.i18n import _
from ....tenants.log.access_log import Action
from ....tenants.sealed import recovery
from ....tenants.sealed.recovery import RecoveryKey, SealedPart
from ....tenants.work import Work

RECOVER = "deviations.recover"


@dataclass(frozen=True, slots=True)
class KeyState:
    """The key that stands, if one has been taken out, and the texts that came locked."""

    standing: RecoveryKey | None
    locked: SealedPart


@permit(RECOVER)
async def key_state(work: Work) -> KeyState:
    standing = await recovery.standing_key(work)
    if standing is not None:
        work.note(Action.READ, "recovery_key", records=[standing.id])
    return KeyState(standing, await recovery.locked_texts(work))


@permit(RECOVER)
async def take_out_key(work: Work) -> tuple[RecoveryKey, str]:
    """A new key, and its secret half, which is shown this once. The key before it still opens the
    archives that it was for. Raises Forbidden for who can fetch the archive as well, and for
    whoever is not there in person."""
    if work.actor.id is None or work.actor.token_id is not None or work.actor.behind is not None:
        raise Forbidden(_("Only a person, signed in as themselves, takes out the key."))
    if work.allows("tenant.export"):
        raise Forbidden(
            _(
                "You can fetch the archive of the municipality. Somebody else has to keep the key, "
                "so that nobody alone can read everything."
            )
        )
    row, key = await recovery.take_out(work)
    work.note(Action.EXPORT, "recovery_key", records=[row.id])
    return row, key


@permit(RECOVER)
async def unlock_texts(work: Work, key: str) -> int:
    """Open the texts that came locked in an archive; how many. Raises InvalidInput."""
    opened = await recovery.unlock(work, key)
    work.note(Action.IMPORT, "recovery_key", detail={"texts": str(opened)})
    return opened
