"""What each table of the service holds about people, in words that a person understands.

The columns say of themselves what they are (`tenants/personal.py`); here stands what an extract
calls a table, and to which kind of records it belongs when something is to be erased.
"""

from __future__ import annotations

from typing import Final

from ....infra.i18n import _
from ....workers.models import Job
from ...module import TableWords


def kind_of(table: str) -> str:
    """The kind of records that a table belongs to; empty for one that nobody has placed."""
    return KINDS.get(table) or (_told()[table].kind if table in _told() else "")


def _told() -> dict[str, TableWords]:
    """As the modules say themselves."""
    from ... import modules  # read when called, since this module is among them

    return {
        table: words for module in modules.MODULES for table, words in module.words().tables.items()
    }


def kind_of_file(job: Job | None) -> str:
    """Of a file: what the module that made it holds, or just files."""
    module = job.kind.partition(".")[0] if job else ""
    return {"log_review": "log_reviews", "data_protection": "data_protection"}.get(module, "files")


def kind_words() -> dict[str, str]:
    """The kinds of records, in the order of a decision."""
    return {
        "register": _("The register and roles"),
        "sign_in": _("Sign-ins and keys"),
        "goals": _("Goals, outcomes and comments"),
        "reports": _("Reports and their history"),
        "files": _("Attached files and exports"),
        "organisation": _("Organisation and settings"),
        "service": _("How the service was used"),
        "decisions": _("Decisions on purges and access"),
        "access_log": _("The access log"),
        "log_reviews": _("Reviews of the log"),
        "data_protection": _("Processors and treatments"),
    }


def words_of(table: str) -> TableWords:
    return _words().get(table) or _told().get(table) or TableWords("", table, "")


KINDS: Final = {
    "processor_agreements": "data_protection",
    "sub_processors": "data_protection",
    "processings": "data_protection",
    "breaches": "data_protection",
    "people": "register",
    "scim_users": "register",
    "scim_members": "register",
    "scim_groups": "organisation",
    "scim_group_roles": "organisation",
    "scim_requests": "service",
    "role_grants": "register",
    "see_as": "register",
    "support_consents": "decisions",
    "support_visits": "decisions",
    "sessions": "sign_in",
    "person_identities": "sign_in",
    "provider_levels": "organisation",
    "claim_rules": "organisation",
    "guesses": "sign_in",
    "sign_in_providers": "organisation",
    "api_tokens": "sign_in",
    "calendar_feeds": "sign_in",
    "presences": "service",
    "changes": "service",
    "mails": "service",
    "notification_choices": "service",
    "feedback": "service",
    "files": "files",
    "jobs": "service",
    "timetable_slots": "service",
    "persisted_documents": "service",
    "module_switches": "organisation",
    "module_settings": "organisation",
    "units": "organisation",
    "unit_versions": "organisation",
    "unit_successions": "organisation",
    "steering_models": "goals",
    "levels": "goals",
    "plan_nodes": "goals",
    "indicators": "goals",
    "activities": "goals",
    "checkpoints": "goals",
    "outcomes": "goals",
    "outcome_versions": "goals",
    "node_comments": "goals",
    "hand_lights": "goals",
    "year_locks": "goals",
    "report_templates": "reports",
    "chapters": "reports",
    "reports": "reports",
    "report_completions": "reports",
    "report_approvals": "reports",
    "report_images": "reports",
    "sections": "reports",
    "section_versions": "reports",
    "section_completions": "reports",
    "section_files": "reports",
    "access_log": "access_log",
    "log_disposals": "decisions",
    "log_blocks": "access_log",
    "log_anchors": "access_log",
    "review_heads": "log_reviews",
    "reviews": "log_reviews",
    "review_events": "log_reviews",
    "review_imports": "log_reviews",
    "review_investigations": "log_reviews",
    "review_notices": "log_reviews",
    "review_files": "log_reviews",
    "review_retention_rules": "log_reviews",
    "review_disposals": "log_reviews",
    "leaver_runs": "decisions",
    "leavers": "decisions",
    "retention_rules": "decisions",
    "person_extracts": "register",
    "tenant_keys": "service",
    "tenant_exports": "decisions",
    "tenant_erasures": "decisions",
}


def _words() -> dict[str, TableWords]:
    each = (
        _of_people,
        _of_organisation,
        _of_service,
        _of_decisions,
        _of_log,
        _of_data_protection,
        _of_goals,
        _of_reports,
    )
    return {table: words for some in each for table, words in some().items()}


def _of_people() -> dict[str, TableWords]:
    return _made(
        ("people", _("The register"), _("Name, e-mail address, language, and when you left.")),
        (
            "scim_users",
            _("From the municipality's directory"),
            _("What the municipality's own directory has told the service about you."),
        ),
        (
            "scim_members",
            _("Groups in the directory"),
            _("Which groups of the directory you are in."),
        ),
        ("role_grants", _("Roles"), _("Which roles you have or have had, where, and since when.")),
        (
            "see_as",
            _("Seen as somebody else"),
            _("When an administrator looked at the service as you do, or you as somebody else."),
        ),
        ("sessions", _("Sign-ins"), _("Where and when you have been signed in.")),
        (
            "person_identities",
            _("Accounts at identity providers"),
            _("Which account you sign in with."),
        ),
        ("guesses", _("Failed sign-ins"), _("How often somebody has guessed.")),
        (
            "api_tokens",
            _("API keys"),
            _("Names and use of keys that you own, never the keys themselves."),
        ),
        (
            "calendar_feeds",
            _("Calendar addresses"),
            _("That you have an address for your calendar, never the address."),
        ),
        (
            "person_extracts",
            _("Extracts about a person"),
            _("Extracts that were made about you, and who asked."),
        ),
    )


def _of_organisation() -> dict[str, TableWords]:
    return _made(
        ("scim_groups", _("Groups of the directory"), _("Names of groups.")),
        ("scim_group_roles", _("Roles of groups"), _("Who decided which role a group gives.")),
        ("provider_levels", _("Levels of assurance"), _("How sure a sign-in is.")),
        ("claim_rules", _("Rules of sign-in"), _("Which role a sign-in gives.")),
        ("sign_in_providers", _("Identity providers"), _("Who decided where people sign in.")),
        ("module_switches", _("Modules"), _("Who switched modules on.")),
        ("module_settings", _("Settings"), _("Who changed the municipality's settings.")),
        ("units", _("Units"), _("The parts of the organisation.")),
        ("unit_versions", _("Names of units"), _("What units are and were called.")),
        ("unit_successions", _("Mergers of units"), _("Which unit carries on another.")),
    )


def _of_service() -> dict[str, TableWords]:
    return _made(
        (
            "scim_requests",
            _("Requests of the directory"),
            _("What the directory sent and was answered."),
        ),
        ("presences", _("Writing just now"), _("Which page you have open for writing.")),
        (
            "changes",
            _("Changes of the last day"),
            _("That you changed something on a page, for those who have it open."),
        ),
        ("mails", _("Mails"), _("Which reminders the service has sent you.")),
        ("notification_choices", _("Choices of mail"), _("What you want to be told by mail.")),
        (
            "feedback",
            _("Faults told of"),
            _("Faults on pages that you told of, and who dealt with them."),
        ),
        ("files", _("Files"), _("Files that you sent in or had made.")),
        ("jobs", _("Tasks of the service"), _("Exports and other work that you asked for.")),
        ("timetable_slots", _("The timetable"), _("When work is done by itself.")),
        ("persisted_documents", _("Queries to the API"), _("Queries that programs keep.")),
        ("tenant_keys", _("Keys of files"), _("With what files are encrypted.")),
    )


def _of_decisions() -> dict[str, TableWords]:
    return _made(
        ("support_consents", _("Support access"), _("Who let the operator's support in.")),
        ("support_visits", _("Support visits"), _("When the support was here.")),
        (
            "log_disposals",
            _("Disposals of the log"),
            _("Which parts of the log have been disposed of."),
        ),
        ("leaver_runs", _("Purges"), _("Purges and erasures that you have decided.")),
        (
            "leavers",
            _("Those of a purge"),
            _("That you are or were in a purge, and who takes over."),
        ),
        ("retention_rules", _("Rules of erasure"), _("Rules that you have decided.")),
        (
            "tenant_exports",
            _("Exports of the municipality"),
            _("Exports of everything that you asked for, and why."),
        ),
        (
            "tenant_erasures",
            _("Erasure of the municipality"),
            _("That you asked for the municipality to be erased, confirmed it or took it back."),
        ),
    )


def _of_log() -> dict[str, TableWords]:
    return _made(
        (
            "access_log",
            _("The access log"),
            _(
                "What you have read and changed, and who has seen what is held about you, "
                "by role and unit."
            ),
        ),
        ("log_blocks", _("Blocks of the log"), _("Checksums of the log.")),
        ("log_anchors", _("Anchors of the log"), _("Where checksums of the log are kept.")),
        ("review_heads", _("Reviews of the log"), _("How far the review has come.")),
        ("reviews", _("Lists for review"), _("Lists of the log that you have reviewed.")),
        (
            "review_events",
            _("Rows for review"),
            _("Rows of the log about you that somebody has reviewed."),
        ),
        ("review_imports", _("Lists of other systems"), _("Lists that were read in for review.")),
        (
            "review_investigations",
            _("Investigations"),
            _("Investigations that you take part in or that are about you."),
        ),
        ("review_notices", _("Notices of reviews"), _("Who was told of a review.")),
        ("review_files", _("Archived reviews"), _("Files of reviews that are signed.")),
        ("review_retention_rules", _("How long reviews are kept"), _("Who decided how long.")),
        ("review_disposals", _("Disposals of reviews"), _("Reviews that have been disposed of.")),
    )


def _of_goals() -> dict[str, TableWords]:
    return _made(
        ("steering_models", _("Steering models"), _("How a year is steered.")),
        ("levels", _("Levels"), _("The columns of the red thread.")),
        (
            "plan_nodes",
            _("Goals, indicators and activities"),
            _("What you answer for, and what you changed last."),
        ),
        ("indicators", _("Indicators"), _("How goals are measured.")),
        ("activities", _("States of activities"), _("Activities whose state you have set.")),
        ("checkpoints", _("Checkpoints"), _("Checkpoints that you have ticked off.")),
        ("outcomes", _("Outcomes"), _("Values that you have entered.")),
        ("outcome_versions", _("History of outcomes"), _("Values that you have entered earlier.")),
        ("node_comments", _("Comments on goals"), _("Comments that you have written.")),
        ("hand_lights", _("Lights set by hand"), _("Lights that you have set, and why.")),
        ("year_locks", _("Locked years"), _("Years that you have locked.")),
    )


def _of_data_protection() -> dict[str, TableWords]:
    return _made(
        (
            "processor_agreements",
            _("Processor agreements"),
            _("Agreements that you keep or that name you as a contact."),
        ),
        (
            "sub_processors",
            _("Sub-processors"),
            _("Sub-processors that you keep or that name you as a contact."),
        ),
        (
            "processings",
            _("Record of processing"),
            _("Treatments that you keep or that name you as a contact."),
        ),
        ("breaches", _("Breaches"), _("Breaches that you have reported or dealt with.")),
    )


def _of_reports() -> dict[str, TableWords]:
    return _made(
        ("report_templates", _("Report templates"), _("Which reports there are.")),
        ("chapters", _("Chapters of templates"), _("What reports hold.")),
        ("reports", _("Reports"), _("Reports that you have started.")),
        (
            "report_completions",
            _("Reports marked as done"),
            _("When you marked a report as done or opened it again."),
        ),
        (
            "report_approvals",
            _("Approved reports"),
            _("When you approved a report or took it back."),
        ),
        ("report_images", _("Pictures in reports"), _("Pictures that you have added.")),
        ("sections", _("Chapters of reports"), _("Chapters that you wrote in last.")),
        (
            "section_versions",
            _("History of chapters"),
            _("What you have written in chapters earlier."),
        ),
        (
            "section_completions",
            _("Chapters marked as done"),
            _("When you marked a chapter as done."),
        ),
        ("section_files", _("Attachments of reports"), _("Files that are attached to chapters.")),
    )


def _made(*rows: tuple[str, str, str]) -> dict[str, TableWords]:
    return {table: TableWords(KINDS.get(table, ""), title, told) for table, title, told in rows}
