import pytest
from hypothesis import given
from hypothesis import strategies as st

from roder.infra.documents.richplain import from_plain, to_plain
from roder.infra.documents.richtext import plain_text

PICTURE = "0190a5c2-7b1e-7c3d-8e4f-1234567890ab"
TEXTS = [
    ("<p>Ett stycke.</p><p>Ett till.</p>", "Ett stycke.\n\nEtt till."),
    ("<p>En rad<br>och en till</p>", "En rad\noch en till"),
    (
        "<ul><li>ett<ul><li>under</li></ul></li><li>två</li></ul>",
        "- ett\n  - under\n- två",
    ),
    ("<ol><li>först</li><li>sedan</li></ol>", "1. först\n2. sedan"),
    ("<h3>Rubrik</h3><h4>Mindre</h4>", "### Rubrik\n\n#### Mindre"),
    (
        "<p>Det <strong>viktiga</strong> och <em>det andra</em>.</p>",
        "Det **viktiga** och *det andra*.",
    ),
    (
        '<p>Läs <a href="https://example.se/a">här</a>.</p>',
        "Läs [här](<https://example.se/a>).",
    ),
    (
        "<table><tr><th>Kontroll</th><th>Svar</th></tr><tr><td>Hygien</td><td>Ja</td></tr></table>",
        "| Kontroll | Svar |\n| --- | --- |\n| Hygien | Ja |",
    ),
    (f'<img data-image="{PICTURE}" alt="En park">', f"![En park](bild:{PICTURE})"),
    ("<p>- inget i en lista</p>", "\\- inget i en lista"),
    ("<p>2026. ett år</p>", "2026\\. ett år"),
]


@pytest.mark.parametrize(("html", "plain"), TEXTS)
def test_a_text_reads_the_same_in_a_plain_field_and_comes_back_whole(html, plain):
    assert to_plain(html) == plain
    assert from_plain(to_plain(html)) == html


def test_html_that_is_typed_is_shown_as_it_stands():
    typed = from_plain("<script>alert(1)</script> & <b>fet</b>")

    assert plain_text(typed) == "<script>alert(1)</script> & <b>fet</b>"
    assert "<script" not in typed


def test_an_address_that_runs_code_leads_nowhere():
    assert "href" not in from_plain("[klicka](javascript:alert(1))")


def test_a_picture_from_elsewhere_leaves_its_words_only():
    assert from_plain("![Park](https://example.se/park.png)") == "<p>Park</p>"


@given(st.text(alphabet=st.sampled_from("ab å-*_#1.|[](){}<>&`\\!~=+ \n"), max_size=60))
def test_whatever_is_written_comes_back(text):
    html = from_plain(text)

    assert from_plain(to_plain(html)) == html
