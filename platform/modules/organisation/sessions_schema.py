"""Where people are signed in, in the API."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....tenants import models, sessions
from .people_schema import Person


@strawberry.type(description="Someone is, or was, signed in with a browser.")
class Session(Node):
    model = models.UserSession
    permission = "sessions.read"

    row: strawberry.Private[models.UserSession]
    created_at: datetime = strawberry.field(description="When they signed in.")
    last_seen_at: datetime = strawberry.field(description="When it was last used, to the minute.")
    expires_at: datetime = strawberry.field(description="When it ends, however much it is used.")
    ended_at: datetime | None = strawberry.field(
        description="When it was ended by hand; null when it was not."
    )

    @classmethod
    async def find(cls, info: Info, id: UUID) -> Self | None:
        return cls.maybe(await sessions.find_session(info.context.work, id))

    @strawberry.field(description="Browser and system, such as Chrome on Windows.")
    def device(self) -> str:
        return sessions.in_words(self.row)

    @strawberry.field(description="Whether it is the one that asks.")
    def current(self, info: Info) -> bool:
        return self.row.id == info.context.work.actor.session_id

    @strawberry.field(description="Who is signed in.")
    async def person(self, info: Info) -> Person | None:
        return await Person.find(info, self.row.person_id)


EndSessionResult = Annotated[
    Session | Problem, strawberry.union("EndSessionResult", description=ANSWER)
]
EndSessionsResult = Annotated[
    Person | Problem, strawberry.union("EndSessionsResult", description=ANSWER)
]


@strawberry.type
class SessionQuery:
    @strawberry.field(description="Where one is signed in just now, the last used first.")
    async def my_sessions(self, info: Info) -> list[Session]:
        return [Session.of(row) for row in await sessions.own_sessions(info.context.work)]

    @strawberry.field(
        description="Where someone is signed in just now, for those who may change that person."
    )
    async def person_sessions(self, info: Info, person_id: strawberry.ID) -> list[Session]:
        found = await sessions.sessions_of(
            info.context.work, local_id(person_id, Person, field="personId")
        )
        return [Session.of(row) for row in found]


@strawberry.type
class SessionMutation:
    @mutation("End a session of one's own, or of someone whom one may change. It ends at once.")
    async def end_session(self, info: Info, id: strawberry.ID) -> EndSessionResult:
        return Session.of(await sessions.close_session(info.context.work, local_id(id, Session)))

    @mutation("Sign someone out everywhere.")
    async def end_sessions(self, info: Info, person_id: strawberry.ID) -> EndSessionsResult:
        return Person.of(
            await sessions.close_sessions_of(
                info.context.work, local_id(person_id, Person, field="personId")
            )
        )
