"""What whoever runs the service does with a whole municipality, at the terminal."""

import asyncio
import json
from io import BytesIO

import pytest
from deviation_care import SAID, with_deviations
from sqlalchemy import func, select, update

from roder.platform.cli import main
from roder.platform.modules.deviations.models import Law
from roder.platform.modules.deviations.service import Report, report_deviation
from roder.platform.modules.transfer.erasing import ask_for_erasure, confirm_erasure
from roder.platform.modules.transfer.models import TenantErasure
from roder.tenants.files import keep_upload, load_upload
from roder.tenants.models import Person, RoleGrant, StoredFile
from roder.tenants.rows import uuid7
from roder.tenants.sealed.recovery import take_out


@pytest.fixture
def roder(monkeypatch, capsys):
    """Gives a command on an installation: its exit code, what it said, its complaint."""

    async def run(runtime, *words):
        settings = runtime.settings
        for name in ("database_url", "owner_database_url", "s3_bucket", "s3_endpoint"):
            monkeypatch.setenv(f"RODER_{name.upper()}", getattr(settings, name))
        monkeypatch.setenv("RODER_SECRET_KEY", settings.secret_key.get_secret_value())
        capsys.readouterr()
        code = await asyncio.to_thread(main, [str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out.strip(), said.err.strip()

    return run


async def test_a_municipality_is_brought_in_and_brought_in_only_once(roder, town, pack, elsewhere):
    packed = await pack(town.tenant)

    code, said, _complaint = await roder(elsewhere, "import-tenant", packed.path, "--dry-run")
    assert (code, said.startswith("Arkivet är helt och passar.")) == (0, True)
    words = ["import-tenant", packed.path, "--slug", "osthammar"]
    code, said, _complaint = await roder(elsewhere, *words)
    assert code == 0
    assert said.startswith("Östhammar finns här")
    assert said.endswith("http://127.0.0.1:8000/osthammar")
    code, _said, complaint = await roder(elsewhere, *words)
    assert (code, complaint) == (1, "Kommunen finns redan här, eller har raderats här.")


async def decided(town):
    async with await town.work() as work:
        second = Person(id=uuid7(), name="Bo Bas", email="bo@example.org")
        work.add(second)
        await work.flush()
        work.add(RoleGrant(person_id=second.id, role="full_administrator"))
    town.people["second"] = second
    async with await town.work() as work:
        erasure = await ask_for_erasure(work, reason="Prov")
    async with await town.work("second") as work:
        await confirm_erasure(work, erasure.id)
    async with await town.work() as work:
        today = update(TenantErasure).where(TenantErasure.id == erasure.id)
        await work.execute(today.values(due_on=work.today))


async def test_a_municipality_is_erased_and_its_certificate_handed_over(
    roder, town, runtime, tmp_path
):
    await decided(town)
    slug = town.tenant.slug
    words = ["erase-tenant", slug, "--certificate-to", tmp_path, "--confirm"]

    code, _said, complaint = await roder(runtime, *words, "nagot-annat")
    assert (code, complaint.startswith("Skriv adressen en gång till")) == (1, True)
    assert await count(town) == 6

    code, said, _complaint = await roder(runtime, *words, slug)

    assert code == 0
    assert "Östhammar är raderad" in said
    assert await count(town) == 0
    file = tmp_path / f"{slug}-certificate.json"
    assert (tmp_path / f"{slug}-certificate.pdf").read_bytes()[:4] == b"%PDF"
    assert (await roder(runtime, "verify-certificate", file))[0] == 0
    changed = json.loads(file.read_text())
    changed["certificate"]["notice_days"] = 90
    file.write_text(json.dumps(changed))
    assert (await roder(runtime, "verify-certificate", file))[0] == 1


async def count(town) -> int:
    from roder.tenants.actors import operator
    from roder.tenants.work import open_work

    async with open_work(town.runtime, town.tenant, operator(), write=False) as work:
        return await work.first(select(func.count(Person.id)))


async def test_keys_are_rotated_and_sealed_anew(roder, town, runtime, tmp_path):
    async with await town.work() as work:
        body = BytesIO(b"abc")
        await keep_upload(work, name="a", media_type="text/plain", body=body)

    code, said, _complaint = await roder(runtime, "keys", "rotate", town.tenant.slug)
    assert (code, "Östhammar har nyckel 2." in said) == (0, True)
    code, said, _complaint = await roder(runtime, "keys", "encrypt", town.tenant.slug)
    assert (code, said) == (0, "1 filer krypterades med den nyaste nyckeln.")
    old = tmp_path / "old"
    old.write_text(runtime.settings.secret_key.get_secret_value())
    code, said, _complaint = await roder(runtime, "keys", "reseal", "--old-secret-file", old)
    assert (code, said.split()[0]) == (0, "0")
    async with await town.work(write=False) as work:
        [file] = await work.scalars(select(StoredFile))
        assert file.key_number == 2
        assert (await load_upload(work, file.id, most=9))[1] == b"abc"


async def test_sealed_texts_are_told_of_and_opened_at_the_terminal(
    roder, town, pack, elsewhere, tmp_path
):
    care = await with_deviations(town)
    async with await care.work() as work:
        _row, key = await take_out(work)
    report = Report(unit_id=care.units["home_care"].id, laws=(Law.SOL,), what=SAID)
    async with await care.work("employee") as work:
        await report_deviation(work, report)
    packed = await pack(care.tenant)
    file = tmp_path / "nyckel.txt"
    file.write_text(f"{key}\n")

    code, said, _complaint = await roder(elsewhere, "import-tenant", packed.path)
    slug = town.tenant.slug
    told = said.splitlines()[-1]
    assert (code, told.startswith("2 förseglade texter är låsta. De öppnas med")) == (0, True)
    assert told.endswith(f": roder unlock-tenant {slug} --recovery-key-file <fil>")
    words = ["unlock-tenant", slug, "--recovery-key-file", file]
    code, said, _complaint = await roder(elsewhere, *words)
    assert (code, said) == (0, "2 förseglade texter är öppnade med nyckeln.")
    code, _said, complaint = await roder(elsewhere, *words)
    assert (code, complaint) == (1, "Nyckeln öppnar ingen av de låsta texterna.")
