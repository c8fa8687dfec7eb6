from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roder.infra.errors import InvalidInput
from roder.infra.numbers import format_number, parse_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("9%", "9"),
        ("9 %", "9"),
        ("76", "76"),
        ("8,5", "8.5"),
        ("8.5", "8.5"),
        ("0.125", "0.125"),
        ("1234.567", "1234.567"),
        ("1,234", "1.234"),
        ("-3,2", "-3.2"),
        ("\u22123,2", "-3.2"),
        ("+4", "4"),
        (" 77 ", "77"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234\u00a0567", "1234567"),
        ("1\u2009234,5", "1234.5"),
        ("1\u202f234,5", "1234.5"),
        ("007", "7"),
        ("8,500000000", "8.5"),
        ("-0", "0"),
        ("123456789012345", "123456789012345"),
        ("0,123456", "0.123456"),
    ],
)
def test_a_swedish_number_is_read_exactly(text: str, number: str) -> None:
    assert str(parse_number(text)) == number


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "\t\n"])
def test_a_blank_is_no_number_and_no_error(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("sju", "NaN", "inf", "-Infinity", "1e5", "0x10", "1_000", "12 34", "1 2345", "1234 567"),
        *("8,5,5", "1.234,5", "--3", "9%%", "%", "-", ",5", "5,", "٣", "½", "7 av 9", "9\n\n%"),
    ],
)
def test_what_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="är inte ett tal"):
        parse_number(text)


def test_the_refusal_shows_what_to_write() -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_number("sju")
    assert refusal.value.message == '"sju" är inte ett tal. Skriv till exempel 77 eller 76,5.'


def test_a_dot_that_may_be_a_thousands_sign_is_refused_with_both_readings() -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_number("1.234")
    assert refusal.value.message == '"1.234" kan läsas på två sätt. Skriv 1,234 eller 1234.'


@pytest.mark.parametrize("text", ["1234567890123456", "0,1234567", "12345678901234,25", "9" * 5000])
def test_a_number_with_too_many_digits_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="för många siffror"):
        parse_number(text)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_blank_or_refused(text: str) -> None:
    try:
        number = parse_number(text)
    except InvalidInput:
        return
    assert number is None or (number.is_finite() and abs(number) < 10**15)


@pytest.mark.parametrize(
    ("value", "decimals", "swedish", "english"),
    [
        ("77", 0, "77", "77"),
        ("8.5", 1, "8,5", "8.5"),
        ("8.25", 1, "8,3", "8.3"),
        ("-8.25", 1, "\u22128,3", "\u22128.3"),
        ("1234567.5", 2, "1\u202f234\u202f567,50", "1,234,567.50"),
        ("-0.04", 1, "0,0", "0.0"),
        ("999.5", 0, "1\u202f000", "1,000"),
    ],
)
def test_a_number_is_shown_as_the_reader_writes_it(
    value: str, decimals: int, swedish: str, english: str
) -> None:
    assert format_number(Decimal(value), decimals, "sv") == swedish
    assert format_number(Decimal(value), decimals, "en") == english


@given(st.decimals(-(10**9) + 1, 10**9 - 1, places=6))
def test_a_shown_number_is_read_back_unchanged(value: Decimal) -> None:
    assert parse_number(format_number(value, 6, "sv")) == value
