"""What a role may do, told to whoever gives it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from .....authz.permit import policy
from .....infra.i18n import _
from .....tenants.modules import module_of
from .....tenants.people import may_give
from .....tenants.work import Work
from ....web.words import role_words


def grantable_roles(work: Work) -> list[tuple[str, str]]:
    """Name and word of the roles that the actor can give at some unit of theirs."""
    units = work.reach("roles.grant")
    places: Collection[UUID | None] = [None] if units is None else units
    return [
        (role, word)
        for role, word in role_words().items()
        if role != "employee" and any(may_give(work, role, unit) for unit in places)
    ]


def role_in_words(work: Work, role: str) -> list[str]:
    """What the role may do, as far as the modules that are on; the rest of it has no name yet."""
    words = _permission_words()
    may = [f"{kind}.{action}" for held, kind, action, _scope, _level in policy() if held == role]
    on = [name for name in may if module_of(name) in ALWAYS | work.tenant.modules]
    told = [words[name] for name in on if name in words]
    return list(dict.fromkeys(told))


ALWAYS = frozenset({"organisation", "people", "roles", "tenant", "tokens", "jobs"})


def _permission_words() -> dict[str, str]:
    return {
        "goals.edit": _("change goals, indicators and activities, and fill in outcomes"),
        "goals.import": _("read in goals from a file"),
        "goals.design": _("decide levels, scales and colours"),
        "goals.lock": _("lock and unlock years"),
        "reports.write": _("write in reports"),
        "reports.complete": _("mark chapters and reports as done"),
        "reports.design": _("make and change report templates"),
        "reports.remind": _("remind those who have not written"),
        "reports.approve": _("approve reports"),
        "log_review.review": _("review the log of what was read and done"),
        "log_review.read": _("read reviewed lists of the log"),
        "log_review.design": _("decide how long reviewed lists are kept, and who is protected"),
        "log_review.extract": _("make extended extracts of the log"),
        "deviations.report": _("report deviations"),
        "deviations.read": _("read cases of deviations"),
        "deviations.handle": _("handle deviations at the place"),
        "deviations.investigate": _("investigate misconduct that one is given"),
        "deviations.assign": _("assign and decide on misconduct"),
        "deviations.medical": _("handle the HSL part of deviations"),
        "deviations.export": _("take out numbers of deviations"),
        "deviations.appoint": _("choose who handles deviations"),
        "deviations.recover": _("keep the key that opens sealed texts elsewhere"),
        "deviations.weed": _("weed closed cases of deviations"),
        "deviations.design": _("decide the forms and categories of deviations"),
        "school_complaints.read": _("read complaints against schools"),
        "school_complaints.write": _("handle complaints against schools"),
        "school_complaints.appoint": _("choose who handles complaints"),
        "school_complaints.export": _("take out numbers of complaints"),
        "school_complaints.design": _("decide what complaints can be about"),
        "organisation.edit": _("change the organisation"),
        "organisation.import": _("read in the organisation from a file"),
        "people.read": _("see the register of people"),
        "people.edit": _("add and change people"),
        "roles.grant": _("give and take back roles"),
        "tokens.manage": _("make API keys"),
        "roles.see_as": _("see the service as somebody else does, reading only"),
        "tenant.support": _("let the operator's support in"),
        "tenant.read": _("read the municipality's settings"),
        "tenant.configure": _("change the municipality's settings"),
        "goals.read": _("read all goals, also confidential ones"),
        "reports.read": _("read all reports, also confidential ones"),
    }
