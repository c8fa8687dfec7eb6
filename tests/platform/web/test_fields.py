"""Typed fields: what a form has sent is read as what it means, or refused by the field's name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from roder.infra.errors import InvalidInput
from roder.platform.web.fields import Field, Kind, read_fields, shown
from roder.platform.web.forms import Form
from roder.platform.web.templating import get

ONE = UUID(int=7)
OPTIONS = (("", "Ingen"), ("a", "A"), ("b", "B"))
RECORDS = (("", "Ingen"), (str(ONE), "Ett"))


def read(kind: Kind, *sent: str, needed: bool = False) -> object:
    options = RECORDS if kind == "record" else OPTIONS
    field = Field("a_field", "Fält", kind, needed=needed, options=options)
    return read_fields(Form({"a_field": list(sent)} if sent else {}), [field])["a_field"]


@pytest.mark.parametrize(
    ("kind", "sent", "value"),
    [
        ("line", " ord ", "ord"),
        ("text", "två\nrader", "två\nrader"),
        ("day", "2026-03-01", date(2026, 3, 1)),
        ("day", "", None),
        ("number", "12", 12),
        ("number", "", None),
        ("money", "1 234 567,50", Decimal("1234567.5")),
        ("money", "-3", Decimal(-3)),
        ("choice", "b", "b"),
        ("choice", "", ""),
        ("record", str(ONE), ONE),
        ("record", "", None),
        ("tick", "on", True),
    ],
)
def test_what_is_sent_is_read_as_what_it_means(kind, sent, value):
    assert read(kind, sent) == value


def test_a_clock_is_that_of_sweden():
    moment = read("clock", "2026-07-01T12:30")
    assert moment == datetime(2026, 7, 1, 10, 30, tzinfo=UTC)


def test_boxes_are_a_list_and_one_that_is_not_ticked_is_false():
    assert read("choices", "a", "b") == ["a", "b"]
    assert read("choices") == []
    assert read("tick") is False


@pytest.mark.parametrize(
    ("kind", "sent", "said"),
    [
        ("day", "i går", "Skriv dagen som 2026-01-31."),
        ("number", "1,5", "Skriv ett heltal."),
        ("money", "mycket", '"mycket" är inte ett tal. Skriv till exempel 77 eller 76,5.'),
        ("choice", "c", "Välj något i listan."),
        ("choices", "c", "Välj något i listan."),
        ("record", "c", "Välj något i listan."),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_name(kind, sent, said):
    with pytest.raises(InvalidInput, match=None) as refused:
        read(kind, sent)
    assert (refused.value.message, refused.value.field) == (said, "aField")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("day", "Välj en dag."),
        ("money", "Skriv ett tal."),
        ("record", "Välj något i listan."),
        ("choice", "Välj något i listan."),
    ],
)
def test_what_is_needed_is_asked_for(kind, said):
    with pytest.raises(InvalidInput) as refused:
        read(kind, "", needed=True)
    assert refused.value.message == said


@dataclass
class Row:
    name: str = "Råd"
    on: date = date(2026, 1, 2)
    cost: Decimal = Decimal("1234.50")
    kinds: tuple[str, ...] = ("a",)
    open: bool = True


FIELDS = [
    Field("name", "Namn"),
    Field("on", "Dag", "day"),
    Field("cost", "Kostnad", "money"),
    Field("kinds", "Slag", "choices", options=OPTIONS),
    Field("open", "Öppen", "tick"),
]


def test_a_form_shows_the_row_as_it_would_be_written():
    assert shown(Row(), FIELDS) == {
        "name": "Råd",
        "on": "2026-01-02",
        "cost": "1\u202f234,50",
        "kinds": ["a"],
        "open": "on",
    }
    assert shown(None, FIELDS) == {"name": "", "on": "", "cost": "", "kinds": [], "open": ""}


def test_a_form_that_is_shown_again_has_what_was_sent():
    sent = Form({"name": ["Rätt"], "cost": ["fel"], "kinds": ["a", "b"]})
    assert shown(Row(), FIELDS, sent) == {
        "name": "Rätt",
        "on": "",
        "cost": "fel",
        "kinds": ["a", "b"],
        "open": "",
    }


def test_two_forms_on_a_page_have_ids_of_their_own():
    """A prefix begins the ids, what labels and hints point at, and leaves the names."""
    macros = get("parts/fields.html").module
    hinted = [*FIELDS, Field("why", "Varför", "text", hint="En rad räcker.")]
    for prefix in ("", "first-", "second-"):
        html = macros.inputs(hinted, shown(None, hinted), None, prefix)
        ids = re.findall(r' id="([^"]+)"', html)
        assert ids == [f"{prefix}{name}" for name in ("name", "on", "cost", "why", "why-hint")]
        assert set(re.findall(r' for="([^"]+)"', html)) == set(ids[:4])
        assert re.findall(r' aria-describedby="([^"]+)"', html) == [f"{prefix}why-hint"]
        assert set(re.findall(r' name="([^"]+)"', html)) == {field.name for field in hinted}


def test_what_is_wrong_is_told_by_the_id_of_its_own_form():
    macros = get("parts/fields.html").module
    problem = InvalidInput("Skriv något.", field="name")
    html = macros.inputs(FIELDS, shown(None, FIELDS), problem, "second-")
    assert 'id="second-name-hint">Skriv något.</p>' in html
    assert 'aria-invalid="true" aria-describedby="second-name-hint"' in html
