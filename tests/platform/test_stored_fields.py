"""Every field that shows what is stored is part of a statement; the others are named here."""

from __future__ import annotations

import pytest
from graphql import (
    GraphQLObjectType,
    OperationDefinitionNode,
    get_named_type,
    is_leaf_type,
    parse,
)
from graphql.execution.values import VariableValues

from roder.graphql.documents import Document
from roder.graphql.planner.plans import make_plan
from roder.graphql.planner.texts import Unplannable
from roder.platform.modules import MODULES
from roder.platform.schema import product_schema

CORE = product_schema()._schema
NOBODY = "00000000-0000-0000-0000-000000000000"
ROOTS = {
    "Report": f'report(id: "Report:{NOBODY}")',
    "ReportProgress": f'report(id: "Report:{NOBODY}") {{ progress',
    "ReportCompletion": f'report(id: "Report:{NOBODY}") {{ completion',
    "ReportApproval": f'report(id: "Report:{NOBODY}") {{ approvals',
    "Section": f'report(id: "Report:{NOBODY}") {{ sections',
    "SectionCompletion": f'report(id: "Report:{NOBODY}") {{ sections {{ completion',
    "SectionVersion": f'report(id: "Report:{NOBODY}") {{ sections {{ history',
    "SectionFile": f'report(id: "Report:{NOBODY}") {{ sections {{ files',
    "LastYear": f'report(id: "Report:{NOBODY}") {{ sections {{ lastYear',
    "ReportTemplate": "reportTemplates",
    "ReportImage": f'reportImages(reportId: "Report:{NOBODY}")',
    "Grant": f'grant(id: "Grant:{NOBODY}")',
    "StoredFile": f'file(id: "StoredFile:{NOBODY}")',
    "Job": f'job(id: "Job:{NOBODY}")',
    "Session": "mySessions",
    "ApiToken": "apiTokens",
    "Fault": "faultsTold",
    "NotificationChoices": "myNotificationChoices",
    "CalendarFeed": "myCalendarFeed",
}
"""Where each type is met, as a query begins."""

MADE = {
    "Section": {"generated"},
    "ReportTemplate": {"outline"},
    "StoredFile": {"link"},
}
"""What a service makes when it is asked for."""

ALL_MODULES = frozenset(module.name for module in MODULES)


@pytest.mark.parametrize("name", ROOTS)
def test_every_stored_field_of_a_record_is_in_the_statement(name):
    left = {field for field in shown_by(name) if not is_planned(f"{{ {ROOTS[name]} {{ {field}")}

    assert {field.split()[0] for field in left} == MADE.get(name, set())


def shown_by(name: str) -> list[str]:
    """The fields of a type, each with what of it can be asked for without more."""
    type_ = CORE.type_map[name]
    assert isinstance(type_, GraphQLObjectType)
    return [f"{name} {inside(get_named_type(field.type))}" for name, field in type_.fields.items()]


def inside(type_) -> str:
    if is_leaf_type(type_):
        return ""
    if "id" in type_.fields:
        return "{ id }"
    shown = (f"{name} {inside(get_named_type(field.type))}" for name, field in type_.fields.items())
    return f"{{ {' '.join(shown)} }}"


def is_planned(begun: str) -> bool:
    text = begun + " }" * (begun.count("{") - begun.count("}"))
    document = Document(text, parse(text))
    (operation,) = document.ast.definitions
    assert isinstance(operation, OperationDefinitionNode)
    try:
        make_plan(
            CORE, document, operation, VariableValues({}, {}), lambda _permission: True, ALL_MODULES
        )
    except Unplannable:
        return False
    return True
