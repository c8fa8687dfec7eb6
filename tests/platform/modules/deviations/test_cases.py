"""A case from the report to its end, and the rules that hold it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.modules.deviations.models import (
    AccessLabel,
    CaseState,
    Deviation,
    DeviationDecision,
    DeviationDocument,
    DeviationRisk,
    DeviationType,
    Finding,
    FormKind,
    Happened,
    Law,
)
from roder.platform.modules.deviations.service import (
    Notice,
    Report,
    assess_risk,
    assign_investigator,
    cases,
    close_case,
    decide_medical,
    decide_misconduct,
    decline_misconduct,
    discard_draft,
    get_case,
    independent_investigators,
    missing_to_close,
    my_report,
    my_reports,
    save_draft,
    send_report,
    suspect_misconduct,
    write_document,
)

MANAGERS = {"cause_area": "routines", "causes": "Ingen visste vem", "measures": "En lista"}
LEX = dict.fromkeys(("event", "consequences", "causes", "assessment", "proposal"), "Utrett")
MEDICAL = {"assignment": "Utred fallet", "result": "Golvet var vått"}
ANALYSIS = {"course": "Först", "causes": "Sedan", "proposals": "Matta"}
TOLD = Notice(notified=True, authority_case_number="IVO 3.1.2-1/2026", registry_number="SN 2026/7")


async def count(work, model):
    return await work.first(select(func.count()).select_from(model))


async def put(work, row, **values):
    """Past every service."""
    async with work.attempt():
        for name, value in values.items():
            setattr(row, name, value)


async def test_a_draft_is_seen_by_its_writer_only_and_sent_it_is_read_only(care):
    report = Report(unit_id=care.units["home_care"].id, laws=(Law.SOL,), what="Hon väntade")
    async with await care.work("reporter") as work:
        draft = await save_draft(work, report)
        assert [mine.state for mine in await my_reports(work)] == [CaseState.DRAFT]
    async with await care.work("boss") as work:
        assert await cases(work) == []
        with pytest.raises(NotFound):
            await get_case(work, draft.id)
    async with await care.work("colleague") as work:
        with pytest.raises(NotFound):
            await my_report(work, draft.id)
    async with await care.work("reporter") as work:
        sent = await send_report(work, draft.id, version=1)
        assert (sent.state, sent.label) == (CaseState.SENT, AccessLabel.PLACE)
        with pytest.raises(Conflict, match="skickad"):
            await save_draft(work, replace(report, what="Annat"), deviation_id=draft.id)
        with pytest.raises(Conflict, match="skickad"):
            await discard_draft(work, draft.id)
    async with await care.work("boss") as work:
        [listed] = await cases(work)
        assert (listed.seen.case.id, listed.opening) == (draft.id, "Hon väntade")
        assert listed.due_on == work.today + timedelta(days=3)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"unit_id": None}, "unitId"),
        ({"laws": ()}, "laws"),
        ({"what": "  "}, "what"),
        ({"type": DeviationType.MISCONDUCT, "laws": (Law.HSL,)}, "laws"),
    ],
)
async def test_what_is_missing_in_a_report_is_told_and_it_stays_a_draft(care, given, field):
    whole = {"unit_id": care.units["home_care"].id, "laws": (Law.SOL,), "what": "Hon väntade"}
    async with await care.work("reporter") as work:
        draft = await save_draft(work, Report(**(whole | given)))
        with pytest.raises(InvalidInput) as refused:
            await send_report(work, draft.id, version=1)
        assert refused.value.field == field
        assert (await my_report(work, draft.id)).state is CaseState.DRAFT


@pytest.mark.parametrize("field", ["what", "whom", "done", "on_behalf_of"])
async def test_a_text_with_a_personal_number_is_not_saved(care, field):
    async with await care.work("reporter") as work:
        with pytest.raises(InvalidInput, match="personnummer") as refused:
            await save_draft(work, Report(**{field: "Hon, 8112189876, föll"}))
        assert refused.value.field == {"on_behalf_of": "onBehalfOf"}.get(field, field)
        assert await count(work, Deviation) == 0


async def test_a_report_of_misconduct_goes_past_the_manager_to_the_officer(care, reported):
    id = await reported(type=DeviationType.MISCONDUCT)

    async with await care.work("boss") as work:
        with pytest.raises(NotFound):
            await get_case(work, id)
    async with await care.work("officer") as work:
        case = await get_case(work, id)
        assert case.seen.case.label is AccessLabel.LEX
        assert case.report.what.startswith("Fru Ek")
        people = await independent_investigators(work, id)
        assert [name for _id, name in people] == ["Ante Ask", "Ulla Utter"]
        await assign_investigator(work, id, investigator_id=people[1][0], version=2)
    async with await care.work("investigator") as work:
        assert [listed.seen.case.id for listed in await cases(work)] == [id]


async def test_a_risk_is_the_product_of_the_two_and_nothing_else(care, reported):
    id = await reported()
    async with await care.work("boss") as work:
        for wrong in ({"severity": 0}, {"severity": 5}, {"probability": 0}, {"probability": 5}):
            with pytest.raises(InvalidInput):
                await assess_risk(work, id, Law.SOL, **({"severity": 2, "probability": 3} | wrong))
        with pytest.raises(InvalidInput, match="6"):
            await assess_risk(work, id, Law.SOL, severity=2, probability=3, value=7)
        with pytest.raises(InvalidInput) as refused:
            await assess_risk(work, id, Law.HSL, severity=2, probability=3)
        assert refused.value.field == "assessedWith"
        with pytest.raises(InvalidInput) as refused:
            await assess_risk(work, id, Law.LSS, severity=2, probability=3)
        assert refused.value.field == "law"
        assert await count(work, DeviationRisk) == 0
        risk = await assess_risk(work, id, Law.SOL, severity=2, probability=3, value=6)
        assert (risk.value, risk.version) == (6, 1)
        with pytest.raises(Conflict):
            await assess_risk(work, id, Law.SOL, severity=3, probability=3, version=0)


async def test_the_database_itself_holds_the_product_and_the_label(care, reported):
    id = await reported()
    async with await care.work("boss") as work:
        await assess_risk(work, id, Law.SOL, severity=2, probability=3)
        for row, change in (
            (await work.first(select(DeviationRisk)), {"value": 7}),
            (await work.get(Deviation, id), {"label": AccessLabel.LEX}),
            (await work.get(Deviation, id), {"assigned_to": care.people["investigator"].id}),
        ):
            with pytest.raises(Conflict):
                await put(work, row, **change)


@pytest.mark.parametrize(
    ("severity", "probability", "asked"),
    [(2, 3, False), (2, 4, True), (3, 1, True), (1, 4, False), (4, 1, True)],
)
async def test_an_event_analysis_is_asked_for_from_risk_8_or_severity_3(
    care, reported, handled, severity, probability, asked
):
    id = await reported(laws=(Law.SOL,))
    await handled(id, laws=(Law.SOL,))
    async with await care.work("boss") as work:
        await assess_risk(work, id, Law.SOL, severity=severity, probability=probability, version=1)
        case = await get_case(work, id)
        assert case.asks_event_analysis is asked
        assert len(await missing_to_close(work, id)) == asked
        if asked:
            with pytest.raises(Conflict, match="händelseanalys"):
                await close_case(work, id, outcome="Klart", version=case.seen.case.version)
            await write_document(
                work, id, FormKind.EVENT, answers=ANALYSIS, version=0, complete=True
            )
        latest = (await get_case(work, id)).seen.case.version
        closed = await close_case(work, id, outcome="Vi har lagt en matta", version=latest)
        assert closed.state is CaseState.CLOSED
    async with await care.work("reporter") as work:
        assert (await my_report(work, id)).outcome == "Vi har lagt en matta"


async def test_a_case_is_not_closed_before_what_it_asks_for_is_there(care, reported):
    id = await reported()
    async with await care.work("boss") as work:
        assert len(await missing_to_close(work, id)) == 3
        with pytest.raises(Conflict):
            await close_case(work, id, outcome="Klart", version=2)
        assert (await work.get(Deviation, id)).closed_at is None


async def test_a_document_is_saved_over_the_version_that_was_seen(care, reported):
    id = await reported()
    async with await care.work("boss") as work:
        first = await write_document(work, id, FormKind.MANAGER, answers=MANAGERS, version=0)
        assert first.version == 1
    async with await care.work("head") as work:
        with pytest.raises(Conflict):
            await write_document(work, id, FormKind.MANAGER, answers=MANAGERS, version=0)
        assert (await work.first(select(DeviationDocument))).version == 1
        with pytest.raises(InvalidInput) as refused:
            await write_document(
                work, id, FormKind.MANAGER, answers={"causes": "Så"}, version=1, complete=True
            )
        assert refused.value.field == "cause_area"
        with pytest.raises(InvalidInput, match="personnummer"):
            await write_document(
                work, id, FormKind.MANAGER, answers={"causes": "811218-9876"}, version=1
            )


async def test_a_suspicion_changes_whom_type_and_label_together_or_nothing(care, reported, version):
    id = await reported()
    before = await version(id)
    async with await care.work("boss") as work:
        case = await work.get(Deviation, id)
        for wrong in ("boss", "head", "reporter", "colleague", "employee"):
            with pytest.raises(InvalidInput) as refused:
                await suspect_misconduct(
                    work,
                    id,
                    investigator_id=care.people[wrong].id,
                    reason="Hårda ord",
                    version=before,
                )
            assert refused.value.field == "investigatorId"
        with pytest.raises(Conflict):
            await suspect_misconduct(
                work,
                id,
                investigator_id=care.people["investigator"].id,
                reason="Hårda ord",
                version=before + 1,
            )
        assert (case.type, case.label, case.assigned_to) == (
            DeviationType.DEVIATION,
            AccessLabel.PLACE,
            None,
        )
        await suspect_misconduct(
            work,
            id,
            investigator_id=care.people["investigator"].id,
            reason="Hårda ord",
            version=before,
        )
        assert (case.type, case.label, case.assigned_to) == (
            DeviationType.MISCONDUCT,
            AccessLabel.LEX,
            care.people["investigator"].id,
        )
        with pytest.raises(NotFound):
            await get_case(work, id)
        assert await cases(work) == []


async def test_the_investigator_may_decline_and_it_goes_back_as_a_deviation(
    care, suspected, version
):
    id = await suspected()
    async with await care.work("investigator") as work:
        await decline_misconduct(work, id, reason="Det är en avvikelse", version=await version(id))
        with pytest.raises(NotFound):
            await get_case(work, id)
    async with await care.work("boss") as work:
        case = await get_case(work, id)
        assert case.seen.case.type is DeviationType.DEVIATION
        assert case.history[-1].row.what is Happened.DECLINED
        assert case.history[-1].note == "Det är en avvikelse"
    async with await care.work("officer") as work:
        with pytest.raises(NotFound):
            await get_case(work, id)


async def test_a_misconduct_is_decided_on_a_completed_investigation_alone(care, suspected, version):
    """What the medical officer has begun by HSL does not hold it up."""
    id = await suspected()
    async with await care.work("medical") as work:
        await write_document(work, id, FormKind.HSL, answers=MEDICAL, version=0)
    decision = {
        "finding": Finding.SERIOUS,
        "reason": "Det var allvarligt",
        "outcome": "Vi har anmält det",
        "notice": TOLD,
    }
    async with await care.work("officer") as work:
        with pytest.raises(Conflict):
            await decide_misconduct(work, id, **decision, version=await version(id))
        assert await count(work, DeviationDecision) == 0
    async with await care.work("investigator") as work:
        await write_document(work, id, FormKind.SOL_LSS, answers=LEX, version=0, complete=True)
    async with await care.work("officer") as work:
        await decide_misconduct(work, id, **decision, version=await version(id))
    async with await care.work("boss") as work:
        case = await get_case(work, id)
        assert [d.reason for d in case.decisions] == ["Det var allvarligt"]
        assert FormKind.SOL_LSS not in {document.kind for document in case.documents}
        assert case.outcome == "Vi har anmält det"
    async with await care.work("reporter") as work:
        assert (await my_report(work, id)).outcome == "Vi har anmält det"


@pytest.mark.parametrize(
    ("notice", "field"),
    [
        (replace(TOLD, authority_case_number=" "), "authorityCaseNumber"),
        (replace(TOLD, notified=False), "authorityCaseNumber"),
        (replace(TOLD, registry_number=""), "registryNumber"),
        (Notice(registry_number="SN 2026/7"), None),
    ],
)
async def test_the_authoritys_number_is_there_when_it_was_told_and_only_then(
    care, reported, notice, field
):
    id = await reported()
    async with await care.work("medical") as work:
        await write_document(work, id, FormKind.HSL, answers=MEDICAL, version=0, complete=True)
        deciding = decide_medical(
            work, id, finding=Finding.MISCONDUCT, reason="Vårdskada", notice=notice
        )
        if field is None:
            await deciding
            assert await count(work, DeviationDecision) == 1
        else:
            with pytest.raises(InvalidInput) as refused:
                await deciding
            assert refused.value.field == field
            assert await count(work, DeviationDecision) == 0


async def test_what_is_serious_is_told_to_the_authority(care, reported):
    id = await reported()
    async with await care.work("medical") as work:
        await write_document(work, id, FormKind.HSL, answers=MEDICAL, version=0, complete=True)
        with pytest.raises(InvalidInput) as refused:
            await decide_medical(
                work,
                id,
                finding=Finding.SERIOUS,
                reason="Vårdskada",
                notice=Notice(registry_number="SN 2026/7"),
            )
        assert refused.value.field == "notified"


async def test_the_database_holds_the_notice_too(care, reported):
    id = await reported()
    async with await care.work("medical") as work:
        await write_document(work, id, FormKind.HSL, answers=MEDICAL, version=0, complete=True)
        await decide_medical(work, id, finding=Finding.MISCONDUCT, reason="Så", notice=TOLD)
        row = await work.first(select(DeviationDecision))
        for name, value in (
            ("authority_case_number", ""),
            ("notified", False),
            ("registry_number", ""),
            ("notified_on", None),
        ):
            with pytest.raises(Conflict):
                await put(work, row, **{name: value})


async def test_who_reads_a_part_does_not_write_it(care, suspected, version):
    id = await suspected()
    async with await care.work("officer") as work:
        with pytest.raises(Forbidden):
            await write_document(work, id, FormKind.SOL_LSS, answers=LEX, version=0)
    async with await care.work("medical") as work:
        with pytest.raises(NotFound):
            await write_document(work, id, FormKind.SOL_LSS, answers=LEX, version=0)
    async with await care.work("boss") as work:
        with pytest.raises(NotFound):
            await write_document(work, id, FormKind.MANAGER, answers=MANAGERS, version=0)
