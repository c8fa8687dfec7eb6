"""What a plan may come to, and what is left when one cannot be made."""

from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

import asyncpg
import pytest
from graphql import get_variable_values
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.testing import capture_logs

from roder.graphql.context import MOST_RECORDS
from roder.graphql.documents import core_schema, find_operation, parse_document
from roder.graphql.planner.answering import Plans, _is_too_much
from roder.graphql.planner.assembling import Assembler
from roder.graphql.planner.compiling import MOST_FIELDS
from roder.graphql.planner.plans import make_plan
from roder.graphql.planner.texts import Unplannable
from roder.infra.database import told_busy
from roder.infra.errors import Forbidden
from roder.infra.telemetry import Measures
from roder.platform.schema import product_schema
from roder.tenants.entry import Entered, _midnight, enter
from roder.tenants.known import Known
from roder.tenants.tokens.tokens import create_token

CORE = core_schema(product_schema())


def plan(text):
    document = parse_document(text)
    operation = find_operation(document, None)
    variables = get_variable_values(CORE, operation.variable_definitions or (), {})
    return make_plan(CORE, document, operation, variables, lambda _permission: True, frozenset())


@pytest.fixture
async def entered(runtime, town):
    async with await town.work("administrator") as work:
        person = town.people["administrator"].id
        made = await create_token(work, name="Prov", person_id=person, scopes=["read"])
    return await enter(runtime, town.tenant.slug, bearer=made.key)


async def answer(plans, runtime, entered, text):
    document = parse_document(text)
    return await plans.answer(runtime, entered, document, find_operation(document, None), {})


def names(count):
    return "{ me { " + " ".join(f"a{number}: name" for number in range(count)) + " } }"


async def test_a_wide_selection_neither_nests_as_deep_nor_is_refused(runtime, entered):
    found = await answer(Plans(CORE), runtime, entered, names(MOST_FIELDS - 10))

    assert found.count(b"Asta Admin") == MOST_FIELDS - 10


def test_a_plan_has_an_end():
    with pytest.raises(Unplannable):
        plan(names(MOST_FIELDS))


async def test_a_page_is_counted_out_where_nothing_of_its_rows_is_shown(runtime, entered):
    asked = "{ people { nodes { __typename } edges { node @skip(if: true) { name } } } }"

    found = await answer(Plans(CORE), runtime, entered, asked)

    assert found.count(b'{"__typename":"Person"}') == found.count(b"{}") > 1


def test_a_plan_knows_how_short_a_record_can_be():
    """So that most answers need no counting: see `_is_too_much`."""
    asked = "{ people(first: 5) { nodes { id name } } me { role: name, grants: __typename } }"

    assert plan(asked).shortest == len('{"id":"name":}')
    assert plan("{ me { __typename } }").shortest == len('{"__typename":}')


@pytest.mark.parametrize(
    ("records", "shortest", "too_much"),
    [
        (MOST_RECORDS, 1, False),
        (MOST_RECORDS + 1, 1, True),
        (MOST_RECORDS + 1, 2, True),
        (MOST_RECORDS + 1, 3, False),  # too short for so many, so nothing is counted
    ],
)
def test_records_are_counted_where_they_can_be_too_many(records, shortest, too_much):
    assert _is_too_much(b"{}" * records + b" ", shortest) == too_much


async def test_what_is_kept_of_no_plan_is_the_reason_alone(runtime, entered):
    plans = Plans(CORE)

    assert await answer(plans, runtime, entered, "{ me { permissions { name } } }") is None

    [(kept, _weight)] = plans._kept._kept.values()
    assert isinstance(kept, Unplannable)
    assert kept.__traceback__ is None
    assert kept.__context__ is None


async def test_a_fault_of_the_planner_is_no_fault_of_the_answer(
    runtime, entered, monkeypatch, one_way
):
    def broken(*_given):
        raise RecursionError

    monkeypatch.setattr("roder.graphql.planner.answering.make_plan", broken)

    assert await answer(Plans(CORE), runtime, entered, "{ me { name } }") is None


async def test_a_pool_that_is_closed_leaves_the_answer_to_strawberry(runtime, entered, monkeypatch):
    async def closed(*_given):
        raise asyncpg.InterfaceError("closed")

    monkeypatch.setattr(runtime.reading, "row", closed)

    assert await answer(Plans(CORE), runtime, entered, "{ me { name } }") is None


async def test_whoever_has_waited_for_one_pool_does_not_wait_for_another(
    runtime, entered, monkeypatch, one_way
):
    async def full(*_given):
        raise TimeoutError

    monkeypatch.setattr(runtime.reading, "row", full)

    with pytest.raises(TimeoutError) as fault:
        await answer(Plans(CORE), runtime, entered, "{ me { name } }")
    assert told_busy(fault.value).status == 503


async def assembled(plans, runtime, entered, text):
    document = parse_document(text)
    return await plans.assemble(runtime, entered, document, find_operation(document, None), {})


async def test_a_fault_in_assembling_is_logged_by_the_hash_of_the_document_and_counted(
    runtime, entered, monkeypatch, one_way
):
    async def broken(_assembler):
        raise RecursionError

    measures, text = Measures(), '{ unit(id: "hemligt") { name } }'
    monkeypatch.setattr(Assembler, "body", broken)

    with capture_logs() as told:
        found = await assembled(Plans(CORE), replace(runtime, measures=measures), entered, text)
        measures.tell()

    assert found is None
    fault, counted = [each for each in told if each["event"] != "request"]
    assert (fault["event"], fault["fault"]) == ("assembly_failed", "RecursionError")
    assert fault["document"] == sha256(text.encode()).hexdigest()
    assert "hemligt" not in str(fault)
    assert counted["assembly_failed"] == 1


async def test_a_refusal_in_assembling_is_no_fault(runtime, entered, monkeypatch, one_way):
    async def refused(_assembler):
        raise Forbidden("Nej.")

    monkeypatch.setattr(Assembler, "body", refused)

    with capture_logs() as told:
        assert await assembled(Plans(CORE), runtime, entered, "{ me { name } }") is None
    assert [each for each in told if each["event"] == "assembly_failed"] == []


async def test_a_pool_without_room_is_waited_for_once(runtime, entered, monkeypatch, one_way):
    async def full(_assembler):
        raise PoolTimeout("pool")

    monkeypatch.setattr(Assembler, "body", full)

    with pytest.raises(PoolTimeout):
        await assembled(Plans(CORE), runtime, entered, "{ me { name } }")


async def test_keys_that_are_alike_in_sixty_three_signs_are_told_apart(runtime, entered):
    one, other = "a" * 70 + "1", "a" * 70 + "2"
    text = f"{{ people {{ {one}: nodes {{ name }} {other}: nodes {{ email }} }} }}"

    found = await answer(Plans(CORE), runtime, entered, text)

    assert b'"name":"Asta Admin"' in found
    assert b'"email":"' in found


async def test_who_is_known_no_more_is_not_kept(town):
    known, key = Known(), Known.key("lund", "192.0.2.1", "token", "x")
    known.keep(key, Entered(town.tenant, await town.actor("administrator")))

    assert known.get(key) is None
    assert key not in known._kept


def test_the_day_ends_at_midnight_in_stockholm():
    assert _midnight(date(2026, 3, 28)) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert _midnight(date(2026, 3, 29)) == datetime(2026, 3, 29, 22, tzinfo=UTC)


async def test_nobody_is_known_beyond_the_day(entered, town):
    async with await town.work() as work:
        assert entered.until <= _midnight(work.today)


def test_lists_that_lead_back_to_themselves_are_not_written_over_and_over():
    once = "children { parent { children { children { code } } } }"
    twice = "children { parent { children { parent { children { code } } } } }"
    unit = '{ unit(id: "Unit:0192f0c4-0000-7000-8000-000000000000") { %s } }'

    assert plan(unit % once).sql
    with pytest.raises(Unplannable):
        plan(unit % twice)
