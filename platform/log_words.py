"""The access log in words: what was done, with what, and by which way."""

from __future__ import annotations

from ..infra.i18n import _
from ..tenants.actors import Way
from ..tenants.log.access_log import Action
from .telling import logged_words


def action_words() -> dict[str, str]:
    return {
        Action.READ: _("Has read"),
        Action.SEARCH: _("Searched"),
        Action.ADD: _("Has added"),
        Action.CHANGE: _("Changed"),
        Action.REMOVE: _("Removed"),
        Action.EXPORT: _("Took out"),
        Action.IMPORT: _("Took in"),
        Action.GRANT: _("Gave a right"),
        Action.WITHDRAW: _("Took a right back"),
        Action.SIGN_IN: _("Has signed in"),
        Action.SIGN_OUT: _("Signed out"),
        Action.REFUSED: _("Was refused"),
        Action.SUPPORT: _("Support"),
        Action.DISPOSE: _("Disposed of"),
    }


def kind_words() -> dict[str, str]:
    """Of what is read or changed, by the kinds that `Work.note` is told."""
    return logged_words()


def way_words() -> dict[str, str]:
    return {
        Way.PAGE: _("Page"),
        Way.API: _("API"),
        Way.JOB: _("Task"),
        Way.EXPORT: _("Export"),
        Way.SEARCH: _("A search"),
        Way.SUPPORT: _("Support"),
        Way.COMMAND: _("Command"),
        Way.SCIM: _("Directory"),
    }
