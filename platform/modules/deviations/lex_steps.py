"""Lex Sarah and Lex Maria, as forms: the hand-over, the investigator, and the decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ...web.fields import Field
from ...web.page import View
from . import service
from .fields import NONE
from .models import DecisionPart, Finding
from .rules import Part
from .service import Case, Notice
from .step_form import Form, Step, Take, Values
from .words import finding_words


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


def _decide(part: DecisionPart) -> Step:
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


def _take_decision(part: DecisionPart) -> Take:
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


LEX: Final[Mapping[str, Step]] = {
    "lamna-over": _hand_over,
    "utredare": _assign,
    "avboj": _decline,
    "beslut": _decide(DecisionPart.SOL_LSS),
    "beslut-hsl": _decide(DecisionPart.HSL),
}
