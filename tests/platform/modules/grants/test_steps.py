"""The states of a grant, what each asks for, and the money."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from roder.infra.errors import Conflict, InvalidInput
from roder.platform.modules.grants import deadlines, money, service, steps
from roder.platform.modules.grants.holding import sums_of
from roder.platform.modules.grants.models import (
    Grant,
    GrantMoney,
    GrantState,
    GrantStep,
    MoneyKind,
)
from roder.platform.modules.grants.rules import FOLLOWS, Sums

S = GrantState
DAY = date(2026, 3, 1)


async def book(work, grant, kind, amount):
    return await money.add_money(
        work, grant.id, kind=MoneyKind(kind), booked_on=DAY, amount=Decimal(amount)
    )


async def test_a_grant_goes_all_the_way(town, grant_of, decision):
    person = town.people["manager"].id
    async with await town.work("manager") as work:
        grant = await grant_of(work, "applied", responsible_id=person)
        await steps.decide_grant(work, grant.id, **decision(decided_paragraph="§ 4"))
        await book(work, grant, "paid", 800)
        await steps.begin_use(work, grant.id)
        await book(work, grant, "used", "600.25")
        await steps.report_grant(work, grant.id)
        await steps.claim_grant(work, grant.id, claimed=Decimal("199.75"))
        await book(work, grant, "returned", "199.75")
        await steps.close_grant(work, grant.id)

    async with await town.work("auditor", write=False) as work:
        kept = await service.get_grant(work, grant.id)
        taken = await steps.steps_of(work, grant.id)
        sums = (await sums_of(work, [grant.id]))[grant.id]
        (final,) = await deadlines.deadlines_of(work, [grant.id])
    assert (kept.state, kept.granted, kept.claimed) == (S.CLOSED, Decimal(800), Decimal("199.75"))
    assert (kept.decided_by, kept.decided_on) == ("Socialstyrelsen", date(2026, 2, 3))
    assert (kept.decided_paragraph, kept.registry_number) == ("§ 4", "SN-2026-12")
    assert sums == Sums(Decimal("800.00"), Decimal("600.25"), Decimal("199.75"))
    assert sums.left == 0
    assert [step.state for step in taken] == [
        *(S.SEARCH, S.APPLIED, S.GRANTED, S.IN_USE, S.REPORTED, S.CLAIMED, S.CLOSED)
    ]
    assert {step.taken_by for step in taken} == {person}
    assert (final.done_on, final.done_by) == (work.today, person)


async def take(work, id, to, decision):
    given = {
        S.APPLIED: lambda: steps.apply_for_grant(work, id),
        S.GRANTED: lambda: steps.decide_grant(work, id, **decision()),
        S.REFUSED: lambda: steps.decide_grant(work, id, **decision(approved=False, granted=None)),
        S.IN_USE: lambda: steps.begin_use(work, id),
        S.REPORTED: lambda: steps.report_grant(work, id, note="Klart"),
        S.CLAIMED: lambda: steps.claim_grant(work, id, claimed=Decimal(1)),
        S.CLOSED: lambda: steps.close_grant(work, id, note="Klart"),
    }
    return await given[to]()


async def test_only_what_follows_can_follow(town, add, decision):
    person = town.people["manager"].id
    for state in S:
        async with await town.work() as work:
            grant = await add(work, sought=Decimal(5), responsible_id=person)
            grant.state, grant.granted = state, Decimal(800)
            await work.flush()
            id = grant.id
            if state not in (S.SEARCH, S.APPLIED, S.REFUSED, S.CLOSED):
                await book(work, grant, "paid", 800)
            for to in set(S) - {S.SEARCH} - set(FOLLOWS[state]):
                with pytest.raises(Conflict):
                    async with work.attempt():
                        await take(work, id, to, decision)
            for to in FOLLOWS[state]:
                try:
                    async with work.attempt():
                        await take(work, id, to, decision)
                        assert (await service.get_grant(work, id)).state is to
                        raise RuntimeError("back again")
                except RuntimeError:
                    pass
            rows = select(func.count()).select_from(GrantStep).where(GrantStep.grant_id == id)
            assert await work.first(rows) == 1


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({"decided_on": None}, "decidedOn", "dag"),
        ({"decided_by": " "}, "decidedBy", "vem"),
        ({"registry_number": ""}, "registryNumber", "diarienumret"),
        ({"granted": None}, "granted", "beviljats"),
        ({"granted": Decimal(0)}, "granted", "större än noll"),
        ({"decided_on": date(2099, 1, 1)}, "decidedOn", "eslut"),
        ({"approved": False}, "granted", "avslås"),
        ({"approved": False, "granted": None, "registry_number": ""}, "registryNumber", "diarie"),
    ],
)
async def test_a_decision_needs_its_day_number_and_amount(
    town, grant_of, decision, values, field, told
):
    async with await town.work() as work:
        grant = await grant_of(work, "applied")
        with pytest.raises(InvalidInput, match=told) as refused:
            async with work.attempt():
                await steps.decide_grant(work, grant.id, **decision(**values))
        assert refused.value.field == field
        await work.session.refresh(grant)
        assert (grant.state, grant.granted, grant.decided_on) == (S.APPLIED, None, None)
        assert len(await steps.steps_of(work, grant.id)) == 2


async def test_other_steps_say_what_they_need(town, add, grant_of):
    async with await town.work() as work:
        bare = await add(work)
        with pytest.raises(InvalidInput, match="beloppet som söks"):
            await steps.apply_for_grant(work, bare.id)
        with pytest.raises(InvalidInput, match="varför det slutar"):
            await steps.close_grant(work, bare.id)
        granted = await grant_of(work, "granted")
        with pytest.raises(InvalidInput, match="vem som ansvarar"):
            await steps.begin_use(work, granted.id)
        person = town.people["manager"].id
        used = await grant_of(work, "in_use", responsible_id=person)
        with pytest.raises(InvalidInput, match="vad pengarna"):
            await steps.report_grant(work, used.id)
        await book(work, used, "paid", 800)
        await book(work, used, "used", 500)
        await steps.report_grant(work, used.id)
        with pytest.raises(InvalidInput, match="300 kr är varken"):
            await steps.close_grant(work, used.id)
        with pytest.raises(InvalidInput, match="801 kr kan inte"):
            async with work.attempt():
                await steps.claim_grant(work, used.id, claimed=Decimal(801))
        await work.session.refresh(used)
        await steps.claim_grant(work, used.id, claimed=Decimal(300))
        await book(work, used, "returned", 100)
        with pytest.raises(InvalidInput, match="100 kr av 300 kr"):
            await steps.close_grant(work, used.id)
        await steps.close_grant(work, used.id, note="Giver har efterskänkt resten")
        await work.session.refresh(bare)
        await work.session.refresh(granted)
        assert (bare.state, granted.state, used.state) == (S.SEARCH, S.GRANTED, S.CLOSED)


async def test_a_step_is_taken_back_with_what_it_brought(town, grant_of, decision):
    async with await town.work() as work:
        grant = await grant_of(work, "granted")
        with pytest.raises(InvalidInput, match="varför"):
            await steps.step_back(work, grant.id, note=" ")
        row = await book(work, grant, "paid", 10)
        with pytest.raises(Conflict, match="pengar"):
            await steps.step_back(work, grant.id, note="Fel bidrag")
        await money.remove_money(work, row.id)
        await steps.step_back(work, grant.id, note="Fel bidrag")
        assert (grant.state, grant.granted, grant.registry_number) == (S.APPLIED, None, "")
        await steps.step_back(work, grant.id, note="Inte sökt")
        assert grant.state is S.SEARCH
        with pytest.raises(Conflict, match="började"):
            await steps.step_back(work, grant.id, note="Mer")
        await steps.apply_for_grant(work, grant.id)
        await steps.close_grant(work, grant.id, note="Drogs tillbaka")
        await steps.step_back(work, grant.id, note="Söks ändå")
        assert grant.state is S.APPLIED
        taken = [
            (step.state, step.back, step.note) for step in await steps.steps_of(work, grant.id)
        ]
    assert taken == [
        (S.SEARCH, False, ""),
        (S.APPLIED, False, ""),
        (S.GRANTED, False, ""),
        (S.APPLIED, True, "Fel bidrag"),
        (S.SEARCH, True, "Inte sökt"),
        (S.APPLIED, False, ""),
        (S.CLOSED, False, "Drogs tillbaka"),
        (S.APPLIED, True, "Söks ändå"),
    ]


async def test_a_closed_grant_is_not_changed(town, grant_of):
    async with await town.work() as work:
        grant = await grant_of(work, "granted")
        row = await book(work, grant, "paid", 10)
        await steps.close_grant(work, grant.id, note="Tackade nej")
        for change in (
            service.change_grant(work, grant.id, name="Nytt"),
            book(work, grant, "paid", 10),
            money.remove_money(work, row.id),
            steps.close_grant(work, grant.id, note="Igen"),
        ):
            with pytest.raises(Conflict, match="avslutat"):
                await change
        assert await work.first(select(func.count()).select_from(GrantMoney)) == 1


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((("paid", "800.01"),), "800,01 kr skulle vara utbetalt av 800 kr"),
        ((("used", 801),), "801 kr skulle vara använt av 800 kr"),
        ((("paid", 500), ("returned", 501)), "501 kr skulle vara återbetalt av 500 kr"),
        ((("paid", 0),), "större än noll"),
        ((("paid", "-5"),), "större än noll"),
        ((("paid", "1.005"),), "två decimaler"),
    ],
)
async def test_money_that_does_not_hang_together_is_refused(town, grant_of, rows, told):
    async with await town.work() as work:
        grant = await grant_of(work, "granted")
        *first, last = rows
        for kind, amount in first:
            await book(work, grant, kind, amount)
        with pytest.raises(InvalidInput, match=told) as refused:
            await book(work, grant, *last)
        assert refused.value.field == "amount"
        assert len(await money.money_of(work, [grant.id])) == len(first)


async def test_more_is_paid_than_granted_when_it_says_why(town, grant_of):
    async with await town.work() as work:
        grant = await grant_of(work, "granted")
        await service.change_grant(work, grant.id, overpaid_reason="Uppräknat av givaren")
        await book(work, grant, "paid", 900)
        with pytest.raises(InvalidInput, match="900 kr"):
            async with work.attempt():
                await service.change_grant(work, grant.id, overpaid_reason="")
        await work.session.refresh(grant)
        await book(work, grant, "used", 900)
        assert (await sums_of(work, [grant.id]))[grant.id].left == 0


async def test_a_payment_that_others_rest_on_is_not_taken_away(town, grant_of):
    async with await town.work() as work:
        grant = await grant_of(work, "granted")
        paid = await book(work, grant, "paid", 500)
        await book(work, grant, "returned", 200)
        with pytest.raises(InvalidInput, match="200 kr skulle vara återbetalt av 0 kr"):
            await money.remove_money(work, paid.id)
        with pytest.raises(InvalidInput, match="500 kr"):
            async with work.attempt():
                await service.change_grant(work, grant.id, granted=Decimal(400))
        await work.session.refresh(grant)
        assert len(await money.money_of(work, [grant.id])) == 2


async def test_there_is_no_money_before_the_decision_nor_on_a_day_to_come(town, grant_of):
    async with await town.work() as work:
        applied = await grant_of(work, "applied")
        with pytest.raises(Conflict, match="beviljat"):
            await book(work, applied, "paid", 5)
        granted = await grant_of(work, "granted")
        with pytest.raises(InvalidInput, match="Dagen"):
            await money.add_money(
                work,
                granted.id,
                kind=MoneyKind.PAID,
                booked_on=work.today + timedelta(days=1),
                amount=Decimal(1),
            )
        assert await work.scalars(select(GrantMoney)) == []


async def test_what_was_decided_is_mended_afterwards(town, grant_of):
    async with await town.work() as work:
        grant = await grant_of(work, "granted")
        await service.change_grant(
            work, grant.id, granted=Decimal(750), registry_number="SN-2026-13"
        )
        with pytest.raises(InvalidInput) as refused:
            await service.change_grant(work, grant.id, registry_number="")
        assert refused.value.field == "registryNumber"
    async with await town.work(write=False) as work:
        kept = await work.get(Grant, grant.id)
    assert (kept.granted, kept.decided_by) == (Decimal(750), "Socialstyrelsen")
