"""What the pages call the parts of the schools' quality work."""

from __future__ import annotations

from ....infra.documents.model import Light
from ....infra.i18n import _
from ....tenants.terms import Term
from .cycle import Standing
from .models import SchoolForm, Step, TakingPart
from .stands import Stage, Taken

SCHOOLS = Term("school_quality.schools", lambda: _("School quality"))


def form_words() -> dict[SchoolForm, str]:
    return {
        SchoolForm.PRESCHOOL: _("Preschool"),
        SchoolForm.PRESCHOOL_CLASS: _("Preschool class"),
        SchoolForm.COMPULSORY: _("Compulsory school"),
        SchoolForm.ADAPTED_COMPULSORY: _("Adapted compulsory school"),
        SchoolForm.LEISURE_CENTRE: _("Leisure centre"),
        SchoolForm.UPPER_SECONDARY: _("Upper secondary school"),
        SchoolForm.ADAPTED_UPPER_SECONDARY: _("Adapted upper secondary school"),
        SchoolForm.ADULT: _("Adult education"),
    }


def step_words() -> dict[Step, str]:
    return {
        Step.PLAN: _("Plan"),
        Step.FOLLOW_UP: _("Follow-up"),
        Step.ANALYSIS: _("Analysis"),
        Step.REPORT: _("Quality report"),
        Step.ORGANISER_REPORT: _("The organiser's report"),
    }


def who_words() -> dict[TakingPart, str]:
    return {
        TakingPart.STAFF: _("Staff"),
        TakingPart.CHILDREN: _("Children and pupils"),
        TakingPart.GUARDIANS: _("Guardians"),
    }


def standing_words() -> dict[Standing, str]:
    return {
        Standing.LATE: _("Late"),
        Standing.UNDER_WAY: _("Under way"),
        Standing.DONE: _("Done"),
    }


def part_words() -> list[str]:
    """In the order of `StepTotal.parts`."""
    return [_("Done"), _("Begun"), _("Not begun"), _("Late")]


def stage_word(step: Taken) -> str:
    words = {
        Stage.NOT_BEGUN: _("Not begun"),
        Stage.BEGUN: _("Begun"),
        Stage.DONE: _("Done"),
        Stage.APPROVED: _("Approved"),
    }
    return _("Late") if step.late else words[step.stage]


def light_of(step: Taken) -> Light:
    if step.late:
        return "red"
    return "green" if step.done else "yellow" if step.stage is Stage.BEGUN else "none"
