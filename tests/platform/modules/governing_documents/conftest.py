"""Municipalities with governing documents switched on, and a few documents to begin with."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest

from roder.platform.modules.governing_documents import service, versions
from roder.tenants.files import keep_upload


@pytest.fixture
async def town(new_town):
    return await (await new_town("Östhammar")).switch_on("governing_documents")


@pytest.fixture
async def lund(new_town):
    return await (await new_town("Lund")).switch_on("governing_documents")


@pytest.fixture
def add(town):
    """Adds a guideline of the council that the committee keeps, for the committee's units."""

    async def add(work, **values):
        given = {
            "unit_id": town.units["committee"].id,
            "body_id": town.units["council"].id,
            "title": "Riktlinje för synpunkter",
            "type_key": "riktlinje",
        }
        return await service.add_document(work, **given | values)

    return add


@pytest.fixture
def decided(add):
    """A document with a version that was decided on 1 March 2026."""

    async def come(work, *, valid_from=date(2026, 3, 1), valid_to=None, **values):
        document = await add(work, **values)
        version = await versions.draft_version(work, document.id)
        await versions.decide_version(
            work, version.id, valid_from=valid_from, valid_to=valid_to, **decision_of()
        )
        return document, version

    return come


@pytest.fixture
def with_file(decided):
    """A decided document with a file; gives document, version and file."""

    async def come(work, *, content=b"%PDF-1.7", **values):
        document, version = await decided(work, **values)
        file = await keep_upload(
            work, name="beslut.pdf", media_type="application/pdf", body=BytesIO(content)
        )
        await versions.attach_file(work, version.id, file_id=file.id, title="Beslutad text")
        return document, version, file

    return come


def decision_of(**values):
    return {
        "decided_by": "Kommunfullmäktige",
        "decided_on": date(2026, 2, 24),
        "decided_paragraph": "§ 12",
        "registry_number": "KS-2026-8",
    } | values


@pytest.fixture
def decision():
    """What stands in the minutes."""
    return decision_of
