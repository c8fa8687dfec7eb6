"""What sections fetch from other modules, in the API."""

import strawberry

from ....filling import Filling
from .fetched import Stored, filling_of


@strawberry.type(description="A column of a table that is fetched.")
class FetchedColumn:
    title: str = strawberry.field(description="Heading.")
    number: bool = strawberry.field(description="Whether its cells are numbers.")


@strawberry.type(description="A table that is fetched.")
class FetchedTable:
    title: str = strawberry.field(description="What it shows.")
    columns: list[FetchedColumn] = strawberry.field(description="Its columns.")
    rows: list[list[str]] = strawberry.field(description="Cells as a reader sees them, row by row.")


@strawberry.type(description="What another module gives for a section, beside what people write.")
class FetchedContent:
    title: str = strawberry.field(description="Its heading.")
    sentences: list[str] = strawberry.field(description="What it says in words.")
    tables: list[FetchedTable] = strawberry.field(description="What it says in tables.")
    nothing: bool = strawberry.field(description="Whether it says that there was nothing.")

    @classmethod
    def of(cls, filling: Filling) -> "FetchedContent":
        return cls(
            title=filling.title,
            sentences=list(filling.sentences),
            tables=[
                FetchedTable(
                    title=table.title,
                    columns=[
                        FetchedColumn(title=each.title, number=each.number)
                        for each in table.columns
                    ],
                    rows=[list(row) for row in table.rows],
                )
                for table in filling.tables
            ],
            nothing=filling.nothing,
        )


def fetched_content(kept: Stored | None) -> FetchedContent | None:
    """What is kept of it, as a reader sees it."""
    return None if kept is None else FetchedContent.of(filling_of(kept))
