"""What is left of a municipality: a certificate of what was erased, signed by the service."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from html import escape
from typing import Final

import orjson
from pydantic import SecretStr

from ....infra.documents.model import Column, Document, Heading, RichText, Table
from ....infra.i18n import _
from ....infra.signing import is_signed, public_key, sign

PURPOSE: Final = "certificate of erasure"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was erased, when, by whom (by role: no one is named) and what remains. Days and moments
    are ISO 8601; `rows` are by table."""

    municipality: str
    municipality_id: str
    asked_on: str
    confirmed_on: str
    notice_days: int
    due_on: str
    begun_at: str
    ended_at: str
    keys: int
    keys_destroyed_at: str
    backups_until: str
    rows: Mapping[str, int]
    files: int
    log_entries: int
    log_hash: str
    exported_at: str
    export_digest: str
    kind: str = "erasure of a municipality"
    version: int = 1
    asked_by: str = "a full administrator"
    confirmed_by: str = "another full administrator"
    carried_out_by: str = "the operator of the service"
    remains: tuple[str, ...] = (
        "this certificate",
        "the municipality's id and name, so that the id is not used again",
        "heads of the access log in locked storage: numbers and hashes, no personal data",
        "backups of the database, until the day that is named",
    )

    def text(self) -> bytes:
        """What is signed: JSON with sorted keys and no spaces, UTF-8."""
        return orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS)


def signed(certificate: Certificate, secret_key: SecretStr) -> bytes:
    """The certificate as a file: what it says, the signature of that, and the key to check with."""
    text = certificate.text()
    file = {
        "certificate": orjson.loads(text),
        "signature": _base64(sign(secret_key, text, purpose=PURPOSE)),
        "public_key": _base64(public_key(secret_key, purpose=PURPOSE)),
        "how": "Ed25519 over `certificate` as JSON with sorted keys and no spaces, in UTF-8",
    }
    return orjson.dumps(file, option=orjson.OPT_INDENT_2)


def is_ours(file: bytes, secret_key: SecretStr) -> bool:
    """Whether this service has signed the certificate, and nobody has changed it since."""
    try:
        found = orjson.loads(file)
        text = orjson.dumps(found["certificate"], option=orjson.OPT_SORT_KEYS)
        signature = base64.b64decode(found["signature"], validate=True)
    except (ValueError, KeyError, TypeError):
        return False
    return is_signed(public_key(secret_key, purpose=PURPOSE), text, signature)


def as_document(certificate: Certificate, signature: str, *, on: date) -> Document:
    """For people; the other file is the one that is checked."""
    facts = (
        (_("Asked for by a full administrator"), certificate.asked_on),
        (_("Confirmed by another full administrator"), certificate.confirmed_on),
        (_("Notice, days"), str(certificate.notice_days)),
        (_("Could be carried out from"), certificate.due_on),
        (_("Begun by the operator"), certificate.begun_at),
        (_("Keys of stored files destroyed"), certificate.keys_destroyed_at),
        (_("Ended"), certificate.ended_at),
        (_("Rows erased"), str(sum(certificate.rows.values()))),
        (_("Files erased"), str(certificate.files)),
        (_("Entries of the access log erased"), str(certificate.log_entries)),
        (_("Last export, its digest"), certificate.export_digest or _("none")),
        (_("Municipality, id"), certificate.municipality_id),
        (_("Signature (Ed25519)"), signature),
    )
    words = _(
        "All that the municipality had in the service has been erased. The key that its stored "
        "files were encrypted with has been destroyed, so copies of the files, in backups too, can "
        "no longer be read. Backups of the database hold the key sealed until {day}, when the last "
        "of them has been thrown away; until then they are kept apart and used for nothing else.",
        day=certificate.backups_until,
    )
    rows = tuple((name, str(count)) for name, count in sorted(certificate.rows.items()) if count)
    return Document(
        title=_("Certificate of erasure"),
        municipality=certificate.municipality,
        date=on,
        contents=False,
        blocks=(
            RichText(f"<p>{escape(words)}</p>"),
            Table((Column(_("What")), Column(_("Answer"), weight=2)), facts, row_headers=True),
            Heading(2, _("Rows by table")),
            Table((Column(_("Table")), Column(_("Rows"), align="right")), rows, row_headers=True),
        ),
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
