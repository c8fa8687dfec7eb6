"""Where somebody is named in a text, and where it only looks so."""

from __future__ import annotations

import tracemalloc
from unicodedata import normalize
from uuid import UUID

import pytest

from roder.platform.modules.leavers.naming import How, Named, find_names, rewrite, rewrite_value

ANNA = Named(UUID(int=1), "Anna Ödman", "anna.odman@ort.example", "7f3a")
LARS = Named(UUID(int=2), "Lars Lax", "lars.lax@ort.example", "b2c1")
WHO, ADDRESS = "Tidigare medarbetare 7f3a", "tidigare-7f3a@pseudonym.invalid"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Anna Ödman sade ja.", f"{WHO} sade ja."),
        ("ANNA ÖDMAN", WHO),
        ("Anna Ödmans förslag", f"{WHO}:s förslag"),
        ("Ödman, Anna", WHO),
        ("Anna\u00a0Ödman", WHO),
        ("Anna&nbsp;Ödman", WHO),
        ("<p><strong>Anna</strong> Ödman</p>", f"<p><strong>{WHO}</strong></p>"),
        ("<p>Anna Ödman</p><p>Nästa</p>", f"<p>{WHO}</p><p>Nästa</p>"),
        ("An<b>na Öd</b>man", f"{WHO}<b></b>"),
        ("Anna Ödman. Annas bil. Ödman.", f"{WHO}. {WHO}:s bil. {WHO}."),
        ("Anna Ödman <Anna.Odman@ort.example>", f"{WHO} <{ADDRESS}>"),
        ("<a href='mailto:anna.odman@ort.example'>x</a>", f"<a href='mailto:{ADDRESS}'>x</a>"),
        ("anna_ödman_cv.docx", f"{WHO}_cv.docx"),
        (normalize("NFD", "Anna Ödman"), WHO),
        ("anna.odman%40ort.example", ADDRESS),
    ],
)
def test_a_name_becomes_a_pseudonym(text, after):
    assert rewrite(text, [ANNA])[0] == after


@pytest.mark.parametrize(
    "text",
    [
        "Anna kom.",
        "Annas bil.",
        "Hanna Ödman",
        "Anna Ödmansson",
        "<p>Anna</p><p>Ödman</p>",
        "hanna.anna.odman@ort.example",
        "anna.odman@ort.example.org",
        "",
    ],
)
def test_what_only_looks_like_the_name_stays(text):
    assert rewrite(text, [ANNA]) == (text, [])


def test_a_name_that_ends_in_s_has_no_ending_of_its_own():
    assert rewrite("Lars Lax båt", [LARS])[0] == "Tidigare medarbetare b2c1 båt"


def test_two_are_told_apart_in_one_text():
    text, found = rewrite("Anna Ödman och Lars Lax.", [ANNA, LARS])

    assert text == f"{WHO} och Tidigare medarbetare b2c1."
    assert [each.person for each in found] == [ANNA.id, LARS.id]


def test_a_place_is_known_by_its_mark_and_can_stay():
    text = "Anna Ödman bygger. Rådet Anna Ödman valdes."
    _first, second = find_names(text, [ANNA])

    new, found = rewrite(text, [ANNA], keep=lambda each: each.mark == second.mark)

    assert new == f"{WHO} bygger. Rådet Anna Ödman valdes."
    assert [each.mark for each in found] != [second.mark]


def test_same_words_twice_have_marks_of_their_own():
    one, two = find_names("Anna Ödman" + " " * 90 + "Anna Ödman", [ANNA])[:2]
    assert one.mark != two.mark


def test_values_of_json_are_changed_and_keys_are_not():
    value = {"Anna Ödman": ["Anna Ödman", 1, None, {"x": "hej"}]}

    new, found = rewrite_value(value, [ANNA], keep=lambda _each: False)

    assert new == {"Anna Ödman": [WHO, 1, None, {"x": "hej"}]}
    assert len(found) == 1


def test_a_long_text_without_the_name_is_read_quickly():
    assert find_names("<p>ord</p>" * 100_000, [ANNA]) == []


def test_a_sheet_with_millions_of_signs_is_read_in_little_memory():
    text = "<c><v>ord &amp; ord</v></c>" * 60_000 + "<c>Anna</c>" + "<b>Anna</b> Ödman"
    tracemalloc.start()
    try:
        found = find_names(text, [ANNA])
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert [text[each.start : each.end] for each in found if each.how is How.NAME] == [
        "Anna</b> Ödman"
    ]
    assert most < 30 * len(text)
