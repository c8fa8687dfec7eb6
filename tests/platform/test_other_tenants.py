"""Tenants never see each other: held over every field and mutation of the schema by itself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from io import BytesIO
from types import SimpleNamespace

import orjson
import pytest
from graphql import GraphQLUnionType, get_named_type
from sample_documents import Path, Root, document, id_paths, roots, variables
from sqlalchemy import select

from roder.graphql.context import Context
from roder.graphql.http import payload
from roder.graphql.nodes import Node, global_id
from roder.graphql.reporting import shown
from roder.infra.runtime import Runtime
from roder.platform.demonstration.osthammar import OSTHAMMAR
from roder.platform.demonstration.town import build_town
from roder.platform.schema import product_schema
from roder.tenants.actors import Actor
from roder.tenants.entry import load_actor, load_tenant
from roder.tenants.files import keep_upload
from roder.tenants.models import Person
from roder.tenants.rows import uuid7
from roder.tenants.tokens import create_token
from roder.tenants.work import Tenancy, open_work
from roder.workers.models import Job

SCHEMA = product_schema()
CORE = SCHEMA._schema
NODES: list[type[Node]] = [
    found.origin
    for name in CORE.type_map
    if (found := SCHEMA.get_type_by_name(name)) is not None
    and isinstance(getattr(found, "origin", None), type)
    and issubclass(found.origin, Node)
    and hasattr(found.origin, "model")
]
PLACES = [(root, path) for root in roots(CORE) for path in id_paths(root)]
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
    "role": "contributor",
    "accent": "#1f5f8b",
    "module": "goals",
    "light": "RED",
    "name": "Prov",
    "scopes": ["read"],
    "days": 30,
}


class Undone(Exception):
    """Rolls a sample's work back."""


@dataclass
class Full:
    """A municipality with the whole demonstration in it, and an id of each type of record."""

    runtime: Runtime
    tenant: Tenancy
    ids: dict[str, str]

    async def answer(self, root: Root, values: dict[str, object]) -> bytes:
        """The answer as bytes, as its full administrator; nothing of it is kept."""
        result = None
        try:
            async with open_work(
                self.runtime, self.tenant, await self.administrator(), write=True
            ) as work:
                result = await SCHEMA.execute(
                    document(root, depth=1), variable_values=values, context_value=Context(work)
                )
                raise Undone
        except Undone:
            assert result is not None
        return orjson.dumps(payload(result.data, [shown(e) for e in result.errors or ()]))

    async def administrator(self):
        async with open_work(self.runtime, self.tenant, NOBODY, write=False) as work:
            person = await work.first(select(Person).order_by(Person.id))
            return await load_actor(work, person.id)


NOBODY = Actor(id=None, name="")
MEANT = {"parentId": "Goal", "personId": "Person", "responsibleId": "Person"}
"""The type that an argument means, where neither its name nor the answer's type says it."""


@pytest.fixture(scope="session")
async def pair(runtime: Runtime) -> tuple[Full, Full]:
    return await full(runtime), await full(runtime)


async def full(runtime: Runtime) -> Full:
    slug = f"full-{secrets.token_hex(6)}"
    town = replace(OSTHAMMAR, slug=slug, scb_code=None)
    made = await build_town(runtime, town, taken=lambda: None)
    tenant = await load_tenant(runtime, made.id)
    found = Full(runtime, tenant, {})
    await add_what_runs_make(found)
    async with open_work(runtime, tenant, await found.administrator(), write=False) as work:
        info = SimpleNamespace(context=Context(work), schema=SCHEMA)
        for type_ in NODES:
            for row in await work.scalars(select(type_.model).limit(100)):
                if await type_.find(info, row.id) is not None:
                    found.ids[type_.__name__] = global_id(type_, row.id)
                    break
    return found


async def add_what_runs_make(town: Full) -> None:
    """What the demonstration gets only while it is used."""
    actor = await town.administrator()
    async with open_work(town.runtime, town.tenant, actor, write=True) as work:
        assert actor.id
        await create_token(work, name="Prov", person_id=actor.id)
        body = BytesIO(b"Kod;Namn")
        await keep_upload(work, name="enheter.csv", media_type="text/csv", body=body)
        work.add(Job(kind="prov", queue="default", arguments={}, created_by=actor.id, locale="sv"))


def meant(root: Root, path: Path) -> list[str]:
    """Types that an id here may be of, the likeliest first."""
    name = path[-1]
    said = name.removesuffix("Ids").removesuffix("Id")
    answer = get_named_type(root.field.type)
    members = answer.types if isinstance(answer, GraphQLUnionType) else (answer,)
    names = [type_.__name__ for type_ in NODES]
    likely = [
        MEANT.get(name, ""),
        said[:1].upper() + said[1:],
        *(member.name for member in members),
        *names,
    ]
    return [type_ for type_ in dict.fromkeys(likely) if type_ in names]


def test_the_demonstration_has_a_record_of_every_type(pair):
    for town in pair:
        assert sorted(town.ids) == sorted(type_.__name__ for type_ in NODES)


@pytest.mark.parametrize(
    ("root", "path"), PLACES, ids=[f"{root.label}.{'.'.join(path)}" for root, path in PLACES]
)
async def test_a_foreign_id_is_answered_as_an_absent_one(pair, root, path):
    own_town, other_town = pair
    others = {
        place: own_town.ids[meant(root, place)[0]] for place in id_paths(root) if place != path
    }

    async def answer(id: str) -> bytes:
        return await own_town.answer(root, variables(root, {**others, path: id}, SAMPLES))

    for type_ in meant(root, path):
        absent = await answer(f"{type_}:{uuid7()}")
        if await answer(own_town.ids[type_]) != absent:
            assert await answer(other_town.ids[type_]) == absent
            return
    pytest.fail(f"No id of any type makes a difference here; the last answer was {absent!r}")


@pytest.mark.parametrize("root", roots(CORE), ids=lambda root: root.label)
async def test_no_answer_holds_a_word_of_another_municipality(pair, root):
    own_town, other_town = pair
    ids = {place: own_town.ids[meant(root, place)[0]] for place in id_paths(root)}

    answer = await own_town.answer(root, variables(root, ids, SAMPLES))

    strange = {id.partition(":")[2].encode() for id in other_town.ids.values()}
    assert not [id for id in strange if id in answer]
