"""What all pages of the settings share: the list of them, and who may come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from .....infra.i18n import _, in_language
from ....module import Module, NoSettings
from ....web.page import View
from ....web.shell import is_on
from ..terms import SETTINGS


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    word: str
    address: str


@dataclass(frozen=True, slots=True)
class TabGroup:
    word: str
    tabs: tuple[Tab, ...]


async def show_settings(
    view: View, template: str, tab: str, heading: str, *, status: int = 200, **values: Any
) -> Response:
    """A page of the settings with the others beside it, for those who may read them. Those who may
    not change them see the forms shut."""
    view.work.require("tenant.read")
    return await view.render(
        template,
        status=status,
        settings_word=await view.word(SETTINGS),
        groups=_groups(view),
        tab=tab,
        may_configure=view.work.allows("tenant.configure"),
        heading=heading,
        **values,
    )


def with_settings(view: View) -> list[Module]:
    """The modules that are on and have something to choose."""
    return [
        module
        for module in view.modules
        if module.settings is not NoSettings and is_on(view.work, module)
    ]


def _choices(view: View) -> tuple[Tab, ...]:
    """A page of each module that has something to choose."""
    return tuple(
        Tab(
            f"module_settings:{module.name}",
            in_language(module.title),
            view.url("module_settings", module=module.name),
        )
        for module in with_settings(view)
    )


def _groups(view: View) -> list[TabGroup]:
    def tab(page: str, word: str) -> Tab:
        return Tab(page, word, view.url(page))

    return [
        TabGroup(
            _("The service"),
            (
                tab("settings", _("Modules")),
                tab("terms", _("Terms")),
                tab("scales", _("Scales and colours")),
                tab("report_titles", _("Templates")),
                tab("year_wheel", _("Years and periods")),
                tab("legal_references", _("Legal references")),
            ),
        ),
        TabGroup(_("Choices in the modules"), _choices(view)),
        TabGroup(
            _("The municipality"),
            (
                tab("appearance", _("Theme")),
                tab("films", _("Help films")),
                tab("faults_told", _("What people have told")),
                tab("whole_municipality", _("Fetch everything, or end")),
            ),
        ),
        TabGroup(
            _("Access and log"),
            (
                tab("sign_in_settings", _("Sign-in")),
                tab("api_keys", _("API keys")),
                tab("support_settings", _("Support")),
                tab("access_log", _("Access log")),
            ),
        ),
        TabGroup(
            _("Personal data"),
            (
                tab("personal_data", _("Those who have left")),
                tab("person_extracts", _("Extracts and erasure")),
                tab("retention_rules", _("Rules of erasure")),
            ),
        ),
    ]
