"""The keys of programs: a pattern that scanners can look for, with a checksum at its end.

`roder_`, 43 letters and digits at random (256 bits), and 6 that are the CRC-32 of all before them
in base 62. So a key that was left somewhere is told from a text that only looks like one.
"""

from __future__ import annotations

import re
import secrets
import string
import zlib
from typing import Final

SIGNS: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM: Final = 43
CHECK: Final = 6
SHOWN: Final = 12
"""How much of a key is kept to recognise it by: `roder_` and six signs of 43."""

PATTERN: Final = re.compile(rf"\broder_[0-9A-Za-z]{{{RANDOM + CHECK}}}\b", re.ASCII)
OLDER: Final = re.compile(r"\broder_[0-9A-Za-z_-]{43}(?![0-9A-Za-z_-])", re.ASCII)
"""Keys from before there was a checksum."""


def new_token_key() -> str:
    body = "roder_" + "".join(secrets.choice(SIGNS) for _sign in range(RANDOM))
    return body + _check(body)


def is_whole(key: str) -> bool:
    """Whether the checksum is that of the rest."""
    return bool(PATTERN.fullmatch(key)) and key[-CHECK:] == _check(key[:-CHECK])


def keys_in(text: str) -> list[str]:
    """The keys that stand in a text, such as a line of a log, each once."""
    whole = [key for key in PATTERN.findall(text) if is_whole(key)]
    return list(dict.fromkeys([*whole, *OLDER.findall(text)]))


def _check(body: str) -> str:
    left, signs = zlib.crc32(body.encode("ascii")), ""
    for _sign in range(CHECK):
        left, place = divmod(left, len(SIGNS))
        signs = SIGNS[place] + signs
    return signs
