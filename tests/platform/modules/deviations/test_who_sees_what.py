"""The matrix of who sees what: every role and place, every state of a case, every part of it.

What the services show is compared with a model of its own below, and with `who_sees_what.txt`,
which is for people to read. Changed it on purpose? Run with `WRITE=1`, and read it again.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from roder.infra.errors import Forbidden, NotFound
from roder.platform.modules.deviations.cases import decision_part
from roder.platform.modules.deviations.finding import find_deviations
from roder.platform.modules.deviations.models import (
    AccessLabel,
    CaseState,
    DecisionPart,
    Deviation,
    DeviationAction,
    DeviationDecision,
    DeviationDocument,
    DeviationEvent,
    DeviationRisk,
    DeviationType,
    Finding,
    FormKind,
    Happened,
    Law,
)
from roder.platform.modules.deviations.rules import PART_OF, risk_part
from roder.platform.modules.deviations.service import (
    Part,
    Wanted,
    cases,
    count_cases,
    get_case,
    my_report,
    my_reports,
    standing_form,
)
from roder.platform.modules.deviations.shipped import plant
from roder.tenants.rows import uuid7
from roder.tenants.sealed.safe import safe_to_write

SNAPSHOT = Path(__file__).with_name("who_sees_what.txt")
WHO = (
    "reporter",
    "colleague",
    "boss",
    "head",
    "other_boss",
    "investigator",
    "second",
    "officer",
    "other_officer",
    "medical",
    "other_medical",
    "administrator",
    "local",
    "manager",
    "employee",
    "auditor",
)
STATES = ("draft", "sent", "begun", "waiting", "suspected", "declined", "decided", "closed")
LAWS = {"hsl+sol": [Law.HSL, Law.SOL], "sol": [Law.SOL]}


def expected(who: str, state: str, *, by_hsl: bool) -> set[str]:
    """The same in other words: what each sees, told by state instead of by conditions."""
    everything = {part.value for part in Part}
    social_secret = {"sol_lss"}
    medical_secret = {"hsl", "decision_hsl"}
    if state == "draft":
        return {"report"} if who == "reporter" else set()
    if who == "reporter":
        return {"report", "outcome"}
    with_lex = state in ("waiting", "suspected")
    was_lex = state in ("decided",)
    if who in ("boss", "head"):
        return set() if with_lex else everything - social_secret
    if who == "officer":
        return everything - medical_secret if with_lex or was_lex else set()
    if who == "investigator":
        given = state in ("suspected", "decided")
        return everything - medical_secret if given else set()
    if who == "medical" and by_hsl:
        return {"report", "risk_hsl", "hsl", "event", "decision_hsl"}
    return set()


@pytest.mark.parametrize("laws", LAWS)
@pytest.mark.parametrize("state", STATES)
async def test_everybody_sees_the_parts_that_are_theirs_and_no_other(care, state, laws):
    id, reference = await make_case(care, state, LAWS[laws])
    lines = []
    for who in WHO:
        seen = await what_is_shown(care, who, id)
        assert seen == expected(who, state, by_hsl=laws == "hsl+sol"), who
        assert await every_list_agrees(care, who, id, reference) == (
            bool(seen - {"outcome"}) and who != "reporter"
        ), who
        lines.append(f"{state:<10} {laws:<8} {who:<14} {' '.join(sorted(seen)) or '-'}")
    compare(state, laws, lines)


async def what_is_shown(care, who, id) -> set[str]:
    """The parts of which something is in what somebody gets."""
    async with await care.work(who, write=False) as work:
        try:
            mine = await my_report(work, id)
            return {"report"} | ({"outcome"} if mine.outcome else set())
        except (NotFound, Forbidden):
            pass
        try:
            case = await get_case(work, id)
        except (NotFound, Forbidden):
            return set()
        return {
            *(["report"] if case.report.what else []),
            *(risk_part(risk.row.law).value for risk in case.risks),
            *(PART_OF[document.kind].value for document in case.documents if document.shown),
            *(decision_part(decision.row.part).value for decision in case.decisions),
            *(["actions"] if case.actions else []),
            *(["history"] if case.history else []),
            *(["outcome"] if case.outcome else []),
        }


async def every_list_agrees(care, who, id, reference) -> bool:
    """Whether the register, its count, its search and the search of all pages have the case; they
    say the same, and have nothing else."""
    async with await care.work(who, write=False) as work:
        found = await find_deviations(work, reference, 2026)
        if not work.allows("deviations.read"):
            for refused in (cases(work), count_cases(work)):
                with pytest.raises(Forbidden):
                    await refused
            assert found == []
            return False
        listed = [each.seen.case.id for each in await cases(work)]
        searched = [each.seen.case.id for each in await cases(work, Wanted(text="frukost"))]
        assert listed == searched
        assert len(listed) == len(found) == await count_cases(work)
        if who != "reporter":
            assert id not in [mine.id for mine in await my_reports(work)]
        return id in listed


async def make_case(care, state, laws):
    """A case in a state, with something in every part."""
    async with await care.work("reporter") as work:
        await plant(work)
        safe = await safe_to_write(work)
        report = await standing_form(work, FormKind.REPORT)
        case = Deviation(
            id=uuid7(),
            reference="KRTX-2345",
            unit_id=care.units["home_care"].id,
            laws=[law.value for law in laws],
            concerns="individual",
            consequence="unknown",
            form_id=report.id,
            reported_by=care.people["reporter"].id,
            **columns(care, work, state),
        )
        safe.put(case, what="Hon föll vid frukosten", whom="Hon", done="", on_behalf_of="")
        safe.put(case, outcome="Vi har lagt en matta")
        safe.put_answers(case, {"told": "yes"})
        work.add(case)
        await work.flush()
        await fill(work, care, case, safe)
        return case.id, case.reference


def columns(care, work, state) -> dict[str, object]:
    lex = state in ("waiting", "suspected", "decided")
    given = care.people["investigator"].id if state in ("suspected", "decided") else None
    type_ = DeviationType.MISCONDUCT if lex else DeviationType.DEVIATION
    hidden = state in ("waiting", "suspected")
    return {
        "type": type_,
        "reported_as": type_ if state == "waiting" else DeviationType.DEVIATION,
        "label": AccessLabel.LEX if hidden else AccessLabel.PLACE,
        "assigned_to": given,
        "state": {
            "draft": CaseState.DRAFT,
            "sent": CaseState.SENT,
            "waiting": CaseState.SENT,
            "closed": CaseState.CLOSED,
        }.get(state, CaseState.INVESTIGATING),
        "sent_at": None if state == "draft" else work.now,
        "outcome_at": None if state == "draft" else work.now,
        "closed_at": work.now if state == "closed" else None,
    }


async def fill(work, care, case, safe):
    own = {"deviation_id": case.id}
    for law in (Law.HSL, Law.SOL):
        risk = DeviationRisk(
            id=uuid7(), law=law, severity=3, probability=3, value=9, assessed_at=work.now, **own
        )
        safe.put(risk, assessed_with="Kollegor")
        work.add(risk)
    for kind in list(FormKind)[1:]:
        form = await standing_form(work, kind)
        document = DeviationDocument(
            id=uuid7(), kind=kind, form_id=form.id, written_at=work.now, **own
        )
        safe.put_answers(document, {form.fields[-1]["key"]: "Skrivet"})
        work.add(document)
    for part in DecisionPart:
        decision = DeviationDecision(
            id=uuid7(),
            part=part,
            finding=Finding.NONE,
            notified=False,
            authority_case_number="",
            registry_number="SN 1",
            decided_at=work.now,
            **own,
        )
        safe.put(decision, reason="Så")
        work.add(decision)
    owner = care.people["employee"].id
    action = DeviationAction(id=uuid7(), owner_id=owner, due_on=work.today, **own)
    safe.put(action, title="Köp en matta", outcome="")
    event = DeviationEvent(id=uuid7(), what=Happened.SENT, **own)
    safe.put(event, note="")
    work.add(action, event)
    await work.flush()


def compare(state: str, laws: str, lines: list[str]) -> None:
    if os.environ.get("WRITE"):
        kept = SNAPSHOT.read_text("utf-8").splitlines() if SNAPSHOT.exists() else []
        own = [line for line in kept if line.split()[:2] != [state, laws]]
        order = {(s, law): n for n, (s, law) in enumerate((s, x) for s in STATES for x in LAWS)}
        together = sorted([*own, *lines], key=lambda line: order[tuple(line.split()[:2])])
        SNAPSHOT.write_text("\n".join(together) + "\n", "utf-8")
    kept = SNAPSHOT.read_text("utf-8").splitlines()
    assert [line for line in kept if line.split()[:2] == [state, laws]] == lines
