"""Lists of other systems, such as that of a pupil-health journal, into the same review."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Text, cast, column, delete, func, literal, or_, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput, RowsRefused
from ....infra.i18n import _
from ....infra.tabular import MAX_BYTES, RowFault, read_table
from ....infra.texts import at_most
from ....tenants.files import load_upload, plain_name
from ....tenants.log.access_log import Action
from ....tenants.models import Person
from ....tenants.rows import uuid7
from ....tenants.work import Work
from .import_columns import REQUIRED, Field, ReadRow, guess, read_rows_of
from .marking import mark_events
from .models import Mark, Review, ReviewEvent, ReviewImport
from .reviews import REVIEW, hold_review

MAX_ROWS = 20_000
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Preview:
    """What a list would bring: with `missing` columns or `faults` it cannot be read in."""

    held: ReviewImport
    review: Review
    headings: tuple[str, ...]
    rows: tuple[ReadRow, ...]
    faults: tuple[RowFault, ...]
    missing: tuple[Field, ...]


@permit(REVIEW)
async def begin_import(
    work: Work, review_id: UUID, *, name: str, data: bytes, system: str = "", health: bool = False
) -> ReviewImport:
    """Take a list in to be looked at; what was taken in before and not read goes. Its columns are
    guessed. Raises InvalidInput for a file that is no table, Conflict for one that was read in."""
    review = await hold_review(work, review_id)
    table = await asyncio.to_thread(read_table, name, data, max_rows=MAX_ROWS)
    digest = hashlib.sha256(data).hexdigest()
    same = select(ReviewImport.id).where(
        ReviewImport.sha256 == digest, ReviewImport.read_at.is_not(None)
    )
    if await work.first(same):
        raise Conflict(_("This file has been read in already."), field="file")
    old = delete(ReviewImport).where(
        ReviewImport.review_id == review.id, ReviewImport.read_at.is_(None)
    )
    await work.execute(old.execution_options(synchronize_session=False))
    held = ReviewImport(
        id=uuid7(),
        review_id=review.id,
        name=plain_name(name),
        system=at_most(system, field="system", most=100),
        sha256=digest,
        health=health,
        columns=guess(table.rows[0].cells),
        cells=[[row.number, *row.cells] for row in table.rows],
        imported_by=work.actor.id,
    )
    work.add(held)
    await work.flush()
    work.note(
        Action.ADD,
        "log_review",
        records=[review.id, held.id],
        unit_id=review.unit_id,
        detail={"rows": str(len(table.rows) - 1), "system": held.system},
    )
    return held


@permit(REVIEW)
async def look_at_import(
    work: Work, import_id: UUID, *, columns: Mapping[str, int] | None = None
) -> Preview:
    """What the list would bring, by the columns that are named, or by those that stand."""
    held, review = await _held(work, import_id)
    assert held.cells is not None
    headings = tuple(str(cell) for cell in held.cells[0][1:])
    if columns is not None:
        held.columns = _plain(columns, len(headings))
        await work.flush()
    work.note(Action.READ, "log_review", records=[review.id, held.id], unit_id=review.unit_id)
    missing = tuple(field for field in REQUIRED if field.value not in held.columns)
    if missing:
        return Preview(held, review, headings, (), (), missing)
    rows, faults = read_rows_of(held.cells, held.columns, begins=review.begins, ends=review.ends)
    return Preview(held, review, headings, tuple(rows), tuple(faults), ())


@permit(REVIEW)
async def read_import(work: Work, import_id: UUID) -> ReviewImport:
    """Read the list in, all of it or nothing. Raises RowsRefused with what is wrong in each row."""
    preview = await look_at_import(work, import_id)
    held, review = preview.held, preview.review
    if preview.missing:
        raise InvalidInput(_("Say which column has the time, and which says who it was."))
    if preview.faults:
        count = len(preview.faults)
        raise RowsRefused(
            _("{count} rows need to be mended. Nothing has been read in.", count=count),
            errors=[(fault.row, InvalidInput(str(fault))) for fault in preview.faults],
        )
    known = await _people(work, preview.rows)
    work.add(*(_event(held, row, known) for row in preview.rows))
    held.rows, held.cells, held.read_at = len(preview.rows), None, work.now
    review.health = review.health or held.health
    review.version += 1
    await work.flush()
    await mark_events(work, [review.id])
    work.note(
        Action.IMPORT,
        "log_review",
        records=[review.id, held.id],
        unit_id=review.unit_id,
        detail={"rows": str(held.rows), "system": held.system},
    )
    return held


@permit(REVIEW)
async def read_stored_list(
    work: Work,
    review_id: UUID,
    *,
    file_id: UUID,
    columns: Mapping[str, int],
    system: str = "",
    health: bool = False,
) -> Review:
    """Read in a file that the actor has sent in before; without `columns` they are guessed. Raises
    as `read_import`, and InvalidInput for a file of somebody else."""
    review = await hold_review(work, review_id)
    file, data = await load_upload(work, file_id, most=MAX_BYTES)
    if file.created_by != work.actor.id:
        raise InvalidInput(_("Send the file in yourself."), field="fileId")
    held = await begin_import(
        work, review_id, name=file.name, data=data, system=system, health=health
    )
    if columns:
        await look_at_import(work, held.id, columns=columns)
    await read_import(work, held.id)
    return review


@permit(REVIEW)
async def drop_import(work: Work, import_id: UUID) -> Review:
    """Take a list out again, with what was written about its rows."""
    held = await work.get(ReviewImport, import_id)
    review = await hold_review(work, held.review_id)
    await work.delete(held)
    await work.flush()
    health = select(ReviewImport.id).where(
        ReviewImport.review_id == review.id, ReviewImport.health, ReviewImport.read_at.is_not(None)
    )
    review.health = await work.first(health) is not None
    await work.flush()
    work.note(Action.REMOVE, "log_review", records=[review.id, import_id], unit_id=review.unit_id)
    return review


async def imports_of(work: Work, review: Review) -> list[ReviewImport]:
    own = select(ReviewImport).where(
        ReviewImport.review_id == review.id, ReviewImport.read_at.is_not(None)
    )
    return list(await work.scalars(own.order_by(ReviewImport.id)))


def _event(held: ReviewImport, row: ReadRow, known: Mapping[str, UUID]) -> ReviewEvent:
    given = [Mark.SOURCE.value] if row.marked else []
    return ReviewEvent(
        review_id=held.review_id,
        import_id=held.id,
        row_number=row.number,
        at=row.at,
        person_id=known.get(row.who.lower()),
        who=row.who,
        action=row.action,
        kind=row.kind or held.system or "journal",
        subjects=list(row.subjects),
        process=row.process,
        way="other",
        address=row.address,
        given=given,
        marks=given,
        marked=bool(given),
    )


async def _people(work: Work, rows: Sequence[ReadRow]) -> dict[str, UUID]:
    """Those of our register whom the list names: by e-mail, by the user name in it, or by name,
    where it is one person only."""
    wanted = sorted({row.who.lower() for row in rows})
    keys = func.unnest(cast(literal(wanted, ARRAY(Text)), ARRAY(Text)))
    key = keys.table_valued(column("value", Text), name="wanted").render_derived()
    email = func.lower(Person.email)
    same = or_(
        key.c.value == email,
        key.c.value == func.split_part(email, "@", 1),
        key.c.value == func.lower(Person.name),
    )
    found = [
        (str(row.value), row.id)
        for row in await work.rows(select(key.c.value, Person.id).join(Person, same))
    ]
    count = Counter(key for key, _id in found)
    return {key: id for key, id in found if count[key] == 1}


def _plain(columns: Mapping[str, int], width: int) -> dict[str, int]:
    fields = {field.value for field in Field}
    if set(columns) - fields or any(not 0 <= at < width for at in columns.values()):
        raise InvalidInput(_("Choose one from the list."), field="columns")
    return dict(columns)


async def _held(work: Work, import_id: UUID) -> tuple[ReviewImport, Review]:
    held = await work.get(ReviewImport, import_id)
    review = await hold_review(work, held.review_id)
    if held.cells is None:
        raise Conflict(_("This file has been read in already."))
    return held, review
