"""The municipality itself: made in one command, then its modules and their settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType
from sqlalchemy import Select, delete, select, update

from ..authz.permit import permit
from ..infra.colour import readable_accent
from ..infra.errors import Conflict, InvalidInput
from ..infra.i18n import LOCALES, _
from ..infra.runtime import Runtime
from .actors import service
from .legal import plant_legal_references
from .log.access_log import Action
from .models import ModuleSettings, ModuleSwitch, Person, RightsVersion, RoleGrant, Tenant
from .people import person_email, person_name
from .prepared import TENANT, among, read
from .rows import uuid7
from .work import Tenancy, Work, open_work

S = TypeVar("S", bound=BaseModel)

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class SettingFault:
    """A value that does not fit: its path in the settings (`states.0.key`), and the sentence.

    `reason` is the module's own words for what is wrong, "" where it has none.
    """

    field: str
    message: str
    reason: str = ""


class SettingsRefused(InvalidInput):
    """All that does not fit; its own message and field are those of the first."""

    def __init__(self, faults: Sequence[SettingFault]) -> None:
        super().__init__(faults[0].message, field=faults[0].field)
        self.faults = faults


async def create_tenant(
    runtime: Runtime,
    *,
    slug: str,
    name: str,
    administrator: tuple[str, str],
    scb_code: str | None = None,
    languages: tuple[str, ...] = ("sv", "en"),
    accent: str = "#1f5f8b",
    modules: Iterable[str] = (),
) -> Tenancy:
    """A new municipality with its modules, one full administrator (name, e-mail), no units.

    An operator does this, from a command. Raises InvalidInput, or Conflict when the address or
    the SCB code is taken.
    """
    called, email = administrator
    tenant = Tenancy(
        id=uuid7(),
        slug=tenant_slug(slug),
        name=_name(name),
        languages=_languages(languages),
        accent=readable_accent(accent, field="accent"),
        modules=frozenset(modules),
    )
    _refuse_strange_code(scb_code)
    async with open_work(runtime, tenant, service(), write=True) as work:
        same = Tenant.slug == slug
        if scb_code is not None:
            same |= Tenant.scb_code == scb_code
        if await work.first(select(Tenant.id).where(same)):
            raise Conflict(_("There is already a municipality with this address or SCB code."))
        work.session.add(
            Tenant(
                id=tenant.id,
                slug=tenant.slug,
                name=tenant.name,
                scb_code=scb_code,
                languages=list(tenant.languages),
                accent=tenant.accent,
            )
        )
        await work.flush()
        await plant_legal_references(work)
        work.add(*(ModuleSwitch(module=module) for module in sorted(tenant.modules)))
        person = Person(id=uuid7(), name=person_name(called), email=person_email(email))
        work.add(person)
        await work.flush()
        work.add(RoleGrant(person_id=person.id, role="full_administrator"))
    return tenant


@permit("tenant.configure")
async def switch_module(work: Work, module: str, *, on: bool) -> None:
    """Switch a module on or off. What it holds stays, and is there again when it comes on."""
    standing = await work.first(select(ModuleSwitch).where(ModuleSwitch.module == module))
    if on and standing is None:
        work.add(ModuleSwitch(module=module, switched_by=work.actor.id))
        work.note(Action.GRANT, "module", detail={"module": module})
    elif not on and standing is not None:
        await work.execute(delete(ModuleSwitch).where(ModuleSwitch.module == module))
        work.note(Action.WITHDRAW, "module", detail={"module": module})


@permit("tenant.configure")
async def rename_tenant(work: Work, *, name: str | None, accent: str | None) -> Tenant:
    values: dict[str, object] = {}
    if name is not None:
        values["name"] = _name(name)
    if accent is not None:
        values["accent"] = readable_accent(accent, field="accent")
    if values:
        own = update(Tenant).where(Tenant.id == work.tenant.id)
        await work.execute(own.values(values).execution_options(synchronize_session=False))
        await _forget_who_is_known(work)
        work.note(Action.CHANGE, "tenant", detail={"fields": " ".join(values)})
    tenant = await work.first(select(Tenant).where(Tenant.id == work.tenant.id))
    assert tenant is not None
    return tenant


async def _forget_who_is_known(work: Work) -> None:
    """They are known with the municipality as it was: see `known`."""
    version = RightsVersion.version + 1
    renewed = update(RightsVersion).values(version=version)
    await work.execute(renewed.execution_options(synchronize_session=False))


async def settings_of(work: Work, module: str, model: type[S]) -> S:
    """The municipality's choices within a module, with the module's defaults for the rest."""
    (values,) = await chosen(work, [module])
    return model.model_validate(values)


async def chosen(work: Work, modules: Sequence[str]) -> list[dict[str, object]]:
    """What is stored for each module, in the order asked for; nothing gives an empty one."""
    rows = await read(work, _stored(), modules=list(modules))
    values = {row[0]: row[1] for row in rows}
    return [values.get(module, {}) for module in modules]


@cache
def _stored() -> Select[str, dict[str, object]]:
    return select(ModuleSettings.module, ModuleSettings.values).where(
        ModuleSettings.tenant_id == TENANT, among(ModuleSettings.module, "modules")
    )


@permit("tenant.configure")
async def save_settings(work: Work, module: str, model: type[S], *, values: object) -> S:
    """Check the values against the module's model and keep them. Raises SettingsRefused."""
    unknown = sorted(set(values) - set(model.model_fields)) if isinstance(values, dict) else []
    if unknown:
        raise InvalidInput(
            _("There is no setting {name} in this module.", name=unknown[0]), field=unknown[0]
        )
    try:
        settings = model.model_validate(values)
    except ValidationError as error:
        raise SettingsRefused(_faults(error.errors(include_url=False))) from None
    stored = await work.first(select(ModuleSettings).where(ModuleSettings.module == module))
    if stored is None:
        stored = ModuleSettings(module=module, values={})
        work.add(stored)
    stored.values = settings.model_dump(mode="json")
    stored.changed_by = work.actor.id
    work.note(Action.CHANGE, "settings", detail={"module": module})
    return settings


def _faults(errors: Sequence[ErrorDetails]) -> list[SettingFault]:
    """Rows that do not fit are not counted as rows, so "too few" says nothing beside them."""
    above = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    return [
        _fault(error)
        for error in errors
        if error["type"] != "too_short" or error["loc"] not in above
    ]


def _fault(error: ErrorDetails) -> SettingFault:
    """Pydantic's own sentences are English; those of the modules speak as the reader does."""
    place = ".".join(str(part) for part in error["loc"])
    if error["type"] not in get_args(ErrorType):
        told = _("The settings cannot be kept: {reason}.", reason=error["msg"])
        return SettingFault(place, told, error["msg"])
    told = _("The value of {name} does not fit the setting.", name=place or "values")
    limits = error.get("ctx", {})
    if error["type"] == "too_short":
        return SettingFault(place, told, _("at least {count} rows", count=limits["min_length"]))
    if error["type"] == "too_long":
        return SettingFault(place, told, _("at most {count} rows", count=limits["max_length"]))
    return SettingFault(place, told)


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidInput(
            _("A municipality has a name of 1 to {most} signs.", most=LONGEST_NAME), field="name"
        )
    return name


def _refuse_strange_code(scb_code: str | None) -> None:
    if scb_code is not None and not re.fullmatch(r"\d{2}|\d{4}", scb_code):
        raise InvalidInput(
            _("An SCB code is four digits, for example 0382 for Östhammar."), field="scbCode"
        )


def tenant_slug(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,39}", text):
        raise InvalidInput(
            _("The address has 2 to 40 small letters a-z, digits and hyphens, such as osthammar."),
            field="slug",
        )
    return text


def _languages(languages: tuple[str, ...]) -> tuple[str, ...]:
    strange = [language for language in languages if language not in LOCALES]
    if strange or not languages:
        raise InvalidInput(_("The languages are sv and en."), field="languages")
    return languages
