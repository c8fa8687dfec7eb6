"""What the service sends to its database meanwhile, for tests that count statements."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from roder.infra.runtime import Runtime


@contextmanager
def sent_statements(runtime: Runtime) -> Iterator[list[str]]:
    """The SQL of the statements within the block, in the order that they are sent."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    engine = runtime.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
