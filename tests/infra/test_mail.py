"""A mail goes out as it was meant: one to one, with no word of it as a header of its own."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
from aiosmtpd import smtp

from roder.infra.mail import Letter, MailRefused, send_letter, write_message
from roder.infra.settings import Settings

LETTER = Letter(
    key="01a2-77",
    name="Åsa Öberg",
    address="asa.oberg@kommun.example",
    subject="Påminnelse: 2 att göra snart",
    text="Hej Åsa,\n\n.en rad som börjar med punkt\n",
    html="<p>Hej Åsa,</p>",
    settings_url="https://roder.example/kommunen/mitt-arbete/paminnelser",
    at=datetime(2026, 11, 23, 7, 0, tzinfo=UTC),
)
SETTINGS = Settings(public_url="https://roder.example")


def test_a_mail_says_from_whom_to_whom_and_that_no_person_wrote_it():
    mail = write_message(SETTINGS, LETTER)

    assert mail["From"] == "Roder <roder@roder.example>"
    assert mail["To"] == "Åsa Öberg <asa.oberg@kommun.example>"
    assert mail["Subject"] == LETTER.subject
    assert mail["Date"] == "Mon, 23 Nov 2026 07:00:00 +0000"
    assert mail["Message-ID"] == "<01a2-77@roder.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == f"<{LETTER.settings_url}>"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_a_long_address_of_the_settings_stays_as_it_is():
    url = f"https://roder.example/{'langt-namn' * 15}/mitt-arbete/paminnelser"
    data = write_message(SETTINGS, replace(LETTER, settings_url=url)).as_bytes()

    assert f"List-Unsubscribe: <{url}>\r\n".encode() in data


@pytest.mark.parametrize(
    "strange",
    [
        {"subject": "Hej\r\nBcc: nagon@annan.example"},
        {"name": "Åsa\nBcc: nagon@annan.example"},
        {"name": '"Åsa" <nagon@annan.example>, '},
        {"key": "x>\r\nBcc: nagon@annan.example"},
        {"subject": "Hej\u2028Bcc: nagon@annan.example\x00"},
    ],
)
def test_no_word_becomes_a_header_or_another_receiver(strange):
    mail = message_from_bytes(
        write_message(SETTINGS, replace(LETTER, **strange)).as_bytes(), policy=SMTP
    )

    assert mail["Bcc"] is None
    assert [address.addr_spec for address in mail["To"].addresses] == [LETTER.address]
    assert len(mail.keys()) == 9


@pytest.mark.parametrize(
    "address",
    [
        "nobody",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "<a@b.example>",
        "a@",
        "åsa@kommun.example",
        f"a@{'x' * 64}.example",
        "",
    ],
)
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(MailRefused):
        write_message(SETTINGS, replace(LETTER, address=address))


def test_an_address_with_swedish_letters_in_its_host_is_written_in_the_old_form():
    mail = write_message(SETTINGS, replace(LETTER, address="asa@östhammar.example"))

    assert mail["To"].addresses[0].addr_spec == "asa@xn--sthammar-m4a.example"


class Server:
    def __init__(self, answer: str = "250 OK") -> None:
        self.answer = answer
        self.taken: list[bytes] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        if self.answer.startswith("250"):
            self.taken.append(envelope.content)
        return self.answer


async def sent(server: Server, letter: Letter = LETTER, **auth: object) -> bool:
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(
        lambda: smtp.SMTP(server, loop=loop, **auth), "127.0.0.1", 0
    )
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        who = "anna:hemligt%40%3A@" if auth else ""
        settings = Settings(
            mail_url=f"smtp://{who}127.0.0.1:{port}", public_url="https://roder.example"
        )
        return await send_letter(settings, letter)


async def test_a_mail_arrives_with_all_its_signs():
    server = Server()
    assert await sent(server)

    [data] = server.taken
    mail = message_from_bytes(data, policy=SMTP)
    assert mail["Subject"] == LETTER.subject
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == LETTER.text


async def test_the_name_and_password_of_the_address_are_used():
    seen = []

    def check(server, session, envelope, mechanism, data) -> smtp.AuthResult:
        seen.append((data.login, data.password))
        return smtp.AuthResult(success=True)

    assert await sent(Server(), authenticator=check, auth_require_tls=False)
    assert seen == [(b"anna", b"hemligt@:")]


async def test_a_server_that_is_busy_raises_so_that_it_is_tried_again():
    with pytest.raises(Exception, match="Kom igen senare") as busy:
        await sent(Server("451 Kom igen senare"))
    assert not isinstance(busy.value, MailRefused)


async def test_in_the_demonstration_mails_lie_in_a_folder_once_each(tmp_path: Path):
    settings = Settings(home=tmp_path, public_url="https://roder.example")
    assert await send_letter(settings, LETTER)
    assert await send_letter(settings, LETTER)
    assert await send_letter(settings, replace(LETTER, key="../../annan"))

    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.eml"))
    assert files == [
        "mail/new/asa.oberg@kommun.example-..-..-annan.eml",
        "mail/new/asa.oberg@kommun.example-01a2-77.eml",
    ]
    mail = message_from_bytes((tmp_path / files[1]).read_bytes(), policy=SMTP)
    assert mail["Message-ID"] == "<01a2-77@roder.example>"
    assert (tmp_path / "mail" / "new").stat().st_mode & 0o077 == 0


async def test_in_production_without_a_mail_server_nothing_is_sent(tmp_path: Path):
    settings = Settings(home=tmp_path, mode="production", public_url="https://roder.example")

    assert not await send_letter(settings, LETTER)
    assert list(tmp_path.iterdir()) == []
