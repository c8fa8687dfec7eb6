"""The fields of the registers' forms: what each is called."""

from __future__ import annotations

from collections.abc import Sequence

from ....infra.i18n import _
from ...web.fields import Field


def agreement_fields() -> list[Field]:
    return [
        Field("processor", _("Processor"), needed=True),
        Field("org_number", _("Organisation number")),
        Field("contact", _("Whom to reach there")),
        Field("subject", _("What is treated, and for what"), "text", needed=True),
        Field("registry_number", _("Registry number"), hint=_("Where the agreement is kept.")),
        Field("signed_on", _("Agreement signed"), "day", needed=True),
        Field("review_on", _("To be looked over"), "day", hint=_("My work reminds in time.")),
        Field("valid_to", _("Valid to"), "day"),
        Field("note", _("Anything more"), "text"),
    ]


def sub_processor_fields() -> list[Field]:
    return [
        Field("name", _("Sub-processor"), needed=True),
        Field("task", _("What it does"), "text", needed=True),
        Field("country", _("Where the data is treated"), needed=True),
        Field("safeguard", _("What a transfer out of the EU rests on"), "text"),
        Field("announced_on", _("Announced to us"), "day", needed=True),
        Field("objection_by", _("Last day to object"), "day", hint=_("My work reminds in time.")),
        Field("from_on", _("In use from"), "day", hint=_("Empty until it is.")),
    ]


def processing_fields(
    agreements: Sequence[tuple[str, str]], units: Sequence[tuple[str, str]]
) -> list[Field]:
    return [
        Field("name", _("Treatment"), needed=True),
        Field("purpose", _("Purpose"), "text", needed=True),
        Field("legal_basis", _("Legal basis"), "text", needed=True),
        Field("subjects", _("Whom it is about"), "text"),
        Field("data", _("Which data"), "text"),
        Field("recipients", _("Who gets it"), "text"),
        Field("transfers", _("Outside the EU"), "text"),
        Field("retention", _("How long it is kept"), "text"),
        Field("security", _("How it is protected"), "text"),
        Field("agreement_id", _("Processor"), "record", options=agreements),
        Field("unit_id", _("Unit that answers for it"), "record", options=units),
        Field("review_on", _("To be looked over"), "day", hint=_("My work reminds in time.")),
    ]


def breach_fields() -> list[Field]:
    return [
        Field("what", _("What has happened"), "text", needed=True),
        Field("detected_at", _("When it was found"), "clock", needed=True),
        Field("since", _("The data was touched from"), "clock", needed=True),
        Field("until", _("up to"), "clock", needed=True),
    ]


def decision_fields() -> list[Field]:
    return [
        Field("case_number", _("The authority's case number"), hint=_("If it was told.")),
        Field("reason", _("Why it was decided so"), "text"),
        Field("people_told_on", _("Those concerned were told"), "day"),
    ]
