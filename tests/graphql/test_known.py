"""Who is known from an earlier request: also one who writes, and as long as that is true."""

from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import pytest
from goal_grid import make_board
from sent_statements import sent_statements
from sqlalchemy import delete, select, update
from starlette.applications import Starlette

from roder.graphql.documents import core_schema
from roder.graphql.endpoint import graphql_routes
from roder.graphql.planner.answering import Plans
from roder.infra.database import Outdated
from roder.platform.modules.goals.models import Outcome, OutcomeVersion
from roder.platform.schema import product_schema
from roder.tenants import known
from roder.tenants.actors import Actor, Grant
from roder.tenants.entry import Entered, enter, work_of
from roder.tenants.known import Known
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.models import ApiToken, ModuleSwitch, RightsVersion, RoleGrant
from roder.tenants.municipality import rename_tenant, save_settings
from roder.tenants.people import end_person, grant_role, withdraw_role
from roder.tenants.rows import uuid7
from roder.tenants.seeing import begin_seeing, end_seeing
from roder.tenants.sign_in.assurance import SIGN_IN, SignInSettings
from roder.tenants.sign_in.sessions import end_session, start_session
from roder.tenants.tokens.tokens import change_token, create_token, revoke_token
from roder.tenants.tree.units import change_unit
from roder.tenants.work import open_work

SET = """mutation ($input: SetOutcomeInput!) { setOutcome(input: $input) {
  __typename ... on Outcome { total } ... on Problem { code } } }"""
BY_RESOLVERS = "{ __typename me { name } __schema { queryType { name } } }"
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.7"


class Processes:
    """Two of the service, that are asked in turn. `key` is a token, or a session's."""

    def __init__(self, town, board, key, *, session=False):
        self.town, self.board, self.turn = town, board, 0
        self.headers = {"Cookie": f"roder_session={key}"} if session else {}
        if not session:
            self.headers = {"Authorization": f"Bearer {key}"}
        self.apps = []
        for _process in range(2):
            app = Starlette(routes=graphql_routes())
            app.state.runtime, app.state.schema = town.runtime, product_schema()
            app.state.plans = Plans(core_schema(app.state.schema))
            self.apps.append(app)

    async def send(self, app, query, *, address=HERE, **variables):
        transport = httpx.ASGITransport(app, client=(address, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            return await http.post(
                f"/{self.town.tenant.slug}/graphql",
                json={"query": query, "variables": variables},
                headers=self.headers | {"Roder-Plan": "1"},
            )

    async def write(self, app, *, address=HERE):
        self.turn += 1
        sent = {
            "indicatorId": f"Indicator:{self.board.nodes['men']}",
            "unitId": f"Unit:{self.board.unit_id}",
            "period": "2026",
            "total": str(self.turn),
        }
        return await self.send(app, SET, address=address, input=sent)

    async def everywhere(self, **options):
        """What each process answers a write with: its status, or what came of it."""
        found = []
        for app in self.apps:
            answer = await self.write(app, **options)
            data = answer.json().get("data")
            outcome = data and data["setOutcome"]
            found.append(outcome.get("code", "kept") if outcome else answer.status_code)
        return found

    async def total(self):
        async with await self.town.work(write=False) as work:
            [outcome] = await work.scalars(
                select(Outcome).where(Outcome.node_id == self.board.nodes["men"])
            )
        return outcome.total


@pytest.fixture
async def board(town):
    return await make_board(town)


async def by_token(town, board, scopes=("read", "write"), **options):
    async with await town.work() as work:
        person = town.people["manager"].id
        made = await create_token(work, name="Prov", person_id=person, scopes=scopes, **options)
    asking = Processes(town, board, made.key)
    asking.token = made.token
    assert await asking.everywhere() == ["kept", "kept"]
    return asking


async def by_session(town, board, who="manager"):
    async with await town.work() as work:
        key = await start_session(work, town.people[who].id)
    asking = Processes(town, board, key, session=True)
    asking.key = key
    assert await asking.everywhere() == ["kept", "kept"]
    return asking


async def version_of(town):
    async with await town.work(write=False) as work:
        return await work.first(select(RightsVersion.version))


async def manager_role(work, town):
    own = RoleGrant.person_id == town.people["manager"].id
    return (await work.scalars(select(RoleGrant).where(own)))[0]


async def test_who_is_known_writes_without_being_asked_who_they_are(town, board):
    asking = await by_token(town, board)

    with sent_statements(town.runtime) as sent:
        assert await asking.everywhere() == ["kept", "kept"]

    entering = ("api_tokens", "role_grants", "people", "FROM tenants", "module_switches")
    assert [one for one in sent if any(table in one for table in entering)] == []
    assert await asking.total() == 4


async def test_who_is_known_is_answered_by_resolvers_without_being_asked(town, board):
    asking = await by_token(town, board)
    app = asking.apps[0]

    with sent_statements(town.runtime) as sent:
        answer = (await asking.send(app, BY_RESOLVERS)).json()

    assert answer["extensions"] == {"plan": "resolvers"}
    assert answer["data"]["me"] == {"name": "Mona Chef"}
    assert [one for one in sent if "api_tokens" in one or "role_grants" in one] == []


async def test_a_change_of_rights_elsewhere_makes_one_enter_anew_and_writes_once(town, board):
    asking = await by_token(town, board)
    async with await town.work() as work:
        await grant_role(work, town.people["employee"].id, role="contributor")

    with sent_statements(town.runtime) as sent:
        assert await asking.everywhere() == ["kept", "kept"]

    assert len([one for one in sent if "FROM api_tokens" in one]) == 2
    own = select(Outcome.id).where(Outcome.node_id == board.nodes["men"]).scalar_subquery()
    versions = OutcomeVersion.outcome_id == own, OutcomeVersion.total.is_not(None)
    assert await town.count(OutcomeVersion, *versions) == 4


async def test_a_revoked_key_writes_nothing_more_in_any_process(town, board):
    asking = await by_token(town, board)
    async with await town.work() as work:
        await revoke_token(work, asking.token.id)

    assert await asking.everywhere() == [401, 401]
    for app in asking.apps:
        assert (await asking.send(app, BY_RESOLVERS)).status_code == 401
    assert await asking.total() == 2


async def test_a_session_that_has_ended_writes_nothing_more_in_any_process(town, board):
    asking = await by_session(town, board)
    async with await town.work() as work:
        await end_session(work, asking.key)

    assert await asking.everywhere() == [401, 401]
    assert await asking.total() == 2


async def test_who_has_left_writes_nothing_more_in_any_process(town, board):
    asking = await by_token(town, board)
    async with await town.work() as work:
        await end_person(work, town.people["manager"].id)

    assert await asking.everywhere() == [401, 401]
    assert await asking.total() == 2


async def test_a_role_that_is_taken_is_refused_and_counts_again_when_it_is_given(town, board):
    asking = await by_token(town, board)
    async with await town.work() as work:
        await withdraw_role(work, (await manager_role(work, town)).id)
    assert await asking.everywhere() == ["FORBIDDEN", "FORBIDDEN"]
    assert await asking.total() == 2

    async with await town.work() as work:
        person, unit = town.people["manager"].id, town.units["committee"].id
        await grant_role(work, person, role="contributor", unit_id=unit)
    assert await asking.everywhere() == ["kept", "kept"]

    async with await town.work() as work:  # out of reach of the role, which stays as it is
        elsewhere = town.units["school_board"].id
        unit = town.units["home_care"].id
        await change_unit(work, unit, from_date=work.today, parent_id=elsewhere)
    assert await asking.everywhere() == ["FORBIDDEN", "FORBIDDEN"]


async def test_a_module_that_is_switched_off_takes_nothing_more(town, board):
    asking = await by_token(town, board)
    async with await town.work() as work:
        await work.execute(delete(ModuleSwitch).where(ModuleSwitch.module == "goals"))

    assert await asking.everywhere() == ["MODULE_OFF", "MODULE_OFF"]


async def test_a_level_that_is_demanded_shuts_a_module_at_once(town, board):
    asking = await by_session(town, board)
    async with await town.work() as work:
        await save_settings(work, SIGN_IN, SignInSettings, values={"levels": {"goals": 3}})

    assert await asking.everywhere() == ["STEP_UP", "STEP_UP"]


async def test_an_erased_municipality_takes_nothing_more(town, board, settings):
    asking = await by_token(town, board)
    owner = await asyncpg.connect(settings.owner_database_url)
    await owner.execute(f"set roder.tenant = '{town.tenant.id}'")
    erase = "update tenants set erased_at = now() where id = $1"
    assert await owner.execute(erase, town.tenant.id) == "UPDATE 1"
    await owner.close()

    assert await asking.everywhere() == [404, 404]


async def test_a_key_writes_from_its_networks_only_also_when_it_is_known(town, board):
    asking = await by_token(town, board, networks=["192.0.2.0/24"])
    assert await asking.everywhere(address=ELSEWHERE) == [403, 403]

    async with await town.work() as work:
        await change_token(work, asking.token.id, networks=["203.0.113.0/24"])
    assert await asking.everywhere() == [403, 403]

    assert await asking.total() == 2
    refused = (LogEntry.action == Action.REFUSED, LogEntry.kind == "api_token")
    assert await town.count(LogEntry, *refused) == 1  # once a minute


async def test_a_key_for_some_units_stays_narrow_when_it_is_known(town, board):
    asking = await by_token(town, board, unit_ids=[town.units["home_care"].id])
    assert await asking.everywhere() == ["kept", "kept"]

    async with await town.work() as work:
        own = update(ApiToken).where(ApiToken.id == asking.token.id)
        await work.execute(own.values(unit_ids=[town.units["school_board"].id]))

    assert "kept" not in await asking.everywhere()
    assert "kept" not in await asking.everywhere()
    assert await asking.total() == 4


async def test_one_who_begins_or_ends_to_see_as_somebody_is_refused_as_long_as_that(town, board):
    asking = await by_session(town, board, "administrator")
    entered = await enter(town.runtime, town.tenant.slug, session=asking.key)
    async with open_work(town.runtime, entered.tenant, entered.actor, write=True) as work:
        await begin_seeing(work, town.people["employee"].id, reason="Elis ser inte sitt mål")
    for _turn in range(2):
        assert await asking.everywhere() == [403, 403]

    async with await town.work() as work:
        await end_seeing(work, entered.actor.session_id)
    assert await asking.everywhere() == ["kept", "kept"]


async def test_what_is_true_until_now_is_not_used_to_write(town):
    entered = Entered(town.tenant, await town.actor("administrator"), 1, lately=True)
    with pytest.raises(Outdated):
        async with work_of(town.runtime, entered, write=True):
            pass


async def test_work_begins_only_at_the_version_of_rights_that_is_named(town):
    actor, version = await town.actor("administrator"), await version_of(town)
    for write in (True, False):
        async with open_work(town.runtime, town.tenant, actor, write=write, rights=version) as work:
            assert await work.first(select(RightsVersion.version)) == version
        for other in (version - 1, version + 1, 0):
            with pytest.raises(Outdated):
                async with open_work(town.runtime, town.tenant, actor, write=write, rights=other):
                    pass


async def test_the_name_of_a_municipality_is_known_no_longer_when_it_changes(town):
    before = await version_of(town)
    async with await town.work() as work:
        await rename_tenant(work, name="Östhammars kommun", accent=None)

    assert await version_of(town) > before


async def test_the_use_of_a_key_is_noted_a_minute_after_the_last_time(town, board):
    """Whoever is known is so at most until then, so no use is left out for being known."""
    asking = await by_token(town, board)
    async with await town.work() as work:
        last = work.now - timedelta(seconds=40)
        await work.execute(update(ApiToken).values(last_used_at=last))

    key = asking.headers["Authorization"].removeprefix("Bearer ")
    entered = await enter(town.runtime, town.tenant.slug, bearer=key)
    assert entered.until == last + timedelta(minutes=1)


async def test_what_was_decided_for_one_who_is_known_is_not_kept_beyond_the_request(town, board):
    asking = await by_token(town, board)
    for app in asking.apps:
        [entered] = app.state.plans.known._kept.values()
        assert [key for key in entered.actor.memo if key[1] is not None] == []


async def test_who_is_known_from_one_address_is_not_from_another(town, board):
    asking = await by_token(town, board)
    with sent_statements(town.runtime) as sent:
        assert await asking.everywhere(address=ELSEWHERE) == ["kept", "kept"]

    assert len([one for one in sent if "FROM api_tokens" in one]) == 2


async def test_those_who_are_known_reach_so_many_units_together(town, monkeypatch):
    monkeypatch.setattr(known, "MOST_UNITS", 5)
    kept, people = Known(), []
    for number in range(4):
        reach = frozenset({uuid7(), uuid7()})
        actor = Actor(uuid7(), "", grants=(Grant("contributor", uuid7(), reach),))
        people.append(Known.key("lund", HERE, "token", str(number)))
        until = datetime.now(UTC) + timedelta(minutes=1)
        kept.keep(people[-1], Entered(town.tenant, actor, until=until))
        kept.keep(people[-1], Entered(town.tenant, actor, until=until))

    assert [kept.get(key) is not None for key in people] == [False, False, True, True]
    assert kept._units == 4
