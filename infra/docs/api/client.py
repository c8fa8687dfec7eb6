"""From a printed goal analysis to the finished report, through the API alone.

    python infra/docs/api/client.py                 the demonstration that `make run` started
    python infra/docs/api/client.py URL TOKEN       another service: URL ends with /graphql

Needs `pip install "gql[httpx]"`. Run again it changes nothing that is done, and exports anew.
The board is a real one (Östhammar, social services); outcomes, comments and texts are invented.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

import httpx
from calls import PROBLEM, ask, change, follow, send_file
from chapters import ACTIVITY, CHAPTERS, COMMENTS, MEASURES, OUTCOMES
from gql import Client
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError
from gql.transport.httpx import HTTPXTransport

BOARD = Path(__file__).parents[3] / "platform" / "demonstration" / "socialnamnden.tsv"


def main() -> None:
    asked = read_arguments()
    headers = {"Authorization": f"Bearer {asked.token}", "Accept-Language": "sv"}
    transport = HTTPXTransport(asked.url, headers=headers, timeout=30)
    try:
        with Client(transport=transport) as api, httpx.Client(headers=headers, timeout=30) as http:
            unit = find_unit(api, asked.unit, asked.year)
            make_model(api, asked.year)
            board = import_board(api, http, asked, unit)
            complete_goals(api, unit, asked.year)
            report = write_report(api, unit, asked.year, board)
            for kind in ("PDF", "WORD"):
                export(api, http, asked, report, kind)
    except TransportConnectionFailed as failed:
        raise SystemExit(f"No service answers at {asked.url}: {failed}") from None
    except TransportQueryError as refused:
        raise SystemExit(f"Refused: {(refused.errors or [{}])[0].get('message')}") from None


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="From a printed goal analysis to the report.")
    parser.add_argument("url", nargs="?", help="https://…/{municipality}/graphql")
    parser.add_argument("token", nargs="?", help="token of someone who may import, write, export")
    parser.add_argument("--board", type=Path, default=BOARD, help="the goal analysis as a file")
    parser.add_argument("--unit", default="SN", help="code of the unit whose report it is")
    parser.add_argument("--year", type=int, default=2020)
    parser.add_argument("--out", type=Path, default=Path(), help="folder for the files")
    asked = parser.parse_args()
    if asked.url and not asked.token:
        parser.error("a token belongs to the address")
    if not asked.url:
        keys = Path(os.environ.get("RODER_HOME", ".roder")) / "demo.json"
        if not keys.exists():
            parser.error(f"{keys} is not there: give URL and TOKEN, or start `make run`")
        first = json.loads(keys.read_text())["tenants"][0]
        asked.url, asked.token = first["graphql"], first["token"]
    return asked


def find_unit(api: Client, code: str, year: int) -> str:
    """The id of a unit by its code, in the tree as it was at the end of the year."""
    text = "query ($on: Date!) { me { name } units(on: $on) { id code name } }"
    data = ask(api, text, on=f"{year}-12-31")
    for unit in data["units"]:
        if unit["code"] == code:
            print(f"{data['me']['name']} writes for {unit['name']}, {year}.")
            return unit["id"]
    raise SystemExit(f"{year} has no unit with the code {code}.")


def make_model(api: Client, year: int) -> None:
    """Let the year be steered as the newest year is, unless it has a steering model already."""
    models = ask(api, "{ steeringModels { nodes { id year name } } }")["steeringModels"]["nodes"]
    if year in [model["year"] for model in models]:
        return
    if not models:
        raise SystemExit("The municipality has no steering model to copy.")
    newest = models[-1]
    change(api, "copySteeringModel", id=newest["id"], year=year, withNodes=False)
    print(f"The steering model of {newest['year']} is copied to {year}, without its goals.")


def import_board(api: Client, http: httpx.Client, asked: argparse.Namespace, unit: str) -> str:
    """Send the file, try it, and only then read it in. The answer is the id of the file."""
    file = send_file(http, asked.url, asked.board)
    answer = "... on BoardImport { created updated unchanged notices errors { row message } }"
    for dry in (True, False):
        input = {"unitId": unit, "fileId": file, "year": asked.year, "dryRun": dry}
        read = change(api, "importBoard", answer, **input)
        if read["errors"]:
            lines = [f"row {error['row']}: {error['message']}" for error in read["errors"]]
            raise SystemExit("\n".join(["The board cannot be read in.", *lines]))
        counts = "{created} new, {updated} changed, {unchanged} as before".format(**read)
        print(f"{'Dry run' if dry else 'Import'} of {asked.board.name}: {counts}.")
    for notice in read["notices"]:
        print(f"  {notice}")
    return file


def complete_goals(api: Client, unit: str, year: int) -> None:
    """Say how indicators are measured, enter what is missing, comment, and close the activity."""
    analysis = read_analysis(api, unit, year)
    print(f"{analysis['missing']} values are missing in {analysis['periodName']}.")
    nodes = {row["node"]["title"]: row["node"]["id"] for row in analysis["rows"]}
    if missing := sorted({*OUTCOMES, *COMMENTS} - set(nodes)):
        raise SystemExit(f"The board does not have: {', '.join(missing)}.")
    place = {"unitId": unit, "period": str(year)}
    for title, measure in MEASURES.items():
        change(api, "changeIndicator", id=nodes[title], measure=measure)
    for title, values in OUTCOMES.items():
        change(api, "setOutcome", indicatorId=nodes[title], **place, **values)
    for title, text in COMMENTS.items():
        change(api, "writeComment", aboutId=nodes[title], **place, text=text, inReport=True)
    change(api, "changeActivity", id=nodes[ACTIVITY], state="done")
    analysis = read_analysis(api, unit, year)
    for row in analysis["rows"]:
        if row["light"]:
            print(f"{'  ' * row['depth']}- {row['node']['title']}")
            print(f"{'  ' * row['depth']}  {row['light']['word']}: {row['light']['sentence']}")
    for warning in analysis["warnings"]:
        print(f"! {warning['title']}: {warning['sentence']}")


def read_analysis(api: Client, unit: str, year: int) -> dict[str, Any]:
    text = """query ($unit: ID!, $period: String!) { goalAnalysis(unitId: $unit, period: $period) {
        periodName missing warnings { title sentence }
        rows { depth node { id title } light { word sentence } } } }"""
    return ask(api, text, unit=unit, period=str(year))["goalAnalysis"]


def write_report(api: Client, unit: str, year: int, board: str) -> str:
    """Write and mark what is not marked yet, then the report as a whole. Answers with its id."""
    report = open_report(api, unit, year)
    print(f"{report['title']}:")
    for section in report["sections"]:
        id, key = section["id"], section["key"]
        if section["kind"] == "HEADING" or section["completion"]:
            continue
        if key in CHAPTERS:
            change(api, "writeSection", id=id, version=section["version"], **CHAPTERS[key])
        if section["kind"] == "ATTACHMENTS":
            change(api, "attachFile", sectionId=id, fileId=board, title="Målanalys")
        change(api, "completeSection", id=id)
        print(f"  {section['number']:4} {section['title']}: done")
    if not report["completion"]:
        text = f"mutation ($id: ID!) {{ completeReport(id: $id) {{ __typename {PROBLEM} }} }}"
        ask(api, text, id=report["id"])
    print("The whole report is marked as done.")
    return report["id"]


def open_report(api: Client, unit: str, year: int) -> dict[str, Any]:
    """The unit's report for the year with its sections; started if there is none."""
    fields = "id title completion { id } "
    fields += "sections { id key number title kind version completion { id } }"
    templates = ask(api, "{ reportTemplates { id key } }")["reportTemplates"]
    [template] = [found["id"] for found in templates if found["key"] == "quality_report"]
    place = {"templateId": template, "unitId": unit, "period": str(year)}
    text = f"""query ($templateId: ID!, $unitId: ID!, $period: String!) {{
        reports(templateId: $templateId, unitId: $unitId, period: $period) {{
            nodes {{ {fields} }} }} }}"""
    for report in ask(api, text, **place)["reports"]["nodes"]:
        return report
    return change(api, "startReport", f"... on Report {{ {fields} }}", **place)


def export(
    api: Client, http: httpx.Client, asked: argparse.Namespace, report: str, kind: str
) -> None:
    """Ask for the file, follow the job to its end, and fetch what it made."""
    asked_for = change(api, "exportReport", "... on Job { id }", reportId=report, format=kind)
    job: dict[str, Any] = {}
    for job in follow(http, asked.url, asked_for["id"]):
        print(
            f"  {kind} {job['state'].lower()} {job['done']}/{job['total']} {job['step']}".rstrip()
        )
    if job.get("state") != "DONE":
        raise SystemExit(f"The export failed: {job.get('problem')}")
    name, link = job["file"]["name"], job["file"]["link"]
    content = http.get(link).raise_for_status().content
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / name).write_bytes(content)
    print(f"Saved {asked.out / name}, {len(content):,} bytes.")


if __name__ == "__main__":
    main()
