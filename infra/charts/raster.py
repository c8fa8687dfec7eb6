"""A chart as PNG, for Word: with our own typeface and no other, so the same on every machine."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from .. import documents
from .drawing import FONT

TYPEFACE = Path(documents.__file__).parent / "fonts" / "SourceSans3-Variable.ttf"


def png(svg: Markup, width: int) -> bytes:
    """The picture `width` pixels wide. Needs the palette PRINT: classes have no colour here."""
    import resvg_py

    return resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width,
        background="#ffffff",
        skip_system_fonts=True,
        font_files=[str(TYPEFACE)],
        font_family=FONT,
    )
