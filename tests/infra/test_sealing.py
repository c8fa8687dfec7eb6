import time

import pytest
from pydantic import SecretStr

from roder.infra.sealing import seal, unseal

KEY = SecretStr("k" * 40)


def test_what_is_sealed_can_be_opened_for_the_same_purpose():
    assert unseal(KEY, seal(KEY, "hemligt åäö", purpose="prov"), purpose="prov") == "hemligt åäö"


def test_what_is_sealed_shows_nothing_and_never_looks_the_same():
    first, second = (seal(KEY, "hemligt", purpose="prov") for _ in range(2))

    assert first != second
    assert "hemligt" not in first


@pytest.mark.parametrize(
    ("key", "purpose"), [(KEY, "other"), (SecretStr("x" * 40), "prov"), (SecretStr(""), "prov")]
)
def test_another_purpose_or_key_opens_nothing(key, purpose):
    assert unseal(key, seal(KEY, "hemligt", purpose="prov"), purpose=purpose) is None


@pytest.mark.parametrize("sealed", ["", "x", "å", "A" * 5000, "\0"])
def test_what_was_never_sealed_opens_nothing(sealed):
    assert unseal(KEY, sealed, purpose="prov") is None


def test_a_changed_text_opens_nothing():
    sealed = seal(KEY, "hemligt", purpose="prov")

    for place in range(0, len(sealed) - 2, 7):
        changed = "A" if sealed[place] != "A" else "B"
        assert unseal(KEY, sealed[:place] + changed + sealed[place + 1 :], purpose="prov") is None


def test_a_sealed_text_can_grow_too_old(monkeypatch):
    sealed = seal(KEY, "hemligt", purpose="prov")
    real = time.time
    monkeypatch.setattr("cryptography.fernet.time.time", lambda: real() + 61)

    assert unseal(KEY, sealed, purpose="prov", seconds=60) is None
    assert unseal(KEY, sealed, purpose="prov", seconds=120) == "hemligt"
    assert unseal(KEY, sealed, purpose="prov") == "hemligt"
