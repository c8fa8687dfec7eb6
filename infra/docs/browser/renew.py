"""Lay out `platform/web/static/vendor/` anew: `python infra/docs/browser/renew.py`.

Needs node, npm and the network; nothing of this runs in the service or in a test. To renew a
thing, change its version here, run this, and look at what changed in git. The README there is
written by hand.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
VENDOR = ROOT / "platform" / "web" / "static" / "vendor"
KEPT = {"README.md", "SHA256SUMS"}

COPIED = {
    "htmx.org@4.0.1": ("htmx", ["dist/htmx.min.js", "dist/ext/hx-sse.min.js"]),
    "@fontsource-variable/source-sans-3@5.3.0": (
        "source-sans-3",
        ["files/source-sans-3-latin-wght-normal.woff2"],
    ),
    "@fontsource/atkinson-hyperlegible@5.3.0": (
        "atkinson-hyperlegible",
        [
            "files/atkinson-hyperlegible-latin-400-normal.woff2",
            "files/atkinson-hyperlegible-latin-700-normal.woff2",
        ],
    ),
    "graphiql@3.8.3": ("graphiql", ["graphiql.min.js", "graphiql.min.css"]),
    "react@18.3.1": ("react", ["umd/react.production.min.js"]),
    "react-dom@18.3.1": ("react-dom", ["umd/react-dom.production.min.js"]),
}
LUCIDE = "lucide-static@1.62.0"
ICONS = """
    search menu x check chevron-right chevron-down plus pencil trash-2 lock lock-open info
    circle-help triangle-alert circle circle-check square triangle calendar users user file-text
    file-down download upload image link table list list-ordered bold italic heading undo-2 redo-2
    eye filter columns-3 settings key target trending-up gauge network arrow-left arrow-right
    arrow-up arrow-down move copy split ellipsis clock history log-out command keyboard play bell
""".split()
ESBUILD = "esbuild@0.28.2"
PROSEMIRROR = {
    "prosemirror-view": "1.42.9",
    "prosemirror-state": "1.4.4",
    "prosemirror-model": "1.25.13",
    "prosemirror-transform": "1.12.6",
    "prosemirror-commands": "1.7.2",
    "prosemirror-keymap": "1.2.3",
    "prosemirror-history": "1.5.1",
    "prosemirror-inputrules": "1.6.0",
    "prosemirror-schema-list": "1.6.0",
    "prosemirror-tables": "1.8.5",
    "orderedmap": "2.1.1",
    "rope-sequence": "1.3.4",
    "w3c-keyname": "2.2.8",
}
"""The folder is named for the first; the last three are what the others stand on."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        packages = install(Path(folder))
        for old in VENDOR.iterdir():
            if old.name not in KEPT:
                shutil.rmtree(old)
        for package, (name, files) in COPIED.items():
            copy(packages, package, name, files)
        write_icons(packages)
        build_prosemirror(packages)
    write_sums()


def install(folder: Path) -> Path:
    """The packages in exactly these versions; no script of theirs is run."""
    prosemirror = [f"{name}@{version}" for name, version in PROSEMIRROR.items()]
    wanted = [*COPIED, LUCIDE, ESBUILD, *prosemirror]
    npm = ["npm", "install", "--prefix", str(folder), "--ignore-scripts", "--legacy-peer-deps"]
    run([*npm, "--no-save", "--no-audit", "--no-fund", *wanted], folder)
    return folder / "node_modules"


def copy(packages: Path, package: str, name: str, files: list[str]) -> None:
    source, version = packages / package.rpartition("@")[0], package.rpartition("@")[2]
    target = VENDOR / f"{name}-{version}"
    target.mkdir()
    for file in (*files, "LICENSE"):
        shutil.copyfile(source / file, target / Path(file).name)


def write_icons(packages: Path) -> None:
    """One file with a `<symbol>` an icon, in the colour of the text around it."""
    copy(packages, LUCIDE, "lucide", [])
    drawn = 'fill="none" stroke="currentColor" stroke-width="2" '
    drawn += 'stroke-linecap="round" stroke-linejoin="round"'
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">']
    for icon in sorted(ICONS):
        text = (packages / "lucide-static" / "icons" / f"{icon}.svg").read_text()
        [inside] = re.findall(r"<svg[^>]*>(.*)</svg>", text, re.DOTALL)
        shapes = re.sub(r"\s+", " ", inside).replace(" />", "/>").replace("> <", "><").strip()
        lines.append(f'<symbol id="{icon}" viewBox="0 0 24 24" {drawn}>{shapes}</symbol>')
    target = VENDOR / f"lucide-{LUCIDE.rpartition('@')[2]}" / "icons.svg"
    target.write_text("\n".join([*lines, "</svg>", ""]))


def build_prosemirror(packages: Path) -> None:
    """One ES module, its entry file, the style the editor needs, and all licences in one file."""
    target = VENDOR / f"prosemirror-{PROSEMIRROR['prosemirror-view']}"
    target.mkdir()
    entry = Path(shutil.copy(HERE / "entry.js", packages.parent / "entry.js"))
    shutil.copyfile(entry, target / "entry.js")
    banner = f"/*! ProseMirror {PROSEMIRROR['prosemirror-view']}, MIT, see LICENSE */"
    command = ["npx", "--no-install", "esbuild", str(entry), "--bundle", "--minify", "--format=esm"]
    command += ["--target=es2022", "--charset=utf8", f"--banner:js={banner}"]
    run([*command, f"--outfile={target / 'prosemirror.js'}"], packages.parent)
    styles = [packages / name / "style" for name in ("prosemirror-view", "prosemirror-tables")]
    sheets = [styles[0] / "prosemirror.css", styles[1] / "tables.css"]
    (target / "prosemirror.css").write_text("\n".join(sheet.read_text() for sheet in sheets))
    licences: dict[str, list[str]] = {}
    for name, version in PROSEMIRROR.items():
        text = (packages / name / "LICENSE").read_text().strip()
        licences.setdefault(text, []).append(f"{name} {version}")
    parts = [f"{', '.join(names)}:\n\n{text}\n" for text, names in licences.items()]
    (target / "LICENSE").write_text("\n----\n\n".join(parts))


def write_sums() -> None:
    files = sorted(path for path in VENDOR.rglob("*") if path.is_file() and path.parent != VENDOR)
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(VENDOR).as_posix()}\n"
        for path in files
    ]
    (VENDOR / "SHA256SUMS").write_text("".join(sums))


def run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True)


if __name__ == "__main__":
    main()
