"""The words of the command line: what can be written, and which function each runs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ... import __version__
from ...infra.i18n import _

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def build_parser() -> argparse.ArgumentParser:
    """Each command sets `run` to `module.function` below `commands/`."""
    parser = argparse.ArgumentParser(
        prog="roder",
        description=_("Planning and follow-up for municipalities."),
        epilog=_(
            "Settings are environment variables RODER_…; `roder doctor` says what is missing."
        ),
    )
    parser.add_argument("--version", "-V", action="version", version=f"roder {__version__}")
    commands = parser.add_subparsers(metavar="command", required=True, dest="command")
    _running(commands)
    _upkeep(commands)
    _municipality(commands)
    _imports(commands)
    _whole(commands)
    return parser


def _running(commands: Commands) -> None:
    demo = _command(commands, "demo", "running.demo", _("start everything, with invented data"))
    demo.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    _command(commands, "serve", "running.serve", _("start the service"))
    _command(commands, "worker", "running.worker", _("start a worker that runs jobs"))


def _upkeep(commands: Commands) -> None:
    migrate = _command(
        commands, "migrate", "database.migrate", _("bring the database to the newest shape")
    )
    migrate.add_argument(
        "--check", action="store_true", help=_("only say whether migrations and models agree")
    )
    _command(commands, "doctor", "health.doctor", _("say what is missing or unsafe"))
    schema = _command(commands, "schema", "schema.schema", _("print the schema of the API"))
    either = schema.add_mutually_exclusive_group()
    either.add_argument(
        "--check", action="store_true", help=_("only say whether graphql/schema.graphql is right")
    )
    either.add_argument(
        "--write", action="store_true", help=_("write it to graphql/schema.graphql")
    )


def _municipality(commands: Commands) -> None:
    tenant = _group(commands, "tenant", _("municipalities"))
    create = _command(tenant, "create", "people.create", _("make a municipality"))
    create.add_argument("slug", help=_("its part of the address, such as osthammar"))
    create.add_argument("name")
    create.add_argument(
        "--administrator",
        nargs=2,
        metavar=("NAME", "EMAIL"),
        required=True,
        help=_("its first full administrator"),
    )
    create.add_argument("--scb-code", help=_("four digits, such as 0382"))
    create.add_argument("--accent", default="#1f5f8b", help=_("its colour, as #rrggbb"))
    create.add_argument("--language", action="append", choices=("sv", "en"))
    create.add_argument(
        "--module", action="append", help=_("a module to switch on; all when left out")
    )
    person = _group(commands, "person", _("people"))
    add = _command(person, "add", "people.add", _("add someone to the register"))
    _of(add, "name", "email")
    add.add_argument("--language", default="sv", choices=("sv", "en"))
    grant = _command(commands, "grant", "people.grant", _("give someone a role"))
    _of(grant, "email", "role")
    grant.add_argument("--unit", help=_("code of the unit; the whole municipality when left out"))
    help_ = _command(
        commands, "support", "support.link", _("a link into a municipality that lets support in")
    )
    _of(help_, "email")
    _tokens(commands)
    _sign_in(commands)


def _tokens(commands: Commands) -> None:
    token = _group(commands, "token", _("keys for programs"))
    key = _command(token, "create", "tokens.create", _("make a key that acts for someone"))
    _of(key, "email", "name")
    key.add_argument(
        "--scope", action="append", help=_("read, write, read:goals …; read when left out")
    )
    key.add_argument("--days", type=int, default=365, help=_("how long it lives"))
    key.add_argument(
        "--unit", action="append", help=_("code of a unit that it is for; all when left out")
    )
    key.add_argument(
        "--network", action="append", help=_("from where it may come, such as 192.0.2.0/24")
    )
    show = _command(token, "list", "tokens.show", _("the keys, with when they were last used"))
    _of(show)
    show.add_argument("--search", default="", help=_("part of a name, or how a key begins"))
    shut = _command(token, "revoke", "tokens.revoke", _("let nobody in by a key any more"))
    _of(shut, "start")
    leak = _command(
        token, "leaked", "tokens.leaked", _("revoke a key that others have got hold of")
    )
    leak.add_argument("key", help=_("the key or how it begins; - reads a text with keys in it"))
    leak.add_argument("--tenant", default="")


def _sign_in(commands: Commands) -> None:
    ways = _group(commands, "sign-in", _("how people sign in"))
    put = _command(ways, "set", "sign_in.put", _("let people sign in by an OpenID provider"))
    _of(put, "issuer", "client_id")
    put.add_argument(
        "--secret-file", type=Path, help=_("file with the client secret; /dev/stdin to write it")
    )
    put.add_argument("--scope", action="append", help=_("openid, email and profile when left out"))
    put.add_argument(
        "--claim", default="email", help=_("the claim that holds a person's e-mail address")
    )
    put.add_argument(
        "--vouches",
        action="store_true",
        help=_("its addresses are right also when it does not say that they are verified"),
    )
    put.add_argument("--label", default="", help=_("the words on the button"))
    gone = _command(ways, "remove", "sign_in.remove", _("let nobody sign in by a provider"))
    _of(gone)
    gone.add_argument("--issuer", help=_("only this one; all when left out"))


def _imports(commands: Commands) -> None:
    imports = _group(commands, "import", _("read a file into a municipality"))
    units = _command(imports, "units", "imports.units", _("the organisation, as CSV or Excel"))
    _of(units)
    _file(units)
    board = _command(imports, "board", "imports.board", _("goals and outcomes, as a table"))
    _of(board)
    board.add_argument("unit", help=_("code of the unit that the table is about"))
    _file(board)
    board.add_argument("--year", type=int, help=_("the year of the plan; that of the headings"))
    exports = _group(commands, "export", _("write a file about a municipality"))
    taken = _command(exports, "units", "imports.export_units", _("the organisation of today"))
    _of(taken)
    taken.add_argument("file", type=Path, help=_("its name ends with .csv or .xlsx"))


def _whole(commands: Commands) -> None:
    bring = _command(
        commands,
        "import-tenant",
        "transfer.import_archive",
        _("bring a whole municipality in from its archive"),
    )
    _file(bring)
    bring.add_argument("--slug", help=_("another address than the one in the archive"))
    _recovery_key(bring, required=False)
    unlock = _command(
        commands, "unlock-tenant", "transfer.unlock", _("open sealed texts that came locked")
    )
    _of(unlock)
    _recovery_key(unlock, required=True)
    erase = _command(
        commands,
        "erase-tenant",
        "transfer.erase",
        _("erase a municipality whose two administrators have decided it"),
    )
    _of(erase)
    erase.add_argument("--confirm", required=True, help=_("the address once more"))
    erase.add_argument(
        "--certificate-to", type=Path, required=True, help=_("folder for the certificate")
    )
    verify = _command(
        commands,
        "verify-certificate",
        "transfer.verify",
        _("say whether this service has signed a certificate of erasure"),
    )
    verify.add_argument("file", type=Path)
    keys = _group(commands, "keys", _("keys that files are encrypted with"))
    turn = _("make a new key; earlier files are encrypted with it by a worker")
    _of(_command(keys, "rotate", "transfer.rotate", turn))
    anew = _("encrypt earlier files with the newest key, now")
    _of(_command(keys, "encrypt", "transfer.encrypt", anew))
    sealed = _("seal all keys with the present RODER_SECRET_KEY, after it was changed")
    reseal = _command(keys, "reseal", "transfer.reseal", sealed)
    reseal.add_argument(
        "--old-secret-file",
        type=Path,
        required=True,
        help=_("file with the secret that they are sealed with; /dev/stdin to write it"),
    )


def _recovery_key(command: argparse.ArgumentParser, *, required: bool) -> None:
    command.add_argument(
        "--recovery-key-file",
        type=Path,
        required=required,
        help=_("file with the key to sealed texts; /dev/stdin to write it"),
    )


def _of(command: argparse.ArgumentParser, *more: str) -> None:
    command.add_argument("tenant", help=_("the municipality, by its part of the address"))
    for name in more:
        command.add_argument(name)


def _file(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path)
    command.add_argument(
        "--dry-run", action="store_true", help=_("only say what would happen; write nothing")
    )


def _group(commands: Commands, name: str, about: str) -> Commands:
    group = commands.add_parser(name, help=about, description=about)
    return group.add_subparsers(metavar="command", required=True, dest=f"{name}_command")


def _command(commands: Commands, name: str, run: str, about: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=about, description=about)
    command.set_defaults(run=run)
    return command
