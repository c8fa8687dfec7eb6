"""Fetching sections of reports from other modules through the API."""

from typing import Annotated

import strawberry

from .....graphql.context import Info
from .....graphql.nodes import local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .....infra.worddiff import Change
from ....telling import chapter_sources, giver
from .. import service
from ..writing.sections_schema import Section
from .fetched_schema import FetchedContent

FillChapterResult = Annotated[
    Section | Problem, strawberry.union("FillChapterResult", description=ANSWER)
]
RemoveFetchedResult = Annotated[
    Section | Problem, strawberry.union("RemoveFetchedResult", description=ANSWER)
]


@strawberry.type(description="What a module that is switched on can fill a chapter with.")
class ChapterSource:
    key: str = strawberry.field(description="Names it in a chapter's content.")
    title: str = strawberry.field(description="What is fetched.")
    module: str = strawberry.field(description="What the module is called.")
    permission: str = strawberry.field(description="What is needed at the unit to fetch it.")


@strawberry.type(description="What fetching a section would bring; nothing is written.")
class ChapterPreview:
    content: FetchedContent = strawberry.field(description="What the source holds now.")
    seen: str = strawberry.field(description="Pass it when filling, to have exactly this.")
    changed: bool = strawberry.field(description="Whether it differs from what was fetched.")
    added: list[str] = strawberry.field(description="Lines that would come, cells apart by |.")
    removed: list[str] = strawberry.field(description="Lines that would go.")


@strawberry.input(description="A section to fetch anew.")
class FillChapterInput:
    section_id: strawberry.ID = strawberry.field(description="The section.")
    version: int = strawberry.field(description="The version of it that was seen.")
    seen: str | None = strawberry.field(
        default=None, description="Of a preview; refused if the source has changed since."
    )


@strawberry.input(description="A section to take out of what it has fetched.")
class RemoveFetchedInput:
    section_id: strawberry.ID = strawberry.field(description="The section.")
    version: int = strawberry.field(description="The version of it that was seen.")


@strawberry.type
class FetchingQuery:
    @strawberry.field(description="What chapters can be bound to, to be fetched.")
    async def chapter_sources(self, info: Info) -> list[ChapterSource]:
        info.context.work.require("reports.read")
        return [
            ChapterSource(
                key=each.key,
                title=each.title(),
                module=giver(each.key),
                permission=each.permission,
            )
            for each in chapter_sources(info.context.work)
        ]

    @strawberry.field(description="What a section would fetch now, for those who may fetch it.")
    async def chapter_preview(self, info: Info, section_id: strawberry.ID) -> ChapterPreview:
        id = local_id(section_id, Section, field="sectionId")
        found = await service.preview_chapter(info.context.work, id)
        return ChapterPreview(
            content=FetchedContent.of(found.content),
            seen=found.seen,
            changed=found.changed,
            added=[piece.text for piece in found.pieces if piece.change is Change.ADDED],
            removed=[piece.text for piece in found.pieces if piece.change is Change.REMOVED],
        )


@strawberry.type
class FetchingMutation:
    @mutation("Fetch a section from the module that its template names, beside what is written.")
    async def fill_chapter(self, info: Info, input: FillChapterInput) -> FillChapterResult:
        return Section.of(
            await service.fill_chapter(
                info.context.work,
                local_id(input.section_id, Section, field="sectionId"),
                version=input.version,
                seen=input.seen,
            )
        )

    @mutation("Take out what a section has fetched; what is written stays.")
    async def remove_fetched(self, info: Info, input: RemoveFetchedInput) -> RemoveFetchedResult:
        return Section.of(
            await service.remove_fetched(
                info.context.work,
                local_id(input.section_id, Section, field="sectionId"),
                version=input.version,
            )
        )
