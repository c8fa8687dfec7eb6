"""A long table is written a shape at a time, and as the macro would have written each line."""

from __future__ import annotations

from jinja2 import Environment
from markupsafe import Markup

from roder.platform.web.stencils import Stencils, mark

WRITTEN = """{% macro line(row) %}<b title="{{ row[0] }}">{{ row[0] }}{% if row[1] %}: {{ row[1] }}
{%- endif %}</b>{% endmacro %}"""


class Macro:
    """Counts what it is asked to write."""

    def __init__(self) -> None:
        self.macro = Environment(autoescape=True).from_string(WRITTEN).module.line  # type: ignore[attr-defined]
        self.lines: list[object] = []

    def __call__(self, line: object) -> str:
        self.lines.append(line)
        return str(self.macro(line))


def test_lines_of_one_shape_are_written_by_the_template_once() -> None:
    macro = Macro()
    stencils = Stencils(macro)
    rows = [("Åsa & Örjan", "1 < 2"), ('"Bo"', "{0} %s %"), ("C", "")]
    written = []
    for title, figure in rows:
        shape = (mark(0), mark(1) if figure else "")
        written.append(stencils.line(shape, (title, figure)))
    assert written == [macro.macro(row) for row in rows]
    assert len(macro.lines) == 2


def test_what_is_put_in_is_escaped_and_markup_is_not() -> None:
    stencils = Stencils(Macro())
    shape = (mark(0), mark(1))
    line = stencils.line(shape, ("<script>", Markup("<i>77</i>")))
    assert line == '<b title="&lt;script&gt;">&lt;script&gt;: <i>77</i></b>'
    assert isinstance(line, Markup)


def test_a_line_may_be_made_apart_from_its_shape() -> None:
    macro = Macro()
    stencils = Stencils(macro)
    for title in ("A", "B"):
        assert (
            stencils.line("bare", (title,), lambda: (mark(0), ""))
            == f'<b title="{title}">{title}</b>'
        )
    assert macro.lines == [(mark(0), "")]
