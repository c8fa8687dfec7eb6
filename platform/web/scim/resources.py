"""Users and Groups as we have them: the core schemas of RFC 7643, less what we do not keep."""

from typing import Annotated, Any, ClassVar, Final

from pydantic import Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    ExtensibleStringEnum,
    Extension,
    Filter,
    Meta,
    Mutability,
    Pagination,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)
from scim2_models.resources.resource import AnyExtension

from ....tenants.scim.groups import ShownGroup
from ....tenants.scim.told import MOST_EMAILS, Told, ToldEmail
from ....tenants.scim.users import ShownUser

PAGE: Final = 200
"""Resources of an answer at most."""
EMAILS: Final = MOST_EMAILS
BULK_OPERATIONS: Final = 100
BULK_BYTES: Final = 1_000_000


class Name(ComplexAttribute):
    formatted: str | None = None
    """The whole name as it is written."""
    family_name: str | None = None
    """Surname."""
    given_name: str | None = None
    """First name."""


class Email(ComplexAttribute):
    class Type(ExtensibleStringEnum):
        work = "work"
        home = "home"
        other = "other"

    value: Annotated[str | None, Required.true] = None
    """The address."""
    display: str | None = None
    """How it is shown."""
    type: Type | None = None
    """What it is for."""
    primary: bool | None = None
    """Whether it is the one that the register keeps; else the one at work, else the first."""


class Membership(ComplexAttribute):
    value: Annotated[str | None, Mutability.read_only, CaseExact.true] = None
    """Id of the group."""
    ref: Annotated[Reference["Group"] | None, Mutability.read_only] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    """Address of the group."""
    display: Annotated[str | None, Mutability.read_only] = None
    """Name of the group."""


class EnterpriseUser(Extension):
    __schema__ = URN("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")

    department: str | None = None
    """Where in the organisation, in the directory's own words."""


class User(Resource[AnyExtension]):
    """Somebody who works for the municipality."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    """What they sign in with."""
    name: Name | None = None
    """The parts of the name."""
    Name: ClassVar[type[ComplexAttribute]] = Name
    display_name: str | None = None
    """The name that others see; else it is made of the parts."""
    preferred_language: str | None = None
    """The language that the service speaks with them: sv or en, others are kept but not spoken."""
    active: bool | None = None
    """Whether they are here; false ends every sign-in at once."""
    emails: Annotated[list[Email] | None, Required.true] = None
    """Addresses. One is needed, unless the userName is one."""
    Emails: ClassVar[type[ComplexAttribute]] = Email
    groups: Annotated[list[Membership] | None, Mutability.read_only] = None
    """The groups that they are in."""
    Groups: ClassVar[type[ComplexAttribute]] = Membership


class Member(ComplexAttribute):
    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    """Id of the user."""
    ref: Annotated[Reference["User"] | None, Mutability.immutable] = Field(  # type: ignore[type-arg]
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    """Address of the user."""
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])
    """User: there are no groups within groups."""


class Group(Resource[Any]):
    """A group of the directory, which gives the roles that an administrator has chosen for it."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true] = None
    """Its name."""
    members: list[Member] | None = None
    """Who is in it."""
    Members: ClassVar[type[ComplexAttribute]] = Member


def make_provider() -> ScimProvider:
    """What the service says of itself, and how much a directory may depart from the letter."""
    return ScimProvider(
        models=[User, EnterpriseUser, Group],
        resource_types=[
            ResourceType.from_resource(User[EnterpriseUser]),
            ResourceType.from_resource(Group),
        ],
        config=_config(),
        policy=ScimPolicy(
            unknown=ScimPolicy.Unknown.ignore,
            remove_value_as_filter=ScimPolicy.RemoveValue.apply,
            unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
        ),
    )


def _config() -> ServiceProviderConfig:
    bearer = AuthenticationScheme(
        type=AuthenticationScheme.Type.oauthbearertoken,
        name="OAuth Bearer Token",
        description="An API key of the municipality with the scope scim.",
        spec_uri=Reference("https://www.rfc-editor.org/info/rfc6750"),
        primary=True,
    )
    return ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=True, max_operations=BULK_OPERATIONS, max_payload_size=BULK_BYTES),
        filter=Filter(supported=True, max_results=PAGE),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=True),
        etag=ETag(supported=True),
        authentication_schemes=[bearer],
        pagination=Pagination(
            cursor=False,
            index=True,
            default_pagination_method=Pagination.DefaultPaginationMethod.index,
            default_page_size=100,
            max_page_size=PAGE,
        ),
    )


def user_resource(shown: ShownUser) -> User[EnterpriseUser]:
    told = shown.told
    user = User[EnterpriseUser](
        id=str(shown.id),
        external_id=told.external_id,
        user_name=told.user_name,
        name=_name(told),
        display_name=told.display_name,
        preferred_language=told.preferred_language,
        active=told.active,
        emails=[
            Email(
                value=email.value,
                type=Email.Type(email.type) if email.type else None,
                display=email.display,
                primary=email.primary,
            )
            for email in told.emails
        ]
        or None,
        groups=[
            Membership(value=str(id), ref=Reference(f"Groups/{id}"), display=name)
            for id, name in shown.groups
        ]
        or None,
        meta=Meta(
            resource_type="User",
            created=shown.created_at,
            last_modified=shown.changed_at,
            version=f'W/"{shown.version}"',
        ),
    )
    if told.department is not None:
        user[EnterpriseUser] = EnterpriseUser(department=told.department)
    return user


def _name(told: Told) -> Name | None:
    if not (told.formatted or told.given_name or told.family_name):
        return None
    return Name(formatted=told.formatted, given_name=told.given_name, family_name=told.family_name)


def told_by(user: User[EnterpriseUser]) -> Told:
    name = user.name or Name()
    extension = user[EnterpriseUser]
    return Told(
        user_name=user.user_name or "",
        external_id=user.external_id,
        formatted=name.formatted,
        given_name=name.given_name,
        family_name=name.family_name,
        display_name=user.display_name,
        preferred_language=user.preferred_language,
        department=extension.department if extension else None,
        active=user.active,
        emails=tuple(
            ToldEmail(
                value=email.value or "",
                type=str(email.type.value) if email.type else None,
                display=email.display,
                primary=email.primary,
            )
            for email in user.emails or ()
        ),
    )


def group_resource(shown: ShownGroup) -> Group:
    return Group(
        id=str(shown.id),
        external_id=shown.external_id,
        display_name=shown.display_name,
        members=[
            Member.model_construct(value=str(id), ref=Reference(f"Users/{id}"), type="User")
            for id in shown.members or ()
        ]
        or None,
        meta=Meta(
            resource_type="Group",
            created=shown.created_at,
            last_modified=shown.changed_at,
            version=f'W/"{shown.version}"',
        ),
    )
