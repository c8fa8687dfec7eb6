"""Which fields an object shows: fragments spread, conditions decided, equal keys merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLError,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    get_directive_values,
    is_abstract_type,
)
from graphql.execution.values import VariableValues

from .texts import Unplannable


@dataclass(frozen=True, slots=True)
class Selecting:
    """A document with the variables that its conditions depend on."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues

    @classmethod
    def of(
        cls, schema: GraphQLSchema, document: DocumentNode, variables: VariableValues
    ) -> Selecting:
        fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        return cls(schema, fragments, variables)

    def fields(
        self, sets: Iterable[SelectionSetNode], type_: GraphQLObjectType
    ) -> dict[str, list[FieldNode]]:
        """The fields by response key, in the order of the GraphQL specification, section 6.3.2."""
        found: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        for selections in sets:
            self._collect(selections.selections, type_, found, spread)
        return found

    def conditions(self, sets: Iterable[SelectionSetNode]) -> bool:
        """Whether a fragment here, at this level, is for some types only."""
        for selections in sets:
            for node in selections.selections:
                if isinstance(node, InlineFragmentNode):
                    if node.type_condition or self.conditions([node.selection_set]):
                        return True
                elif isinstance(node, FragmentSpreadNode):
                    return True
        return False

    def _collect(
        self,
        selections: Sequence[SelectionNode],
        type_: GraphQLObjectType,
        found: dict[str, list[FieldNode]],
        spread: set[str],
    ) -> None:
        for node in selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                if condition is None or self._fits(condition.name.value, type_):
                    self._collect(node.selection_set.selections, type_, found, spread)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._fits(fragment.type_condition.name.value, type_):
                    self._collect(fragment.selection_set.selections, type_, found, spread)

    def _fits(self, name: str, type_: GraphQLObjectType) -> bool:
        condition = self.schema.get_type(name)
        if condition is type_:
            return True
        return is_abstract_type(condition) and self.schema.is_sub_type(_abstract(condition), type_)

    def _included(self, node: SelectionNode) -> bool:
        if not node.directives:
            return True
        try:
            skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
            include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        except GraphQLError:
            raise Unplannable("a condition that is null") from None
        return not (skip and skip["if"]) and not (include and not include["if"])


def _abstract(type_: object) -> GraphQLAbstractType:
    assert isinstance(type_, GraphQLAbstractType)
    return type_


def in_common(
    shapes: list[dict[str, list[FieldNode]]],
) -> dict[str, list[FieldNode]] | None:
    """The fields that all shapes have alike; None unless they are in one order, and the first of
    them comes before all others."""
    first = shapes[0]
    common = {
        key: nodes for key, nodes in first.items() if all(nodes == s.get(key) for s in shapes)
    }
    for shape in shapes:
        keys = list(shape)
        if not common or keys[0] not in common or [k for k in keys if k in common] != list(common):
            return None
    return common
