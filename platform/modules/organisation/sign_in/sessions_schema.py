"""Where people are signed in, in the API."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased

from .....graphql.context import Info, Logged
from .....graphql.nodes import Node, local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .....graphql.stored import Place, Related, Row, Value, computed, one, planned
from .....tenants import models
from .....tenants.sign_in import sessions
from .....tenants.sign_in.session_settings import ORGANISATION, SessionSettings
from ..people.schema import Person


@strawberry.type(description="Someone is, or was, signed in with a browser.")
class Session(Node):
    model = models.UserSession
    permission = "sessions.read"
    change = "people.edit"
    logged = Logged("session", "person_id")

    row: strawberry.Private[models.UserSession]
    created_at: datetime = strawberry.field(description="When they signed in.")
    last_seen_at: datetime = strawberry.field(description="When it was last used, to the minute.")
    expires_at: datetime = strawberry.field(description="When it ends, however much it is used.")
    ended_at: datetime | None = strawberry.field(
        description="When it was ended by hand; null when it was not."
    )
    level: int = strawberry.field(
        description="Level of assurance, 1 to 4: how sure it was who signed in."
    )
    issuer: str = strawberry.field(
        description="Address of the provider that they signed in by; empty for another way."
    )

    @classmethod
    async def find(cls, info: Info, id: UUID) -> Self | None:
        row = await sessions.find_session(info.context.work, id)
        if row is not None:
            info.context.saw(cls.logged, row)
        return cls.maybe(row)

    @computed(
        models.UserSession.browser,
        models.UserSession.system,
        description="Browser and system, such as Chrome on Windows.",
    )
    def device(browser: str, system: str) -> str:
        return sessions.device(browser, system)

    @strawberry.field(
        description="Whether it is the one that asks.",
        metadata=planned(
            Value(lambda place: place.row.id.is_not_distinct_from(place.given.session))
        ),
    )
    def current(self, info: Info) -> bool:
        return self.row.id == info.context.work.actor.session_id

    person: Person | None = one(models.UserSession.person_id, "Who is signed in.")


@strawberry.type(description="Sessions that have been ended.")
class SessionsEnded:
    count: int = strawberry.field(description="How many.")


EndSessionResult = Annotated[
    Session | Problem, strawberry.union("EndSessionResult", description=ANSWER)
]
EndOwnSessionsResult = Annotated[
    SessionsEnded | Problem, strawberry.union("EndOwnSessionsResult", description=ANSWER)
]
EndSessionsResult = Annotated[
    Person | Problem, strawberry.union("EndSessionsResult", description=ANSWER)
]


def _own(row: Row, place: Place) -> ColumnElement[bool]:
    chosen = aliased(models.ModuleSettings)
    settings = (chosen.tenant_id == place.given.tenant) & (chosen.module == ORGANISATION)
    minutes = place.alone(select(chosen.values["idle_minutes"].as_integer()).where(settings))
    idle = func.make_interval(0, 0, 0, 0, 0, func.coalesce(minutes, SessionSettings().idle_minutes))
    return and_(
        row.person_id == place.given.actor,
        row.ended_at.is_(None),
        row.expires_at > func.now(),
        row.last_seen_at > func.now() - idle,
    )


OWN = Related(_own, lambda row, _place: (row.last_seen_at.desc(),), asks=("sessions.read",))


@strawberry.type
class SessionQuery:
    @strawberry.field(
        description="Where one is signed in just now, the last used first.", metadata=planned(OWN)
    )
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

    @mutation("Sign oneself out everywhere but here.")
    async def end_own_sessions(self, info: Info) -> EndOwnSessionsResult:
        return SessionsEnded(count=await sessions.close_own_sessions(info.context.work))

    @mutation("Sign someone out everywhere.")
    async def end_sessions(self, info: Info, person_id: strawberry.ID) -> EndSessionsResult:
        return Person.of(
            await sessions.close_sessions_of(
                info.context.work, local_id(person_id, Person, field="personId")
            )
        )
