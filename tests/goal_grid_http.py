"""What the tests of the page Goal analysis do over HTTP, and how they read the answers."""

from __future__ import annotations

import re
from html import unescape

from goal_grid import PATH, Board

SCRIPT = {"HX-Request": "true"}


def words(html: str) -> str:
    """What is read, without the marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def light(board: Board, html: str, name: str) -> str:
    """The word of a row's light."""
    found = re.search(rf'<a id="l-{board.nodes[name]}"[^>]*>(.*?)</a>', html, re.DOTALL)
    assert found is not None
    return words(found[1])


async def save(http, board, name, part, value, was="", **more):
    sent = {part: value, "was": was, **more}
    return await http.post(f"{PATH}/rad/{board.nodes[name]}", data=sent, headers=SCRIPT)
