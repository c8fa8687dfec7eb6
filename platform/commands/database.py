"""`roder migrate`: the shape of the database."""

from __future__ import annotations

import argparse
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from ...infra.errors import Conflict, InvalidInput
from ...infra.i18n import _
from ..saying import say
from .refusals import read_settings


def migrate(options: argparse.Namespace) -> None:
    if options.check:
        _check()
        return
    from ...infra.migrate import migrate as run_migrations
    from ..servers import reach_servers

    settings = read_settings()
    if settings.database_url and not settings.owner_database_url:
        raise InvalidInput(
            _("RODER_OWNER_DATABASE_URL must name the role that owns the tables and migrates.")
        )
    with reach_servers(settings) as reached:
        run_migrations(reached.owner_database_url)
    say(_("The database has the newest shape."))


def _check() -> None:
    """Make a database from the migrations alone and hold the models against it."""
    from ...infra.embedded.postgres import start_postgres
    from ...infra.migrate import drift
    from ...infra.migrate import migrate as run_migrations

    _load_models()
    with tempfile.TemporaryDirectory(prefix="roder-check-") as folder:
        Path(folder).chmod(0o755)  # a server of root's runs as another user
        with start_postgres(Path(folder), fast=True) as postgres:
            postgres.create_database("roder_check")
            owner_url = postgres.url("roder_check", user="roder_owner")
            run_migrations(owner_url)
            found = drift(owner_url)
    if found:
        raise Conflict(
            "\n".join([_("Models and migrations differ. Write a migration for:"), *found])
        )
    say(_("Models and migrations agree."))


def _load_models() -> None:
    """Import every file with tables, also of modules whose manifest does not."""
    from ..modules import MODULES

    places = ["tenants", "workers", "graphql"]
    places += [f"platform.modules.{module.name}" for module in MODULES]
    root = __package__.split(".")[0]
    for place in places:
        if find_spec(f"{root}.{place}.models"):
            import_module(f"{root}.{place}.models")
