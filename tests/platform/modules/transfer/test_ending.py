"""A municipality is erased as decided, wholly, also when it is stopped; no other is touched."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO

import pypdf
import pytest
from full_town import full
from pydantic import SecretStr
from sqlalchemy import update

from roder.infra.errors import Conflict, NotFound
from roder.infra.frames import MAGIC, Unreadable, open_whole
from roder.platform.modules.transfer import ending
from roder.platform.modules.transfer.certificate import is_ours
from roder.platform.modules.transfer.ending import erase_tenant, tables
from roder.platform.modules.transfer.erasing import ask_for_erasure, confirm_erasure
from roder.platform.modules.transfer.models import TenantErasure
from roder.tenants.actors import operator
from roder.tenants.entry import all_tenants, enter, find_tenant, load_actor
from roder.tenants.files import keep_upload
from roder.tenants.models import Person, RoleGrant
from roder.tenants.rows import uuid7
from roder.tenants.sealed.keys import KeyDestroyed, keys_to_open
from roder.tenants.tokens.tokens import create_token
from roder.tenants.work import open_work


async def decide(runtime, tenant, *, days: int = 0) -> None:
    """Two administrators have decided, and the notice has `days` left."""
    async with open_work(runtime, tenant, operator(), write=True) as work:
        await work.execute(update(TenantErasure).values(withdrawn_at=work.now))
        people = [Person(id=uuid7(), name=n, email=f"{n}@example.org") for n in ("Ada", "Bea")]
        work.add(*people)
        await work.flush()
        work.add(*(RoleGrant(person_id=p.id, role="full_administrator") for p in people))
        ids = [person.id for person in people]
    ada, bea = [await person(runtime, tenant, id) for id in ids]
    async with open_work(runtime, tenant, ada, write=True) as work:
        erasure = await ask_for_erasure(work, reason="Avtalet är uppsagt")
    async with open_work(runtime, tenant, bea, write=True) as work:
        await confirm_erasure(work, erasure.id)
    async with open_work(runtime, tenant, operator(), write=True) as work:
        due = work.today + timedelta(days=days)
        await work.execute(
            update(TenantErasure).where(TenantErasure.id == erasure.id).values(due_on=due)
        )


async def person(runtime, tenant, id):
    async with open_work(runtime, tenant, operator(), write=False) as work:
        return await load_actor(work, id)


async def left(runtime, tenant) -> dict[str, int]:
    """The rows that are left, by table."""
    async with open_work(runtime, tenant, operator(), write=False) as work:
        found = {}
        for table in tables():
            sql = f"select count(*) from {table.name} where {table.name}.tenant_id = $1"
            found[table.name] = (await work.raw(sql, [tenant.id]))[0][0]
    return {name: count for name, count in found.items() if count}


async def stored(runtime, prefix) -> list[str]:
    return [key async for keys in runtime.storage.keys(prefix) for key in keys]


async def test_the_whole_demonstration_is_erased_and_the_other_one_is_untouched(
    runtime, other_town
):
    town = await full(runtime)
    before = await left(runtime, other_town.tenant)
    await decide(runtime, town.tenant)
    there = await left(runtime, town.tenant)
    files = await stored(runtime, f"{town.tenant.id}/")

    ended = await erase_tenant(runtime, slug=town.tenant.slug, batch=50)

    assert await left(runtime, town.tenant) == {}
    assert await stored(runtime, f"{town.tenant.id}/") == []
    assert await left(runtime, other_town.tenant) == before
    said = ended.certificate
    assert {name: count for name, count in said.rows.items() if count} == there
    assert (said.files, len(files)) == (len(files), len(files)) > (2, 2)
    assert said.log_entries == there["access_log"] > 0
    assert town.tenant.id not in [tenant.id for tenant in await all_tenants(runtime)]


@pytest.fixture
async def used(town):
    """A municipality with a file and a key, whose notice is over."""
    async with await town.work() as work:
        body = BytesIO(b"Fru Ek")
        file = await keep_upload(work, name="a.txt", media_type="text/plain", body=body)
        made = await create_token(work, name="Prov", person_id=work.actor.id)
        town.kept = await work.storage.get(file.key)
        town.place = file.key
        town.secret = (await keys_to_open(work)).key(1)
    town.key = made.key
    await decide(town.runtime, town.tenant)
    return town


async def test_nobody_comes_in_any_more_and_the_address_is_free(used, runtime):
    await enter(runtime, used.tenant.slug, bearer=used.key)

    await erase_tenant(runtime, slug=used.tenant.slug)

    with pytest.raises(NotFound):
        await enter(runtime, used.tenant.slug, bearer=used.key)
    with pytest.raises(NotFound):
        await find_tenant(runtime, used.tenant.slug)
    with pytest.raises(NotFound):
        await erase_tenant(runtime, slug=used.tenant.slug)


async def test_a_copy_of_a_file_cannot_be_read_without_the_key_that_is_gone(used, runtime):
    assert used.kept.startswith(MAGIC)
    assert open_whole(used.kept, used.secret, place=used.place) == b"Fru Ek"

    await erase_tenant(runtime, slug=used.tenant.slug)

    async with open_work(runtime, used.tenant, operator(), write=False) as work:
        keys = await keys_to_open(work)
        with pytest.raises(KeyDestroyed):
            keys.key(1)
    with pytest.raises(Unreadable):
        open_whole(used.kept, bytes(32), place=used.place)


async def test_the_certificate_is_kept_and_signed_and_names_nobody(used, runtime):
    ended = await erase_tenant(runtime, slug=used.tenant.slug)

    place = f"certificates/{used.tenant.id}"
    assert await stored(runtime, place) == [f"{place}/certificate.json", f"{place}/certificate.pdf"]
    assert await runtime.storage.get(f"{place}/certificate.json") == ended.json
    secret = runtime.settings.secret_key
    assert is_ours(ended.json, secret)
    assert not is_ours(ended.json, SecretStr("another-secret-of-32-characters-or-more"))
    for changed in (
        ended.json.replace(b'"notice_days": 30', b'"notice_days": 31'),
        ended.json.replace(b"stermam", b"stermas"),
        b"{}",
        b"",
        b"[]",
    ):
        assert changed == ended.json or not is_ours(changed, secret)
    pages = pypdf.PdfReader(BytesIO(ended.pdf)).pages
    text = "\n".join(page.extract_text() for page in pages)
    for word in (
        "Raderingsintyg",
        "Östhammar",
        str(used.tenant.id),
        ended.certificate.backups_until,
    ):
        assert word in text
    for name in ("Asta", "Ada", "Bea", "Mona"):
        assert name not in text
        assert name.encode() not in ended.json
    said = json.loads(ended.json)["certificate"]
    assert (said["keys"], said["notice_days"]) == (1, 30)
    assert said["rows"]["people"] == 7


@pytest.mark.parametrize("days", [1, 30])
async def test_nothing_happens_before_the_notice_is_over(town, runtime, days):
    await decide(runtime, town.tenant, days=days)
    before = await left(runtime, town.tenant)

    with pytest.raises(Conflict, match="Uppsägningstiden"):
        await erase_tenant(runtime, slug=town.tenant.slug)

    assert await left(runtime, town.tenant) == before
    assert (await find_tenant(runtime, town.tenant.slug)).id == town.tenant.id


async def test_nothing_happens_that_two_have_not_decided(town, runtime):
    with pytest.raises(Conflict, match="Två huvudadministratörer"):
        await erase_tenant(runtime, slug=town.tenant.slug)
    async with await town.work() as work:
        await ask_for_erasure(work, reason="Prov")
    with pytest.raises(Conflict, match="Två huvudadministratörer"):
        await erase_tenant(runtime, slug=town.tenant.slug)


class Killed(BaseException):
    pass


STEPS = ["_close", "_make_plan", "_empty", "_certify", "_bury"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
async def test_it_can_be_stopped_at_any_step_and_run_again_with_the_same_end(
    used, runtime, monkeypatch, step, after
):
    there = await left(runtime, used.tenant)
    real, times = getattr(ending, step), 0

    async def killed(*given, **more):
        nonlocal times
        times += 1
        if step == "_empty" and times < 20:
            return await real(*given, **more)
        if after:
            await real(*given, **more)
        raise Killed

    monkeypatch.setattr(ending, step, killed)
    with pytest.raises(Killed):
        await erase_tenant(runtime, slug=used.tenant.slug)
    monkeypatch.setattr(ending, step, real)

    if (step, after) == ("_bury", True):
        with pytest.raises(NotFound):
            await erase_tenant(runtime, slug=used.tenant.slug)
        assert await stored(runtime, f"certificates/{used.tenant.id}/certificate.json") != []
    else:
        ended = await erase_tenant(runtime, slug=used.tenant.slug)
        rows = {name: count for name, count in ended.certificate.rows.items() if count}
        assert rows == there
    assert await left(runtime, used.tenant) == {}
    assert await stored(runtime, f"{used.tenant.id}/") == []
