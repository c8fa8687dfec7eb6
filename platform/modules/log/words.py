"""What the log's own words are called to people."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, cast, literal, select

from ....infra.i18n import _
from ....tenants.access_log import Action
from ....tenants.actors import Way
from ....tenants.models import Person
from ....tenants.terms import Term
from ....tenants.work import Work

LOG = Term("log.log", lambda: _("Access log"))


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
    """Of what is read or changed; a kind that has no word here is told by its own name."""
    return {
        "person": _("the register of people"),
        "tenant": _("all of the municipality"),
        "tenant_erasure": _("the erasure of the municipality"),
        "role_grant": _("a role"),
        "session": _("a sign-in"),
        "api_token": _("an API key"),
        "access_log": _("the access log"),
        "job": _("a task"),
        "file": _("a file"),
        "feedback": _("what somebody told"),
        "settings": _("settings"),
        "module": _("a module"),
        "sign_in_provider": _("settings of the sign-in"),
        "processor_agreement": _("an agreement with a processor"),
        "sub_processor": _("a sub-processor"),
        "processing": _("the record of treatments"),
        "breach": _("a breach"),
        "leaver_run": _("a purge of those who have left"),
    }


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


async def names_in_log(work: Work, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """What people are called today. Whoever is no longer in the register is told by a code that
    is the same in every entry."""
    wanted = {id for id in ids if id is not None}
    # One parameter: a statement takes 32,767, and a workbook may tell of more people.
    ids_of = cast(literal(list(wanted), ARRAY(Uuid)), ARRAY(Uuid))
    rows = await work.rows(select(Person.id, Person.name).where(Person.id == any_(ids_of)))
    found = {row[0]: row[1] for row in rows}
    return {id: found.get(id) or _("Former employee {code}", code=id.hex[-6:]) for id in wanted}
