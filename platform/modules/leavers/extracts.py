"""An extract of everything about a person (article 15): asked for, made as PDF and as JSON."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from html import escape
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import select

from ....authz.permit import NOWHERE, permit
from ....infra.documents.model import Block, Column, Document, Heading, RichText, Table
from ....infra.documents.richtext import plain_text
from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most
from ....tenants.log.access_log import Action
from ....tenants.models import Person
from ....tenants.work import STOCKHOLM, Work
from ....workers.exports import file_name, keep_file
from ....workers.jobs import Outcome, Run, job
from .gathering import Everything, Holding, Mention, Seen, gather
from .log_words import action_word, column_word, kind_word, way_word
from .models import PersonExtract

LONGEST: Final = 500
MOST_OWN: Final = 20
SHOWN: Final = 200
"""Rows of one table that are printed; all of them are in the JSON."""
NEEDS: Final = "leavers.extract"
"""Everybody has it for what is their own: the files are for whoever had them made."""
MARKS: Final = frozenset({"id", "created_at", "version", "changed_at", "written_at", "entered_at"})
TEXT_SIGNS: Final = 400


class ExtractFormat(StrEnum):
    PDF = "pdf"
    JSON = "json"


MEDIA_TYPES = {ExtractFormat.PDF: "application/pdf", ExtractFormat.JSON: "application/json"}


@permit("leavers.extract")
async def ask_own_extract(work: Work) -> PersonExtract:
    """All that is held about whoever asks."""
    assert work.actor.id is not None
    return await _ask(work, await work.get(Person, work.actor.id), checked="")


@permit("leavers.run")
async def ask_extract(work: Work, person_id: UUID, *, identity_check: str) -> PersonExtract:
    """All that is held about somebody else, who has asked an administrator for it: one of the whole
    municipality, where it comes from, since it is more than the roles of anybody tell.

    Raises InvalidInput unless it is said how it was made sure that they are who they say.
    """
    work.require("leavers.run", at=NOWHERE)
    person = await work.get(Person, person_id, field="personId")
    checked = at_most(identity_check.strip(), field="identityCheck", most=LONGEST)
    if not checked:
        raise InvalidInput(
            _("Write how you made sure that the person is who they say."), field="identityCheck"
        )
    return await _ask(work, person, checked=checked)


@permit("leavers.extract")
async def own_extracts(work: Work) -> Sequence[PersonExtract]:
    """Those about whoever asks, the latest first."""
    chosen = select(PersonExtract).where(PersonExtract.person_id == work.actor.id)
    return await work.scalars(chosen.order_by(PersonExtract.id.desc()).limit(MOST_OWN))


@permit("leavers.run")
async def extracts_made(work: Work) -> Sequence[PersonExtract]:
    """Those that the actor has had made, the latest first."""
    chosen = select(PersonExtract).where(PersonExtract.asked_by == work.actor.id)
    found = await work.scalars(chosen.order_by(PersonExtract.id.desc()).limit(50))
    work.note(Action.READ, "person_extract", about=sorted({row.person_id for row in found}))
    return found


async def _ask(work: Work, person: Person, *, checked: str) -> PersonExtract:
    extract = PersonExtract(person_id=person.id, asked_by=work.actor.id, identity_check=checked)
    work.add(extract)
    await work.flush()
    jobs = await make_extract.later_each(
        work,
        [{"extract_id": str(extract.id), "format": each.value} for each in ExtractFormat],
    )
    extract.pdf_job, extract.json_job = (job.id for job in jobs)
    await work.flush()
    work.note(Action.ADD, "person_extract", records=[extract.id], about=[person.id])
    return extract


@job(name="leavers.make_extract", queue="exports")
async def make_extract(work: Work, run: Run, *, extract_id: str, format: str) -> Outcome:
    """One of the two files. The one who asked has to have the right still."""
    wanted = ExtractFormat(format)
    extract = await work.get(PersonExtract, UUID(extract_id))
    person = await work.get(Person, extract.person_id)
    if person.id != work.actor.id:
        work.require("leavers.run", at=NOWHERE)
    await run.progress(0, 2, _("Gathering what is held"))
    found = await gather(work, person)
    await run.progress(1, 2, _("Writing the file"))
    if wanted is ExtractFormat.JSON:
        data = orjson.dumps(found.as_json(), option=orjson.OPT_INDENT_2)
    else:
        data = await asyncio.to_thread(_pdf, extract_document(work, person, found))
    file = await keep_file(
        work,
        run,
        name=file_name(_("Extract of personal data"), work.today.isoformat(), ending=wanted.value),
        media_type=MEDIA_TYPES[wanted],
        data=data,
        needs=NEEDS,
    )
    work.note(Action.EXPORT, "person_extract", records=[extract.id, file.id], about=[person.id])
    return {"file": str(file.id)}


def extract_document(work: Work, person: Person, found: Everything) -> Document:
    """The extract as a document, tagged like all others."""
    return Document(
        title=_("Extract of personal data"),
        subtitle=_("Article 15 of the General Data Protection Regulation"),
        municipality=work.tenant.name,
        unit=person.name,
        date=work.today,
        blocks=tuple(_blocks(person, found)),
        language="en" if work.actor.locale == "en" else "sv",
        accent=work.tenant.accent,
    )


def _blocks(person: Person, found: Everything) -> Iterator[Block]:
    yield Heading(1, _("About this extract"), "")
    yield RichText(_about(found))
    yield Heading(1, _("What the service holds"), "")
    kind = None
    for holding in found.holdings:
        if holding.kind != kind:
            kind = holding.kind
            yield Heading(2, found.kinds.get(kind, holding.title), "")
        yield Heading(3, holding.title, "")
        yield RichText(f"<p>{escape(holding.told)} {escape(_counted(holding))}</p>")
        yield _table(holding)
    yield Heading(1, _("Where you are named"), "")
    yield from _named(found.mentions)
    yield Heading(1, _("Who has seen or changed what is held about you"), "")
    yield from _seen(found.seen)


def _about(found: Everything) -> str:
    told = (
        _(
            "This is all that {municipality} holds about you in Roder, and what it means. "
            "The same is in the JSON file, whole and readable by programs.",
            municipality=found.municipality,
        ),
        _(
            "Each part says which table it comes from. Keys and passwords are not shown: only "
            "their checksums are kept. Who has seen your data is told by role and unit."
        ),
        _(
            "What is being investigated after a review of the log is told when the investigation "
            "is closed."
        ),
        _(
            "You may ask for what is wrong to be put right, for data to be erased or restricted, "
            "and you may complain to the Swedish Authority for Privacy Protection (IMY)."
        ),
    )
    return "".join(f"<p>{escape(each)}</p>" for each in told)


def _counted(holding: Holding) -> str:
    told = _("Table {table}, number of rows: {count}.", table=holding.table, count=holding.count)
    if holding.count > SHOWN:
        told += " " + _("The first {most} are printed here.", most=SHOWN)
    return told


def _table(holding: Holding) -> Table:
    """When and what: the values of each row, told one after another."""
    rows = tuple((_when(row), _what(row)) for row in holding.rows[:SHOWN])
    return Table((Column(_("When"), 1), Column(_("What stands there"), 4)), rows)


def _when(row: dict[str, object]) -> str:
    for name in ("written_at", "entered_at", "changed_at", "at", "completed_at", "created_at"):
        if name in row:
            return _moment(str(row[name]))
    return "–"


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M")


def _what(row: dict[str, object]) -> str:
    told = [
        f"{column_word(name)}: {_short(value)}"
        for name, value in row.items()
        if name not in MARKS and not _is_id(value)
    ]
    return "\n".join(told) or "–"


def _short(value: object) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    if isinstance(value, str) and "<" in value:
        text = plain_text(value)
    return text if len(text) <= TEXT_SIGNS else text[:TEXT_SIGNS] + " …"


def _is_id(value: object) -> bool:
    text = str(value)
    return len(text) == 36 and text.count("-") == 4


def _named(mentions: Sequence[Mention]) -> Iterator[Block]:
    if not mentions:
        yield RichText(f"<p>{escape(_('Your name stands in no text.'))}</p>")
        return
    told = _("Your name or address stands in {count} places.", count=len(mentions))
    yield RichText(f"<p>{escape(told)}</p>")
    rows = tuple(
        (each.title, around(each.before, each.text, each.after)) for each in mentions[:SHOWN]
    )
    yield Table((Column(_("Where"), 1), Column(_("Words around it"), 3)), rows)


def around(before: str, text: str, after: str) -> str:
    """A place in a text, on one line and without markup that was cut in two."""
    bare = [re.sub(r"<[^<>]*>|<[^<>]*$|^[^<>]*>", " ", each) for each in (before, text, after)]
    return "… " + " ".join(html.unescape("".join(bare)).split()) + " …"


def _seen(seen: Sequence[Seen]) -> Iterator[Block]:
    if not seen:
        yield RichText(f"<p>{escape(_('The log tells of nobody.'))}</p>")
        return
    told = _("The log has {count} rows about you, the latest first.", count=len(seen))
    yield RichText(f"<p>{escape(told)}</p>")
    rows = tuple(
        (
            _moment(each.at),
            each.who + (f", {each.unit}" if each.unit else ""),
            f"{action_word(each.action)}: {kind_word(each.kind)}",
            way_word(each.way),
        )
        for each in seen[:SHOWN]
    )
    heads = (Column(_("When"), 2), Column(_("Who"), 3), Column(_("What"), 3), Column(_("How"), 1.4))
    yield Table(heads, rows)


def _pdf(document: Document) -> bytes:
    """Loaded here, since a process that exports nothing should not have to carry it."""
    from ....infra.documents.pdf import write_pdf

    return write_pdf(document)
