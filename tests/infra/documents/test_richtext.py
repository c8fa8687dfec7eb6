from hypothesis import given, settings
from hypothesis import strategies as st

from roder.infra.documents.richtext import clean, plain_text

TAG = st.sampled_from("p h1 h3 h4 strong b em ul ol li table tr th td a br script x".split())
OPEN = TAG.map(lambda tag: f"<{tag}>")
CLOSE = TAG.map(lambda tag: f"</{tag}>")
LINK = st.text(max_size=8).map(lambda text: f'<a href="https://{text}">')
WORD = st.sampled_from(
    ["å", "a\u030a", "&nbsp;", " ", "\n", "1", "<", "&lt;", "&#0;", "\u0301", "]]>"]
)
SOUP = st.lists(OPEN | CLOSE | LINK | WORD | st.text(max_size=5), max_size=40).map("".join)


@settings(max_examples=400, deadline=None)
@given(st.text(st.characters(codec=None)) | SOUP)
def test_cleaning_twice_changes_nothing(html: str) -> None:
    once = clean(html)
    assert clean(once) == once
    assert isinstance(plain_text(html), str)
