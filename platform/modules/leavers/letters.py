"""The letter that tells somebody what was decided about the erasure they asked for (article 17)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from uuid import UUID

from ....authz.permit import permit
from ....infra.documents.model import Block, Column, Document, Heading, RichText, Table
from ....infra.errors import Conflict
from ....infra.i18n import _
from ....tenants.log.access_log import Action
from ....tenants.work import STOCKHOLM, Work
from ....workers.exports import file_name, keep_file
from ....workers.jobs import Outcome, Run, job
from ....workers.models import Job
from .holdings import kind_words, words_of
from .models import Because, Effect, Leaver, LeaverRun, RetentionRule, RunState
from .retention import retention_rules
from .runs import get_run, leavers_of
from .settings import leaver_settings

NEEDS = "leavers.run"


@permit("leavers.run")
async def ask_letter(work: Work, run_id: UUID) -> Job:
    """Have the letter of a run written. Raises Conflict until it is done: only then does it hold
    no name."""
    run = await get_run(work, run_id)
    if run.state is not RunState.DONE:
        raise Conflict(_("The letter can be written when everything is done."))
    work.note(Action.EXPORT, "leaver_letter", records=[run.id])
    return await write_letter.later(work, run_id=str(run.id))


@job(name="leavers.write_letter", queue="exports")
async def write_letter(work: Work, run: Run, *, run_id: str) -> Outcome:
    purge = await get_run(work, UUID(run_id))
    leavers = await leavers_of(work, purge.id)
    assert purge.decided_at is not None
    day = purge.decided_at.astimezone(STOCKHOLM).date()
    document = letter_document(
        work,
        purge,
        leavers,
        rules=await retention_rules(work, on=day),
        appeal=(await leaver_settings(work)).appeal,
    )
    data = await asyncio.to_thread(_pdf, document)
    title = _heading(purge)
    file = await keep_file(
        work,
        run,
        name=file_name(title, day.isoformat(), ending="pdf"),
        media_type="application/pdf",
        data=data,
        needs=NEEDS,
    )
    return {"file": str(file.id)}


def letter_document(
    work: Work,
    run: LeaverRun,
    leavers: Sequence[Leaver],
    *,
    rules: Sequence[RetentionRule],
    appeal: str,
) -> Document:
    assert run.decided_at is not None
    return Document(
        title=_heading(run),
        subtitle=", ".join(_("Case {pseudonym}", pseudonym=each.pseudonym) for each in leavers),
        municipality=work.tenant.name,
        date=run.decided_at.astimezone(STOCKHOLM).date(),
        blocks=tuple(_blocks(run, rules, appeal)),
        language="en" if work.actor.locale == "en" else "sv",
        contents=False,
        accent=work.tenant.accent,
    )


def effect_words() -> dict[Effect, str]:
    return {
        Effect.ERASE: _("Is erased"),
        Effect.PSEUDONYMISE: _("Stays without the name"),
        Effect.KEEP: _("Stays"),
    }


def _heading(run: LeaverRun) -> str:
    if run.because is Because.REQUEST:
        return _("Decision on erasure")
    return _("Receipt of a purge")


def _blocks(run: LeaverRun, rules: Sequence[RetentionRule], appeal: str) -> Iterator[Block]:
    if run.because is Because.REQUEST:
        yield RichText(
            f"<p>{escape(_('You have asked the municipality to erase your personal data.'))}</p>"
        )
    if run.motivation:
        yield Heading(1, _("Decision and motivation"))
        yield RichText("".join(f"<p>{escape(each)}</p>" for each in run.motivation.splitlines()))
    yield Heading(1, _("What happens to each kind of data"))
    words, effects = kind_words(), effect_words()
    yield Table(
        (Column(_("Kind"), 2), Column(_("What happens"), 1.6), Column(_("Why"), 4)),
        tuple(
            (
                words[rule.kind],
                effects[rule.effect],
                rule.reason + (f"\n{rule.law}" if rule.law else ""),
            )
            for rule in rules
        ),
    )
    yield Heading(1, _("What was done"))
    yield Table(
        (Column(_("What"), 2), Column(_("Where"), 3), Column(_("How many"), 1, "right")),
        tuple(counted(run.counts)),
    )
    told = _(
        "The receipt has the checksum {hash}. By it the municipality can show that the receipt "
        "has not been changed.",
        hash=run.receipt_hash,
    )
    yield RichText(f"<p>{escape(told)}</p>")
    if run.because is Because.REQUEST and appeal:
        yield Heading(1, _("If you are not content"))
        yield RichText("".join(f"<p>{escape(each)}</p>" for each in appeal.splitlines()))


def counted(counts: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """What was done, where, and how many, in words."""
    groups = group_words()
    ways = {
        "rewritten": _("Names replaced in the file"),
        "redrawn": _("Drawn anew without hidden words"),
        "remade": _("Made anew"),
        "replaced": _("Replaced by a page that says so"),
    }
    for group, word in groups.items():
        within = counts.get(group, {})
        for name, number in sorted(within.items()) if isinstance(within, Mapping) else ():
            where = ways.get(str(name), "") if group == "files" else words_of(str(name)).title
            yield word, where or str(name), str(number)


def group_words() -> dict[str, str]:
    return {
        "handed": _("Handed over"),
        "own": _("Erased"),
        "register": _("Taken out of the register"),
        "texts": _("Texts changed"),
        "names": _("Names replaced"),
        "files": _("Files changed"),
        "archive": _("Changed in reports that are done"),
        "kept": _("Left by the rules"),
        "unread": _("Files that could not be read"),
    }


def _pdf(document: Document) -> bytes:
    from ....infra.documents.pdf import write_pdf

    return write_pdf(document)
