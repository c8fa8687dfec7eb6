"""The manual of the API as pages: an index of all types, and a page for each."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import Response
from strawberry import Schema

from ...graphql.documents import core_schema
from ...infra.errors import NotFound
from ...infra.i18n import _
from .page import View, page
from .schema_documentation import KINDS, TypeText, documented


@page("/api/schema", name="api_schema")
async def schema_index(view: View) -> Response:
    """All types by kind and letter; with words, those whose name or fields have them."""
    words = " ".join(view.query("q").lower().split())[:80]
    found = [each for each in documented(core_schema(_schema(view))).values() if _has(each, words)]
    by_kind = {kind: [each for each in found if each.kind == kind] for kind in KINDS}
    return await view.render(
        "api/schema.html",
        words=words,
        kinds=[(kind, by_letter(each)) for kind, each in by_kind.items() if each],
        count=len(found),
        titles=kind_titles(),
    )


@page("/api/schema/{type}", name="api_type")
async def schema_type(view: View) -> Response:
    found = documented(core_schema(_schema(view))).get(view.path("type"))
    if found is None:
        raise NotFound(_("There is no page at this address."))
    return await view.render("api/type.html", type=found, titles=kind_titles())


def by_letter(types: Iterable[TypeText]) -> dict[str, list[TypeText]]:
    letters: dict[str, list[TypeText]] = {}
    for each in types:
        letters.setdefault(each.name[0].upper(), []).append(each)
    return letters


def kind_titles() -> dict[str, tuple[str, str]]:
    """One of a kind, and many."""
    return {
        "operation": (_("Beginning of a query"), _("Beginnings of a query")),
        "object": (_("Type"), _("Types")),
        "interface": (_("Interface"), _("Interfaces")),
        "union": (_("Union"), _("Unions")),
        "input": (_("Input"), _("Inputs")),
        "enum": (_("Choice"), _("Choices")),
        "scalar": (_("Scalar"), _("Scalars")),
    }


def _has(type_: TypeText, words: str) -> bool:
    names = f"{type_.name} {' '.join(field.name for field in type_.fields)}".lower()
    return all(word in names for word in words.split())


def _schema(view: View) -> Schema:
    schema: Schema = view.request.app.state.schema
    return schema


schema_routes = (schema_index, schema_type)
