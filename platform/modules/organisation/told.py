"""How other modules tell of the organisation, its people and the service."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import ModuleWords, SettingWords, TableWords, TaskWords
from ...tasks import TaskKind


def organisation_words() -> ModuleWords:
    return ModuleWords(
        says=_("The units, the people and their roles. Everything else stands on it."),
        settings=_settings(),
        tasks=_tasks(),
        tables=_tables(),
        logged=_logged(),
    )


def _settings() -> dict[str, SettingWords]:
    return {
        "api_points": SettingWords(
            _("Points that an API key may use in a minute"),
            _(
                "A request takes one, and one more for each thousand fields. Empty: as many as the "
                "service lets any key use."
            ),
        ),
        "idle_minutes": SettingWords(
            _("Minutes away before one has to sign in again"),
            _("15 to 480 minutes. It holds at once, also for who is signed in already."),
        ),
    }


def _tasks() -> dict[TaskKind, TaskWords]:
    return {
        TaskKind.RENEW_KEY: TaskWords(
            _("API key"), lambda name: _("Renew the API key, or let it end: {name}", name=name)
        ),
    }


def _tables() -> dict[str, TableWords]:
    return {**_of_people(), **_of_the_organisation(), **_of_the_service()}


def _of_people() -> dict[str, TableWords]:
    """Of people, what they may, and how they come in."""
    return {
        "people": TableWords(
            "register", _("The register"), _("Name, e-mail address, language, and when you left.")
        ),
        "scim_users": TableWords(
            "register",
            _("From the municipality's directory"),
            _("What the municipality's own directory has told the service about you."),
        ),
        "scim_members": TableWords(
            "register", _("Groups in the directory"), _("Which groups of the directory you are in.")
        ),
        "role_grants": TableWords(
            "register", _("Roles"), _("Which roles you have or have had, where, and since when.")
        ),
        "see_as": TableWords(
            "register",
            _("Seen as somebody else"),
            _("When an administrator looked at the service as you do, or you as somebody else."),
        ),
        "sessions": TableWords(
            "sign_in", _("Sign-ins"), _("Where and when you have been signed in.")
        ),
        "person_identities": TableWords(
            "sign_in", _("Accounts at identity providers"), _("Which account you sign in with.")
        ),
        "guesses": TableWords(
            "sign_in", _("Failed sign-ins"), _("How often somebody has guessed.")
        ),
        "api_tokens": TableWords(
            "sign_in",
            _("API keys"),
            _("Names and use of keys that you own, never the keys themselves."),
        ),
    }


def _of_the_organisation() -> dict[str, TableWords]:
    """Of the organisation, its settings, and what was decided about access."""
    return {
        "scim_groups": TableWords(
            "organisation", _("Groups of the directory"), _("Names of groups.")
        ),
        "scim_group_roles": TableWords(
            "organisation", _("Roles of groups"), _("Who decided which role a group gives.")
        ),
        "provider_levels": TableWords(
            "organisation", _("Levels of assurance"), _("How sure a sign-in is.")
        ),
        "claim_rules": TableWords(
            "organisation", _("Rules of sign-in"), _("Which role a sign-in gives.")
        ),
        "sign_in_providers": TableWords(
            "organisation", _("Identity providers"), _("Who decided where people sign in.")
        ),
        "module_switches": TableWords("organisation", _("Modules"), _("Who switched modules on.")),
        "module_settings": TableWords(
            "organisation", _("Settings"), _("Who changed the municipality's settings.")
        ),
        "units": TableWords("organisation", _("Units"), _("The parts of the organisation.")),
        "unit_versions": TableWords(
            "organisation", _("Names of units"), _("What units are and were called.")
        ),
        "unit_successions": TableWords(
            "organisation", _("Mergers of units"), _("Which unit carries on another.")
        ),
        "support_consents": TableWords(
            "decisions", _("Support access"), _("Who let the operator's support in.")
        ),
        "support_visits": TableWords(
            "decisions", _("Support visits"), _("When the support was here.")
        ),
        "legal_references": TableWords(
            "organisation", _("Legal references"), _("What laws say, where you have written it.")
        ),
    }


def _of_the_service() -> dict[str, TableWords]:
    """Of the service itself."""
    return {
        "scim_requests": TableWords(
            "service",
            _("Requests of the directory"),
            _("What the directory sent and was answered."),
        ),
        "presences": TableWords(
            "service", _("Writing just now"), _("Which page you have open for writing.")
        ),
        "changes": TableWords(
            "service",
            _("Changes of the last day"),
            _("That you changed something on a page, for those who have it open."),
        ),
        "feedback": TableWords(
            "service",
            _("Faults told of"),
            _("Faults on pages that you told of, and who dealt with them."),
        ),
        "files": TableWords("files", _("Files"), _("Files that you sent in or had made.")),
        "jobs": TableWords(
            "service", _("Tasks of the service"), _("Exports and other work that you asked for.")
        ),
        "timetable_slots": TableWords(
            "service", _("The timetable"), _("When work is done by itself.")
        ),
        "persisted_documents": TableWords(
            "service", _("Queries to the API"), _("Queries that programs keep.")
        ),
    }


def _logged() -> dict[str, str]:
    return {
        "person": _("the register of people"),
        "left_on": _("who has left"),
        "locale": _("what language somebody reads"),
        "person_identity": _("an account to sign in with"),
        "role_grant": _("a role"),
        "see_as": _("the service, seen as somebody else"),
        "session": _("a sign-in"),
        "sign_in_claims": _("what the sign-in tells of somebody"),
        "sign_in_provider": _("settings of the sign-in"),
        "sign_in_settings": _("settings of the sign-in"),
        "claim_rule": _("a rule that gives roles at sign-in"),
        "group": _("a group of the directory"),
        "group_role": _("the role that a group gives"),
        "api_token": _("an API key"),
        "support_consent": _("the consent to support"),
        "support_link": _("a link for support"),
        "support_visit": _("a visit of support"),
        "write": _("a change, where one may only look"),
        "feedback": _("what somebody told"),
        "file": _("a file"),
        "job": _("a task"),
        "module": _("a module"),
        "settings": _("settings"),
        "legal_reference": _("a reference to the law"),
    }
