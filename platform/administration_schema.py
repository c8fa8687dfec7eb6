"""The municipality itself in the API: its name and colour, its modules and their settings."""

from typing import Annotated, cast

import strawberry
from sqlalchemy import select
from strawberry.scalars import JSON

from ..graphql.context import Info
from ..graphql.nodes import local_id
from ..graphql.problems import ANSWER, Problem, mutation
from ..infra.errors import Conflict, NotFound
from ..infra.i18n import _, current_locale
from ..tenants import models, municipality
from ..tenants.logo import set_logo
from ..tenants.work import lock_on
from .module import Module
from .modules import MODULES
from .modules.organisation.files.schema import StoredFile
from .sign_in_rules_schema import SignInRulesMutation, SignInRulesQuery
from .sign_in_schema import SignInMutation, SignInQuery


@strawberry.type(description="A part of the service that a municipality can switch on.")
class ModuleState:
    name: str = strawberry.field(description="Name in addresses and permissions.")
    title: str = strawberry.field(description="Name for people, in the reader's language.")
    on: bool = strawberry.field(description="Whether it is switched on.")
    core: bool = strawberry.field(description="Whether every municipality has it.")
    module: strawberry.Private[Module]

    @strawberry.field(
        description="What the municipality has chosen in it; null for all but administrators."
    )
    async def settings(self, info: Info) -> JSON | None:
        work = info.context.work
        if not work.allows("tenant.configure"):
            return None

        async def load(names: list[str]) -> list[dict[str, object]]:
            return await municipality.chosen(work, names)

        values = await info.context.batch("module_settings", self.name, load)
        return JSON(self.module.settings.model_validate(values).model_dump(mode="json"))


@strawberry.type(description="A municipality, region or joint authority.")
class Municipality:
    slug: str = strawberry.field(description="Name in addresses.")
    name: str = strawberry.field(description="Name, such as Östhammars kommun.")
    scb_code: str | None = strawberry.field(description="Code of Statistics Sweden, such as 0382.")
    languages: list[str] = strawberry.field(description="Languages, the first one first.")
    accent: str = strawberry.field(description="Its colour, readable against white.")
    has_logo: bool = strawberry.field(description="Whether it has a logo.")

    @strawberry.field(description="All modules of the service, in the order of the menu.")
    def modules(self, info: Info) -> list[ModuleState]:
        return [_state(info, module) for module in MODULES]


SwitchModuleResult = Annotated[
    ModuleState | Problem, strawberry.union("SwitchModuleResult", description=ANSWER)
]
SaveModuleSettingsResult = Annotated[
    ModuleState | Problem, strawberry.union("SaveModuleSettingsResult", description=ANSWER)
]
ChangeMunicipalityResult = Annotated[
    Municipality | Problem, strawberry.union("ChangeMunicipalityResult", description=ANSWER)
]


@strawberry.type
class AdministrationQuery:
    @strawberry.field(description="The municipality that this address belongs to.")
    async def municipality(self, info: Info) -> Municipality:
        work = info.context.work
        work.require("organisation.read")
        row = await work.first(select(models.Tenant).where(models.Tenant.id == work.tenant.id))
        assert row is not None
        return _shown(row)


@strawberry.type
class AdministrationMutation:
    @mutation("Change the municipality's name, colour or logo. What is left out stays.")
    async def change_municipality(
        self,
        info: Info,
        name: str | None = None,
        accent: str | None = None,
        logo_file_id: strawberry.ID | None = None,
    ) -> ChangeMunicipalityResult:
        work = info.context.work
        if logo_file_id is not None:
            await set_logo(work, local_id(logo_file_id, StoredFile, field="logoFileId"))
        return _shown(await municipality.rename_tenant(work, name=name, accent=accent))

    @mutation("Switch a module on or off. What it holds stays.")
    async def switch_module(self, info: Info, module: str, on: bool) -> SwitchModuleResult:
        found = _module(module)
        if found.core and not on:
            raise Conflict(_("Every municipality has this module; it cannot be switched off."))
        await municipality.switch_module(info.context.work, found.name, on=on)
        return _state(info, found, on=on or found.core)

    @mutation("Keep a module's settings. What is left out gets its default.")
    async def save_module_settings(
        self, info: Info, module: str, values: JSON
    ) -> SaveModuleSettingsResult:
        found = _module(module)
        await municipality.save_settings(
            info.context.work, found.name, found.settings, values=cast("object", values)
        )
        return _state(info, found)


def _state(info: Info, module: Module, *, on: bool | None = None) -> ModuleState:
    tenant = info.context.work.tenant
    standing = module.core or module.name in tenant.modules or bool(lock_on(tenant, module.name))
    return ModuleState(
        name=module.name,
        title=module.title[current_locale()],
        on=standing if on is None else on,
        core=module.core,
        module=module,
    )


def _module(name: str) -> Module:
    for module in MODULES:
        if module.name == name:
            return module
    raise NotFound(_("There is no module {name}.", name=name), field="module")


def _shown(row: models.Tenant) -> Municipality:
    return Municipality(
        slug=row.slug,
        name=row.name,
        scb_code=row.scb_code,
        languages=row.languages,
        accent=row.accent,
        has_logo=row.logo_key is not None,
    )


ADMINISTRATION = Module(
    name="administration",
    title={"sv": "Inställningar", "en": "Settings"},
    core=True,
    query=(AdministrationQuery, SignInQuery, SignInRulesQuery),
    mutation=(AdministrationMutation, SignInMutation, SignInRulesMutation),
)
