"""What a document may ask for, counted before anything else looks at it.

Validators and executors walk a fragment once for every spread of it, so a few hundred bytes of
fragments that spread each other twice keep them busy for minutes. Here a fragment is measured
once, leaves first, and every spread adds what was found.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from ..infra.errors import AppError
from ..infra.i18n import _
from .paging import MOST, PAGE


@dataclass(frozen=True, slots=True)
class Limits:
    """`selections` counts fields and spreads after every fragment has been written out; `cost`
    counts fields times the records of the pages they stand on."""

    characters: int = 100_000
    tokens: int = 3_000
    comments: int = 1_000
    depth: int = 15
    selections: int = 3_000
    cost: int = 200_000
    root_mutations: int = 25


LIMITS = Limits()

LIST = 10
"""How many records a list without pages is taken to hold."""


class QueryRefused(AppError):
    """A request error in the words of the GraphQL specification: nothing was executed."""

    code = "INVALID_QUERY"
    status = 422

    def __init__(
        self,
        message: str,
        *,
        code: str = "INVALID_QUERY",
        status: int = 422,
        field: str | None = None,
        errors: Sequence[GraphQLError] = (),
    ) -> None:
        super().__init__(message, field=field)
        self.code = code
        self.status = status
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Size:
    """What a selection set comes to, with its fragments written out."""

    depth: int = 0
    selections: int = 0
    cost: int = 0
    roots: int = 0


def check_limits(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, object],
    limits: Limits = LIMITS,
) -> int:
    """How many fields the operation may fetch. Raises QueryRefused, with the numbers, for a
    document that asks for too much.

    The whole document has to be moderate, since all of it is validated; cost and the number of
    mutations are those of `operation`, which is what will be executed.
    """
    sizes = measure(schema, document, operation, variables)
    _check_document(list(sizes.values()), limits)
    own = sizes[id(operation)]
    if own.cost > limits.cost:
        raise QueryRefused(
            _(
                "The query may fetch {cost} fields, and {most} are allowed. Ask for smaller pages "
                "with `first`, or for fewer lists within lists.",
                cost=_number(own.cost),
                most=limits.cost,
            ),
            code="TOO_COSTLY",
        )
    if operation.operation is OperationType.MUTATION and own.roots > limits.root_mutations:
        raise QueryRefused(
            _(
                "The request holds {count} mutations, and {most} are allowed. Send them in turns.",
                count=own.roots,
                most=limits.root_mutations,
            ),
            code="TOO_MANY_MUTATIONS",
        )
    return own.cost


def _check_document(sizes: Sequence[Size], limits: Limits) -> None:
    selections = sum(size.selections for size in sizes)
    depth = max(size.depth for size in sizes)
    if selections > limits.selections:
        raise QueryRefused(
            _(
                "The query comes to {count} fields when its fragments are written out, and {most} "
                "are allowed. Split it.",
                count=_number(selections),
                most=limits.selections,
            ),
            code="TOO_MANY_FIELDS",
        )
    if depth > limits.depth:
        raise QueryRefused(
            _(
                "The query is {depth} levels deep, and {most} are allowed.",
                depth=depth,
                most=limits.depth,
            ),
            code="TOO_DEEP",
        )


def measure(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, object],
) -> dict[int, Size]:
    """The size of each operation and fragment, by the id of its node; each node seen once.

    Raises QueryRefused for fragments that spread each other in a circle.
    """
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    known = _Known(schema, {}, _page_sizes(operation, variables))
    found = {}
    for name in _leaves_first(fragments):
        node = fragments[name]
        parent = schema.get_type(node.type_condition.name.value)
        known.fragments[name] = found[id(node)] = _sum(node.selection_set.selections, parent, known)
    for root in document.definitions:
        if isinstance(root, OperationDefinitionNode):
            parent = schema.get_root_type(root.operation)
            found[id(root)] = _sum(root.selection_set.selections, parent, known)
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    schema: GraphQLSchema
    fragments: dict[str, Size]
    page_sizes: Mapping[str, object]


def _page_sizes(
    operation: OperationDefinitionNode, variables: Mapping[str, object]
) -> dict[str, object]:
    defaults = {
        definition.variable.name.value: _whole(definition.default_value)
        for definition in operation.variable_definitions or ()
        if isinstance(definition.default_value, IntValueNode)
    }
    return {**defaults, **variables}


def _leaves_first(fragments: Mapping[str, FragmentDefinitionNode]) -> list[str]:
    graph = {
        name: {spread for spread in _spreads(node.selection_set.selections) if spread in fragments}
        for name, node in fragments.items()
    }
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise QueryRefused(
            _("Fragments spread each other in a circle: {circle}.", circle=circle),
            code="CYCLIC_FRAGMENTS",
        ) from None


def _spreads(selections: Sequence[SelectionNode]) -> Iterator[str]:
    open_sets = [selections]
    while open_sets:
        for selection in open_sets.pop():
            if isinstance(selection, FragmentSpreadNode):
                yield selection.name.value
            elif isinstance(selection, FieldNode | InlineFragmentNode) and selection.selection_set:
                open_sets.append(selection.selection_set.selections)


def _sum(selections: Sequence[SelectionNode], parent: object, known: _Known) -> Size:
    depth = count = cost = roots = 0
    for selection in selections:
        if isinstance(selection, FieldNode):
            part = _field(selection, parent, known)
        elif isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            within = known.schema.get_type(condition.name.value) if condition else parent
            part = _sum(selection.selection_set.selections, within, known)
            count += 1
        elif isinstance(selection, FragmentSpreadNode):
            part = known.fragments.get(selection.name.value, Size())
            count += 1
        else:
            continue
        depth = max(depth, part.depth)
        count += part.selections
        cost += part.cost
        roots += part.roots
    return Size(depth, count, cost, roots)


def _field(node: FieldNode, parent: object, known: _Known) -> Size:
    """A field and what is below it. Introspection is one level: it reads no records, and
    graphql-core has a rule of its own against circles in it."""
    fields = parent.fields if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else {}
    definition = fields.get(node.name.value)
    within = get_named_type(definition.type) if definition else None
    inner = _sum(node.selection_set.selections if node.selection_set else (), within, known)
    if node.name.value.startswith("__"):
        return Size(1, 1 + inner.selections, 1 + inner.selections, 1)
    times = 1
    if definition and "first" in definition.args:
        times = _page(node, known)
    elif definition and is_list_type(get_nullable_type(definition.type)):
        times = 1 if "pageInfo" in fields else LIST
    return Size(1 + inner.depth, 1 + inner.selections, 1 + times * inner.cost, 1)


def _page(node: FieldNode, known: _Known) -> int:
    """The page that is asked for; one outside 1 to 1,000 is refused later, by its own sentence."""
    asked: object = None
    for argument in node.arguments or ():
        if argument.name.value == "first":
            if isinstance(argument.value, IntValueNode):
                asked = _whole(argument.value)
            elif isinstance(argument.value, VariableNode):
                asked = known.page_sizes.get(argument.value.name.value)
    if asked is None:
        return PAGE
    # GraphQL takes 200.0 for an Int too; what is no number at all is refused later.
    return min(max(int(asked), 1), MOST) if isinstance(asked, int | float) else MOST


def _whole(node: IntValueNode) -> int:
    """Python refuses to read thousands of digits; nine are more than any page holds."""
    return int(node.value[:9])


def _number(count: int) -> str:
    return str(count) if count < 10**9 else f"{10**9}+"
