"""What the whole schema answers somebody with, without HTTP."""

from typing import Any

from roder.graphql.context import Context
from roder.platform.schema import product_schema

SCHEMA = product_schema()


async def ask(town: Any, who: str, document: str, /, **variables: Any) -> Any:
    """The data; any error fails the test."""
    async with await town.work(who) as work:
        answer = await SCHEMA.execute(
            document, variable_values=variables, context_value=Context(work)
        )
    assert answer.errors is None, answer.errors
    return answer.data
