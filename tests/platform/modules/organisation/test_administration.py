"""The municipality itself through the real API: name, colour, modules, settings."""

import pytest
from sqlalchemy import func, select

from roder.platform.modules import MODULES as MODULES_THERE
from roder.platform.modules.goals.models import SteeringModel
from roder.tenants.entry import find_tenant
from roder.tenants.models import ModuleSettings, ModuleSwitch

PROBLEM = "... on Problem { code message field }"
SWITCH = f"""mutation($module: String!, $on: Boolean!) {{
  switchModule(module: $module, on: $on) {{ ... on ModuleState {{ name on core }} {PROBLEM} }} }}"""
RENAME = f"""mutation($name: String, $accent: String) {{
  changeMunicipality(name: $name, accent: $accent) {{
    ... on Municipality {{ name accent }} {PROBLEM} }} }}"""
SETTINGS = f"""mutation($module: String!, $values: JSON!) {{
  saveModuleSettings(module: $module, values: $values) {{
    ... on ModuleState {{ name settings }} {PROBLEM} }} }}"""
GOALS = "{ steeringModels { totalCount } }"
MODULES = "{ municipality { name accent modules { name on core } } }"


async def test_a_module_that_is_off_is_not_there_and_its_data_stays(api):
    town = api.town
    async with await town.work() as work:
        work.add(SteeringModel(year=2026, name="Modellen", lights={}))
    assert await api.ask(GOALS) == {"steeringModels": {"totalCount": 1}}

    off = await api.ask(SWITCH, module="goals", on=False)
    assert off == {"switchModule": {"name": "goals", "on": False, "core": False}}
    assert (await api.error(GOALS))[1] == "MODULE_OFF"
    states = (await api.ask(MODULES))["municipality"]["modules"]
    assert {state["name"]: state["on"] for state in states if not state["core"]} == {
        module.name: module.name == "reports" for module in MODULES_THERE if not module.core
    }
    async with await town.work(write=False) as work:
        assert (await work.execute(select(func.count(SteeringModel.id)))).scalar_one() == 1

    await api.ask(SWITCH, module="goals", on=True)
    assert await api.ask(GOALS) == {"steeringModels": {"totalCount": 1}}


async def test_a_module_of_the_core_stays_on(api):
    assert (await api.refusal(SWITCH, module="organisation", on=False))[0] == "CONFLICT"

    assert (await api.ask("{ units { code } }"))["units"]


async def test_name_and_colour_are_changed_and_checked(api):
    changed = await api.ask(RENAME, name="Nya kommunen", accent="#767676")
    assert changed == {"changeMunicipality": {"name": "Nya kommunen", "accent": "#767676"}}
    assert await api.refusal(RENAME, accent="#777777") == ("INVALID_INPUT", "accent")
    assert await api.refusal(RENAME, name=" ") == ("INVALID_INPUT", "name")
    assert await api.refusal(RENAME, name="X", accent="red") == ("INVALID_INPUT", "accent")

    tenant = await find_tenant(api.town.runtime, api.town.tenant.slug)
    assert (tenant.name, tenant.accent) == ("Nya kommunen", "#767676")


async def test_settings_have_defaults_and_are_kept_when_they_fit(api):
    query = "{ municipality { modules { name settings } } }"

    async def goals():
        modules = (await api.ask(query))["municipality"]["modules"]
        return next(m["settings"] for m in modules if m["name"] == "goals")

    assert (await goals())["comments_in_report"] is True
    kept = await api.ask(SETTINGS, module="goals", values={"comments_in_report": False})
    assert kept["saveModuleSettings"]["settings"]["comments_in_report"] is False
    wrong = {"comments_in_report": "kanske"}
    refused = await api.refusal(SETTINGS, module="goals", values=wrong)
    assert refused == ("INVALID_INPUT", "comments_in_report")
    assert await api.refusal(SETTINGS, module="x", values={}) == ("NOT_FOUND", "module")
    assert (await goals())["comments_in_report"] is False


@pytest.mark.parametrize("who", ["local", "manager", "employee", "auditor"])
async def test_only_a_full_administrator_configures(client, town, who):
    one = await client(town, who)
    assert await one.refusal(SWITCH, module="goals", on=False) == ("FORBIDDEN", None)
    assert await one.refusal(RENAME, name="X") == ("FORBIDDEN", None)
    assert await one.refusal(SETTINGS, module="goals", values={}) == ("FORBIDDEN", None)
    shown = await one.ask("{ municipality { name modules { settings } } }")
    assert shown["municipality"]["name"] == "Östhammar"
    assert {module["settings"] for module in shown["municipality"]["modules"]} == {None}

    async with await town.work(write=False) as work:
        assert len(await work.scalars(select(ModuleSwitch))) == 2
        assert await work.scalars(select(ModuleSettings)) == []
