"""A run: opened, prepared, decided, or withdrawn. What a decided one does stands in `purge.py`."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.dialects.postgresql import insert

from ....authz.permit import NOWHERE, permit
from ....infra.errors import Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....infra.texts import at_most
from ....tenants.log.access_log import Action
from ....tenants.models import Person
from ....tenants.people import end_people
from ....tenants.rows import uuid7
from ....tenants.work import Work
from .models import Because, FoundInFile, Kept, KeptName, Leaver, LeaverRun, RunState, Why
from .waiting import MOST, Waiting, heard_since, require_reach

LONGEST = 2000


@permit("leavers.run")
async def open_run(
    work: Work, person_ids: Sequence[UUID], *, why: Mapping[UUID, Why] | None = None
) -> LeaverRun:
    """A run with some people of the register. Nothing happens to them until it is decided.

    Raises InvalidInput for nobody or too many, Conflict for one who is in another run already.
    """
    people = await _people(work, person_ids)
    return await start(work, Because.HAND, [(person.id, _why(person, why)) for person in people])


@permit("leavers.run")
async def ask_erasure(work: Work, person_id: UUID, *, identity_check: str) -> LeaverRun:
    """Somebody has asked to be erased (article 17): a run of them alone. Raises InvalidInput unless
    it is said how it was made sure that it came from them, else as `open_run`."""
    checked = at_most(identity_check.strip(), field="identityCheck", most=LONGEST)
    if not checked:
        raise InvalidInput(
            _("Write how you made sure that the person is who they say."), field="identityCheck"
        )
    (person,) = await _people(work, [person_id])
    return await start(work, Because.REQUEST, [(person.id, Why.REQUEST)], identity_check=checked)


async def start(
    work: Work,
    because: Because,
    people: Iterable[tuple[UUID, Why]],
    *,
    identity_check: str = "",
) -> LeaverRun:
    """The rows of a run; whoever calls has seen to who may."""
    run = LeaverRun(
        id=uuid7(), because=because, opened_by=work.actor.id, identity_check=identity_check
    )
    work.add(run)
    await work.flush()
    chosen = list(people)
    used = set(await work.scalars(select(Leaver.pseudonym)))
    for person_id, why in chosen:
        pseudonym = _pseudonym(used)
        used.add(pseudonym)
        work.add(Leaver(run_id=run.id, person_id=person_id, why=why, pseudonym=pseudonym))
    await work.flush()
    work.note(Action.ADD, "leaver_run", records=[run.id], about=[id for id, _why in chosen])
    return run


@permit("leavers.run")
async def get_run(work: Work, run_id: UUID) -> LeaverRun:
    """A run of those whom the actor may purge; NotFound for another's."""
    run = await work.get(LeaverRun, run_id)
    if not work.allows("leavers.run", at=NOWHERE) and run.opened_by != work.actor.id:
        raise NotFound()
    return run


@permit("leavers.run")
async def list_runs(work: Work) -> Sequence[LeaverRun]:
    """The latest first; a local administrator sees the own ones."""
    chosen = select(LeaverRun)
    if not work.allows("leavers.run", at=NOWHERE):
        chosen = chosen.where(LeaverRun.opened_by == work.actor.id)
    return await work.scalars(chosen.order_by(LeaverRun.id.desc()).limit(MOST))


async def leavers_of(work: Work, run_id: UUID) -> Sequence[Leaver]:
    return await work.scalars(select(Leaver).where(Leaver.run_id == run_id).order_by(Leaver.id))


@permit("leavers.run")
async def leave_out(work: Work, run_id: UUID, person_id: UUID) -> LeaverRun:
    """Take somebody out of a run that is open; they wait for the next one."""
    run = await _open(work, run_id)
    await work.execute(
        delete(Leaver)
        .where(Leaver.run_id == run.id, Leaver.person_id == person_id)
        .execution_options(synchronize_session=False)
    )
    work.note(Action.CHANGE, "leaver_run", records=[run.id], about=[person_id])
    return run


@permit("leavers.run")
async def choose_heir(work: Work, run_id: UUID, person_id: UUID, *, heir_id: UUID | None) -> Leaver:
    """Who takes over what somebody answers for; None is the nearest manager of each unit.

    Raises InvalidInput for an heir who is not here, or is in the run themselves.
    """
    run = await _open(work, run_id)
    own = select(Leaver).where(Leaver.run_id == run.id)
    leavers = {leaver.person_id: leaver for leaver in await work.scalars(own)}
    leaver = leavers.get(person_id)
    if leaver is None:
        raise NotFound()
    if heir_id is not None:
        heir = await work.get(Person, heir_id, field="heirId")
        gone = heir.left_on is not None and heir.left_on <= work.today
        if gone or heir.forgotten_at or heir.id in leavers:
            raise InvalidInput(_("Choose a colleague who stays."), field="heirId")
    leaver.heir_id = heir_id
    await work.flush()
    work.note(Action.CHANGE, "leaver_run", records=[run.id], about=[person_id])
    return leaver


@permit("leavers.run")
async def keep_names(
    work: Work, run_id: UUID, places: Collection[tuple[str, UUID, str]], *, reason: Kept
) -> LeaverRun:
    """Untick places (table.column, row, mark): the names stay there. Twice is once."""
    run = await _open(work, run_id)
    rows = [
        {
            "tenant_id": work.tenant.id,
            "id": uuid7(),
            "run_id": run.id,
            "place": place[:200],
            "row_id": row_id,
            "mark": mark[:64],
            "reason": reason,
        }
        for place, row_id, mark in sorted(set(places))
    ]
    if rows:
        await work.execute(insert(KeptName).values(rows).on_conflict_do_nothing())
    work.note(Action.CHANGE, "leaver_run", records=[run.id, *(row for _p, row, _m in places)])
    return run


@permit("leavers.run")
async def keep_places(
    work: Work, run_id: UUID, places: Sequence[str], *, reason: Kept
) -> LeaverRun:
    """As `keep_names`, with each place as one text. Raises InvalidInput for one that is none."""
    await get_run(work, run_id)
    return await keep_names(work, run_id, [read_place(each) for each in places], reason=reason)


@permit("leavers.run")
async def take_names(
    work: Work, run_id: UUID, places: Collection[tuple[str, UUID, str]]
) -> LeaverRun:
    """Tick places again that were unticked."""
    run = await _open(work, run_id)
    for place, row_id, mark in places:
        await work.execute(
            delete(KeptName)
            .where(
                KeptName.run_id == run.id,
                KeptName.place == place,
                KeptName.row_id == row_id,
                KeptName.mark == mark,
            )
            .execution_options(synchronize_session=False)
        )
    work.note(Action.CHANGE, "leaver_run", records=[run.id])
    return run


@permit("leavers.run")
async def keep_file(work: Work, run_id: UUID, file_id: UUID, *, kept: bool) -> FoundInFile:
    """Leave a file as it is, or not; one that the look into the files has found names in."""
    run = await _open(work, run_id)
    found = await work.first(
        select(FoundInFile).where(FoundInFile.run_id == run.id, FoundInFile.file_id == file_id)
    )
    if found is None:
        raise NotFound()
    found.kept = kept
    await work.flush()
    work.note(Action.CHANGE, "leaver_run", records=[run.id, file_id])
    return found


@permit("leavers.run")
async def withdraw_run(work: Work, run_id: UUID) -> LeaverRun:
    """End an open run without doing anything."""
    run = await _open(work, run_id)
    run.state = RunState.WITHDRAWN
    await work.flush()
    work.note(Action.REMOVE, "leaver_run", records=[run.id])
    return run


@permit("leavers.run")
async def decide_run(work: Work, run_id: UUID, *, motivation: str = "") -> LeaverRun:
    """Decide that those of the run are purged: from now they cannot come in, and a job does it.

    Raises InvalidInput for a run of nobody, or a request without a motivation; Conflict for the
    last full administrator, or one who has come back meanwhile.
    """
    run = await _open(work, run_id)
    motivation = at_most(motivation.strip(), field="motivation", most=LONGEST)
    if run.because is Because.REQUEST and not motivation:
        raise InvalidInput(_("Write why you decide as you do."), field="motivation")
    leavers = await leavers_of(work, run.id)
    if not leavers:
        raise InvalidInput(_("There is nobody in this run. Withdraw it instead."))
    people = await _people_of(work, leavers)
    await require_reach(work, people)
    silent = [leaver.person_id for leaver in leavers if leaver.why is Why.SILENT]
    heard = await heard_since(work, silent, run.created_at)
    still_here = []
    for leaver, person in zip(leavers, people, strict=True):
        here = person.left_on is None or person.left_on > work.today
        if here and leaver.why in (Why.LEFT, Why.SCIM):
            raise Conflict(_("{name} is back. Take them out of the run first.", name=person.name))
        if person.id == work.actor.id:
            raise Conflict(_("You cannot purge yourself. Ask another administrator."))
        if here and person.id in heard:
            raise Conflict(_("{name} is back. Take them out of the run first.", name=person.name))
        if here:
            still_here.append(person)
    if still_here:
        await end_people(work, still_here)
    run.state, run.decided_by, run.decided_at = RunState.DECIDED, work.actor.id, work.now
    run.motivation = motivation
    await work.flush()
    work.note(
        Action.DISPOSE, "leaver_run", records=[run.id], about=[person.id for person in people]
    )
    return run


def read_place(text: str) -> tuple[str, UUID, str]:
    """A place as pages and the API write it: table.column, row and mark, with colons between."""
    place, row, mark = [*text.split(":"), "", ""][:3]
    try:
        return place, UUID(row), mark
    except ValueError:
        raise InvalidInput(_("Choose one from the list."), field="places") from None


async def _open(work: Work, run_id: UUID) -> LeaverRun:
    run = await get_run(work, run_id)
    held = select(LeaverRun).where(LeaverRun.id == run.id).with_for_update()
    run = (await work.scalars(held.execution_options(populate_existing=True)))[0]
    if run.state is not RunState.OPEN:
        raise Conflict(_("This run is no longer open. Load the page again."))
    return run


async def _people(work: Work, person_ids: Sequence[UUID]) -> list[Person]:
    """Those of the register, in the order asked for, whom the actor may purge."""
    ids = list(dict.fromkeys(person_ids))
    if not ids:
        raise InvalidInput(_("Choose at least one person."), field="personIds")
    if len(ids) > MOST:
        raise InvalidInput(
            _("Choose at most {most} people at a time.", most=MOST), field="personIds"
        )
    found = {row.id: row for row in await work.scalars(select(Person).where(Person.id.in_(ids)))}
    people = []
    for id in ids:
        if id not in found or found[id].forgotten_at is not None:
            raise NotFound(field="personIds")
        people.append(found[id])
    await require_reach(work, people)
    await _refuse_taken(work, ids)
    return people


async def _refuse_taken(work: Work, ids: Sequence[UUID]) -> None:
    taken = select(Leaver.person_id).where(
        Leaver.person_id.in_(ids),
        exists().where(
            LeaverRun.tenant_id == work.tenant.id,
            LeaverRun.id == Leaver.run_id,
            or_(LeaverRun.state == RunState.OPEN, LeaverRun.state == RunState.DECIDED),
        ),
    )
    if await work.first(taken):
        raise Conflict(_("Somebody here is in another run already. Decide or withdraw that first."))


async def _people_of(work: Work, leavers: Sequence[Leaver]) -> list[Person]:
    ids = [leaver.person_id for leaver in leavers]
    found = {row.id: row for row in await work.scalars(select(Person).where(Person.id.in_(ids)))}
    return [found[id] for id in ids]


def _why(person: Person, why: Mapping[UUID, Why] | None) -> Why:
    if why and person.id in why:
        return why[person.id]
    if person.left_on is None:
        return Why.SILENT
    return Why.SCIM if person.left_by == "scim" else Why.LEFT


def _pseudonym(used: Collection[str]) -> str:
    """Four signs, more when those are used up: it tells nothing of whom it stands for."""
    for length in (2, 2, 2, 2, 3, 3, 4, 8):
        pseudonym = secrets.token_hex(length)
        if pseudonym not in used and not pseudonym.isdecimal():
            return pseudonym
    raise AssertionError("no pseudonym is free")


def chosen_of(found: Iterable[Waiting]) -> list[tuple[UUID, Why]]:
    return [(each.id, each.why) for each in found]
