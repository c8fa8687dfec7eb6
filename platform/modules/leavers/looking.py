"""The preview of a run: who, what they answer for, where they are named, and what is archived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, select

from ....authz.permit import permit
from ....tenants.log import logged
from ....tenants.log.access_log import Action
from ....tenants.models import Person, RoleGrant, StoredFile
from ....tenants.names import names_of
from ....tenants.personal import Texts, Tie, texts
from ....tenants.sealed.texts import count_sealed
from ....tenants.work import Work
from ..reports.models import Report, ReportCompletion, Section
from .duties import count_ties
from .holdings import kind_of, words_of
from .models import Effect, FoundInFile, KeptName, Leaver, LeaverRun
from .naming import Named
from .retention import effects_of
from .runs import get_run, leavers_of
from .scanning import named_in, named_people

MOST_PLACES: Final = 300
"""Places that a preview shows; it counts all rows that the sieve lets through."""
MOST_FOUND: Final = 20 * MOST_PLACES
"""Places that it counts in one table, or a few more."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place that names somebody. `kept` is the reason why it stays; None when it goes."""

    person_id: UUID
    place: str
    row_id: UUID
    mark: str
    title: str
    before: str
    text: str
    after: str
    kept: str | None
    by_rule: bool
    """The municipality's rules keep this kind, so it stays anyway."""


@dataclass(frozen=True, slots=True)
class FilePlace:
    id: UUID
    name: str
    hits: int
    made: str
    kept: bool


@dataclass(frozen=True, slots=True)
class DoneReport:
    id: UUID
    title: str
    period: str


@dataclass(frozen=True, slots=True)
class Previewed:
    """Somebody in the run. `duties` and `own` count rows by the table's title."""

    leaver: Leaver
    name: str
    email: str
    heir: str
    roles: int
    namesakes: int
    duties: Mapping[str, int]
    own: Mapping[str, int]
    places: int
    texts: int


@dataclass(frozen=True, slots=True)
class Preview:
    run: LeaverRun
    people: Sequence[Previewed]
    places: Sequence[Place]
    more: bool
    """Whether there are more places than are shown."""
    files: Sequence[FilePlace] = field(default_factory=tuple)
    reports: Sequence[DoneReport] = field(default_factory=tuple)
    sealed: int = 0
    """Sealed texts that are looked through when it is carried out, and shown to nobody."""


@permit("leavers.run")
async def preview_run(work: Work, run_id: UUID) -> Preview:
    """What a run that is open would do. Raises NotFound for one that the actor may not see."""
    run = await get_run(work, run_id)
    leavers = await leavers_of(work, run.id)
    people = await named_people(work, leavers)
    places = await find_places(work, run, people)
    shown = places[:MOST_PLACES]
    work.note(
        Action.READ,
        "leaver_run",
        records=[run.id],
        about=[leaver.person_id for leaver in leavers],
    )
    _note_places(work, shown)
    return Preview(
        run,
        await _people(work, leavers, people, places),
        shown,
        len(places) > MOST_PLACES,
        await _files(work, run),
        await _done_reports(work, places),
        sum((await count_sealed(work)).values()),
    )


def _note_places(work: Work, places: Sequence[Place]) -> None:
    """The words around a name are shown: where they are logged when read, they are here too."""
    rows: dict[str, list[UUID]] = {}
    for each in places:
        rows.setdefault(each.place.partition(".")[0], []).append(each.row_id)
    for table in sorted(rows.keys() & logged.read_logged().keys()):
        work.note(Action.READ, logged.kind_of(table), records=rows[table])


async def find_places(work: Work, run: LeaverRun, people: Sequence[Named]) -> list[Place]:
    """Every place in a text that names somebody, by table and row; at most a few thousand rows."""
    kept = {
        (row.place, row.row_id, row.mark): row.reason.value
        for row in await work.scalars(select(KeptName).where(KeptName.run_id == run.id))
    }
    effects = await effects_of(work)
    found: list[Place] = []
    for table in texts():
        stays = effects.get(kind_of(table.table.name)) is Effect.KEEP
        found += await _places_in(work, table, people, kept, stays)
    return found


async def _places_in(
    work: Work,
    table: Texts,
    people: Sequence[Named],
    kept: Mapping[tuple[str, UUID, str], str],
    by_rule: bool,
) -> list[Place]:
    title, last, found = words_of(table.table.name).title, "", []
    while True:
        rows, last = await named_in(work, table, people, after=last, most=MOST_FOUND)
        for row in rows:
            for column, each in row.found:
                place = f"{table.table.name}.{column}"
                found.append(
                    Place(
                        each.person,
                        place,
                        row.id,
                        each.mark,
                        title,
                        each.before,
                        each.text,
                        each.after,
                        kept.get((place, row.id, each.mark)),
                        by_rule,
                    )
                )
        if not last or len(found) > MOST_FOUND:
            return found


async def _people(
    work: Work, leavers: Sequence[Leaver], people: Sequence[Named], places: Sequence[Place]
) -> list[Previewed]:
    ids = [leaver.person_id for leaver in leavers]
    known = {person.id: person for person in people}
    heirs = await names_of(work, [leaver.heir_id for leaver in leavers])
    roles = await _roles(work, ids)
    same = await _namesakes(work, people)
    ties: dict[Tie, dict[UUID, dict[str, int]]] = {}
    for tie in (Tie.DUTY, Tie.OWN):
        for duty in await count_ties(work, ids, tie):
            by_person = ties.setdefault(tie, {}).setdefault(duty.person_id, {})
            title = words_of(duty.table).title
            by_person[title] = by_person.get(title, 0) + duty.count
    owns: dict[UUID, list[Place]] = {}
    for place in places:
        owns.setdefault(place.person_id, []).append(place)
    found = []
    for leaver in leavers:
        id = leaver.person_id
        own = owns.get(id, [])
        person = known.get(id)
        found.append(
            Previewed(
                leaver,
                person.name if person else "",
                person.email if person else "",
                heirs.get(leaver.heir_id, "") if leaver.heir_id else "",
                roles.get(id, 0),
                same.get(id, 0),
                ties.get(Tie.DUTY, {}).get(id, {}),
                ties.get(Tie.OWN, {}).get(id, {}),
                len(own),
                len({(place.place, place.row_id) for place in own}),
            )
        )
    return found


async def _roles(work: Work, ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = await work.rows(
        select(RoleGrant.person_id, func.count())
        .where(RoleGrant.person_id.in_(ids))
        .group_by(RoleGrant.person_id)
    )
    return {row[0]: row[1] for row in rows}


async def _namesakes(work: Work, people: Sequence[Named]) -> dict[UUID, int]:
    """How many others in the register have the same name: their texts look the same."""
    rows = await work.rows(
        select(func.lower(Person.name), func.count())
        .where(
            func.lower(Person.name).in_([person.name.lower() for person in people]),
            Person.forgotten_at.is_(None),
        )
        .group_by(func.lower(Person.name))
    )
    number = {row[0]: row[1] for row in rows}
    return {person.id: max(0, number.get(person.name.lower(), 1) - 1) for person in people}


async def _files(work: Work, run: LeaverRun) -> list[FilePlace]:
    rows = await work.rows(
        select(StoredFile.id, StoredFile.name, FoundInFile.hits, FoundInFile.made, FoundInFile.kept)
        .join(
            FoundInFile,
            and_(
                FoundInFile.file_id == StoredFile.id,
                FoundInFile.tenant_id == StoredFile.tenant_id,
            ),
        )
        .where(FoundInFile.run_id == run.id)
        .order_by(StoredFile.id)
        .limit(MOST_PLACES)
    )
    return [FilePlace(*row) for row in rows]


async def _done_reports(work: Work, places: Sequence[Place]) -> list[DoneReport]:
    """Reports marked as done in whose chapters somebody is named."""
    sections = {place.row_id for place in places if place.place.startswith("sections.")}
    rows = await work.rows(
        select(Report.id, Report.title, Report.period)
        .distinct()
        .join(Section, and_(Section.report_id == Report.id, Section.tenant_id == Report.tenant_id))
        .join(
            ReportCompletion,
            and_(
                ReportCompletion.report_id == Report.id,
                ReportCompletion.tenant_id == Report.tenant_id,
            ),
        )
        .where(Section.id.in_(sections), ReportCompletion.reopened_at.is_(None))
        .order_by(Report.id)
    )
    return [DoneReport(*row) for row in rows]
