"""What the columns of another system's list mean, guessed by their headings, and rows read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from ....infra.i18n import _
from ....infra.tabular import RowFault
from ....tenants.work import STOCKHOLM


class Field(StrEnum):
    AT = "at"
    TIME = "time"
    WHO = "who"
    SUBJECT = "subject"
    ACTION = "action"
    KIND = "kind"
    PROCESS = "process"
    ADDRESS = "address"
    MARK = "mark"


REQUIRED = (Field.AT, Field.WHO)

HEADINGS: Mapping[Field, str] = {
    Field.AT: r"datum|tidpunkt|date|när|when|timestamp|datum och tid|logg(datum|tid)",
    Field.TIME: r"tid|klockslag|time|kl",
    Field.WHO: r"användare|användar(namn|-?id)|user( ?name| ?id)?|vem|who|handläggare|personal",
    Field.SUBJECT: r"personnummer|person-?nr|elev|patient|barn|person|brukare|pupil|patient-?id",
    Field.ACTION: r"åtgärd|händelse|aktivitet|action|typ|event",
    Field.KIND: r"dokument|journal|elevakt|akt|vad|objekt|what|record",
    Field.PROCESS: r"enhet|skola|modul|process|program|unit|system",
    Field.ADDRESS: r"ip|ip-?adress|dator|arbetsstation|address|terminal",
    Field.MARK: r"avvikelse|markering|flagga|deviation|flag|varning",
}
FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H.%M",
    "%Y%m%d %H:%M",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%Y-%m-%d",
    "%Y%m%d",
)
NOTHING = {"", "0", "-", "nej", "no", "false", "n"}


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row of a list: its number as a spreadsheet counts, and what it says."""

    number: int
    at: datetime
    who: str
    subjects: tuple[str, ...]
    action: str
    kind: str
    process: str
    address: str
    marked: bool


def guess(headings: Sequence[str]) -> dict[str, int]:
    """The column of each field, by its heading; the first that fits, each column once."""
    found: dict[str, int] = {}
    for field, pattern in HEADINGS.items():
        for at, heading in enumerate(headings):
            plain = " ".join(heading.lower().split())
            if at not in found.values() and re.fullmatch(pattern, plain):
                found[field.value] = at
                break
    return found


def read_rows_of(
    cells: Sequence[Sequence[object]],
    columns: Mapping[str, int],
    *,
    begins: date,
    ends: date,
) -> tuple[list[ReadRow], list[RowFault]]:
    """The rows below the headings, and what is wrong in which. Each of `cells` begins with the
    number of its row."""
    headings = [str(cell) for cell in cells[0][1:]]

    def cell(row: Sequence[object], field: Field) -> str:
        at = columns.get(field.value)
        return " ".join(str(row[at + 1]).split()) if at is not None else ""

    def fault(row: Sequence[object], field: Field, message: str) -> RowFault:
        return RowFault(int(str(row[0])), headings[columns[field.value]], message)

    found: list[ReadRow] = []
    faults: list[RowFault] = []
    for row in cells[1:]:
        text = " ".join(part for part in (cell(row, Field.AT), cell(row, Field.TIME)) if part)
        at = _moment(text)
        if at is None:
            told = _("“{text}” is no time. Write it as 2026-10-05 12:03.", text=text[:60])
            faults.append(fault(row, Field.AT, told))
            continue
        if not begins <= at.astimezone(STOCKHOLM).date() <= ends:
            faults.append(fault(row, Field.AT, _("The day is not among those of the list.")))
            continue
        who = cell(row, Field.WHO)
        if not who:
            faults.append(fault(row, Field.WHO, _("Who it was is missing.")))
            continue
        subject = cell(row, Field.SUBJECT)
        found.append(
            ReadRow(
                number=int(str(row[0])),
                at=at,
                who=who[:200],
                subjects=(subject[:200],) if subject else (),
                action=cell(row, Field.ACTION)[:200],
                kind=cell(row, Field.KIND)[:200],
                process=cell(row, Field.PROCESS)[:200],
                address=cell(row, Field.ADDRESS)[:200],
                marked=cell(row, Field.MARK).lower() not in NOTHING,
            )
        )
    return found, faults


def _moment(text: str) -> datetime | None:
    """On the clock in Sweden, unless it says another zone."""
    for form in FORMATS:
        try:
            local = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is given below
        except ValueError:
            continue
        return local.replace(tzinfo=STOCKHOLM).astimezone(UTC)
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (given if given.tzinfo else given.replace(tzinfo=STOCKHOLM)).astimezone(UTC)
