"""What was changed between two texts, word by word."""

from __future__ import annotations

import time

import pytest

from roder.infra.worddiff import Change, Piece, word_diff

SIGNS = {Change.SAME: "{}", Change.ADDED: "[+{}]", Change.REMOVED: "[-{}]"}


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("", "", ""),
        ("a b c", "a b c", "a b c"),
        ("", "ny text", "[+ny text]"),
        ("gammal", "", "[-gammal]"),
        ("a b c", "a x c", "a [-b][+x] c"),
        ("ett\ntvå\ntre", "ett\ntre", "ett\n[-två\n]tre"),
        ("Nio enheter", "Nio  enheter.", "Nio[- enheter][+  enheter.]"),
    ],
)
def test_a_difference_is_shown_by_words(old, new, shown):
    pieces = word_diff(old, new)

    assert "".join(SIGNS[piece.change].format(piece.text) for piece in pieces) == shown
    assert "".join(p.text for p in pieces if p.change is not Change.ADDED) == old
    assert "".join(p.text for p in pieces if p.change is not Change.REMOVED) == new


def test_very_long_texts_are_shown_as_a_whole_at_once():
    begun = time.monotonic()
    old, new = "a b " * 50_000, "b a " * 50_000
    assert word_diff(old, new) == (Piece(Change.REMOVED, old), Piece(Change.ADDED, new))
    lines = "\n".join("ab"[number % 2] for number in range(100_000))
    word_diff(lines, lines[1:])
    assert time.monotonic() - begun < 2
