"""Governing documents through the API: from a draft to the units' answers."""

from __future__ import annotations

from io import BytesIO

import asking
import pytest
from sqlalchemy import select

from roder.platform.modules.governing_documents.models import GoverningDocument
from roder.tenants.files import keep_upload


@pytest.fixture
def ask(town):
    async def ask(query, who="administrator", **values):
        return await asking.ask(town, who, query, **values)

    return ask


@pytest.fixture
def change(ask):
    """A mutation by its name, the type of its input and what to ask of the answer."""

    async def change(name, kind, shown, /, who="administrator", **given):
        data = await ask(
            f"mutation ($input: {kind}!) {{ {name}(input: $input) "
            f"{{ __typename ... on Problem {{ code message field }} {shown} }} }}",
            who,
            input=given,
        )
        return data[name]

    return change


def on(kind, fields):
    return f"... on {kind} {{ {fields} }}"


async def test_a_document_goes_from_a_draft_to_the_answers_of_units(town, ask, change):
    document = await drafted(town, ask, change)
    await decided(town, change, document)
    await asked_and_answered(town, change, document)

    found = (
        await ask(
            f'{{ governingDocument(id: "{document["id"]}") {{ title number state applies '
            "body { name } unit { name } superior { title } inferiors { title } "
            "versions { number decidedBy decidedParagraph registryNumber validFrom validTo "
            "files { title file { name } } } "
            "assignments { text kind dueOn answers { state text steps { text } } links { id } } "
            "} }",
            "employee",
        )
    )["governingDocument"]
    assert found["state"] == "VALID"
    assert found["versions"] == [
        {
            "number": 1,
            "decidedBy": "Kommunfullmäktige",
            "decidedParagraph": "§ 118",
            "registryNumber": "KS-2025-402",
            "validFrom": "2026-01-01",
            "validTo": None,
            "files": [{"title": "budget.pdf", "file": {"name": "budget.pdf"}}],
        }
    ]
    assert {answer["state"] for answer in found["assignments"][0]["answers"]} == {
        "DONE",
        "NOT_BEGUN",
    }
    overview = (
        await ask("{ documentFollowUp { whole { done notBegun total } units { name done } } }")
    )["documentFollowUp"]
    assert overview["whole"] == {"done": 1, "notBegun": 1, "total": 2}
    assert overview["units"] == [
        {"name": "Barn- och utbildningsnämnden", "done": 0},
        {"name": "Hemtjänst Öst", "done": 1},
    ]
    listed = await ask(
        '{ governingDocuments(state: VALID, words: "budget") { totalCount nodes { id } } }'
    )
    assert listed["governingDocuments"] == {
        "totalCount": 1,
        "nodes": [{"id": document["id"]}],
    }


async def drafted(town, ask, change):
    council = f"Unit:{town.units['council'].id}"
    types = await ask("{ governingDocumentTypes { key aim rank governsAll } }")
    assert types["governingDocumentTypes"][0] == {
        "key": "budget",
        "aim": "GOALS",
        "rank": 1,
        "governsAll": True,
    }
    document = await change(
        "addGoverningDocument",
        "AddGoverningDocumentInput",
        on("GoverningDocument", "id state version"),
        unitId=council,
        bodyId=council,
        title="Budget 2026",
        typeKey="budget",
        applies="ALL",
    )
    assert (document["state"], document["version"]) == ("DRAFT", 1)
    return document


async def decided(town, change, document):
    """Its first version, with a file."""
    version = await change(
        "draftGoverningDocumentVersion",
        "DraftGoverningDocumentVersionInput",
        on("GoverningDocumentVersion", "id number decidedOn"),
        documentId=document["id"],
    )
    assert (version["number"], version["decidedOn"]) == (1, None)
    async with await town.work() as work:
        file = await keep_upload(
            work, name="budget.pdf", media_type="application/pdf", body=BytesIO(b"%PDF")
        )
    await change(
        "attachGoverningDocumentFile",
        "AttachGoverningDocumentFileInput",
        on("GoverningDocumentFile", "title"),
        versionId=version["id"],
        fileId=f"StoredFile:{file.id}",
    )
    await change(
        "decideGoverningDocumentVersion",
        "DecideGoverningDocumentVersionInput",
        on("GoverningDocumentVersion", "id"),
        id=version["id"],
        decidedBy="Kommunfullmäktige",
        decidedOn="2025-11-25",
        decidedParagraph="§ 118",
        registryNumber="KS-2025-402",
        validFrom="2026-01-01",
    )


async def asked_and_answered(town, change, document):
    """Two units are asked, one answers, and the document is made public."""
    home_care, school = (f"Unit:{town.units[name].id}" for name in ("home_care", "school_board"))
    asked = await change(
        "addDocumentAssignment",
        "AddDocumentAssignmentInput",
        on("DocumentAssignment", "id answers { id unit { name } }"),
        documentId=document["id"],
        kind="ASSIGNMENT",
        text="Minska sjukfrånvaron",
        dueOn="2026-12-31",
        unitIds=[home_care, school],
    )
    (own,) = [each for each in asked["answers"] if each["unit"]["name"] == "Hemtjänst Öst"]
    told = await change(
        "tellDocumentAnswer",
        "TellDocumentAnswerInput",
        on("DocumentAnswer", "state version toldBy { name }"),
        who="manager",
        id=own["id"],
        state="DONE",
        text="Klart",
    )
    assert (told["state"], told["version"]) == ("DONE", 1)
    public = await change(
        "publishGoverningDocument",
        "PublishGoverningDocumentInput",
        on("GoverningDocument", "publishedAt"),
        id=document["id"],
        public=True,
    )
    assert public["publishedAt"]


@pytest.mark.parametrize("who", ["employee", "auditor"])
async def test_who_only_reads_changes_nothing(town, change, who):
    council = f"Unit:{town.units['council'].id}"
    refused = await change(
        "addGoverningDocument",
        "AddGoverningDocumentInput",
        "",
        who=who,
        unitId=council,
        bodyId=council,
        title="Nej",
        typeKey="policy",
    )
    assert refused["code"] == "FORBIDDEN"
    async with await town.work(write=False) as work:
        assert await work.first(select(GoverningDocument.id)) is None
