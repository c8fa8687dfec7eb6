"""What a decided run does, a small transaction at a time.

How far it has come stands in the run's row and is written in the transaction that did it, so a run
that was killed at any statement goes on from there and ends in the same. Ids and times that are
kept follow from the run, never from when a step happened to be taken.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final
from uuid import UUID, uuid5

import orjson
from sqlalchemy import case, delete, func, select, update

from ....tenants.files import remove_files
from ....tenants.log.access_log import Action
from ....tenants.models import Person, StoredFile
from ....tenants.personal import Texts, Tie, references, register_columns, texts
from ....tenants.work import Work
from ....workers.models import Job
from ..reports.models import ReportCompletion, Section, SectionVersion
from ..transfer.models import TenantExport
from .duties import hand_over
from .files import rename_in_next_file
from .holdings import kind_of
from .models import (
    ArchiveChange,
    Effect,
    KeptName,
    Leaver,
    LeaverRun,
    PersonExtract,
    RunState,
)
from .naming import Found, Named, known_as, pseudonym_address
from .receipts import receipt_of
from .retention import effects_of
from .runs import leavers_of
from .scanning import NamingRow, named_in, named_people
from .sealed import rename_in_sealed

PEOPLE: Final = 50
"""Those whom one transaction takes out of the register."""

Stage = Callable[[Work, LeaverRun, "Given"], Awaitable[str]]
"""Does a piece after `run.after` and answers from where to go on; empty at the end of the stage."""


class Given:
    """What every stage needs, read in its own transaction."""

    def __init__(
        self,
        leavers: Sequence[Leaver],
        people: Sequence[Named],
        effects: Mapping[str, Effect],
        kept: frozenset[tuple[str, UUID, str]],
    ) -> None:
        self.leavers, self.people, self.effects, self._kept = leavers, people, effects, kept

    @property
    def person_ids(self) -> list[UUID]:
        return [leaver.person_id for leaver in self.leavers]

    def stays(self, place: str, row_id: UUID, found: Found) -> bool:
        return (place, row_id, found.mark) in self._kept


async def take_step(work: Work, run_id: UUID) -> LeaverRun:
    """One small piece of a run that is decided; one that is done is left as it is."""
    held = select(LeaverRun).where(LeaverRun.id == run_id).with_for_update()
    run = (await work.scalars(held.execution_options(populate_existing=True)))[0]
    if run.state is not RunState.DECIDED:
        return run
    leavers = await leavers_of(work, run.id)
    kept = await work.rows(
        select(KeptName.place, KeptName.row_id, KeptName.mark).where(KeptName.run_id == run.id)
    )
    given = Given(
        leavers,
        await named_people(work, leavers),
        await effects_of(work),
        frozenset((place, row, mark) for place, row, mark in kept),
    )
    run.after = await STAGES[run.stage](work, run, given)
    if not run.after:
        run.stage += 1
    await work.flush()
    return run


def count(run: LeaverRun, group: str, name: str, number: int) -> None:
    """Add to what has been done. The whole value is set anew, so that it is seen as changed."""
    if number:
        counts = {key: dict(value) for key, value in run.counts.items() if isinstance(value, dict)}
        within = counts.setdefault(group, {})
        within[name] = int(str(within.get(name, 0))) + number
        run.counts = dict(counts)


async def _hand_over(work: Work, run: LeaverRun, given: Given) -> str:
    some, after = _next_people(run, given)
    for table, number in (await hand_over(work, *some, leaving=given.person_ids)).items():
        count(run, "handed", table, number)
    for each in some:
        work.note(Action.CHANGE, "leaver_duties", records=[run.id], about=[each.person_id])
    return after


def _next_people(run: LeaverRun, given: Given) -> tuple[Sequence[Leaver], str]:
    """Those whom one transaction takes, and where the next goes on; empty where none are left."""
    left = [each for each in given.leavers if str(each.id) > run.after]
    some = left[:PEOPLE]
    return some, str(some[-1].id) if len(left) > PEOPLE else ""


async def _texts(work: Work, run: LeaverRun, given: Given) -> str:
    """The next batch of rows that name somebody: `after` is their table and the last id."""
    tables = texts()
    name, _slash, last = run.after.partition("/")
    at = next((nth for nth, each in enumerate(tables) if each.table.name == name), 0)
    for nth, table in enumerate(tables[at:], at):
        if given.effects.get(kind_of(table.table.name)) is Effect.KEEP:
            await _count_kept(work, run, table, given)
            continue
        rows, last = await named_in(
            work, table, given.people, after=last if nth == at else "", keep=given.stays, hold=True
        )
        if rows:
            await _write(work, run, rows)
        if last:
            return f"{table.table.name}/{last}"
        if rows and nth + 1 < len(tables):
            return f"{tables[nth + 1].table.name}/"
    return ""


async def _write(work: Work, run: LeaverRun, rows: Sequence[NamingRow]) -> None:
    """The new words of a batch, with what that means for reports that are done."""
    table = rows[0].table
    await _archive(work, run, rows)
    for row in rows:
        await work.execute(
            update(table)
            .where(table.c.tenant_id == work.tenant.id, table.c.id == row.id)
            .values(dict(row.new))
        )
    count(run, "texts", table.name, len(rows))
    count(run, "names", table.name, sum(len(row.found) for row in rows))
    about = {found.person for row in rows for _name, found in row.found}
    work.note(
        Action.CHANGE,
        "leaver_text",
        records=[row.id for row in rows],
        about=sorted(about),
        detail={"table": table.name},
    )


async def _count_kept(work: Work, run: LeaverRun, table: Texts, given: Given) -> None:
    last = ""
    while True:
        rows, last = await named_in(work, table, given.people, after=last, keep=given.stays)
        count(run, "kept", table.table.name, len(rows))
        if not last:
            return


async def _archive(work: Work, run: LeaverRun, rows: Sequence[NamingRow]) -> None:
    """Note what was changed in reports that are done: the hash of what stood there, and stands."""
    if not rows or rows[0].table.name not in ("sections", "section_versions", "reports"):
        return
    assert run.decided_at is not None
    done = await _done_reports(work, rows[0].table.name, [row.id for row in rows])
    for row in rows:
        if row.id in done:
            old = {name: row.old[name] for name in row.new}
            work.add(
                ArchiveChange(
                    id=uuid5(run.id, f"{row.table.name}/{row.id}"),
                    run_id=run.id,
                    kind=row.table.name,
                    row_id=row.id,
                    report_id=done[row.id],
                    how="pseudonymised",
                    old_hash=hash_of(old),
                    new_hash=hash_of(row.new),
                    changed_at=run.decided_at,
                    created_at=run.decided_at,
                )
            )
    count(run, "archive", rows[0].table.name, sum(row.id in done for row in rows))


async def _done_reports(work: Work, table: str, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Of rows of reports, those that are in one that is marked as done, with its id."""
    standing = ReportCompletion.reopened_at.is_(None)
    if table == "reports":
        found = select(ReportCompletion.report_id, ReportCompletion.report_id).where(
            standing, ReportCompletion.report_id.in_(ids)
        )
    elif table == "sections":
        found = select(Section.id, Section.report_id).where(
            Section.id.in_(ids),
            standing,
            ReportCompletion.tenant_id == Section.tenant_id,
            ReportCompletion.report_id == Section.report_id,
        )
    else:
        found = select(SectionVersion.id, Section.report_id).where(
            SectionVersion.id.in_(ids),
            Section.tenant_id == SectionVersion.tenant_id,
            Section.id == SectionVersion.section_id,
            standing,
            ReportCompletion.tenant_id == Section.tenant_id,
            ReportCompletion.report_id == Section.report_id,
        )
    return {row[0]: row[1] for row in await work.rows(found)}


def hash_of(value: object) -> str:
    """SHA-256 of a value as JSON with its keys in order."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()


async def _files(work: Work, run: LeaverRun, given: Given) -> str:
    """One file: its bytes are put beside the old ones first, then its row points to them."""
    return await rename_in_next_file(work, run, given.people, given.effects, counted=count)


async def _sealed(work: Work, run: LeaverRun, given: Given) -> str:
    """A piece of the sealed texts: opened, renamed in, and sealed again."""
    return await rename_in_sealed(work, run, given.people, given.effects, counted=count)


async def _old_bytes(work: Work, run: LeaverRun, given: Given) -> str:
    """Take away what lay where files lay before; doing it twice is doing it once."""
    rows = await work.scalars(
        select(ArchiveChange)
        .where(ArchiveChange.run_id == run.id, ArchiveChange.old_key != "")
        .order_by(ArchiveChange.id)
        .limit(100)
    )
    if not rows:
        return ""
    await work.storage.delete_each([row.old_key for row in rows])
    for row in rows:
        row.old_key = ""
    return "more"


async def _own(work: Work, run: LeaverRun, given: Given) -> str:
    """What is about one person alone goes: extracts with their files first, then all the rest."""
    some, after = _next_people(run, given)
    ids = [each.person_id for each in some]
    await _forget_extracts(work, run, ids)
    for reference in references():
        if reference.tie is not Tie.OWN:
            continue
        table = reference.table
        gone = await work.execute(
            delete(table)
            .where(table.c.tenant_id == work.tenant.id, reference.column.in_(ids))
            .returning(table.c.id)
        )
        count(run, "own", table.name, len(gone.all()))
    for id in ids:
        work.note(Action.REMOVE, "leaver_own", records=[run.id], about=[id])
    return after


async def _forget_extracts(work: Work, run: LeaverRun, people: Sequence[UUID]) -> None:
    """Extracts are about nobody else, so their files go whole, bytes first: see `remove_files`."""
    rows = await work.rows(
        select(PersonExtract.pdf_job, PersonExtract.json_job).where(
            PersonExtract.person_id.in_(people)
        )
    )
    ids = [id for row in rows for id in row if id is not None]
    if not ids:
        return
    keys = await work.scalars(select(StoredFile.key).where(StoredFile.job_id.in_(ids)))
    await work.storage.delete_each(sorted(keys))
    for model, column in ((StoredFile, StoredFile.job_id), (Job, Job.id)):
        await work.execute(
            delete(model).where(column.in_(ids)).execution_options(synchronize_session=False)
        )
    count(run, "own", "files", len(keys))


async def _register(work: Work, run: LeaverRun, given: Given) -> str:
    """The row of a person stays, so that what points to it is whole, and says nothing."""
    some, after = _next_people(run, given)
    if not some:
        return ""
    assert run.decided_at is not None
    values: dict[str, object] = {
        column.name: None if column.nullable else ""
        for column in register_columns()
        if column.info.get("personal") == "text"
    }
    names = {each.person_id: known_as(each.pseudonym) for each in some}
    addresses = {each.person_id: pseudonym_address(each.pseudonym) for each in some}
    values |= {
        "name": case(names, value=Person.id),
        "email": case(addresses, value=Person.id),
        "locale": "sv",
        "protected": False,
        "left_on": func.coalesce(Person.left_on, run.decided_at.date()),
        "forgotten_at": run.decided_at,
    }
    await work.execute(
        update(Person)
        .where(Person.id.in_(names))
        .values(values)
        .execution_options(synchronize_session=False)
    )
    count(run, "register", "people", len(some))
    for id in names:
        work.note(Action.DISPOSE, "person", records=[id], about=[id])
    return after


async def _end(work: Work, run: LeaverRun, given: Given) -> str:
    run.state, run.done_at = RunState.DONE, work.now
    await work.flush()
    await _forget_archives(work, run)
    run.receipt = await receipt_of(work, run, given.leavers)
    run.receipt_hash = hash_of(run.receipt)
    work.note(Action.DISPOSE, "leaver_run", records=[run.id], about=given.person_ids)
    return ""


async def _forget_archives(work: Work, run: LeaverRun) -> None:
    """Archives of the whole municipality name those who are purged now. One that is being made is
    waited for, or finds that the run has ended and is given up."""
    held = select(TenantExport).where(TenantExport.removed_at.is_(None))
    held = held.order_by(TenantExport.id).with_for_update()
    exports = await work.scalars(held.execution_options(populate_existing=True))
    jobs = [export.job_id for export in exports]
    kept = set(await work.scalars(select(StoredFile.job_id).where(StoredFile.job_id.in_(jobs))))
    gone = [export for export in exports if export.job_id in kept]
    if not gone:
        return
    for export in gone:
        export.removed_at = work.now
    await work.flush()
    await remove_files(work, StoredFile.job_id.in_(kept))
    count(run, "own", TenantExport.__tablename__, len(gone))
    work.note(Action.DISPOSE, "tenant", records=[export.id for export in gone])


STAGES: Final[tuple[Stage, ...]] = (
    _hand_over,
    _own,
    _texts,
    _sealed,
    _files,
    _old_bytes,
    _register,
    _end,
)
