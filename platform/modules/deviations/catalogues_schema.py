"""Categories and forms of deviations in the API."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....graphql.stored import Related, computed, planned, shown, word
from ....infra.i18n import in_language
from . import categories, forms, models
from .sight import REPORT
from .types_schema import DeviationFormKind, DeviationLaw, maybe_id

# Where one is a row, all of them are.
ABOVE = Related(lambda row, place: row.id == place.row.parent_id, asks=(REPORT,))


@strawberry.type(description="A kind of event, or one below it, by the laws it belongs to.")
class DeviationCategory(Node):
    model = models.DeviationCategory
    permission = REPORT
    change = "deviations.design"

    row: strawberry.Private[models.DeviationCategory]
    key: str = strawberry.field(description="Stays the same whatever it is called.")
    ended_at: datetime | None = strawberry.field(description="When it ended, if it has.")

    name: str = word(models.DeviationCategory.name, "Its name in the reader's language.")
    laws: list[DeviationLaw] = shown(models.DeviationCategory.laws, "The laws it belongs to.")

    @strawberry.field(
        description="The one that it stands below; null at the top.", metadata=planned(ABOVE)
    )
    async def parent(
        self, info: Info
    ) -> Annotated["DeviationCategory", strawberry.lazy(__name__)] | None:
        id = self.row.parent_id
        return None if id is None else await DeviationCategory.find(info, id)

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "DeviationCategory | None":
        """Also those that came with the service and are no rows yet."""
        work = info.context.work
        work.require(cls.permission)
        rows = {row.id: row for row in await categories.all_categories(work)}
        return cls.maybe(rows.get(id))


@strawberry.type(description="A question of a form.")
class DeviationFormField:
    key: str = strawberry.field(description="What the answer is kept by.")
    label: str = strawberry.field(description="The question in the reader's language.")
    hint: str = strawberry.field(description="What to think of; may be empty.")
    kind: str = strawberry.field(description="line, text, day, choice or tick.")
    needed: bool = strawberry.field(description="Whether there has to be an answer in the end.")
    choices: list["DeviationFormChoice"] = strawberry.field(description="What to choose from.")
    laws: list[DeviationLaw] = strawberry.field(description="Asked for these; empty for all.")


@strawberry.type(description="An answer that can be chosen.")
class DeviationFormChoice:
    key: str = strawberry.field(description="What is kept.")
    label: str = strawberry.field(description="What is shown.")


def _questions(fields: list[dict[str, object]]) -> list[DeviationFormField]:
    return [
        DeviationFormField(
            key=field.key,
            label=in_language(field.label),
            hint=in_language(field.hint) if field.hint else "",
            kind=field.kind,
            needed=field.needed,
            choices=[
                DeviationFormChoice(key=each.key, label=in_language(each.label))
                for each in field.choices
            ],
            laws=list(field.laws),
        )
        for field in forms.fields_in(fields)
    ]


@strawberry.type(description="A version of a form. A case keeps the one it was begun with.")
class DeviationForm(Node):
    model = models.DeviationForm
    permission = REPORT

    row: strawberry.Private[models.DeviationForm]
    kind: DeviationFormKind = strawberry.field(description="What it is for.")
    number: int = strawberry.field(description="1 for the first.")
    valid_from: date = strawberry.field(description="From when it is in force.")

    fields: list[DeviationFormField] = computed(
        models.DeviationForm.fields, description="Its questions, in order."
    )(_questions)


AddDeviationCategoryResult = Annotated[
    DeviationCategory | Problem,
    strawberry.union("AddDeviationCategoryResult", description=ANSWER),
]
ChangeDeviationCategoryResult = Annotated[
    DeviationCategory | Problem,
    strawberry.union("ChangeDeviationCategoryResult", description=ANSWER),
]
EndDeviationCategoryResult = Annotated[
    DeviationCategory | Problem,
    strawberry.union("EndDeviationCategoryResult", description=ANSWER),
]
AddDeviationFormResult = Annotated[
    DeviationForm | Problem, strawberry.union("AddDeviationFormResult", description=ANSWER)
]


@strawberry.input(description="A name in the municipality's languages.")
class DeviationNameInput:
    sv: str = strawberry.field(description="In Swedish.")
    en: str = strawberry.field(default="", description="In English.")

    def words(self) -> dict[str, str]:
        return {"sv": self.sv} | ({"en": self.en} if self.en.strip() else {})


@strawberry.type
class CatalogueQuery:
    @strawberry.field(description="The categories depth first, those that belong to the laws.")
    async def deviation_categories(
        self, info: Info, laws: list[DeviationLaw] | None = None
    ) -> list[DeviationCategory]:
        found = await categories.categories(info.context.work, laws=laws or ())
        return [DeviationCategory.of(row) for row in found]

    @strawberry.field(description="The form that is in force today.")
    async def deviation_form(self, info: Info, kind: DeviationFormKind) -> DeviationForm:
        return DeviationForm.of(await forms.standing_form(info.context.work, kind))

    @strawberry.field(description="All versions of a form, the latest first.")
    async def deviation_forms(self, info: Info, kind: DeviationFormKind) -> list[DeviationForm]:
        found = await forms.form_versions(info.context.work, kind)
        return [DeviationForm.of(row) for row in found]


@strawberry.type
class CatalogueMutation:
    @mutation("Add a category, at the top or below one that stands there.")
    async def add_deviation_category(
        self,
        info: Info,
        name: DeviationNameInput,
        laws: list[DeviationLaw],
        parent_id: strawberry.ID | None = None,
    ) -> AddDeviationCategoryResult:
        row = await categories.add_category(
            info.context.work,
            name=name.words(),
            laws=laws,
            parent_id=maybe_id(parent_id, DeviationCategory, field="parentId"),
        )
        return DeviationCategory.of(row)

    @mutation("Change a category; what is left out stays.")
    async def change_deviation_category(
        self,
        info: Info,
        id: strawberry.ID,
        name: DeviationNameInput | None = None,
        laws: list[DeviationLaw] | None = None,
    ) -> ChangeDeviationCategoryResult:
        row = await categories.change_category(
            info.context.work,
            local_id(id, DeviationCategory),
            name=name.words() if name else None,
            laws=laws,
        )
        return DeviationCategory.of(row)

    @mutation("End a category and those below it; cases that have it keep it.")
    async def end_deviation_category(
        self, info: Info, id: strawberry.ID
    ) -> EndDeviationCategoryResult:
        category_id = local_id(id, DeviationCategory)
        return DeviationCategory.of(await categories.end_category(info.context.work, category_id))

    @mutation("Add a version of a form, from a day on; cases that are begun keep theirs.")
    async def add_deviation_form(
        self, info: Info, kind: DeviationFormKind, fields: JSON, valid_from: date | None = None
    ) -> AddDeviationFormResult:
        form = await forms.add_form_version(
            info.context.work, kind, fields=fields, valid_from=valid_from
        )
        return DeviationForm.of(form)
