"""What the municipality chooses of how its people come in: rules, levels, and who is new."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...authz.permit import permissions, permit
from ...infra.errors import InvalidInput
from ...infra.i18n import _
from ..log.access_log import Action
from ..municipality import save_settings, settings_of
from ..people import ALL, require_giving
from ..work import CORE, Tenancy, Work
from .assurance import SIGN_IN, SignInSettings

ALWAYS_OPEN: Final = frozenset({"organisation", "sessions", "mywork", "files", "jobs", "feedback"})
"""What everybody needs to find out that more is asked of them."""

GIVING: Final = ("rules_on", "full_administrator_by_rules")
"""What is switched on for good, and has the rules give roles without an end."""

ADMINISTRATION: Final = "tenant"
"""The settings themselves: whoever asks for more than they have would shut themselves out."""


def lockable(tenant: Tenancy) -> list[str]:
    """The parts of the service that can ask for a level, by name."""
    kinds = {name.partition(".")[0] for name in permissions()}
    shut = {demand.module for demand in tenant.locked}
    return sorted((kinds & (CORE | tenant.modules | shut)) - ALWAYS_OPEN)


@permit("tenant.read")
async def sign_in_settings(work: Work) -> SignInSettings:
    return await settings_of(work, SIGN_IN, SignInSettings)


@permit("tenant.configure")
async def change_sign_in_settings(work: Work, values: Mapping[str, Any]) -> SignInSettings:
    """These values, and the others as they are. They hold at once, also for who is signed in.

    Raises InvalidInput for a level of something that asks for none, and for a level of the
    settings above the one that the actor has signed in with.
    """
    before = await settings_of(work, SIGN_IN, SignInSettings)
    wanted = before.model_dump(mode="json") | dict(values)
    levels: Mapping[str, int] = wanted["levels"]
    known = set(lockable(work.tenant)) | set(before.levels)
    for module in [*levels, *wanted["programs"]]:
        if module not in known:
            raise InvalidInput(
                _("{module} cannot ask for a level.", module=str(module)[:60]), field="levels"
            )
    own = work.actor.level
    if work.actor.session_id is not None and levels.get(ADMINISTRATION, 0) > own:
        raise InvalidInput(
            _(
                "You are signed in with level {own} and would shut yourself out of the settings. "
                "Sign in with the level first.",
                own=own,
            ),
            field="levels",
        )
    if any(wanted[name] and not getattr(before, name) for name in GIVING):
        require_giving(work, ALL, None)
    settings = await save_settings(work, SIGN_IN, SignInSettings, values=wanted)
    changed = [name for name, value in settings if value != getattr(before, name)]
    work.note(Action.CHANGE, "sign_in_settings", detail={"changed": " ".join(changed)})
    return settings
