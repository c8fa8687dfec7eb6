"""Governing documents in the browser: from a draft to the follow-up, and the list for everybody."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.async_api import expect
from ui_checks import check_everywhere, check_html, shoot, source

from roder.platform.modules.governing_documents import assignments, service, versions
from roder.platform.modules.governing_documents.models import (
    AnswerState,
    Applies,
    AssignmentKind,
)


@pytest.fixture
async def kept(town):
    """With a budget that asks something of two units, and a guideline whose review is late."""
    await town.switch_on("governing_documents")
    council, home_care = town.units["council"].id, town.units["home_care"].id
    async with await town.work() as work:
        budget = await service.add_document(
            work,
            unit_id=council,
            body_id=council,
            title="Budget 2026",
            type_key="budget",
            applies=Applies.ALL,
        )
        await decide(work, budget)
        await service.publish_document(work, budget.id, public=True)
        asked = await assignments.add_assignment(
            work,
            budget.id,
            kind=AssignmentKind.ASSIGNMENT,
            text="Minska sjukfrånvaron",
            due_on=date(2026, 12, 31),
            unit_ids=[home_care, town.units["school_board"].id],
        )
        other, own = await assignments.answers_to(work, [asked.id])
        await assignments.report_back(work, own.id, state=AnswerState.DONE, text="Det är gjort.")
        late = await service.add_document(
            work,
            unit_id=home_care,
            body_id=town.units["committee"].id,
            title="Riktlinje för nycklar",
            type_key="riktlinje",
            review_on=work.today - timedelta(days=1),
            unit_ids=[home_care],
        )
        await decide(work, late)
        town.budget, town.answer, town.other = budget, own, other.id
    return town


async def decide(work, document):
    version = await versions.draft_version(work, document.id, changes="Första versionen")
    await versions.decide_version(
        work,
        version.id,
        decided_by="Kommunfullmäktige",
        decided_on=date(2026, 1, 13),
        decided_paragraph="§ 4",
        registry_number="KS-2026-1",
    )


@pytest.mark.parametrize("path", ["", "/hierarki", "/uppfoljning", "/nytt"])
async def test_each_page_is_for_everybody_who_may_see_it(visit, kept, path):
    page = await visit(kept, "administrator", f"styrdokument{path}")

    await check_everywhere(page)
    await check_html({path: await source(page)})
    await shoot(page, f"documents{path.replace('/', '_')}")


async def test_one_document_is_for_everybody(visit, kept):
    page = await visit(kept, "administrator", f"styrdokument/{kept.budget.id}")

    await check_everywhere(page)
    await check_html({"document": await source(page)})
    await shoot(page, "document")


async def test_a_document_goes_from_a_draft_to_what_it_asks(visit, kept):
    page = await visit(kept, "administrator", "styrdokument")
    await page.get_by_role("link", name="Nytt dokument").click()
    await page.get_by_label("Vad dokumentet heter").fill("Policy för gåvor")
    await page.get_by_label("Dokumenttyp").select_option("policy")
    await page.get_by_label("För vem").select_option("all")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Policy för gåvor")
    await expect(page.locator("main .light").first).to_have_text("Utkast")
    await expect(page.get_by_role("link", name="Budget 2026")).to_be_visible()

    await page.get_by_role("link", name="Ny version").click()
    await page.get_by_label("Vad som är nytt i den här versionen").fill("Gränsen är 500 kr.")
    await page.get_by_role("button", name="Spara").click()
    await page.get_by_label("Fil till version 1").set_input_files(
        {"name": "gavor.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    await page.get_by_role("button", name="Lägg till filen").click()
    await expect(page.get_by_role("link", name="gavor.pdf")).to_be_visible()
    await check_everywhere(page)
    await page.get_by_role("link", name="Det är beslutat").click()
    await check_everywhere(page)
    await page.get_by_label("Beslutsdag").fill("2099-01-01")
    await page.get_by_role("button", name="Spara").click()
    visit.expect("status of 422")
    await expect(page.get_by_role("alert")).to_contain_text("har inte varit än")
    await page.get_by_label("Beslutsdag").fill("2026-02-24")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.locator("main .light").first).to_have_text("Gäller")

    await page.get_by_role("button", name="Visa i den publika listan").click()
    await expect(page.get_by_text("Dokumentet är publikt.")).to_be_visible()
    await page.get_by_role("link", name="Nytt mål eller uppdrag").click()
    await check_everywhere(page)
    await page.get_by_label("Vad som ska nås eller göras").fill("Alla vet vad som gäller")
    await page.get_by_label("Socialnämnden", exact=True).check()
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_text("0 av 1 är klara.")).to_be_visible()
    await check_everywhere(page)
    await check_html({"document": await source(page)})


async def test_a_unit_tells_how_far_it_is_without_scripts(visit, kept):
    page = await visit(kept, "manager", "styrdokument/uppfoljning", javascript=False)
    await page.locator("table.register a", has_text="Hemtjänst Öst").click()
    await page.get_by_label("Hur långt det har kommit").select_option("under_way")
    await page.get_by_label("Vad ni har gjort, eller varför inte").fill("Vi har börjat.")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.locator("ol.steps > li")).to_have_count(1)
    await expect(page.locator("ol.steps > li")).to_contain_text("Vi har börjat.")


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_unit_plans_what_it_is_going_to_do(visit, kept, javascript):
    page = await visit(kept, "manager", f"styrdokument/svar/{kept.other}", javascript=javascript)
    await page.get_by_text("Planera en åtgärd …").click()
    if javascript:
        await check_everywhere(page)
        await shoot(page, "document_answer_plan")
        await check_html({"answer": await source(page)})
    await page.get_by_label("Vad ska göras").fill("Fråga varje månad")
    await page.get_by_label("Sista dag").fill("2099-12-01")
    await page.get_by_role("button", name="Planera åtgärden").click()
    await expect(page.get_by_text("Fråga varje månad är planerad.")).to_be_visible()
    await expect(page.get_by_text("Planera en åtgärd …")).to_have_count(0)
    if javascript:
        await check_everywhere(page)
        await shoot(page, "document_answer_planned")

    await page.get_by_role("link", name="Fråga varje månad").click()
    await page.get_by_label("Vad det ledde till").fill("Frånvaron minskar")
    await page.get_by_role("button", name="Klar", exact=True).click()
    await page.get_by_role("link", name="Budget 2026: Minska sjukfrånvaron").click()
    await expect(page.locator("main p", has_text="Fråga varje månad")).to_contain_text("Klar")
    await page.get_by_role("link", name="Till uppföljningen").click()
    row = page.get_by_role("row", name="Hemtjänst Öst").filter(has_text="Minska")
    await expect(row).to_contain_text("Fråga varje månad Klar")
    if javascript:
        await check_everywhere(page)
        await shoot(page, "document_follow_up_planned")
        await page.set_viewport_size({"width": 320, "height": 800})
        await shoot(page, "document_follow_up_planned-320")


async def test_a_plan_that_says_nothing_is_told_of_in_its_own_form(visit, kept):
    page = await visit(kept, "manager", f"styrdokument/svar/{kept.other}")
    await page.get_by_text("Planera en åtgärd …").click()
    visit.expect("status of 422")
    await page.get_by_label("Vad ska göras").fill("x" * 201)
    await page.get_by_role("button", name="Planera åtgärden").click()
    await expect(page.get_by_role("alert")).to_have_count(1)
    await expect(page.get_by_role("alert")).to_contain_text("Texten har 201 tecken")
    await expect(page.get_by_label("Vad ska göras")).to_have_value("x" * 201)
    await expect(page.get_by_label("Vad ni har gjort, eller varför inte")).to_have_value("")
    await check_everywhere(page)


async def test_a_unit_s_answer_is_for_everybody(visit, kept):
    page = await visit(kept, "administrator", f"styrdokument/svar/{kept.answer.id}")
    await check_everywhere(page)
    await check_html({"answer": await source(page)})
    await shoot(page, "document_answer")


async def test_the_overdue_are_found_and_the_register_taken_out(visit, kept):
    page = await visit(kept, "employee", "styrdokument")
    await page.get_by_role("link", name="1 att se över").click()
    await expect(page.get_by_role("link", name="Budget 2026")).to_have_count(0)
    await expect(page.get_by_role("link", name="Riktlinje för nycklar")).to_be_visible()
    assert await page.get_by_role("link", name="Nytt dokument").count() == 0
    await page.get_by_role("button", name="De här i Excel").click()
    await page.locator("#export a", has_text=".xlsx").wait_for()


async def test_a_reader_sees_and_changes_nothing(visit, kept):
    page = await visit(kept, "auditor", f"styrdokument/{kept.budget.id}")
    await expect(page.get_by_text("Du läser här")).to_be_visible()
    assert await page.locator("main form").count() == 0
    await check_everywhere(page)
    await visit(kept, "employee", "styrdokument/nytt", status=403)


async def test_anybody_reads_the_public_list_without_signing_in(visit, kept):
    page = await visit(kept, None, "styrdokument/offentliga")
    await expect(page.get_by_role("rowheader", name="Budget 2026")).to_be_visible()
    await expect(page.get_by_text("Riktlinje för nycklar")).to_have_count(0)
    await check_everywhere(page)
    await check_html({"public": await source(page)})
    await shoot(page, "documents_public")
    await page.get_by_label("Ord").fill("finns inte")
    await page.get_by_role("button", name="Filtrera").click()
    await expect(page.get_by_text("Inget stämmer med det du har valt.")).to_be_visible()
