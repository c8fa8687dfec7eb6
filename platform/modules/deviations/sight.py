"""Who sees a case, as conditions of SQL: the same for every list, page, query and search.

Each hat (`rules.Hat`) is one condition on the row of the case. A statement that fetches cases names
them in its `where` and selects them too, so that what of it may be shown is decided by the
database, with the row, and never a row at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from ....infra.errors import Conflict, Forbidden, NotFound
from ....infra.i18n import _
from ....tenants.log.access_log import Action
from ....tenants.log.logged import kind_of
from ....tenants.rows import TenantRow
from ....tenants.work import Work
from . import rules
from .models import AccessLabel, CaseState, Deviation, DeviationType, Law
from .rules import Hat, Part

READ = "deviations.read"
HANDLE = "deviations.handle"
INVESTIGATE = "deviations.investigate"
ASSIGN = "deviations.assign"
MEDICAL = "deviations.medical"
REPORT = "deviations.report"


@dataclass(frozen=True, slots=True)
class Seen:
    """A case, and how whoever asks stands to it."""

    case: Deviation
    hats: frozenset[Hat]

    @property
    def parts(self) -> frozenset[Part]:
        return rules.readable(self.hats, self.case.state)

    @property
    def writable(self) -> frozenset[Part]:
        return rules.writable(self.hats, self.case.state, self.case.label)

    def reads(self, part: Part) -> bool:
        return part in self.parts


def hats(work: Work) -> dict[Hat, ColumnElement[bool]]:
    """By hat, what has to be so of a case for the actor to wear it."""
    sent = and_(Deviation.state != CaseState.DRAFT, Deviation.weeded_at.is_(None))
    own = Deviation.reported_by == work.actor.id if work.actor.id else false()
    given = (
        Deviation.assigned_to == work.actor.id
        if work.actor.id and work.allows(INVESTIGATE)
        else false()
    )
    return {
        Hat.REPORTER: own if work.allows(REPORT) else false(),
        Hat.HANDLER: and_(sent, Deviation.label == AccessLabel.PLACE, _within(work, HANDLE)),
        Hat.INVESTIGATOR: and_(sent, given),
        Hat.OFFICER: and_(sent, Deviation.type == DeviationType.MISCONDUCT, _within(work, ASSIGN)),
        Hat.MEDICAL: and_(sent, Deviation.laws.contains([Law.HSL.value]), _within(work, MEDICAL)),
    }


def visible(work: Work) -> ColumnElement[bool]:
    """The cases that the actor handles in some way; own reports are `reporting.my_reports`."""
    worn = hats(work)
    return or_(*(worn[hat] for hat in Hat if hat is not Hat.REPORTER))


def seen_cases(work: Work) -> Select[*tuple[Any, ...]]:
    """Cases with the hats, to be narrowed and read by `read_seen`."""
    worn = hats(work)
    columns = [condition.label(f"as_{hat}") for hat, condition in worn.items()]
    return select(Deviation, *columns)


async def read_seen(work: Work, statement: Select[*tuple[Any, ...]]) -> list[Seen]:
    rows: Sequence[Sequence[Any]] = [tuple(row) for row in await work.execute(statement)]
    return [
        Seen(row[0], frozenset(h for h, worn in zip(Hat, row[1:], strict=True) if worn))
        for row in rows
    ]


async def look(work: Work, deviation_id: UUID, *, hold: bool = False, field: str = "id") -> Seen:
    """A case that the actor handles in some way. With `hold`, nobody else changes it until the
    work ends. Raises NotFound, the same for one they do not see as for one that is not there."""
    statement = seen_cases(work).where(Deviation.id == deviation_id, visible(work))
    if hold:
        statement = statement.with_for_update(of=Deviation).execution_options(
            populate_existing=True
        )
    found = await read_seen(work, statement)
    if not found:
        raise NotFound(field=field)
    return found[0]


async def look_to_write(work: Work, deviation_id: UUID, part: Part, *, version: int | None) -> Seen:
    """A case of which the actor may write a part, held. Raises NotFound, Forbidden for a part that
    is not theirs to write, Conflict for another version of the case than `version`."""
    seen = await look(work, deviation_id, hold=True)
    require_part(seen, part)
    if version is not None:
        refuse_stale(seen.case.version, version)
    return seen


def require_part(seen: Seen, part: Part) -> None:
    if part in seen.writable:
        return
    if part not in seen.parts:
        raise NotFound()
    if seen.case.state is CaseState.CLOSED:
        raise Conflict(_("The case is closed, and is changed no more."))
    raise Forbidden(_("You can read this part of the case, and somebody else writes it."))


def refuse_stale(stands: int, seen: int) -> None:
    if stands != seen:
        raise Conflict(
            _("Somebody has changed this since you opened it. Load the page again and look."),
            field="version",
        )


def tell_log(
    work: Work,
    action: Action,
    rows: Iterable[TenantRow],
    *,
    unit_id: UUID | None = None,
    parts: Iterable[Part] = (),
) -> None:
    """An entry for each kind among the rows; `parts` are those of a case that were shown."""
    grouped: dict[str, list[UUID]] = {}
    for row in rows:
        grouped.setdefault(kind_of(row.__tablename__), []).append(row.id)
    shown = " ".join(sorted(parts))
    for kind, ids in grouped.items():
        detail = {"parts": shown} if shown and kind == "deviation" else None
        work.note(action, kind, records=ids, unit_id=unit_id, detail=detail)


def _within(work: Work, permission: str) -> ColumnElement[bool]:
    """Whether the place is one where the actor may do it."""
    reach = work.reach(permission)
    if reach is None:
        return true()
    return Deviation.unit_id.in_(reach) if reach else false()


def unit_of(cases: Sequence[Seen]) -> UUID | None:
    """The one place of some cases, where there is one."""
    units = {seen.case.unit_id for seen in cases}
    return units.pop() if len(units) == 1 else None
