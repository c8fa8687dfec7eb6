"""The goal analysis in the API: what a unit sees, why each light burns, boards in and out."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, TypeAlias, cast
from uuid import UUID

import strawberry

from .....graphql.context import Info
from .....graphql.nodes import global_id, local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .....infra.i18n import _, current_locale, in_language
from .....infra.periods import parse_period
from ...organisation.files.jobs_schema import Job
from ...organisation.files.schema import StoredFile
from ...organisation.people.schema import Person, by_whom
from ...organisation.units.schema import Unit
from .. import jobs, models, rules
from ..board import importing
from ..planning.nodes_schema import TYPES, PlanNode
from ..planning.values_schema import Comment
from ..steering.schema import Level, SteeringModel
from ..words_schema import Light
from . import analysis, explaining

LightSource: TypeAlias = rules.Source
LightReason: TypeAlias = rules.Why
WarningKind: TypeAlias = analysis.WarningKind

strawberry.enum(
    rules.Source,
    name="LightSource",
    description="Where a light comes from: the rule of its level, somebody's hand, or none yet.",
)
strawberry.enum(
    rules.Why, name="LightReason", description="Why a light is what it is, for programs."
)
strawberry.enum(
    analysis.WarningKind,
    name="AnalysisWarningKind",
    description="What would stand as an exclamation mark in the report.",
)


@strawberry.type(description="What an indicator has for the last period of its own that is due.")
class Values:
    period: str = strawberry.field(description="Code such as 2026, 2026-T2 or 2026-05.")
    total: Decimal | None = strawberry.field(description="Outcome in total.")
    women: Decimal | None = strawberry.field(description="Outcome for women.")
    men: Decimal | None = strawberry.field(description="Outcome for men.")
    target: Decimal | None = strawberry.field(description="Target.")
    forecast: Decimal | None = strawberry.field(description="Forecast.")
    entered_at: datetime | None = strawberry.field(description="When it was entered last.")
    source: str = strawberry.field(description="Where it came from; empty for by hand.")
    consolidated: bool = strawberry.field(
        description="Whether it was put together from the copies at other units."
    )
    who: strawberry.Private[UUID | None]

    @strawberry.field(description="Who entered it last.")
    async def entered_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.who)

    @classmethod
    def of(cls, values: analysis.Values) -> "Values":
        return cls(
            period=values.period,
            total=values.total,
            women=values.women,
            men=values.men,
            target=values.target,
            forecast=values.forecast,
            entered_at=values.entered_at,
            source=values.source,
            consolidated=values.consolidated,
            who=values.entered_by,
        )


@strawberry.type(description="One of those a goal is judged by.")
class LightChild:
    title: str = strawberry.field(description="Its wording.")
    light: Light | None = strawberry.field(description="Its light; null while it has none.")
    node_id: strawberry.Private[UUID]

    @strawberry.field(description="The goal or indicator.")
    async def node(self, info: Info) -> PlanNode:
        return cast("PlanNode", await PlanNode.find(info, self.node_id))


@strawberry.type(description="A light with everything that answers why it has its colour.")
class LightVerdict:
    light: Light | None = strawberry.field(description="The light; null while there is none.")
    word: str = strawberry.field(description="What the municipality calls it.")
    colour: str | None = strawberry.field(description="Its colour as #rrggbb; null for no light.")
    source: LightSource = strawberry.field(description="Where it comes from.")
    why: LightReason = strawberry.field(description="Why, for programs.")
    sentence: str = strawberry.field(description="Why, in the reader's language.")
    rule: str = strawberry.field(description="The rule of the level in words; empty for none.")
    children: list[LightChild] = strawberry.field(description="What a goal is judged by.")
    set_at: datetime | None = strawberry.field(description="When a light was set by hand.")
    reason: str = strawberry.field(description="The reason given by hand; empty for none.")
    gave_way: bool = strawberry.field(
        description="Whether a green set by hand no longer holds, so that the rule decides."
    )
    who: strawberry.Private[UUID | None]

    @strawberry.field(description="Who set a light by hand.")
    async def set_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.who)

    @classmethod
    def of(cls, row: analysis.Row, model: models.SteeringModel) -> "LightVerdict | None":
        explained = explaining.explain(row)
        if explained is None or row.verdict is None:
            return None
        word, colour = _shown_as(model, explained.light)
        return cls(
            light=explained.light,
            word=word,
            colour=colour,
            source=explained.source,
            why=explained.why,
            sentence=explained.sentence,
            rule=explained.rule,
            children=[
                LightChild(title=child.title, light=child.light, node_id=child.id)
                for child in explained.children
            ],
            set_at=explained.set_at,
            reason=explained.reason,
            gave_way=row.verdict.gave_way,
            who=explained.set_by,
        )


@strawberry.type(description="A goal, indicator, assignment or activity in its place.")
class AnalysisRow:
    node: PlanNode = strawberry.field(description="What stands here.")
    level: Level = strawberry.field(description="Its level.")
    depth: int = strawberry.field(description="How far in, from 0.")
    parent_id: strawberry.ID | None = strawberry.field(
        description="Id of what it stands below in this view; null at the top."
    )
    inherited: bool = strawberry.field(description="Whether a unit above owns it.")
    due: bool = strawberry.field(
        description="Whether it has anything to tell in this period; if not, it does not count."
    )
    values: Values | None = strawberry.field(
        description="Values of an indicator; null when none is due, and for others."
    )
    comment: Comment | None = strawberry.field(description="What the unit says for the period.")
    light: LightVerdict | None = strawberry.field(
        description="Light of a goal or an indicator; null for assignments and activities."
    )
    missing: list[str] = strawberry.field(
        description="Values that are absent: total, target, women, men."
    )


@strawberry.type(description="Something that remains to be done before the report.")
class AnalysisWarning:
    kind: WarningKind = strawberry.field(description="What it is about.")
    title: str = strawberry.field(description="Wording of the node.")
    sentence: str = strawberry.field(description="What remains, in the reader's language.")
    node_id: strawberry.Private[UUID]

    @strawberry.field(description="Where.")
    async def node(self, info: Info) -> PlanNode:
        return cast("PlanNode", await PlanNode.find(info, self.node_id))


@strawberry.type(description="What a unit sees of the red thread in a period.")
class GoalAnalysis:
    unit: Unit = strawberry.field(description="The unit.")
    unit_name: str = strawberry.field(description="Its name in the period.")
    period: str = strawberry.field(description="Code such as 2026 or 2026-T2.")
    period_name: str = strawberry.field(description="The period in the reader's language.")
    model: SteeringModel | None = strawberry.field(
        description="The steering model; null when the year has none."
    )
    rows: list[AnalysisRow] = strawberry.field(description="Depth first, as in a table.")
    missing: int = strawberry.field(description="How many values are absent.")
    warnings: list[AnalysisWarning] = strawberry.field(description="What remains to be done.")


@strawberry.type(description="A cell of a board that cannot be read in.")
class BoardError:
    row: int = strawberry.field(description="Row as a spreadsheet counts it, from 1.")
    column: str = strawberry.field(description="Heading of the column.")
    message: str = strawberry.field(description="What is wrong, and how to mend it.")


@strawberry.type(description="What a board did, or would do. With errors nothing was written.")
class BoardImport:
    year: int = strawberry.field(description="The year it went to.")
    created: int = strawberry.field(description="How many goals, indicators and so on are new.")
    updated: int = strawberry.field(description="How many have new values or comments.")
    unchanged: int = strawberry.field(description="How many were as the board says already.")
    errors: list[BoardError] = strawberry.field(description="What has to be mended first.")
    notices: list[str] = strawberry.field(description="What to know about how it was read.")


ImportBoardResult = Annotated[
    BoardImport | Problem, strawberry.union("ImportBoardResult", description=ANSWER)
]
ExportGoalAnalysisResult = Annotated[
    Job | Problem, strawberry.union("ExportGoalAnalysisResult", description=ANSWER)
]


@strawberry.input(description="A goal analysis as a table: tab-separated, CSV or Excel.")
class ImportBoardInput:
    unit_id: strawberry.ID = strawberry.field(description="The unit whose plan it is.")
    file_id: strawberry.ID = strawberry.field(description="The file, sent in before.")
    year: int | None = strawberry.field(
        default=None, description="Year of the plan; that of the headings if left out."
    )
    model_id: strawberry.ID | None = strawberry.field(
        default=None, description="The steering model; the year's first if left out."
    )
    dry_run: bool = strawberry.field(
        default=False, description="Only tell what would happen; write nothing."
    )


@strawberry.input(description="Which goal analysis to make a file of.")
class ExportGoalAnalysisInput:
    unit_id: strawberry.ID = strawberry.field(description="The unit.")
    period: str = strawberry.field(description="Code such as 2026 or 2026-T2.")
    model_id: strawberry.ID | None = strawberry.field(
        default=None, description="The steering model; the year's first if left out."
    )


@strawberry.type
class AnalysisQuery:
    @strawberry.field(
        description="The goal analysis of a unit for a period. An absent unit or model is an error."
    )
    async def goal_analysis(
        self,
        info: Info,
        unit_id: strawberry.ID,
        period: str,
        model_id: strawberry.ID | None = None,
    ) -> GoalAnalysis | None:
        found = await analysis.goal_analysis(
            info.context.work,
            unit_id=local_id(unit_id, Unit, field="unitId"),
            period=parse_period(period),
            model_id=_model_id(model_id),
        )
        return await _shown(info, found)


@strawberry.type
class AnalysisMutation:
    @mutation("Read a goal analysis from a file into a unit's plan, all of it or nothing.")
    async def import_board(self, info: Info, input: ImportBoardInput) -> ImportBoardResult:
        done = await importing.import_stored_board(
            info.context.work,
            file_id=local_id(input.file_id, StoredFile, field="fileId"),
            unit_id=local_id(input.unit_id, Unit, field="unitId"),
            year=input.year,
            model_id=_model_id(input.model_id),
            dry_run=input.dry_run,
        )
        return BoardImport(
            year=done.year,
            created=done.created,
            updated=done.updated,
            unchanged=done.unchanged,
            errors=[
                BoardError(row=error.row, column=error.column, message=error.message)
                for error in done.errors
            ],
            notices=list(done.notices),
        )

    @mutation("Have the goal analysis made as an Excel file.")
    async def export_goal_analysis(
        self, info: Info, input: ExportGoalAnalysisInput
    ) -> ExportGoalAnalysisResult:
        job = await jobs.start_export(
            info.context.work,
            unit_id=local_id(input.unit_id, Unit, field="unitId"),
            period=parse_period(input.period),
            model_id=_model_id(input.model_id),
        )
        return Job.of(job)


def _model_id(id: strawberry.ID | None) -> UUID | None:
    return None if id is None else local_id(id, SteeringModel, field="modelId")


async def _shown(info: Info, found: analysis.GoalAnalysis) -> GoalAnalysis:
    kinds = {row.node.id: TYPES[row.node.kind] for row in found.rows}
    return GoalAnalysis(
        unit=cast("Unit", await Unit.find(info, found.unit_id)),
        unit_name=found.unit_name,
        period=str(found.period),
        period_name=found.period.label(current_locale()),
        model=SteeringModel.maybe(found.model),
        rows=[
            AnalysisRow(
                node=PlanNode.of(row.node),
                level=Level.of(row.level),
                depth=row.depth,
                parent_id=global_id(kinds[row.parent_id], row.parent_id) if row.parent_id else None,
                inherited=row.inherited,
                due=row.due,
                values=Values.of(row.values) if row.values else None,
                comment=Comment.maybe(row.comment),
                light=LightVerdict.of(row, found.model) if found.model else None,
                missing=list(row.missing),
            )
            for row in found.rows
        ],
        missing=found.missing,
        warnings=[
            AnalysisWarning(
                kind=warning.kind,
                title=warning.title,
                sentence=warning.sentence,
                node_id=warning.node_id,
            )
            for warning in found.warnings
        ],
    )


def _shown_as(model: models.SteeringModel, light: rules.Light | None) -> tuple[str, str | None]:
    """The municipality's word and colour for a light."""
    for shown in model.lights:
        if light is not None and shown["light"] == light.value:
            return in_language(cast("dict[str, str]", shown["word"])), str(shown["colour"])
    return _("No light yet"), None
