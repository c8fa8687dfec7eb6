"""What an extract calls what the log tells of. The log's own page has more of them."""

from __future__ import annotations

from ....infra.i18n import _


def action_word(action: str) -> str:
    words = {
        "read": _("Has read"),
        "search": _("Searched"),
        "add": _("Has added"),
        "change": _("Changed"),
        "remove": _("Removed"),
        "export": _("Took out"),
        "import": _("Took in"),
        "grant": _("Gave a right"),
        "withdraw": _("Took a right back"),
        "sign_in": _("Has signed in"),
        "sign_out": _("Signed out"),
        "refused": _("Was refused"),
        "support": _("Support"),
        "dispose": _("Disposed of"),
    }
    return words.get(action, action)


def kind_word(kind: str) -> str:
    """A kind that has no word here is told by its own name."""
    words = {
        "person": _("the register of people"),
        "role_grant": _("a role"),
        "session": _("a sign-in"),
        "api_token": _("an API key"),
        "person_extract": _("an extract of personal data"),
        "leaver": _("the list of those who wait for a purge"),
        "leaver_run": _("a purge"),
    }
    return words.get(kind, kind.replace("_", " "))


def way_word(way: str) -> str:
    words = {
        "page": _("Page"),
        "api": _("API"),
        "job": _("Task"),
        "export": _("Export"),
        "search": _("A search"),
        "support": _("Support"),
        "command": _("Command"),
        "scim": _("Directory"),
    }
    return words.get(way, way)
