"""Who is let in, by whom, and how sure it has to be who they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from roder.infra.errors import Forbidden, InvalidInput, StepUp
from roder.platform.modules.deviations.service import cases, my_reports
from roder.tenants.entry import load_tenant
from roder.tenants.guises import sees_more
from roder.tenants.models import ModuleSwitch, RoleGrant
from roder.tenants.people import grant_role, withdraw_role
from roder.tenants.sign_in.assurance import Demand, SignInSettings
from roder.tenants.support import open_support
from roder.tenants.work import open_work

ROLES = ("deviation_handler", "lex_investigator", "lex_officer", "medical_officer")


@pytest.mark.parametrize("role", ROLES)
async def test_a_full_administrator_appoints_others_and_never_themselves(care, role):
    unit_id = care.units["home_care"].id
    async with await care.work() as work:
        grant = await grant_role(work, care.people["colleague"].id, role=role, unit_id=unit_id)
        await withdraw_role(work, grant.id)
        before = await work.first(select(func.count()).select_from(RoleGrant))
        with pytest.raises(Forbidden, match="sig själv"):
            await grant_role(work, work.actor.id, role=role, unit_id=unit_id)
        assert await work.first(select(func.count()).select_from(RoleGrant)) == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("who", ["local", "officer", "boss"])
async def test_nobody_else_lets_anybody_in(care, role, who):
    async with await care.work(who) as work:
        with pytest.raises(Forbidden):
            await grant_role(
                work,
                care.people["colleague"].id,
                role=role,
                unit_id=care.units["home_care"].id,
            )


async def test_an_administrator_reads_no_case_and_does_not_see_as_those_who_do(care, reported):
    await reported()
    async with await care.work() as work:
        with pytest.raises(Forbidden):
            await cases(work)
    administrator = await care.actor("administrator")
    for who in ("boss", "investigator", "officer", "medical"):
        assert sees_more(await care.actor(who), administrator), who
    assert not sees_more(await care.actor("reporter"), administrator)


async def test_support_is_never_let_in(care):
    async with await care.work() as work:
        with pytest.raises(InvalidInput):
            await open_support(
                work,
                reason="Ett fel",
                valid_to=work.now + timedelta(hours=1),
                modules=["deviations"],
            )


async def test_level_3_is_asked_for_unless_the_municipality_says_otherwise(care, reported):
    async with await care.work() as work:
        work.add(ModuleSwitch(module="deviations"))
    tenant = await load_tenant(care.runtime, care.tenant.id)
    assert tenant.demands == {Demand("deviations", 3, False)}
    boss = await care.actor("boss")
    for level in (1, 2):
        async with open_work(care.runtime, tenant, replace(boss, level=level), write=False) as work:
            for asked in (cases(work), my_reports(work)):
                with pytest.raises(StepUp):
                    await asked
    async with open_work(care.runtime, tenant, replace(boss, level=3), write=False) as work:
        assert await cases(work) == []
    program = replace(boss, scopes=frozenset({"read", "write"}))
    async with open_work(care.runtime, tenant, program, write=False) as work:
        with pytest.raises(StepUp):
            await cases(work)


def test_a_level_of_the_municipalitys_own_takes_the_place_of_the_usual_one():
    chosen = SignInSettings(levels={"deviations": 2, "goals": 3}, programs=["goals"])

    assert SignInSettings().demands(["deviations", "goals"]) == {Demand("deviations", 3)}
    assert SignInSettings().demands(["goals"]) == frozenset()
    assert chosen.demands(["deviations"]) == {
        Demand("deviations", 2),
        Demand("goals", 3, programs=True),
    }
