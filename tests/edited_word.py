"""A report that was exported to Word and is worked in there: short ways to do so, and to look."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from roder.infra.worddiff import Change

RICH = (
    "<p>Vi har <strong>nio</strong> enheter, <em>varav</em> två nya. Se "
    '<a href="https://example.org/a?b=1">planen <strong>här</strong></a>.<br>Ny rad.</p>'
    "<h3>Bemanning</h3><ul><li>Dagtid<ul><li>måndag–fredag</li><li>helg</li></ul></li>"
    "<li>Natt</li></ul><ol><li>Först</li><li>Sedan</li></ol><ol><li>En ny lista</li></ol>"
    "<h4>Mindre rubrik</h4><table><tr><th>Enhet</th><th>Antal</th></tr>"
    "<tr><td>Öst</td><td>12</td></tr><tr><td><ul><li>punkt</li></ul></td><td></td></tr></table>"
    "<p>1 000 kr &lt;script&gt; &amp; slut</p>"
)


GARDEN = {"alt": "Trädgården vid Solbacken", "source": "Hemtjänst Öst", "shows_person": False}


def jpeg(width: int = 400, height: int = 300) -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (width, height), "#1f5f8b").save(drawn, "JPEG")
    return drawn.getvalue()


def paragraph(file, text: str):
    return next(one for one in file.paragraphs if one.text.startswith(text))


def heading(file, title: str):
    return next(
        one
        for one in file.paragraphs
        if one.style.name.lower().startswith("heading") and title in one.text
    )


def after(element, text: str, style: str = "Normal"):
    """A new paragraph after `element`."""
    new = element._parent.add_paragraph(text, style)
    element._p.addnext(new._p)
    return new


def table(file, title: str):
    return next(one for one in file.tables if one.cell(0, 0).text == title)


def states(chapters) -> set[str]:
    return {chapter.state.value for chapter in chapters.values()}


def shown(chapter) -> str:
    signs = {Change.SAME: "{}", Change.ADDED: "[+{}]", Change.REMOVED: "[-{}]"}
    return "".join(signs[piece.change].format(piece.text) for piece in chapter.pieces)
