"""The steps of a case, each a form of its own: its categories, risks, actions, hand-over, decisions
and end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Final

from starlette.responses import Response

from ....infra.errors import AppError, InvalidInput, NotFound
from ....infra.i18n import _
from ....tenants.responsible import may_answer
from ...web.fields import Field, read_fields, shown
from ...web.page import View, action, page
from . import service
from .case_pages import CASES
from .categories import categories
from .fields import NONE, Options, category_options, law_options
from .models import DecisionPart, Finding, Law
from .rules import Part, risk_part
from .service import Case, Notice
from .sight import look, require_part
from .words import finding_words

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """A step as its page shows it. `stands` is what the fields begin with."""

    heading: str
    save: str
    part: Part
    fields: list[Field]
    take: Callable[[View, Case, Values, int], Awaitable[str]]
    stands: Mapping[str, Any] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    warning: str = ""
    version: int | None = None
    """Of what is written, where it is not the case."""


@page(CASES + "/{id:uuid}/steg/{step}", name="deviation_step")
async def step(view: View) -> Response:
    return await _show(view)


@action(CASES + "/{id:uuid}/steg/{step}", name="take_deviation_step")
async def take_step(view: View) -> Response:
    case = await service.get_case(view.work, view.request.path_params["id"])
    form = await _form(view, case)
    try:
        async with view.work.attempt():
            values = read_fields(view.form, form.fields)
            said = await form.take(view, case, values, _version(view))
    except AppError as problem:
        return await _show(view, problem)
    try:
        await look(view.work, case.id)
    except NotFound:
        return view.redirect(view.url("deviation_cases"), said=said)
    return view.redirect(view.url("deviation_case", id=case.id), said=said)


async def _show(view: View, problem: AppError | None = None) -> Response:
    case = await service.get_case(view.work, view.request.path_params["id"])
    form = await _form(view, case)
    stands = {each.name: None for each in form.fields} | dict(form.stands)
    return await view.render(
        "deviations/form.html",
        status=problem.status if problem else 200,
        word=case.seen.case.reference,
        heading=form.heading,
        told=form.told,
        warning=form.warning,
        fields=form.fields,
        values=shown(SimpleNamespace(**stands), form.fields, view.form),
        version=case.seen.case.version if form.version is None else form.version,
        problem=problem,
        back=view.url("deviation_case", id=case.id),
        save=form.save,
    )


async def _form(view: View, case: Case) -> Form:
    """Raises NotFound for a step that there is not, or whose part one does not see; Forbidden or
    Conflict where it is not written."""
    make = STEPS.get(view.path("step"))
    if make is None:
        raise NotFound()
    form = await make(view, case)
    require_part(case.seen, form.part)
    return form


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


def _risk(law: Law) -> Callable[[View, Case], Awaitable[Form]]:
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


def _take_risk(law: Law) -> Callable[[View, Case, Values, int], Awaitable[str]]:
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


async def _hand_over(view: View, case: Case) -> Form:
    async def take(view: View, case: Case, values: Values, version: int) -> str:
        if not values["sure"]:
            raise InvalidInput(_("Confirm that you hand the case over."), field="sure")
        await service.suspect_misconduct(
            view.work,
            case.id,
            investigator_id=values["investigator_id"],
            reason=values["reason"],
            version=version,
        )
        return _("The case is handed over. You do not see it until it is decided.")

    return Form(
        heading=_("Suspect a misconduct"),
        save=_("Hand over the case"),
        part=Part.MANAGER,
        fields=[
            await _investigator(view, case),
            Field("reason", _("Why may it be a misconduct?"), "text", needed=True),
            Field(
                "sure",
                _("I hand the case over and do not see it while it is investigated"),
                "tick",
            ),
        ],
        take=take,
        warning=_(
            "The case goes to the investigator and the Lex officer. You, and all others who answer "
            "for the place, lose sight of it at once. It comes back when it is decided or declined."
        ),
    )


async def _assign(view: View, case: Case) -> Form:
    async def take(view: View, case: Case, values: Values, version: int) -> str:
        await service.assign_investigator(
            view.work, case.id, investigator_id=values["investigator_id"], version=version
        )
        return _("The case is given to the investigator.")

    return Form(
        heading=_("Choose an investigator"),
        save=_("Give the case"),
        part=Part.DECISION_SOL_LSS,
        fields=[await _investigator(view, case)],
        take=take,
        stands={"investigator_id": case.seen.case.assigned_to},
    )


async def _decline(view: View, case: Case) -> Form:
    async def take(view: View, case: Case, values: Values, version: int) -> str:
        await service.decline_misconduct(
            view.work, case.id, reason=values["reason"], version=version
        )
        return _("The case is back with those of the place, as a deviation.")

    return Form(
        heading=_("No misconduct: give it back"),
        save=_("Give it back"),
        part=Part.SOL_LSS,
        fields=[
            Field(
                "reason",
                _("Why is it no misconduct to investigate?"),
                "text",
                needed=True,
                hint=_("The manager of the place reads it."),
            )
        ],
        take=take,
        warning=_("The case becomes a deviation again, and you do not see it any more."),
    )


def _decide(part: DecisionPart) -> Callable[[View, Case], Awaitable[Form]]:
    async def make(view: View, case: Case) -> Form:
        hsl = part is DecisionPart.HSL
        return Form(
            heading=_("Decide by Lex Maria") if hsl else _("Decide by Lex Sarah"),
            save=_("Decide"),
            part=Part.DECISION_HSL if hsl else Part.DECISION_SOL_LSS,
            fields=_decision_fields(part),
            take=_take_decision(part),
            told=(_("A decision is not changed afterwards."),),
        )

    return make


def _take_decision(part: DecisionPart) -> Callable[[View, Case, Values, int], Awaitable[str]]:
    async def take(view: View, case: Case, values: Values, version: int) -> str:
        notice = Notice(
            notified=values["notified"] == "yes",
            notified_on=values["notified_on"],
            authority_case_number=values["authority_case_number"],
            registry_number=values["registry_number"],
        )
        finding, reason = Finding(values["finding"]), values["reason"]
        if part is DecisionPart.HSL:
            await service.decide_medical(
                view.work, case.id, finding=finding, reason=reason, notice=notice
            )
            return _("It is decided.")
        await service.decide_misconduct(
            view.work,
            case.id,
            finding=finding,
            reason=reason,
            outcome=values["outcome"],
            notice=notice,
            version=version,
        )
        return _("It is decided. The reporter is told, and the case is back with the place.")

    return take


def _decision_fields(part: DecisionPart) -> list[Field]:
    hsl = part is DecisionPart.HSL
    findings = [(each.value, word) for each, word in finding_words(part).items()]
    fields = [
        Field("finding", _("What was it?"), "choice", needed=True, options=findings),
        Field("reason", _("Reason"), "text", needed=True),
        Field(
            "notified",
            _("Is IVO told?"),
            "choice",
            needed=True,
            options=[("no", _("No")), ("yes", _("Yes"))],
            hint=_("Yes needs the case number that IVO gave; with no there is none."),
        ),
        Field("authority_case_number", _("IVO's case number")),
        Field("notified_on", _("Day when IVO was told"), "day"),
        Field("registry_number", _("Registry number"), needed=hsl),
    ]
    if not hsl:
        fields.append(Field("outcome", _("What is the reporter told?"), "text", needed=True))
    return fields


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


async def _investigator(view: View, case: Case) -> Field:
    people = await service.independent_investigators(view.work, case.id)
    return Field(
        "investigator_id",
        _("Independent investigator"),
        "record",
        needed=True,
        options=[NONE, *((str(id), name) for id, name in people)],
        hint=_("Those who do not answer for the place and did not report the event."),
    )


def _severities() -> Options:
    words = (_("1, mild"), _("2, moderate"), _("3, considerable"), _("4, catastrophic"))
    return [NONE, *((str(number), word) for number, word in enumerate(words, 1))]


def _chances() -> Options:
    words = (_("1, very unlikely"), _("2, unlikely"), _("3, likely"), _("4, very likely"))
    return [NONE, *((str(number), word) for number, word in enumerate(words, 1))]


def _version(view: View) -> int:
    sent = view.form.get("version")
    return int(sent) if sent.isdecimal() and len(sent) < 9 else 0


STEPS: Final[Mapping[str, Callable[[View, Case], Awaitable[Form]]]] = {
    "kategorisera": _categorise,
    **{f"risk-{law.value}": _risk(law) for law in Law},
    "lamna-over": _hand_over,
    "utredare": _assign,
    "avboj": _decline,
    "beslut": _decide(DecisionPart.SOL_LSS),
    "beslut-hsl": _decide(DecisionPart.HSL),
    "atgard": _plan,
    "avsluta": _close,
}

HANDLING_PAGES = (step, take_step)
