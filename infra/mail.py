"""Mail: a text with its simple HTML twin, sent by SMTP, or in the demonstration kept as a file."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import structlog

from .settings import Settings

log = structlog.get_logger()

SECONDS = 20
"""What a mail server has to answer in."""
POLICY = SMTP.clone(max_line_length=900)
"""A line may have 998 signs; folded at 78, an address in a header would come out encoded."""


class MailRefused(Exception):
    """Nobody can be reached at this address, now or later: trying again does not help."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to one person. `key` makes its Message-ID: sent twice, it is one mail to whoever
    receives it. `settings_url` is where to say that one wants no more of them."""

    key: str
    name: str
    address: str
    subject: str
    text: str
    html: str
    settings_url: str
    at: datetime


async def send_letter(settings: Settings, letter: Letter) -> bool:
    """Send it; False when no mail is set up here. Raises MailRefused for an address that no mail
    can go to; any other fault may pass if it is tried again."""
    message = write_message(settings, letter)
    if settings.mail_url:
        await _by_smtp(settings.mail_url, message)
        return True
    if settings.mode == "production":
        log.warning("mail_not_set_up", key=letter.key)
        return False
    await asyncio.to_thread(_into_folder, settings.home / "mail", letter, message)
    return True


def write_message(settings: Settings, letter: Letter) -> EmailMessage:
    """The mail as it goes out. No word of it can become a header of its own."""
    message = EmailMessage(policy=POLICY)
    host = urlsplit(settings.base_url).hostname or "localhost"
    try:
        message["From"] = Address("Roder", addr_spec=settings.mail_from or f"roder@{host}")
        message["To"] = Address(_line(letter.name), addr_spec=_ascii_host(letter.address))
    except (ValueError, MessageError, IndexError) as error:
        raise MailRefused(str(error)) from None
    message["Subject"] = _line(letter.subject)
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{re.sub(r'[^A-Za-z0-9.-]', '-', letter.key)}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{letter.settings_url}>"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def _line(text: str) -> str:
    """Words on one line, without signs that nobody sees."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _ascii_host(address: str) -> str:
    """Hosts with å, ä and ö have an older form that every mail server takes. Names have none.

    Raises ValueError for a name or host that cannot be written so."""
    name, _at, host = address.rpartition("@")
    return f"{name.encode('ascii').decode()}@{host.encode('idna').decode()}"


async def _by_smtp(url: str, message: EmailMessage) -> None:
    import aiosmtplib

    parts = urlsplit(url)
    direct = parts.scheme == "smtps"
    wanted = parse_qs(parts.query).get("starttls", ["auto"])[0]
    starttls = {"1": True, "0": False}.get(wanted)
    try:
        await aiosmtplib.send(
            message.as_bytes(),  # given the message, it would fold the lines in its own way
            sender=message["From"].addresses[0].addr_spec,
            recipients=[message["To"].addresses[0].addr_spec],
            hostname=parts.hostname or "localhost",
            port=parts.port,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=direct,
            start_tls=False if direct else starttls,
            timeout=SECONDS,
        )
    except aiosmtplib.SMTPRecipientsRefused as refused:
        if all(one.code >= 500 for one in refused.recipients):
            raise MailRefused(refused.recipients[0].message) from None
        raise


def _into_folder(folder: Path, letter: Letter, message: EmailMessage) -> None:
    """As a maildir does it: written aside and then moved, so that nobody reads half a mail. The
    name comes of the key, so that a second one replaces the first."""
    aside, new = folder / "tmp", folder / "new"
    for place in (aside, new):
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = re.sub(r"[^\w.@-]", "-", f"{letter.address}-{letter.key}")[:200] + ".eml"
    (aside / name).write_bytes(message.as_bytes())
    (aside / name).replace(new / name)
