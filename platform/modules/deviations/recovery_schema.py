"""The key to sealed texts in the API."""

from datetime import datetime
from typing import Annotated

import strawberry

from ....graphql.context import Info
from ....graphql.problems import ANSWER, Problem, mutation
from . import recovering


@strawberry.type(description="The key to sealed texts, and what came locked from elsewhere.")
class SealedTexts:
    key_taken_at: datetime | None = strawberry.field(
        description="When the key that stands was taken out; null without one."
    )
    locked: int = strawberry.field(description="Texts that came locked in an archive.")
    locked_without_key: int = strawberry.field(
        description="Of them those that no key opens, since nobody had taken one out."
    )


@strawberry.type(description="A key to sealed texts. It is in this answer alone.")
class TakenOutKey:
    key: str = strawberry.field(description="56 letters and digits. Kept nowhere.")
    taken_at: datetime = strawberry.field(description="When it was taken out.")


@strawberry.type(description="What a key opened.")
class UnlockedTexts:
    count: int = strawberry.field(description="Texts that are open again.")


TakeOutDeviationKeyResult = Annotated[
    TakenOutKey | Problem, strawberry.union("TakeOutDeviationKeyResult", description=ANSWER)
]
UnlockDeviationsResult = Annotated[
    UnlockedTexts | Problem, strawberry.union("UnlockDeviationsResult", description=ANSWER)
]


@strawberry.type
class RecoveryQuery:
    @strawberry.field(description="How it stands with the key to sealed texts, for its keeper.")
    async def sealed_texts(self, info: Info) -> SealedTexts:
        state = await recovering.key_state(info.context.work)
        taken = state.standing.created_at if state.standing else None
        return SealedTexts(
            key_taken_at=taken,
            locked=state.locked.count,
            locked_without_key=state.locked.without_key,
        )


@strawberry.type
class RecoveryMutation:
    @mutation("Take out a key that opens the sealed texts of archives made from now on.")
    async def take_out_deviation_key(self, info: Info) -> TakeOutDeviationKeyResult:
        row, key = await recovering.take_out_key(info.context.work)
        return TakenOutKey(key=key, taken_at=row.created_at)

    @mutation("Open texts that came locked in an archive, with the key that was taken out there.")
    async def unlock_deviations(self, info: Info, key: str) -> UnlockDeviationsResult:
        return UnlockedTexts(count=await recovering.unlock_texts(info.context.work, key))
