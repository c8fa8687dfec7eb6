"""Migrations: bring a database to the newest shape, or say what is missing."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config


def migrate(owner_url: str) -> None:
    """Run what is missing, as the role that owns the tables. Safe from several places at once."""
    from alembic import command

    command.upgrade(_config(owner_url), "head")


def versions(url: str) -> tuple[str | None, str | None]:
    """The migration that the database has, and the newest there is; None where there is none."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from sqlalchemy import create_engine

    engine = create_engine(sync_url(url))
    with engine.connect() as connection:
        has = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    return has, ScriptDirectory.from_config(_config(url)).get_current_head()


def drift(owner_url: str) -> list[str]:
    """How the tables in the database differ from the models, a line each; empty when they agree.

    All models must have been imported.
    """
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine

    from .database import Base

    engine = create_engine(sync_url(owner_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, Base.metadata)
    engine.dispose()
    return [str(difference) for difference in found]


def sync_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _config(owner_url: str) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files(__package__) / "migrations"))
    config.attributes["url"] = owner_url
    return config
