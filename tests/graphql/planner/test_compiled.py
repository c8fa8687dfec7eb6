"""How much of the schema the planner answers, and by name what it leaves to resolvers, with why.

A field of a record that is computed by a resolver takes its record out of the statement: a new one
has to be named here with a reason, and a new field at the root among those that services answer.
"""

from collections.abc import Callable, Iterator

from full_town import CORE
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    get_variable_values,
    is_leaf_type,
    is_required_argument,
)

from roder.authz.permit import permissions
from roder.graphql.documents import find_operation, parse_document
from roder.graphql.planner.compiling import BACKREF, is_connection, origin_of
from roder.graphql.planner.plans import Planned, make_plan, plan_records
from roder.graphql.planner.texts import Unplannable

SEALED = "a service opens it, decides by state and person who sees it, and notes each reading"
RIGHTS = "who sees it depends on rights at units or on whose it is, and the reading is noted"
SERVICE = "a service makes it of much more than the record"
ADDRESS = "it is an address of this installation, which no table holds"

LEFT = {
    "Deviation": (
        SEALED,
        (
            "reference version type state laws parts writable unit category what whom concerns "
            "consequence done answers occurredAt foundAt sentAt dueOn reportedBy assignedTo "
            "asksEventAnalysis outcome risks documents decisions actions history missingToClose"
        ),
    ),
    "MyDeviationReport": (SEALED, "type laws what whom done onBehalfOf answers unit"),
    "MyDeviationAction": (SEALED, "done"),
    "SchoolComplaint": (
        SEALED,
        "unit kind handler name contact what investigation toldBack steps actions law",
    ),
    "Review": (SEALED, "counts events readers"),
    "Meeting": (SERVICE, "leftToDo days"),
    "Person": (SERVICE, "permissions"),
    "Section": (SERVICE, "generated"),
    "ReportTemplate": (SERVICE, "outline"),
    "AgendaLink": (SERVICE, "source"),
    "StoredFile": (ADDRESS, "link"),
    "ReviewFile": (ADDRESS, "path"),
    "SignInProvider": (ADDRESS, "answerAddress signedOutAddress"),
}
"""Fields of records that resolvers compute, by the type of the record."""

ROOTS = {
    SEALED: "myDeviationReports myDeviationActions deviations deviation deviationsToWeed "
    "deviationNils independentInvestigators sealedTexts schoolComplaint schoolComplaints "
    "schoolComplaintNumbers accessLog logReview logReviews investigation seenAsMe whoCanSee",
    RIGHTS: "node meetings meetingDecisions personSessions delegations waitingForPurge "
    "leaverPreview myCompletions courseCompletions signInAccounts",
    SERVICE: "myTasks myLately activityStates goalAnalysis stateOfUnit indicatorHistory "
    "chapterSources chapterPreview reportStatus riskDesign riskMatrix controlOverview "
    "grantGiverNames grantOverview governingDocumentTypes documentFollowUp deviationCategories "
    "deviationForm deviationForms deviationStatistics deviationSummary schoolOverview "
    "schoolComplaintKinds supportContactsFor units retentionRules municipality signInProviders "
    "claimRules signInSettings tryClaims logAnchors logProof live",
}
"""Fields of Query that services answer: what stands in their records is still fetched as text."""

BY_WAY_OF = {
    "UnitSuccession.unit": '{ unit(id: "Unit:0192f0c4-0000-7000-8000-000000000000") '
    "{ predecessors { unit { name } } } }",
}
"""Fields that need to know by which other they are reached."""

VALUES = {
    "ID": '"Unit:0192f0c4-0000-7000-8000-000000000000"',
    "String": '"2026"',
    "Int": "1",
    "Boolean": "true",
    "Date": '"2026-06-01"',
    "DateTime": '"2026-06-01T12:00:00Z"',
}
MODULES = frozenset(each.partition(".")[0] for each in permissions())


def records() -> Iterator[GraphQLObjectType]:
    """The types that show a row of a table."""
    for type_ in CORE.type_map.values():
        ours = isinstance(type_, GraphQLObjectType) and BACKREF in type_.extensions
        if ours and hasattr(origin_of(type_), "model"):
            yield type_


def asked(name: str, field: GraphQLField) -> str:
    """The field in a query, with as little of what it shows as there is."""
    needed = [
        f"{key}: {value_of(each)}" for key, each in field.args.items() if is_required_argument(each)
    ]
    arguments = f"({', '.join(needed)})" if needed else ""
    shown = get_named_type(field.type)
    if is_leaf_type(shown):
        return f"{name}{arguments}"
    if is_connection(shown):
        return f"{name}{arguments} {{ totalCount nodes {{ id }} }}"
    fields = getattr(shown, "fields", {})
    leaves = [key for key, each in fields.items() if is_leaf_type(get_named_type(each.type))]
    inner = "id" if "id" in fields else " ".join(leaves) or "__typename"
    return f"{name}{arguments} {{ {inner} }}"


def value_of(argument: GraphQLArgument) -> str:
    type_ = get_named_type(argument.type)
    return next(iter(type_.values)) if isinstance(type_, GraphQLEnumType) else VALUES[type_.name]


def of_record(type_: GraphQLObjectType, name: str) -> Planned:
    if f"{type_.name}.{name}" in BY_WAY_OF:
        return of_query(BY_WAY_OF[f"{type_.name}.{name}"])
    document = parse_document(f"{{ it {{ {asked(name, type_.fields[name])} }} }}")
    [it] = find_operation(document, None).selection_set.selections
    none = get_variable_values(CORE, (), {})
    return plan_records(CORE, document, none, everything, MODULES, type_, [it.selection_set])


def of_query(text: str) -> Planned:
    document = parse_document(text)
    none = get_variable_values(CORE, (), {})
    return make_plan(CORE, document, find_operation(document, None), none, everything, MODULES)


def everything(_permission: str) -> bool:
    return True


def way(make: Callable[[], Planned]) -> str:
    try:
        return "filled in" if make().holes else "statement"
    except Unplannable:
        return "resolver"


def test_what_is_stored_is_answered_by_the_statement_and_the_rest_is_named_with_a_reason():
    ways = {
        f"{type_.name}.{name}": way(lambda type_=type_, name=name: of_record(type_, name))
        for type_ in records()
        for name in type_.fields
    }
    counts = {each: list(ways.values()).count(each) for each in ("statement", "filled in")}
    compiled = sum(counts.values())
    print(f"\n{compiled} of {len(ways)} fields of {len(list(records()))} types: {counts}")
    for type_, (reason, names) in LEFT.items():
        print(f"  {type_}, {len(names.split())}: {reason}")

    named = {f"{type_}.{name}" for type_, (_, names) in LEFT.items() for name in names.split()}
    assert {name for name, each in ways.items() if each == "resolver"} == named
    assert compiled == len(ways) - 62


def test_what_services_answer_at_the_root_is_named():
    assert CORE.query_type is not None
    ways = {
        name: way(lambda name=name, field=field: of_query(f"{{ {asked(name, field)} }}"))
        for name, field in CORE.query_type.fields.items()
    }
    compiled = [name for name, each in ways.items() if each != "resolver"]
    print(f"\n{len(compiled)} of {len(ways)} fields of Query")

    assert set(ways) - set(compiled) == {name for some in ROOTS.values() for name in some.split()}
