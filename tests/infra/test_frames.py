"""Files encrypted in frames: read back as they were, or not at all."""

from io import BytesIO

import pytest

from roder.infra.frames import (
    FRAME,
    HEADER,
    TAG,
    SealedReader,
    Sealing,
    Unreadable,
    number_and_salt,
    open_blocks,
    open_whole,
)

KEY, OTHER = bytes(range(32)), bytes(32)
SIZES = [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 3 * FRAME + 7]


def sealed(data: bytes, *, place: str = "a") -> bytes:
    sealing = Sealing(KEY, 7, place=place)
    return sealing.add(data) + sealing.end()


@pytest.mark.parametrize("size", SIZES)
def test_what_was_encrypted_is_read_back(size):
    data = bytes(i % 251 for i in range(size))

    kept = sealed(data)

    assert open_whole(kept, KEY, place="a") == data
    assert number_and_salt(kept)[0] == 7
    frames = max(1, -(-size // FRAME))
    assert len(kept) == HEADER + size + frames * TAG


@pytest.mark.parametrize("step", [1000, FRAME, 1_000_000])
async def test_a_file_is_read_piece_by_piece_as_it_comes(step):
    data = bytes(3 * FRAME + 7)
    reader = SealedReader(BytesIO(data), KEY, 1, place="a")
    kept = b"".join(iter(lambda: reader.read(step), b""))

    async def blocks():
        for start in range(0, len(kept), step):
            yield kept[start : start + step]

    assert b"".join([piece async for piece in open_blocks(blocks(), KEY, place="a")]) == data


def test_the_same_file_is_never_encrypted_twice_alike():
    assert sealed(b"abc") != sealed(b"abc")
    assert b"abc" not in sealed(b"abc")


WHOLE = FRAME + TAG


def changed(kept: bytes) -> dict[str, bytes]:
    body = [kept[HEADER + i * WHOLE : HEADER + (i + 1) * WHOLE] for i in range(4)]
    return {
        "the end is cut off": kept[:-1],
        "the last frame is cut off": kept[: HEADER + 3 * WHOLE],
        "all but the header is cut off": kept[:HEADER],
        "the header is cut": kept[: HEADER - 1],
        "nothing is left": b"",
        "two frames have changed places": kept[:HEADER] + body[1] + body[0] + body[2] + body[3],
        "a frame is repeated": kept[:HEADER] + body[0] + body[0] + body[1] + body[2] + body[3],
        "a frame is left out": kept[:HEADER] + body[0] + body[2] + body[3],
        "a bit is changed": kept[:-5] + bytes([kept[-5] ^ 1]) + kept[-4:],
        "the salt is changed": kept[:15] + bytes([kept[15] ^ 1]) + kept[16:],
        "something follows": kept + b"x",
        "it is another file's": b"PK\x03\x04" + bytes(100),
    }


@pytest.mark.parametrize("what", changed(b"x" * (HEADER + 4 * WHOLE)))
def test_a_file_is_not_read_when(what):
    kept = changed(sealed(bytes(3 * FRAME + 9)))[what]

    with pytest.raises(Unreadable):
        open_whole(kept, KEY, place="a")


def test_another_key_or_another_place_reads_nothing():
    with pytest.raises(Unreadable):
        open_whole(sealed(b"abc"), OTHER, place="a")
    with pytest.raises(Unreadable):
        open_whole(sealed(b"abc"), KEY, place="b")
