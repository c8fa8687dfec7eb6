"""What others have written lies in the checkout as it was published, and fetches nothing itself."""

import gzip
import re
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import pytest

VENDOR = Path(__file__).parents[3] / "platform" / "web" / "static" / "vendor"
FOLDERS = sorted(path for path in VENDOR.iterdir() if path.is_dir())
OWN = {"README.md", "SHA256SUMS"}


def test_every_file_has_the_sum_that_was_noted_and_none_is_missing():
    noted = dict(
        reversed(line.split("  ")) for line in (VENDOR / "SHA256SUMS").read_text().splitlines()
    )
    found = {
        path.relative_to(VENDOR).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.relative_to(VENDOR).as_posix() not in OWN
    }

    assert found == noted


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_folder_has_its_licence_and_stands_in_the_table(folder):
    version = folder.name.rsplit("-", 1)[1]
    rows = [
        r for r in (VENDOR / "README.md").read_text().splitlines() if f"| `{folder.name}` " in r
    ]

    assert (folder / "LICENSE").stat().st_size > 500
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert len(rows) == 1
    assert version in rows[0].replace(folder.name, "")
    assert re.search(r"\| (0BSD|OFL-1\.1|ISC|MIT)", rows[0])


@pytest.mark.parametrize("sheet", sorted(VENDOR.rglob("*.css")), ids=lambda sheet: sheet.name)
def test_no_style_sheet_fetches_anything(sheet):
    text = sheet.read_text(encoding="utf-8")

    fetched = re.findall(r"url\(\s*[\"']?(?!data:|#)([^\"')]{1,80})", text)

    assert fetched == []
    assert "@import" not in text


def test_no_script_imports_from_an_address():
    imports = [
        found
        for script in VENDOR.rglob("*.js")
        for found in re.findall(
            r"(?:\bfrom|\bimport|\bimport\(|importScripts\()\s*[\"'`](?:https?:)?//[^\"'`]{1,80}",
            script.read_text(encoding="utf-8"),
        )
    ]
    assert imports == []


def test_the_editor_is_one_file_within_its_weight():
    [script] = VENDOR.glob("prosemirror-*/prosemirror.js")

    assert not re.search(r"^\s*import\b", script.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(gzip.compress(script.read_bytes(), 9)) <= 80_000


def test_the_icons_take_the_colour_of_the_text_and_have_one_name_each():
    [sprite] = VENDOR.glob("lucide-*/icons.svg")
    symbols = list(ElementTree.parse(sprite).getroot())
    names = [symbol.get("id") for symbol in symbols]

    assert {symbol.tag for symbol in symbols} == {"{http://www.w3.org/2000/svg}symbol"}
    assert {symbol.get("stroke") for symbol in symbols} == {"currentColor"}
    assert all(len(symbol) for symbol in symbols)
    assert names == sorted(set(names))
    assert {"search", "lock", "lock-open", "circle", "triangle", "square"} <= set(names)
