"""A register reads of its address what is asked for, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from roder.platform.web.register import PART, Column, Facet, Register, asked_of

FACETS = (Facet("lage", "Läge", (("open", "Öppet"), ("done", "Klart"))), Facet("ar", "År", ()))


class Address:
    """What `asked_of` takes of a view: the query of its address."""

    def __init__(self, **query: str) -> None:
        self.given = query

    def query(self, name: str, otherwise: str = "") -> str:
        return self.given.get(name, otherwise)


def asked(**query: str) -> Any:
    return asked_of(Address(**query), FACETS)


def test_words_and_facets_are_read():
    found = asked(q="  två   ord ", lage="done", sida="3")
    assert found.words == "två ord"
    assert found.chosen == {"lage": "done", "ar": ""}
    assert (found.part, found.offset, found.narrowed) == (3, 2 * PART, True)
    assert found.query() == "q=tv%C3%A5+ord&lage=done"
    assert found.query(4) == "q=tv%C3%A5+ord&lage=done&sida=4"


@pytest.mark.parametrize("part", ["", "0", "-1", "x", "²", "٣", "9" * 40])
def test_a_page_that_is_no_number_is_the_first(part):
    assert asked(sida=part).part == 1


def test_what_is_not_offered_narrows_nothing():
    found = asked(lage="'; drop table", ar="2026")
    assert found.chosen == {"lage": "", "ar": ""}
    assert found.narrowed is False


@pytest.mark.parametrize(("total", "parts"), [(0, 1), (50, 1), (51, 2), (101, 3)])
def test_pages_hold_fifty_rows(total, parts):
    assert Register(asked(), FACETS, [Column("Namn")], [], total).parts == parts
