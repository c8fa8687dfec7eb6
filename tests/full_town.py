"""Two municipalities with the whole demonstration in them, and a sample call of every field."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from types import SimpleNamespace

import orjson
from full_deviations import add_deviations, sure
from full_records import (
    add_action,
    add_approval,
    add_complaint_handler,
    add_group,
    add_picture,
    add_review,
    add_roles,
    add_sign_in,
)
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType, get_named_type
from sample_documents import Path, Root, document, id_paths, required_id_paths, roots
from sqlalchemy import select, text

from roder.graphql.context import Context
from roder.graphql.http import payload
from roder.graphql.nodes import Node, global_id
from roder.graphql.reporting import shown
from roder.infra.runtime import Runtime
from roder.platform.demonstration.osthammar import OSTHAMMAR
from roder.platform.demonstration.town import build_town
from roder.platform.modules.leavers.extracts import ask_own_extract
from roder.platform.modules.transfer.erasing import ask_for_erasure
from roder.platform.modules.transfer.service import ask_for_tenant_export
from roder.platform.schema import product_schema
from roder.tenants.actors import EMPLOYEE, Actor
from roder.tenants.entry import load_actor, load_tenant
from roder.tenants.feedback import tell_fault
from roder.tenants.files import keep_upload
from roder.tenants.models import CalendarFeed, Person, Unit
from roder.tenants.sign_in.sessions import start_session
from roder.tenants.tokens.tokens import create_token
from roder.tenants.work import Tenancy, open_work
from roder.workers.models import Job

SCHEMA = product_schema()
CORE = SCHEMA._schema
NODES: list[type[Node]] = [
    found.origin
    for name, type_ in CORE.type_map.items()
    if isinstance(type_, GraphQLObjectType)
    and (found := SCHEMA.get_type_by_name(name)) is not None
    and isinstance(getattr(found, "origin", None), type)
    and issubclass(found.origin, Node)
    and hasattr(found.origin, "model")
]
FACES = {
    name: [type_.name for type_ in CORE.get_possible_types(face)]
    for name, face in CORE.type_map.items()
    if isinstance(face, GraphQLInterfaceType) and name != "Node"
}
ROOTS = roots(CORE)
MUTATIONS = [root for root in ROOTS if root.kind == "mutation"]
PLACES = [(root, path) for root in ROOTS for path in id_paths(root)]
SAMPLES = {
    "String": "Prov",
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "Date": "2026-06-01",
    "DateTime": "2026-06-01T12:00:00Z",
    "Decimal": "1",
    "JSON": {},
    "year": 2026,
    "period": "2026",
    "email": "prov@example.org",
    "issuer": "https://inloggning.example",
    "claim": "email",
    "role": "contributor",
    "accent": "#1f5f8b",
    "module": "goals",
    "light": "RED",
    "scopes": ["read"],
    "days": 30,
    "key": "prov",
    "twice": ("into",),
    "typeKey": "rutin",
}
MEANT = {
    "aboutId": "Goal",
    "bodyId": "Unit",
    "byId": "GoverningDocument",
    "adjusterIds": "MeetingParticipant",
    "categoryId": "DeviationCategory",
    "childIds": "Unit",
    "colleagueId": "Person",
    "complaintId": "SchoolComplaint",
    "documentId": "GoverningDocument",
    "fileId": "StoredFile",
    "fromId": "Person",
    "giverId": "GrantGiver",
    "handlerId": "Person",
    "heirId": "Person",
    "intoId": "Unit",
    "investigatorId": "Person",
    "kindId": "SchoolComplaintKind",
    "logoFileId": "StoredFile",
    "modelId": "SteeringModel",
    "occasionId": "ControlOccasion",
    "organiserId": "Unit",
    "ownerId": "Person",
    "planId": "ControlPlan",
    "participantId": "MeetingParticipant",
    "planRiskId": "ControlPlanRisk",
    "predecessorIds": "Unit",
    "responsibleId": "Person",
    "schoolId": "SchoolUnit",
    "seriesId": "MeetingSeries",
    "superiorId": "GoverningDocument",
    "templateId": "ReportTemplate",
    "toId": "Person",
    "versionId": "GoverningDocumentVersion",
}
"""The type that an argument means, where neither its name nor the answer's type says it."""


class Undone(Exception):
    """Rolls a sample's work back."""


@dataclass
class Full:
    """A municipality with the whole demonstration in it, and ids of its records by their type."""

    runtime: Runtime
    tenant: Tenancy
    administrator: Actor
    employee: Actor
    ids: dict[str, list[str]] = field(default_factory=dict)

    async def answer(self, root: Root, values: dict[str, object]) -> bytes:
        """The answer to a full administrator as bytes; nothing of it is kept."""
        answer, _written = await self.ask(self.administrator, root, values)
        return orjson.dumps(answer)

    async def ask(
        self, actor: Actor, root: Root, values: dict[str, object], *, depth: int = 1
    ) -> tuple[dict[str, object], int]:
        """The answer, and how many rows were written for it before it was undone."""
        result, before, after = None, 0, 0
        try:
            async with open_work(self.runtime, self.tenant, actor, write=True) as work:
                before = (await work.execute(WRITTEN)).scalar_one()
                result = await SCHEMA.execute(
                    document(root, depth=depth), variable_values=values, context_value=Context(work)
                )
                after = (await work.execute(WRITTEN)).scalar_one()
                raise Undone
        except Undone:
            assert result is not None
        return payload(result.data, [shown(error) for error in result.errors or ()]), after - before


WRITTEN = text(
    "select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::int from pg_stat_xact_user_tables"
)
"""Rows that this connection has written lately, also those that a savepoint took back."""
NOBODY = Actor(id=None, name="")


async def full(runtime: Runtime) -> Full:
    slug = f"full-{secrets.token_hex(6)}"
    town = replace(OSTHAMMAR, slug=slug, scb_code=None)
    made = await build_town(runtime, town, taken=lambda: None)
    tenant = await load_tenant(runtime, made.id)
    async with open_work(runtime, tenant, NOBODY, write=False) as work:
        people = {person.email: person.id for person in await work.scalars(select(Person))}
        administrator = await load_actor(work, people[town.people[0].email])
        employee = await load_actor(work, people[town.people[-1].email])
    assert [grant.role for grant in employee.grants] == [EMPLOYEE]
    found = Full(runtime, tenant, sure(administrator), sure(employee))
    await add_what_runs_make(found)
    async with open_work(runtime, tenant, NOBODY, write=False) as work:
        found.administrator = sure(await load_actor(work, people[town.people[0].email]))
    await look_around(found)
    return found


async def add_what_runs_make(town: Full) -> None:
    """What the demonstration gets only while it is used."""
    actor = town.administrator
    async with open_work(town.runtime, town.tenant, actor, write=True) as work:
        assert actor.id
        await create_token(work, name="Prov", person_id=actor.id)
        assert town.employee.id
        await start_session(work, town.employee.id)
        await start_session(work, actor.id)
        await add_sign_in(work)
        work.add(CalendarFeed(person_id=town.employee.id, digest=b"prov"))
        body = BytesIO(b"Kod;Namn")
        await keep_upload(work, name="enheter.csv", media_type="text/csv", body=body)
        await ask_for_tenant_export(work, reason="Prov")
        await ask_for_erasure(work, reason="Prov")
        await add_picture(work)
        await add_approval(work)
        await add_review(work)
        await tell_fault(work, page="/", text="Prov")
        await add_roles(work, town.employee.id)
        await add_deviations(work, town.employee.id)
        await add_group(work, town.employee.id)
        await add_action(work, town.employee.id)
        await add_complaint_handler(work)
        await ask_own_extract(work)
        work.add(
            Job(
                kind="organisation.prov",
                queue="default",
                arguments={},
                created_by=actor.id,
                locale="sv",
            )
        )


async def look_around(town: Full) -> None:
    """The newest of each type first: what is still open comes before what is finished. Of units
    the oldest, which others stand below."""
    async with open_work(town.runtime, town.tenant, town.administrator, write=False) as work:
        info = SimpleNamespace(context=Context(work), schema=SCHEMA)
        for type_ in NODES:
            age = type_.model.id if type_.model is Unit else type_.model.id.desc()
            ids = await work.scalars(select(type_.model.id).order_by(age).limit(100))
            found = await asyncio.gather(*(type_.find(info, id) for id in ids))
            town.ids[type_.__name__] = [
                global_id(type_, id) for id, node in zip(ids, found, strict=True) if node
            ]


def meant(root: Root, path: Path) -> list[str]:
    """Types that an id here may be of, the likeliest first."""
    name = path[-1]
    said = name.removesuffix("Ids").removesuffix("Id")
    answer = get_named_type(root.field.type)
    members = answer.types if isinstance(answer, GraphQLUnionType) else (answer,)
    names = [type_.__name__ for type_ in NODES]
    spoken_of = " ".join((root.name, *(member.name for member in members)))
    likely = [
        MEANT.get(name, ""),
        said[:1].upper() + said[1:],
        *(member.name for member in members),
        *sorted((type_ for type_ in names if type_ in spoken_of), key=len, reverse=True),
        *(type_ for face, types in FACES.items() if face in spoken_of for type_ in types),
        *names,
    ]
    return [type_ for type_ in dict.fromkeys(likely) if type_ in names]


def sampled(town: Full, root: Root, paths: list[Path]) -> dict[Path, str | list[str]]:
    """An own id for each place, a different one for the next place of the same type, and two
    where there is a list of them."""
    found: dict[Path, str | list[str]] = {}
    left = {type_: iter([*ids, *ids]) for type_, ids in town.ids.items()}
    for path in paths:
        ids = left[meant(root, path)[0]]
        listed = path[-1].endswith("Ids") or repeated(path)
        found[path] = [next(ids), next(ids)] if listed else next(ids)
    return found


def repeated(path: Path) -> bool:
    """Whether it lies in something that is sent twice."""
    return any(name in SAMPLES["twice"] for name in path)


def surroundings(
    town: Full, root: Root, path: Path | None = None
) -> Iterator[dict[Path, str | list[str]]]:
    """Ids beside the one at `path`: those that are required, then with one of the others too."""
    required = [place for place in required_id_paths(root) if place != path]
    yield sampled(town, root, required)
    for place in id_paths(root):
        if place != path and place not in required:
            yield sampled(town, root, [*required, place])
