"""Pictures that people send in: drawn anew, so that nothing but the picture is kept."""

from __future__ import annotations

from io import BytesIO

from .errors import InvalidInput
from .i18n import _

MOST_PIXELS = 40_000_000


def redraw(data: bytes, *, widest: int, field: str) -> bytes:
    """A PNG or JPEG as a PNG of at most `widest` pixels a side, upright, without metadata.

    Raises InvalidInput for another kind, a broken file, or more than 40 megapixels. The size is
    read from the header first, so a picture that unpacks to gigabytes is never unpacked.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise InvalidInput(
                    _("The picture has more than 40 megapixels. Make it smaller."), field=field
                )
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise InvalidInput(
            _("The file is not a picture that can be read. Send a PNG or JPEG."), field=field
        ) from None
    upright.thumbnail((widest, widest))
    drawn = BytesIO()
    upright.save(drawn, "PNG", optimize=True)
    return drawn.getvalue()
