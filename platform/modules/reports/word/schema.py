"""Reading a report back from Word through the API."""

from typing import Annotated

import strawberry

from .....graphql.context import Info
from .....graphql.nodes import local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .....infra.worddiff import Change
from ...organisation.files.schema import StoredFile
from .. import service
from ..reports_schema import Report
from ..writing.sections_schema import Section
from .back import WordState

strawberry.enum(Change, description="Whether words stay, were added or were removed.")
strawberry.enum(WordState, description="What a Word file would do to a section.")


@strawberry.type(description="A stretch of words in a comparison.")
class WordPiece:
    change: Change = strawberry.field(description="What became of them.")
    text: str = strawberry.field(description="The words.")


@strawberry.type(description="What a Word file would do to a section.")
class WordChapter:
    section: Section = strawberry.field(description="The section.")
    version: int = strawberry.field(description="Send it back to have the section read.")
    state: WordState = strawberry.field(description="What the file would do.")
    pieces: list[WordPiece] = strawberry.field(description="Old and new words, in order.")
    message: str = strawberry.field(description="Why the section cannot hold it, for REFUSED.")
    notices: list[str] = strawberry.field(description="What of it is not read.")

    @classmethod
    def of(cls, chapter: service.WordChapter) -> "WordChapter":
        return cls(
            section=Section.of(chapter.section),
            version=chapter.version,
            state=chapter.state,
            pieces=[WordPiece(change=piece.change, text=piece.text) for piece in chapter.pieces],
            message=chapter.message,
            notices=list(chapter.notices),
        )


@strawberry.type(description="A heading of the file that is no section's; it is not read.")
class UnknownHeading:
    title: str = strawberry.field(description="The heading.")
    text: str = strawberry.field(description="The beginning of what stands below it.")


@strawberry.type(description="What a Word file would do to a report; nothing was written.")
class WordPreview:
    report: Report = strawberry.field(description="The report.")
    chapters: list[WordChapter] = strawberry.field(description="Its sections, in order.")
    unknown: list[UnknownHeading] = strawberry.field(description="Headings of no section.")


@strawberry.type(description="What was read from a Word file.")
class WordRead:
    report: Report = strawberry.field(description="The report.")
    sections: list[Section] = strawberry.field(description="The sections that were written.")


PreviewWordResult = Annotated[
    WordPreview | Problem, strawberry.union("PreviewWordResult", description=ANSWER)
]
ReadWordResult = Annotated[
    WordRead | Problem, strawberry.union("ReadWordResult", description=ANSWER)
]


@strawberry.input(description="A report and a Word file of it that was sent in.")
class PreviewWordInput:
    report_id: strawberry.ID = strawberry.field(description="The report.")
    file_id: strawberry.ID = strawberry.field(description="The file, a .docx.")


@strawberry.input(description="A section to read.")
class ChosenChapterInput:
    section_id: strawberry.ID = strawberry.field(description="The section.")
    version: int = strawberry.field(description="The version that the preview gave.")


@strawberry.input(description="Sections to read from a Word file that was previewed.")
class ReadWordInput:
    report_id: strawberry.ID = strawberry.field(description="The report.")
    file_id: strawberry.ID = strawberry.field(description="The file, a .docx.")
    chapters: list[ChosenChapterInput] = strawberry.field(description="All are read, or none.")


@strawberry.type
class WordMutation:
    @mutation("See what a Word file would change in a report; nothing is written.")
    async def preview_word(self, info: Info, input: PreviewWordInput) -> PreviewWordResult:
        found = await service.preview_word(
            info.context.work,
            local_id(input.report_id, Report, field="reportId"),
            file_id=local_id(input.file_id, StoredFile, field="fileId"),
        )
        return WordPreview(
            report=Report.of(found.report),
            chapters=[WordChapter.of(chapter) for chapter in found.chapters],
            unknown=[UnknownHeading(title=one.title, text=one.text) for one in found.unknown],
        )

    @mutation("Read chosen sections from a Word file, all of them or none.")
    async def read_word(self, info: Info, input: ReadWordInput) -> ReadWordResult:
        report, sections = await service.read_back(
            info.context.work,
            local_id(input.report_id, Report, field="reportId"),
            file_id=local_id(input.file_id, StoredFile, field="fileId"),
            chapters=[
                service.ChosenChapter(
                    local_id(chapter.section_id, Section, field="chapters"), chapter.version
                )
                for chapter in input.chapters
            ],
        )
        return WordRead(report=Report.of(report), sections=[Section.of(row) for row in sections])
