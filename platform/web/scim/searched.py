"""What can be asked of users and groups, attribute by attribute, as SQL."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.orm import aliased

from ....tenants.models import Person
from ....tenants.scim.models import ScimGroup, ScimMember, ScimUser
from ....tenants.scim.users import user_columns
from .filters import Field, Kind, Many, Searched, Sql
from .resources import EnterpriseUser, Group, User


def searched_users(today: date) -> Searched:
    told = user_columns(today)
    fields = {
        "id": Field(told["id"], Kind.ID),
        "external_id": Field(told["external_id"], Kind.EXACT),
        "user_name": Field(told["user_name"]),
        "name.formatted": Field(told["formatted"]),
        "name.given_name": Field(told["given_name"]),
        "name.family_name": Field(told["family_name"]),
        "display_name": Field(told["display_name"]),
        "preferred_language": Field(told["preferred_language"]),
        "active": Field(told["active"], Kind.TRUTH),
        "department": Field(told["department"]),
        "meta.resource_type": Field(literal("User", Text), Kind.EXACT),
        "meta.created": Field(told["created_at"], Kind.MOMENT),
        "meta.last_modified": Field(told["changed_at"], Kind.MOMENT),
    }
    extended = case((told["department"].is_not(None), str(EnterpriseUser.__schema__)), else_=null())
    many = {
        "schemas": _listed(literal(str(User.__schema__), Text), extended),
        "emails": _emails(told["emails"]),
        "groups": _groups(),
    }
    first = func.coalesce(
        func.jsonb_path_query_first(told["emails"], "$[*] ? (@.primary == true)", type_=JSONB),
        told["emails"].op("->")(0),
        type_=JSONB,
    )
    parts = ("value", "type", "display")
    sorts = {f"emails.{part}": func.lower(first.op("->>")(part)) for part in parts}
    return Searched(fields, many, _sorts(fields) | sorts)


def searched_groups() -> Searched:
    fields = {
        "id": Field(ScimGroup.id, Kind.ID),
        "external_id": Field(ScimGroup.external_id, Kind.EXACT),
        "display_name": Field(ScimGroup.display_name),
        "meta.resource_type": Field(literal("Group", Text), Kind.EXACT),
        "meta.created": Field(ScimGroup.created_at, Kind.MOMENT),
        "meta.last_modified": Field(ScimGroup.changed_at, Kind.MOMENT),
    }
    many = {
        "schemas": _listed(literal(str(Group.__schema__), Text)),
        "members": _members(),
    }
    return Searched(fields, many, _sorts(fields))


def _sorts(fields: dict[str, Field]) -> dict[str, Sql]:
    return {
        name: func.lower(field.sql) if field.kind is Kind.TEXT else field.sql
        for name, field in fields.items()
    }


def _emails(told: Sql) -> Many:
    listed = func.jsonb_array_elements(told).table_valued(column("value", JSONB))
    item = listed.render_derived(name="email")

    def part(name: str) -> Sql:
        return item.c.value.op("->>", return_type=Text())(name)

    parts = {name: Field(part(name)) for name in ("value", "type", "display")}
    parts["primary"] = Field(cast(part("primary"), Boolean), Kind.TRUTH)
    return Many(parts, _among(select(literal(1)).select_from(item).correlate(Person, ScimUser)))


def _listed(*values: ColumnElement[str]) -> Many:
    listed = func.unnest(array[Any](values, type_=Text())).table_valued(column("value", Text))
    item = listed.render_derived(name="listed")
    own = select(literal(1)).select_from(item).where(item.c.value.is_not(None))
    parts = {"value": Field(item.c.value, Kind.EXACT)}
    return Many(parts, _among(own.correlate(Person, ScimUser)))


def _groups() -> Many:
    member, group = aliased(ScimMember), aliased(ScimGroup)
    parts = {"value": Field(group.id, Kind.ID), "display": Field(group.display_name)}
    joined = and_(group.id == member.group_id, group.tenant_id == member.tenant_id)
    own = and_(member.person_id == Person.id, member.tenant_id == Person.tenant_id)
    return Many(parts, _among(select(member.id).join(group, joined).where(own)))


def _members() -> Many:
    member = aliased(ScimMember)
    parts = {
        "value": Field(member.person_id, Kind.ID),
        "type": Field(literal("User", Text)),
    }
    own = and_(member.group_id == ScimGroup.id, member.tenant_id == ScimGroup.tenant_id)
    return Many(parts, _among(select(member.id).where(own)))


def _among(found: Select[Any]) -> Callable[[ColumnElement[bool] | None], ColumnElement[bool]]:
    def among(condition: ColumnElement[bool] | None) -> ColumnElement[bool]:
        return exists(found if condition is None else found.where(condition))

    return among
