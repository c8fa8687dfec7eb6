"""A municipality as it is made and chosen: address, colour, modules, settings."""

import asyncio
import secrets

import pytest
from pydantic import BaseModel, Field
from sqlalchemy import select

from roder.infra.colour import contrast
from roder.infra.errors import Conflict, Forbidden, InvalidInput, ModuleOff, NotFound
from roder.tenants.actors import Actor
from roder.tenants.entry import find_tenant, load_actor, load_tenant
from roder.tenants.models import ModuleSettings, ModuleSwitch, Person, RoleGrant, Tenant, Unit
from roder.tenants.municipality import (
    create_tenant,
    rename_tenant,
    save_settings,
    settings_of,
    switch_module,
)
from roder.tenants.work import open_work

NOBODY = Actor(id=None, name="")


class Choices(BaseModel):
    pages: int = Field(10, ge=1, le=50)
    word: str = "mål"


async def make(runtime, **values):
    given = {
        "slug": f"kommun-{secrets.token_hex(6)}",
        "name": "Östhammars kommun",
        "administrator": ("Asta Admin", "asta@kommun.example"),
    }
    return await create_tenant(runtime, **(given | values))


async def test_a_municipality_has_its_modules_one_administrator_and_no_units(runtime):
    made = await make(runtime, modules=("goals",), languages=("sv",), accent="#1F5F8B")
    tenant = await load_tenant(runtime, made.id)

    assert (tenant.name, tenant.languages, tenant.accent, tenant.modules) == (
        "Östhammars kommun",
        ("sv",),
        "#1f5f8b",
        frozenset({"goals"}),
    )
    async with open_work(runtime, tenant, NOBODY, write=False) as work:
        [person] = await work.scalars(select(Person))
        [grant] = await work.scalars(select(RoleGrant))
        assert (person.name, person.email) == ("Asta Admin", "asta@kommun.example")
        assert (grant.person_id, grant.role, grant.unit_id) == (
            person.id,
            "full_administrator",
            None,
        )
        assert await work.scalars(select(Unit)) == []
        assert (await load_actor(work, person.id)).grants[-1].role == "full_administrator"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"slug": "Östhammar"}, "slug"),
        ({"slug": "a"}, "slug"),
        ({"slug": "1a"}, "slug"),
        ({"slug": "a/b"}, "slug"),
        ({"slug": "a" * 41}, "slug"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scb_code": "382"}, "scbCode"),
        ({"languages": ()}, "languages"),
        ({"languages": ("de",)}, "languages"),
        ({"accent": "blue"}, "accent"),
        ({"accent": "#ffcc00"}, "accent"),
        ({"administrator": ("", "asta@kommun.example")}, "name"),
        ({"administrator": ("Asta", "asta")}, "email"),
    ],
)
async def test_a_municipality_that_cannot_be_is_refused_by_its_field(runtime, values, field):
    slug = values.get("slug", f"kommun-{secrets.token_hex(6)}")
    with pytest.raises(InvalidInput) as refused:
        await make(runtime, **({"slug": slug} | values))

    assert refused.value.field == field
    with pytest.raises(NotFound):
        await find_tenant(runtime, slug)


async def test_an_address_and_an_scb_code_are_one_municipalitys_only(runtime):
    code = "9917"
    first = await make(runtime, scb_code=code)
    with pytest.raises(Conflict):
        await make(runtime, slug=first.slug)
    slug = f"kommun-{secrets.token_hex(6)}"
    with pytest.raises(Conflict):
        await make(runtime, slug=slug, scb_code=code)
    with pytest.raises(NotFound):
        await find_tenant(runtime, slug)


async def test_of_two_made_at_once_with_one_address_one_is_refused(runtime):
    slug = f"kommun-{secrets.token_hex(6)}"
    outcomes = await asyncio.gather(
        make(runtime, slug=slug), make(runtime, slug=slug), return_exceptions=True
    )

    assert sorted(type(o) for o in outcomes if isinstance(o, Exception)) == [Conflict]


def test_contrast_is_what_wcag_computes():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1.0)
    # The pair that WCAG's own techniques name as the first grey that passes on white.
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
    assert round(contrast("#ff0000", "#ffffff"), 2) == 4.00


async def test_the_lightest_grey_that_can_be_read_is_taken_and_the_next_is_not(town):
    async with await town.work() as work:
        assert (await rename_tenant(work, name=None, accent="#767676")).accent == "#767676"
        with pytest.raises(InvalidInput, match=r"4\.5:1") as refused:
            await rename_tenant(work, name=None, accent="#777777")

    assert refused.value.field == "accent"
    tenant = await find_tenant(town.runtime, town.tenant.slug)
    assert tenant.accent == "#767676"


async def test_a_new_name_is_of_this_municipality_only(town, other_town):
    async with await town.work() as work:
        renamed = await rename_tenant(work, name=" Nya   kommunen ", accent=None)
        with pytest.raises(InvalidInput):
            await rename_tenant(work, name=" ", accent=None)

    assert renamed.name == "Nya kommunen"
    assert (await find_tenant(town.runtime, town.tenant.slug)).name == "Nya kommunen"
    assert (await find_tenant(town.runtime, other_town.tenant.slug)).name == "Lund"


@pytest.mark.parametrize("who", ["local", "manager", "employee", "auditor"])
async def test_only_a_full_administrator_configures(town, who):
    async with await town.work(who) as work:
        for attempt in (
            rename_tenant(work, name="X", accent=None),
            switch_module(work, "goals", on=False),
            save_settings(work, "goals", Choices, values={}),
        ):
            with pytest.raises(Forbidden):
                await attempt

    async with await town.work(write=False) as work:
        assert len(await work.scalars(select(ModuleSwitch))) == 2
        assert await work.scalars(select(ModuleSettings)) == []
        name = select(Tenant.name).where(Tenant.id == town.tenant.id)
        assert await work.first(name) == "Östhammar"


async def test_a_module_that_is_off_is_not_there_and_comes_back_as_it_was(town):
    async with await town.work() as work:
        await switch_module(work, "goals", on=False)
        await switch_module(work, "goals", on=False)
        await save_settings(work, "goals", Choices, values={"pages": 20})
    town.tenant = await load_tenant(town.runtime, town.tenant.id)

    async with await town.work() as work:
        assert not work.allows("goals.read")
        with pytest.raises(ModuleOff):
            work.require("goals.read")
        await switch_module(work, "goals", on=True)
        await switch_module(work, "goals", on=True)
    town.tenant = await load_tenant(town.runtime, town.tenant.id)

    async with await town.work() as work:
        work.require("goals.read")
        assert await settings_of(work, "goals", Choices) == Choices(pages=20)


async def test_settings_have_defaults_and_are_checked_when_they_are_saved(town):
    async with await town.work() as work:
        assert await settings_of(work, "goals", Choices) == Choices(pages=10, word="mål")
        await save_settings(work, "goals", Choices, values={"pages": 50})
        for values, field in (({"pages": 51}, "pages"), ({"word": 1}, "word"), ([], "")):
            with pytest.raises(InvalidInput) as refused:
                await save_settings(work, "goals", Choices, values=values)
            assert refused.value.field == field

    async with await town.work(write=False) as work:
        [stored] = await work.scalars(select(ModuleSettings))
        assert stored.values == {"pages": 50, "word": "mål"}
        assert stored.changed_by == town.people["administrator"].id


async def test_settings_of_another_municipality_are_its_own(town, other_town):
    async with await town.work() as work:
        await save_settings(work, "goals", Choices, values={"pages": 50})
    async with await other_town.work() as work:
        assert await settings_of(work, "goals", Choices) == Choices()
