"""Keys have a pattern that scanners can look for, and a checksum."""

import re

from hypothesis import given
from hypothesis import strategies as st

from roder.tenants.tokens.keys import SIGNS, is_whole, keys_in, new_token_key


def test_a_key_has_256_random_bits_and_its_checksum():
    key = new_token_key()

    assert re.fullmatch(r"roder_[0-9A-Za-z]{49}", key)
    assert is_whole(key)
    assert len(SIGNS) ** 43 > 2**256
    assert key != new_token_key()


def test_the_checksum_is_the_crc_32_of_the_rest_in_base_62():
    assert is_whole("roder_" + "0" * 43 + "1C65Qx")
    assert is_whole("roder_" + "a" * 43 + "3hm9OI")
    assert not is_whole("roder_" + "a" * 43 + "3hm9OJ")


@given(st.integers(6, 54), st.sampled_from(SIGNS))
def test_a_key_with_another_sign_anywhere_is_none(place, sign):
    key = new_token_key()
    other = key[:place] + sign + key[place + 1 :]

    assert is_whole(other) == (other == key)


def test_keys_are_found_in_whatever_text_they_stand_in():
    one, two = new_token_key(), new_token_key()
    text = f"Authorization: Bearer {one}\n{{'key': '{two}'}} {one} roder_{'x' * 49}"

    assert keys_in(text) == [one, two]


def test_keys_from_before_there_was_a_checksum_are_found_too():
    old = "roder_" + "Ab-_" * 10 + "xyz"

    assert keys_in(f'"{old}",') == [old]
