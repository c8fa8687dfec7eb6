"""A municipality that moves takes its sealed texts with it: opened with a key that somebody keeps
outside the service, who is never the one that fetches the archive."""

from __future__ import annotations

import json
from dataclasses import replace
from zipfile import ZipFile

import pytest
from deviation_care import SAID, with_deviations
from sqlalchemy import select

from roder.infra.errors import Forbidden, InvalidInput
from roder.platform.modules.deviations.models import FormKind, Law
from roder.platform.modules.deviations.recovering import key_state, take_out_key, unlock_texts
from roder.platform.modules.deviations.service import (
    Report,
    assess_risk,
    cases,
    get_case,
    my_report,
    my_reports,
    plan_action,
    report_deviation,
    write_document,
)
from roder.platform.modules.transfer.importing import import_tenant
from roder.tenants.actors import operator
from roder.tenants.entry import load_actor, load_tenant
from roder.tenants.log.access_log import LogEntry
from roder.tenants.models import RoleGrant
from roder.tenants.sealed.keys import KeyLocked, TenantKey
from roder.tenants.sealed.recovery import read_key, written
from roder.tenants.sign_in.assurance import HIGHEST
from roder.tenants.work import open_work

ANSWERS = {"cause_area": "routines", "causes": "Ingen visste vem", "measures": "En lista"}


@pytest.fixture
async def care(town):
    return await with_deviations(town)


@pytest.fixture
async def case(care):
    """A case with a text in each part; its id."""
    report = Report(
        unit_id=care.units["home_care"].id,
        laws=(Law.HSL,),
        what=SAID,
        whom="Fru Ek",
        done="Ringde ambulans",
    )
    async with await care.work("employee") as work:
        id = (await report_deviation(work, report)).id
    async with await care.work("boss") as work:
        await assess_risk(work, id, Law.HSL, severity=2, probability=3, assessed_with="Kim")
        await write_document(work, id, FormKind.MANAGER, answers=ANSWERS, version=0)
        owner = care.people["employee"].id
        await plan_action(work, id, title="Ny list", owner_id=owner, due_on=work.today)
    return id


async def there(elsewhere, care, who):
    """Somebody's work where the archive was read in."""
    tenant = await load_tenant(elsewhere, care.tenant.id)
    async with open_work(elsewhere, tenant, operator(), write=False) as work:
        actor = await load_actor(work, care.people[who].id)
    return open_work(elsewhere, tenant, replace(actor, level=HIGHEST), write=True)


async def texts_of(work, id):
    found = await get_case(work, id)
    return (
        found.report.what,
        found.report.whom,
        found.report.done,
        [risk.assessed_with for risk in found.risks],
        [document.answers for document in found.documents if document.version],
        [action.title for action in found.actions],
    )


ALL = (SAID, "Fru Ek", "Ringde ambulans", ["Kim"], [ANSWERS], ["Ny list"])


async def test_with_the_key_every_text_opens_in_the_other_installation(care, case, pack, elsewhere):
    async with await care.work("keeper") as work:
        _row, key = await take_out_key(work)
    packed = await pack(care.tenant)

    found = await import_tenant(elsewhere, packed.path, recovery_key=key)

    assert (found.manifest.sealed.texts, found.unlocked, found.locked) == ({1: 7}, 7, 0)
    async with await there(elsewhere, care, "boss") as work:
        assert await texts_of(work, case) == ALL
        [old, new] = await work.scalars(select(TenantKey).order_by(TenantKey.number))
        assert (old.number, old.sealed is not None) == (1, True)
        assert (new.number, new.brought) == (2, None)
    async with await there(elsewhere, care, "boss") as work:
        row = await assess_risk(
            work, case, Law.HSL, severity=1, probability=1, assessed_with="Kim", version=1
        )
        assert row.assessed_with[1:5] == (2).to_bytes(4, "big")


async def test_the_archive_holds_no_text_and_no_key(care, case, pack):
    async with await care.work("keeper") as work:
        _row, key = await take_out_key(work)
    packed = await pack(care.tenant)

    with ZipFile(packed.path) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert care.people["boss"].name.encode() in whole
    for text in (SAID, "Fru Ek", "Ringde ambulans", "Ingen visste vem", "Ny list", key):
        assert text.encode() not in whole
        assert text.encode().hex().encode() not in whole
    assert read_key(key).hex().encode() not in whole


async def test_without_the_key_texts_are_locked_until_it_is_given(care, case, pack, elsewhere):
    async with await care.work("keeper") as work:
        _row, key = await take_out_key(work)
    packed = await pack(care.tenant)

    found = await import_tenant(elsewhere, packed.path)

    assert (found.unlocked, found.locked) == (0, 7)
    async with await there(elsewhere, care, "boss") as work:
        with pytest.raises(KeyLocked, match="låsta"):
            await get_case(work, case)
        [listed] = await cases(work)
        assert listed.opening == "Låst: ge nyckeln som följde med den"
    async with await there(elsewhere, care, "employee") as work:
        assert [each.report.what for each in await my_reports(work)] == [listed.opening]
        with pytest.raises(KeyLocked):
            await my_report(work, case)
    async with await there(elsewhere, care, "keeper") as work:
        state = await key_state(work)
        assert (state.locked.count, state.locked.without_key) == (7, 0)
        with pytest.raises(InvalidInput, match="öppnar ingen"):
            await unlock_texts(work, written(bytes(range(32))))
        with pytest.raises(InvalidInput, match="inte hela nyckeln"):
            await unlock_texts(work, key[:-2])
    async with await there(elsewhere, care, "keeper") as work:
        assert await unlock_texts(work, f" {key.lower()}\n") == 7
        assert (await key_state(work)).locked.count == 0
    async with await there(elsewhere, care, "boss") as work:
        assert await texts_of(work, case) == ALL


async def test_an_archive_that_nobody_has_a_key_to_says_so(care, case, pack, elsewhere):
    packed = await pack(care.tenant)
    assert packed.manifest["sealed"] == {"texts": {"1": 7}, "keys": {"1": []}}

    found = await import_tenant(elsewhere, packed.path)

    assert (found.locked, found.manifest.sealed.without_key) == (7, 7)
    async with await care.work("keeper") as work:
        _row, key = await take_out_key(work)
    async with await there(elsewhere, care, "keeper") as work:
        with pytest.raises(InvalidInput):
            await unlock_texts(work, key)


async def test_a_wrong_key_brings_nothing_in(care, case, pack, elsewhere):
    async with await care.work("keeper") as work:
        await take_out_key(work)
    packed = await pack(care.tenant)

    with pytest.raises(InvalidInput, match="öppnar ingen"):
        await import_tenant(elsewhere, packed.path, recovery_key=written(bytes(32)))

    await import_tenant(elsewhere, packed.path)


async def test_locked_texts_move_on_as_they_came(care, case, pack, elsewhere, tmp_path):
    """With the key of the first installation; the second adds nothing to what it cannot open."""
    async with await care.work("keeper") as work:
        await take_out_key(work)
    first = await pack(care.tenant)
    await import_tenant(elsewhere, first.path)

    second = await pack(await load_tenant(elsewhere, care.tenant.id), elsewhere)

    one, two = first.manifest["sealed"], second.manifest["sealed"]
    assert two["texts"] == {"1": 7}
    assert two["keys"]["1"] == one["keys"]["1"]
    assert sorted(two["keys"]) == ["1", "2"]
    assert second.rows("deviations") == first.rows("deviations")


@pytest.mark.parametrize("who", ["administrator", "boss", "officer", "employee"])
async def test_nobody_but_the_keeper_takes_out_the_key(care, case, who):
    async with await care.work(who) as work:
        with pytest.raises(Forbidden):
            await take_out_key(work)
    async with await care.work(write=False) as work:
        assert await work.scalars(select(TenantKey.brought)) == [None]


async def test_who_can_fetch_the_archive_never_has_the_key_as_well(care, case):
    async with await care.work("boss") as work:
        work.add(RoleGrant(person_id=care.people["administrator"].id, role="deviation_keeper"))
    async with await care.work("administrator") as work:
        with pytest.raises(Forbidden, match="Någon annan"):
            await take_out_key(work)


async def test_the_keeper_fetches_no_archive_and_reads_no_case(care, case):
    async with await care.work("keeper") as work:
        assert not work.allows("tenant.export")
        assert not work.allows("deviations.read")


async def test_taking_out_and_giving_the_key_are_in_the_access_log(care, case, pack, elsewhere):
    async with await care.work("keeper") as work:
        row, key = await take_out_key(work)
    packed = await pack(care.tenant)
    await import_tenant(elsewhere, packed.path)
    async with await there(elsewhere, care, "keeper") as work:
        await unlock_texts(work, key)

    async with await care.work(write=False) as work:
        [entry] = await work.scalars(select(LogEntry).where(LogEntry.kind == "recovery_key"))
        assert (entry.action, entry.records) == ("export", [row.id])
        assert entry.person_id == care.people["keeper"].id
        assert key not in json.dumps(entry.detail)
    async with await there(elsewhere, care, "keeper") as work:
        given = await work.scalars(
            select(LogEntry).where(LogEntry.kind == "recovery_key", LogEntry.action == "import")
        )
        assert [each.detail for each in given] == [{"texts": "7"}]


async def test_a_new_key_ends_the_one_before_which_still_opens_its_archives(
    care, case, pack, elsewhere
):
    async with await care.work("keeper") as work:
        first, key = await take_out_key(work)
    packed = await pack(care.tenant)
    async with await care.work("keeper") as work:
        second, other = await take_out_key(work)
        standing = (await key_state(work)).standing
        assert (standing.id, first.id != second.id, key != other) == (second.id, True, True)

    with pytest.raises(InvalidInput):
        await import_tenant(elsewhere, packed.path, recovery_key=other)
    found = await import_tenant(elsewhere, packed.path, recovery_key=key)
    assert found.locked == 0
