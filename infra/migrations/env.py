"""Run by Alembic: one migration at a time in the whole cluster, each with limits on waiting."""

from alembic import context
from sqlalchemy import create_engine, text

from roder.infra.database import Base
from roder.infra.migrate import sync_url

MIGRATING = 7_263_841_125
"""Key of the advisory lock: two processes that migrate at once run one after the other."""

engine = create_engine(sync_url(context.config.attributes["url"]))
with engine.connect() as connection:
    connection.execute(text("select pg_advisory_lock(:key)"), {"key": MIGRATING})
    connection.execute(text("set lock_timeout = '5s'"))
    connection.execute(text("set statement_timeout = '10min'"))
    connection.commit()
    context.configure(
        connection=connection, target_metadata=Base.metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
