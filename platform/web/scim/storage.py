"""Where the protocol reads and writes: the services of one municipality, within one work."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, cast
from uuid import UUID

from scim2_models import (
    InvalidValueException,
    NotFoundException,
    NotImplementedException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    SearchRequest,
)
from scim2_server.storage import AsyncScimStorage, SearchPage

from ....infra.i18n import _
from ....tenants.log.access_log import Action
from ....tenants.scim.groups import (
    add_group,
    change_group,
    get_group,
    remove_group,
    search_groups,
)
from ....tenants.scim.users import (
    add_user,
    change_user,
    get_user,
    remove_user,
    search_users,
)
from ....tenants.work import Work
from .filters import order, where
from .resources import PAGE, EnterpriseUser, Group, User, group_resource, told_by, user_resource
from .searched import searched_groups, searched_users

Found = Resource[Any]
WHOLE_USER: Final[type[Found]] = User[EnterpriseUser]


class WorkStorage(AsyncScimStorage):
    """Users and groups of the work's municipality. Of one that `writes`, what is read is about to
    be changed, and is held until the work ends."""

    def __init__(self, work: Work, *, writes: bool) -> None:
        self.work = work
        self.writes = writes
        self._seen: dict[UUID, ResourceType] = {}

    async def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Found:
        id = _id(resource_id)
        if self.writes:
            self._seen[id] = resource_type
        if resource_type.name == "User":
            return user_resource(await get_user(self.work, id, to_change=self.writes))
        members = self.writes or _wants_members(response_parameters)
        return group_resource(
            await get_group(self.work, id, members=members, to_change=self.writes)
        )

    async def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        """Of several types one after the other, which no order goes across."""
        if len(resource_types) > 1 and search_request.sort_by is not None:
            raise NotImplementedException(
                detail=_("Sort users or groups; both together have no order.")
            )
        start = min(search_request.start_index_0 or 0, 2**31)
        left = PAGE if search_request.count is None else search_request.count
        total, found = 0, list[Found]()
        for resource_type in resource_types:
            searching = self._users if resource_type.name == "User" else self._groups
            count, page = await searching(search_request, max(0, start - total), left)
            total, left = total + count, left - len(page)
            found += page
        return SearchPage(total, found)

    async def _users(
        self, asked: SearchRequest[Any], offset: int, limit: int
    ) -> tuple[int, list[Found]]:
        searched = searched_users(self.work.today)
        total, found = await search_users(
            self.work,
            where=where(searched, WHOLE_USER, asked.filter),
            order=order(searched, WHOLE_USER, asked),
            offset=offset,
            limit=limit,
        )
        return total, [user_resource(user) for user in found]

    async def _groups(
        self, asked: SearchRequest[Any], offset: int, limit: int
    ) -> tuple[int, list[Found]]:
        searched = searched_groups()
        total, found = await search_groups(
            self.work,
            where=where(searched, Group, asked.filter),
            order=order(searched, Group, asked),
            offset=offset,
            limit=limit,
            members=_wants_members(asked),
        )
        return total, [group_resource(group) for group in found]

    async def create(self, resource_type: ResourceType, resource: Found) -> Found:
        if isinstance(resource, User):
            return user_resource(await add_user(self.work, told_by(resource)))
        group = cast("Group", resource)
        return group_resource(
            await add_group(
                self.work,
                display_name=group.display_name or "",
                external_id=group.external_id,
                members=_members(group),
            )
        )

    async def update(
        self, resource_type: ResourceType, resource: Found, *, expected_version: str | None = None
    ) -> Found:
        id = _id(resource.id or "")
        if expected_version is not None:
            current = await self.get(resource_type, str(id))
            if current.meta is None or current.meta.version != expected_version:
                raise PreconditionFailedException
        self._seen.pop(id, None)
        if isinstance(resource, User):
            return user_resource(await change_user(self.work, id, told_by(resource)))
        group = cast("Group", resource)
        return group_resource(
            await change_group(
                self.work,
                id,
                display_name=group.display_name or "",
                external_id=group.external_id,
                members=_members(group),
            )
        )

    async def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        self._seen.pop(_id(resource_id), None)
        remove = remove_user if resource_type.name == "User" else remove_group
        await remove(self.work, _id(resource_id))

    def note_unchanged(self) -> None:
        """Have the access log tell of what was read to be changed, and was as it should be."""
        for id, resource_type in self._seen.items():
            user = resource_type.name == "User"
            kind, about = ("person", [id]) if user else ("group", [])
            self.work.note(Action.READ, kind, records=[id], about=about)

    def operation(self) -> AbstractAsyncContextManager[None]:
        """A savepoint, so that one operation of many can fail alone."""
        return self.work.attempt() if self.writes else _nothing()


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield


def _id(text: str) -> UUID:
    """Raises NotFoundException for what is no id of ours."""
    try:
        id = UUID(text)
    except ValueError:
        id = None
    if id is None or str(id) != text:
        raise NotFoundException(detail=_("It does not exist, or you may not see it."))
    return id


def _members(group: Group) -> set[UUID]:
    """Raises InvalidValueException for a member that cannot be a person."""
    found = set()
    for member in group.members or ():
        if (member.type or "User").lower() != "user":
            raise InvalidValueException(
                detail=_("A group has people as members, and no groups within groups.")
            )
        try:
            found.add(UUID(member.value or ""))
        except ValueError:
            raise InvalidValueException(
                detail=_("A member is told by the id of a user, in value.")
            ) from None
    return found


def _wants_members(parameters: ResponseParameters[Any] | None) -> bool:
    if parameters is None:
        return True
    if parameters.attributes:
        return any("members" in _last(path) for path in parameters.attributes)
    return not any(_last(path) == "members" for path in parameters.excluded_attributes or ())


def _last(path: object) -> str:
    """The name without the schema it stands in."""
    return str(path).lower().rpartition(":")[2]
