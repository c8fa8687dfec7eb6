"""Photographs that people send in, drawn anew."""

from __future__ import annotations

import zlib
from io import BytesIO

import pytest
from PIL import Image

from roder.infra.errors import InvalidInput
from roder.infra.pictures import redraw_photo

SECRET = b"hemligt"


def photo(kind: str, size: tuple[int, int] = (300, 200), mode: str = "RGB", **given) -> bytes:
    drawn = BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(drawn, kind, **given)
    return drawn.getvalue()


def with_metadata(size: tuple[int, int]) -> bytes:
    """Turned a quarter by its metadata, which also say something of the photographer."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, SECRET.decode()
    return photo("JPEG", size, exif=exif, comment=SECRET, icc_profile=SECRET * 20)


def test_a_photograph_is_turned_made_smaller_and_rid_of_its_metadata():
    sent = with_metadata((3000, 1500))
    assert SECRET in sent

    drawn = redraw_photo(sent, widest=2400, field="file")

    assert (drawn.media_type, drawn.width, drawn.height) == ("image/jpeg", 1200, 2400)
    assert SECRET not in drawn.data
    with Image.open(BytesIO(drawn.data)) as kept:
        assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (1200, 2400), {})
        assert kept.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(
    ("sent", "media_type"),
    [
        (photo("PNG"), "image/png"),
        (photo("PNG", mode="RGBA"), "image/png"),
        (photo("PNG", (2000, 1600)), "image/jpeg"),
        (photo("WEBP"), "image/jpeg"),
        (photo("GIF", mode="P"), "image/png"),
    ],
    ids=["png", "see-through", "photograph as png", "webp", "gif"],
)
def test_a_picture_is_kept_as_what_suits_it(sent, media_type):
    drawn = redraw_photo(sent, widest=2400, field="file")

    assert drawn.media_type == media_type
    with Image.open(BytesIO(drawn.data)) as kept:
        assert kept.size == (drawn.width, drawn.height)


def test_of_a_moving_picture_the_first_frame_is_kept():
    frames = [Image.new("P", (20, 10), colour) for colour in (1, 2, 3)]
    moving = BytesIO()
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:])

    drawn = redraw_photo(moving.getvalue(), widest=100, field="file")

    with Image.open(BytesIO(drawn.data)) as kept:
        assert getattr(kept, "n_frames", 1) == 1


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\xff\xd8\xff\xe0 not much of a picture",
        photo("JPEG")[:300],
        photo("TIFF"),
        photo("BMP"),
    ],
    ids=["nothing", "svg", "only a beginning", "cut off", "tiff", "bmp"],
)
def test_what_is_no_picture_is_refused(sent):
    with pytest.raises(InvalidInput, match="ingen bild") as refused:
        redraw_photo(sent, widest=2400, field="file")
    assert refused.value.field == "file"


@pytest.mark.parametrize("side", [6400, 14_000, 30_000])
def test_a_picture_that_unpacks_to_too_much_is_refused_by_its_header(side):
    small = photo("PNG", (2, 2))
    header = small[:16] + side.to_bytes(4, "big") * 2 + small[24:]
    mended = header[:29] + zlib.crc32(header[12:29]).to_bytes(4, "big") + header[33:]
    with pytest.raises(InvalidInput, match="40 megapixel"):
        redraw_photo(mended, widest=2400, field="file")
