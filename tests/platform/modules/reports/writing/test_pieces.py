"""Last year's text, piece by piece."""

from __future__ import annotations

from roder.platform.modules.reports.writing.pieces import Piece, pieces_of
from roder.tenants.rows import uuid7


def test_each_paragraph_heading_list_and_table_is_a_piece():
    assert pieces_of(
        "<h3>Året</h3><p>Det var <em>lugnt</em> &lt;nästan&gt;.</p>"
        "<ul><li>Ett<ul><li>Under</li></ul></li><li>Två</li></ul>"
        "<table><tr><th>Vad</th><th>Hur</th></tr><tr><td>Hygien</td><td>98 %</td></tr></table>"
    ) == [
        Piece("<h3>Året</h3>", "### Året"),
        Piece("<p>Det var <em>lugnt</em> &lt;nästan&gt;.</p>", "Det var *lugnt* \\<nästan\\>."),
        Piece(
            "<ul><li>Ett<ul><li>Under</li></ul></li><li>Två</li></ul>", "- Ett\n  - Under\n- Två"
        ),
        Piece(
            "<table><tr><th>Vad</th><th>Hur</th></tr><tr><td>Hygien</td><td>98 %</td></tr></table>",
            "| Vad | Hur |\n| --- | --- |\n| Hygien | 98 % |",
        ),
    ]


def test_a_picture_and_an_empty_paragraph_are_no_pieces():
    text = f'<p>Före.</p><img data-image="{uuid7()}" alt="Huset"><p></p>'

    assert pieces_of(text) == [Piece("<p>Före.</p>", "Före.")]
    assert pieces_of("") == []
