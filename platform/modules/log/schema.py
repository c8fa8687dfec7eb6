"""The access log in the API."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import global_id, local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ....tenants.log import access_log, search
from ....tenants.log.anchors import anchors, prove
from ....tenants.log.models import LogAnchor as Anchor
from ..organisation.files.jobs_schema import Job
from ..organisation.people.schema import Person, by_whom
from ..organisation.units.schema import Unit
from . import exporting

LogAction = access_log.Action
strawberry.enum(
    LogAction, name="LogAction", description="What was done, as the access log tells it."
)


@strawberry.type(description="Somebody read or changed something personal or confidential.")
class LogEntry:
    row: strawberry.Private[access_log.LogEntry]
    seq: int = strawberry.field(
        description="Its number in the log, without gaps; ask for its proof by it."
    )
    at: datetime = strawberry.field(description="When.")
    action: LogAction = strawberry.field(description="What was done.")
    kind: str = strawberry.field(description="With what kind of record, such as person.")
    records: list[str] = strawberry.field(description="The records, by the service's own ids.")
    process: str = strawberry.field(description="The page, operation, job or command.")
    way: str = strawberry.field(description="How they came: page, api, job, scim and so on.")
    address: str = strawberry.field(description="The network address that asked.")
    hash: str = strawberry.field(description="The chain up to here, in hexadecimal digits.")
    about_ids: list[strawberry.ID] = strawberry.field(
        description="The people of the register it concerned, also those who have left it."
    )

    @strawberry.field(description="Who did it; null for the service, and for who left long ago.")
    async def person(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.person_id)

    @strawberry.field(description="The administrator who saw the service as that person.")
    async def behind(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.behind_id)

    @strawberry.field(description="The unit it was about, where it was about one.")
    async def unit(self, info: Info) -> Unit | None:
        return await Unit.find(info, self.row.unit_id) if self.row.unit_id else None


@strawberry.type(description="A page of the access log, the latest entries first.")
class LogPage:
    entries: list[LogEntry] = strawberry.field(description="The entries.")
    before: int | None = strawberry.field(
        description="Pass as `before` for the next page; null at the end."
    )


@strawberry.type(description="The head of the log as it was put away where nobody can change it.")
class LogAnchor:
    at: datetime = strawberry.field(description="When.")
    seq: int = strawberry.field(description="How many entries the log had.")
    hash: str = strawberry.field(description="The hash of the last one, in hexadecimal digits.")
    root: str = strawberry.field(description="The root of the tree over all of them.")


@strawberry.type(description="Proof that an entry is in the anchored log (RFC 9162, 2.1.3).")
class LogProof:
    size: int = strawberry.field(description="Entries of the log that it is proven for.")
    path: str = strawberry.field(description="From leaf to root, 32 bytes a step, in base64.")
    entry: str = strawberry.field(description="The entry as it was hashed: JSON.")


@strawberry.input(description="What to look for; all that is given has to hold.")
class LogFilterInput:
    by_id: strawberry.ID | None = strawberry.field(default=None, description="Who did it.")
    about_id: strawberry.ID | None = strawberry.field(
        default=None, description="Whom of the register it concerned."
    )
    record: str | None = strawberry.field(
        default=None, description="A record by the service's own id."
    )
    unit_id: strawberry.ID | None = strawberry.field(default=None, description="The unit.")
    action: LogAction | None = strawberry.field(default=None, description="What was done.")
    kind: str | None = strawberry.field(default=None, description="With what kind of record.")
    way: str | None = strawberry.field(default=None, description="How they came.")
    since: datetime | None = strawberry.field(default=None, description="Not before.")
    until: datetime | None = strawberry.field(default=None, description="Before.")


ExportAccessLogResult = Annotated[
    Job | Problem, strawberry.union("ExportAccessLogResult", description=ANSWER)
]


@strawberry.type
class LogQuery:
    @strawberry.field(
        description="Who saw or changed this, between two times; for auditors and full "
        "administrators. Looking is logged too."
    )
    async def access_log(
        self,
        info: Info,
        filter: LogFilterInput | None = None,
        before: int | None = None,
        first: int = search.PAGE,
    ) -> LogPage:
        found = await search.search_log(
            info.context.work, _wanted(filter or LogFilterInput()), before=before, first=first
        )
        info.context.take(len(found.entries))
        return LogPage(entries=[_shown(row) for row in found.entries], before=found.before)

    @strawberry.field(description="When the log was put away, the latest first.")
    async def log_anchors(self, info: Info) -> list[LogAnchor]:
        return [_anchor(row) for row in await anchors(info.context.work)]

    @strawberry.field(description="That an entry is in the log as it was anchored after it.")
    async def log_proof(self, info: Info, seq: int) -> LogProof:
        found = await prove(info.context.work, seq)
        return LogProof(size=found.size, path=found.path, entry=found.entry_text())


@strawberry.type
class LogMutation:
    @mutation("Have the whole log written to a file, with its anchors and the verifier.")
    async def export_access_log(self, info: Info) -> ExportAccessLogResult:
        return Job.of(await exporting.ask_for_log(info.context.work))


def _wanted(filter: LogFilterInput) -> search.Wanted:
    return search.Wanted(
        by=local_id(filter.by_id, Person, field="byId") if filter.by_id else None,
        about=local_id(filter.about_id, Person, field="aboutId") if filter.about_id else None,
        record=_record(filter.record),
        unit=local_id(filter.unit_id, Unit, field="unitId") if filter.unit_id else None,
        action=filter.action,
        kind=filter.kind,
        way=filter.way,
        since=_aware(filter.since, "since"),
        until=_aware(filter.until, "until"),
    )


def _record(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise InvalidInput(_("Choose one from the list."), field="record") from None


def _aware(moment: datetime | None, field: str) -> datetime | None:
    if moment is not None and moment.tzinfo is None:
        raise InvalidInput(
            _("Say the time zone too, such as 2026-01-31T12:00:00+01:00."), field=field
        )
    return moment


def _shown(row: access_log.LogEntry) -> LogEntry:
    plain = ("seq", "at", "action", "kind", "process", "way", "address")
    return LogEntry(
        row=row,
        **{name: getattr(row, name) for name in plain},
        hash=row.hash.hex(),
        records=[str(id) for id in row.records],
        about_ids=[global_id(Person, id) for id in row.about],
    )


def _anchor(row: Anchor) -> LogAnchor:
    return LogAnchor(at=row.at, seq=row.seq, hash=row.hash.hex(), root=row.root.hex())
