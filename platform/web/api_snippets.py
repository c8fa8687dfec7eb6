"""How other programs ask: the same query in four languages, with this municipality's address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Snippet:
    name: str
    key: str
    text: str


def snippets(address: str, *, key_word: str) -> list[Snippet]:
    """`key_word` stands where the key goes."""
    texts = {
        "curl": CURL,
        "Python (gql)": PYTHON,
        "Excel, Power Query (M)": POWER_QUERY,
        "PowerShell": POWERSHELL,
    }
    return [
        Snippet(
            name,
            name.split()[0].strip(",").lower(),
            text.replace("ADDRESS", address).replace("KEY", key_word),
        )
        for name, text in texts.items()
    ]


CURL: Final = """curl ADDRESS \\
  -H "Authorization: Bearer KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"query": "{ units { code name } }"}'
"""

PYTHON: Final = """# python -m pip install "gql[httpx]"
from gql import Client, gql
from gql.transport.httpx import HTTPXTransport

transport = HTTPXTransport("ADDRESS", headers={"Authorization": "Bearer KEY"})
with Client(transport=transport) as session:
    answer = session.execute(gql("{ units { code name } }"))
for unit in answer["units"]:
    print(unit["code"], unit["name"])
"""

POWER_QUERY: Final = """let
    Answer = Json.Document(Web.Contents("ADDRESS", [
        Headers = [
            #"Authorization" = "Bearer KEY",
            #"Content-Type" = "application/json"
        ],
        Content = Json.FromValue([query = "{ units { code name kind } }"])
    ])),
    Units = Table.FromRecords(Answer[data][units])
in
    Units
"""

POWERSHELL: Final = """$body = @{ query = "{ units { code name } }" } | ConvertTo-Json
$answer = Invoke-RestMethod -Method Post -Uri "ADDRESS" `
    -Headers @{ Authorization = "Bearer KEY" } `
    -ContentType "application/json; charset=utf-8" -Body $body
$answer.data.units | Format-Table
"""
