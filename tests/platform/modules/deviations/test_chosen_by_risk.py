"""The register is narrowed by the risks that whoever looks may see, and tells of no others."""

from roder.platform.modules.deviations.models import Law
from roder.platform.modules.deviations.service import (
    Wanted,
    assess_risk,
    cases,
    count_cases,
    suspect_misconduct,
)


async def found(care, who, lowest):
    async with await care.work(who, write=False) as work:
        wanted = Wanted(risk_from=lowest)
        shown = [each.seen.case.id for each in await cases(work, wanted)]
        assert await count_cases(work, wanted) == len(shown)
        return shown


async def test_a_risk_is_looked_for_from_its_value_on(care, reported):
    id = await reported()
    async with await care.work("boss") as work:
        await assess_risk(work, id, Law.SOL, severity=3, probability=3)

    assert await found(care, "boss", 9) == [id]
    assert await found(care, "boss", 10) == []


async def test_the_medical_officer_does_not_find_out_the_risk_by_another_law(care, reported):
    id = await reported()
    async with await care.work("boss") as work:
        await assess_risk(work, id, Law.SOL, severity=4, probability=4)
        await assess_risk(work, id, Law.HSL, severity=2, probability=2, assessed_with="Kollegor")

    assert await found(care, "medical", 4) == [id]
    assert await found(care, "medical", 5) == []


async def test_a_manager_does_not_find_by_its_risk_what_is_handed_over(care, reported, version):
    id = await reported()
    async with await care.work("boss") as work:
        await assess_risk(work, id, Law.SOL, severity=4, probability=4)
    async with await care.work("boss") as work:
        await suspect_misconduct(
            work,
            id,
            investigator_id=care.people["investigator"].id,
            reason="Det har hänt förr",
            version=await version(id),
        )

    assert await found(care, "boss", 1) == []
    assert await found(care, "investigator", 16) == [id]
