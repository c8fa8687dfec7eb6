import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from roder.infra.documents.richtext import clean, plain_text

TAG = st.sampled_from("p h1 h3 h4 strong b em ul ol li table tr th td a br script x".split())
LINK = st.text(max_size=8).map(lambda text: f'<a href="https://{text}">')
WORD = st.sampled_from(["å", "a\u030a", "&nbsp;", " ", "\n", "1", "<", "&lt;", "&#1;", "\u0301"])
SOUP = st.lists(
    TAG.map("<{}>".format) | TAG.map("</{}>".format) | LINK | WORD | st.text(max_size=5),
    max_size=40,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec=None)) | SOUP)
@example('<A HREF="HTTP://\ua7f8">0')
def test_cleaning_twice_changes_nothing(html: str) -> None:
    once = clean(html)

    assert clean(once) == once
    assert plain_text(once) == plain_text(html)


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("", ""),
        ("Hej", "<p>Hej</p>"),
        ("<p>&nbsp;</p><p> </p><p><br></p>", ""),
        ("<p>a&nbsp; &nbsp;b</p>", "<p>a b</p>"),
        ("<p>1&nbsp;240 kr</p>", "<p>1\xa0240 kr</p>"),
        ("a<br><br>b<br>c", "<p>a</p><p>b<br>c</p>"),
        ('<p class="MsoNormal" style="color:red">x<o:p></o:p></p>', "<p>x</p>"),
        ("<div><b>x</b> <i>y</i></div>", "<p><strong>x</strong> <em>y</em></p>"),
        ("<h1>x</h1><h6>y</h6>", "<h3>x</h3><h4>y</h4>"),
        ("<script>alert(1)</script><img src=x onerror=y>z", "<p>z</p>"),
        ("a\u030a", "<p>å</p>"),
        ("a&#1;b\x00\ud800c", "<p>abc</p>"),
        (
            "<ul><li>a</li><ul><li>b</li></ul></ul>",
            "<ul><li>a<ul><li>b</li></ul></li></ul>",
        ),
        (
            "<table><thead><tr><th>x</th><th>y</th></tr></thead><tr><td><h3>q</h3></td></tr></table>",
            (
                "<table><tr><th>x</th><th>y</th></tr>"
                "<tr><td><strong>q</strong></td><td></td></tr></table>"
            ),
        ),
        (
            "<table><tr><td>a<table><tr><td>b</td><td>c</td></tr></table></td></tr></table>",
            "<table><tr><td><p>a</p><p>b</p><p>c</p></td></tr></table>",
        ),
    ],
)
def test_only_the_closed_subset_is_left(html: str, cleaned: str) -> None:
    assert clean(html) == cleaned


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("https://example.se/å b?x=1&y#z", "https://example.se/%C3%A5%20b?x=1&amp;y#z"),
        ("https://östhammar.se", "https://xn--sthammar-m4a.se"),
        ("https://anna:hemligt@example.se:8443/", "https://example.se:8443/"),
        ("mailto:anna@example.se", "mailto:anna@example.se"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("/intern", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_a_link_leads_to_the_web_or_a_mailbox(href: str, kept: str | None) -> None:
    assert clean(f'<a href="{href}">x</a>') == (
        f'<p><a href="{kept}">x</a></p>' if kept else "<p>x</p>"
    )


def test_lists_are_at_most_four_deep() -> None:
    deep = clean("<ul><li>" * 500 + "x")

    assert deep == "<ul><li>" * 4 + "x" + "</li></ul>" * 4


def test_plain_text_keeps_lines_items_and_cells_apart() -> None:
    html = (
        "<p>En<br>två</p><ul><li>a<ul><li>b</li></ul></li></ul>"
        "<table><tr><td>1</td><td>2</td></tr></table>"
    )
    assert plain_text(html) == "En\ntvå\n- a\n  - b\n1\t2"
