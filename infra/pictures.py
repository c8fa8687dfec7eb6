"""Pictures that people send in: drawn anew, so that nothing but the picture is kept."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from .errors import InvalidInput
from .i18n import _

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS = 40_000_000
PHOTOGRAPHS = ("JPEG", "MPO", "WEBP")
QUALITY = 86
LARGEST_DRAWING = 1_500_000
"""Bytes from which an opaque PNG is a photograph, and better off as JPEG."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as it is kept: JPEG where it is a photograph, else PNG."""

    data: bytes
    media_type: str
    width: int
    height: int


def redraw(data: bytes, *, widest: int, field: str) -> bytes:
    """A PNG or JPEG as a PNG of at most `widest` pixels a side, upright, without metadata.

    Raises InvalidInput for another kind, a broken file, or more than 40 megapixels. The size is
    read from the header first, so a picture that unpacks to gigabytes is never unpacked.
    """
    upright, _format = _upright(data, widest=widest, field=field, formats=("PNG", "JPEG"))
    return _png(upright)


def redraw_photo(data: bytes, *, widest: int, field: str) -> Drawn:
    """A JPEG, PNG, WebP or GIF (its first frame) at most `widest` pixels a side, upright, without
    metadata. Raises InvalidInput as `redraw` does."""
    upright, format = _upright(
        data, widest=widest, field=field, formats=("PNG", "JPEG", "WEBP", "GIF")
    )
    opaque = upright.getchannel("A").getextrema() == (255, 255)
    if not (opaque and format in PHOTOGRAPHS):
        drawing = _png(upright)
        if not opaque or len(drawing) <= LARGEST_DRAWING:
            return Drawn(drawing, "image/png", *upright.size)
    drawn = BytesIO()
    upright.convert("RGB").save(drawn, "JPEG", quality=QUALITY, optimize=True)
    return Drawn(drawn.getvalue(), "image/jpeg", *upright.size)


def _upright(
    data: bytes, *, widest: int, field: str, formats: tuple[str, ...]
) -> tuple[Image.Image, str]:
    """The picture turned as its metadata says and then rid of them, and the format it came in."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data), formats=formats) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _too_many(field)
            format = picture.format or ""
            # A JPEG can be unpacked at a fraction of its size, which spares memory.
            picture.draft("RGB", (widest, widest))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except Image.DecompressionBombError:
        raise _too_many(field) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise InvalidInput(_unreadable(formats), field=field) from None
    upright.thumbnail((widest, widest))
    # What the writers would copy by themselves: colour profile, comments, XMP.
    upright.info = {}
    return upright, format


def _png(picture: Image.Image) -> bytes:
    drawn = BytesIO()
    picture.save(drawn, "PNG", optimize=True)
    return drawn.getvalue()


def _too_many(field: str) -> InvalidInput:
    return InvalidInput(_("The picture has more than 40 megapixels. Make it smaller."), field=field)


def _unreadable(formats: tuple[str, ...]) -> str:
    if "WEBP" in formats:
        return _("The file is not a picture that can be read. Send a JPEG, PNG, WebP or GIF.")
    return _("The file is not a picture that can be read. Send a PNG or JPEG.")
