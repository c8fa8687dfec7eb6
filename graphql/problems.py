"""Mutations: each in a savepoint, each answering with its record or with a Problem."""

from collections.abc import Awaitable, Callable
from typing import Any, Self

import strawberry
from strawberry.extensions import FieldExtension

from ..infra.errors import AppError, RowsRefused
from .context import Info
from .reporting import refusal_of

ANSWER = "What was done, or why it was refused."
"""Description of every union that a mutation answers with."""


MOST_ROWS = 100
"""Refused rows of a list that are told of; the message has the number of all."""


@strawberry.type(description="Why one row of a list was refused.")
class RefusedRow:
    index: int = strawberry.field(description="Its place in the list, from 0.")
    code: str = strawberry.field(description="As of the problem.")
    message: str = strawberry.field(description="What, where, and how to mend it.")
    field: str | None = strawberry.field(description="The input that has to change, if one does.")


@strawberry.type(description="Why something was refused, in the reader's language.")
class Problem:
    code: str = strawberry.field(
        description="Stable name of the kind of refusal: INVALID_INPUT, NOT_FOUND, FORBIDDEN, "
        "CONFLICT or MODULE_OFF."
    )
    message: str = strawberry.field(description="What, where, and how to mend it.")
    field: str | None = strawberry.field(description="The input that has to change, if one does.")
    rows: list[RefusedRow] = strawberry.field(
        description="Where a list was sent: its refused rows, the first 100. Nothing was written."
    )

    @classmethod
    def of(cls, error: AppError) -> Self:
        told = error.errors[:MOST_ROWS] if isinstance(error, RowsRefused) else ()
        rows = [
            RefusedRow(index=place, code=row.code, message=row.message, field=row.field)
            for place, row in told
        ]
        return cls(code=error.code, message=error.message, field=error.field, rows=rows)


class Attempt(FieldExtension):
    """Undo what the mutation wrote when it is refused, and only that."""

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info, **kwargs: Any
    ) -> Any:
        try:
            async with info.context.work.attempt():
                return await next_(source, info, **kwargs)
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            return Problem.of(refusal)
        finally:
            info.context.forget()


def mutation(description: str) -> Any:
    """A mutation field. Its resolver calls one service function and returns what that made."""
    return strawberry.mutation(description=description, extensions=[Attempt()])
