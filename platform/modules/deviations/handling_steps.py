"""What the manager of the place and those who assess a risk do in a case, as forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ....infra.errors import NotFound
from ....infra.i18n import _
from ....tenants.tree.responsible import may_answer
from ...web.fields import Field
from ...web.page import View
from . import service
from .categories import categories
from .fields import NONE, Options, category_options, law_options
from .models import Law
from .rules import Part, risk_part
from .service import Case
from .step_form import Form, Step, Take, Values


async def _categorise(view: View, case: Case) -> Form:
    async def take(view: View, case: Case, values: Values, version: int) -> str:
        await service.categorise(
            view.work,
            case.id,
            version=version,
            category_id=values["category_id"],
            laws=[Law(law) for law in values["laws"]],
        )
        return _("It is saved.")

    row = case.seen.case
    rows = await categories(view.work, laws=[Law(law) for law in row.laws])
    return Form(
        heading=_("Categorise"),
        save=_("Save"),
        part=Part.MANAGER,
        fields=[
            Field("laws", _("By which law?"), "choices", options=law_options()),
            Field("category_id", _("Category"), "record", options=category_options(rows)),
        ],
        take=take,
        stands={"laws": row.laws, "category_id": row.category_id},
        told=(_("What the reporter wrote is not changed."),),
    )


def _risk(law: Law) -> Step:
    async def make(view: View, case: Case) -> Form:
        if law.value not in case.seen.case.laws:
            raise NotFound()
        before = next((risk for risk in case.risks if risk.row.law is law), None)
        fields = [
            Field("severity", _("Severity"), "choice", needed=True, options=_severities()),
            Field("probability", _("Probability"), "choice", needed=True, options=_chances()),
        ]
        if law is Law.HSL:
            fields.append(Field("assessed_with", _("With whom was it assessed?"), needed=True))
        stands: Values = {}
        if before:
            stands = {
                "severity": before.row.severity,
                "probability": before.row.probability,
                "assessed_with": before.assessed_with,
            }
        return Form(
            heading=_("Assess the risk by {law}", law=law.value.upper()),
            save=_("Save the risk"),
            part=risk_part(law),
            fields=fields,
            take=_take_risk(law),
            stands=stands,
            told=(_("The risk is severity times probability, if the same thing happens again."),),
            version=before.row.version if before else 0,
        )

    return make


def _take_risk(law: Law) -> Take:
    async def take(view: View, case: Case, values: Values, version: int) -> str:
        row = await service.assess_risk(
            view.work,
            case.id,
            law,
            severity=int(values["severity"]),
            probability=int(values["probability"]),
            assessed_with=values.get("assessed_with", ""),
            version=version,
        )
        return _("The risk is {value}.", value=row.value)

    return take


async def _plan(view: View, case: Case) -> Form:
    async def take(view: View, case: Case, values: Values, _version: int) -> str:
        await service.plan_action(view.work, case.id, **values)
        return _("The action is added. Its owner is asked for it in My work.")

    assert case.seen.case.unit_id
    people = await may_answer(view.work, case.seen.case.unit_id, on=view.work.today)
    return Form(
        heading=_("Add an action"),
        save=_("Add"),
        part=Part.ACTIONS,
        fields=[
            Field(
                "title",
                _("What is to be done?"),
                needed=True,
                hint=_("Its owner sees these words and not the case. Name nobody."),
            ),
            Field(
                "owner_id",
                _("Who does it?"),
                "record",
                needed=True,
                options=[NONE, *((str(each.id), each.name) for each in people)],
            ),
            Field("due_on", _("Last day"), "day", needed=True),
        ],
        take=take,
    )


async def _close(view: View, case: Case) -> Form:
    async def take(view: View, case: Case, values: Values, version: int) -> str:
        await service.close_case(view.work, case.id, outcome=values["outcome"], version=version)
        return _("The case is closed, and the reporter is told.")

    told = case.seen.case.outcome_at is not None
    return Form(
        heading=_("Close the case"),
        save=_("Close the case"),
        part=Part.OUTCOME,
        fields=[
            Field(
                "outcome",
                _("What is the reporter told?"),
                "text",
                needed=not told,
                hint=_("The reporter knows about it already. Left empty, that stands.")
                if told
                else _("What you found, and what is done so that it does not happen again."),
            )
        ],
        take=take,
    )


def _severities() -> Options:
    words = (_("1, mild"), _("2, moderate"), _("3, considerable"), _("4, catastrophic"))
    return [NONE, *((str(number), word) for number, word in enumerate(words, 1))]


def _chances() -> Options:
    words = (_("1, very unlikely"), _("2, unlikely"), _("3, likely"), _("4, very likely"))
    return [NONE, *((str(number), word) for number, word in enumerate(words, 1))]


HANDLING: Final[Mapping[str, Step]] = {
    "kategorisera": _categorise,
    **{f"risk-{law.value}": _risk(law) for law in Law},
    "atgard": _plan,
    "avsluta": _close,
}
