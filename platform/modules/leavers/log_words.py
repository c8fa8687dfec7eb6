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


def column_word(name: str) -> str:
    """What a column is called in an extract; one that has no word here, by its own name."""
    words = {
        "name": _("Name"),
        "email": _("E-mail address"),
        "locale": _("Language"),
        "left_on": _("Left"),
        "left_by": _("How it became known"),
        "protected": _("Protected personal data"),
        "role": _("Role"),
        "reason": _("Reason"),
        "text": _("Text"),
        "title": _("Title"),
        "description": _("Description"),
        "note": _("Note"),
        "period": _("Period"),
        "total": _("Total"),
        "women": _("Women"),
        "men": _("Men"),
        "target": _("Target"),
        "forecast": _("Forecast"),
        "source": _("Source"),
        "state": _("State"),
        "kind": _("Kind"),
        "browser": _("Browser"),
        "system": _("System"),
        "last_seen_at": _("Last used"),
        "expires_at": _("Expires"),
        "ended_at": _("Ended"),
        "sent_at": _("Sent"),
        "page": _("Page"),
        "media_type": _("Kind of file"),
        "size": _("Bytes"),
        "identity_check": _("How the identity was checked"),
        "why": _("Why"),
        "pseudonym": _("Pseudonym"),
        "reminders": _("Reminders"),
        "digest": _("Weekly mail"),
    }
    return words.get(name, name.replace("_", " "))
