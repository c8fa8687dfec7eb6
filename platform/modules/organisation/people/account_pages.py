"""The accounts that let a person in, on the person's page, and letting go of one."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from .....infra.i18n import _
from .....tenants.models import Person
from .....tenants.sign_in.models import PersonIdentity
from .....tenants.sign_in.people import accounts_of, release_account
from .....tenants.sign_in.providers import provider_name, standing_providers
from ....web.page import View, action


async def shown_accounts(view: View, person: Person) -> Sequence[tuple[PersonIdentity, str]]:
    """Each with the name of its provider."""
    names = await provider_names(view)
    found = await accounts_of(view.work, person.id)
    return [(each, names.get(each.issuer, each.issuer)) for each in found]


async def provider_names(view: View) -> dict[str, str]:
    return {row.issuer: provider_name(row) for row in await standing_providers(view.work)}


@action("/personer/{id:uuid}/konton/{account:uuid}/slapp", name="release_account")
async def release(view: View) -> Response:
    account = view.id("account")
    person_id = await release_account(view.work, account)
    said = _("The account is released. The next sign-in goes by the e-mail address.")
    return view.redirect(view.url("person", id=person_id), said=said)


account_pages = (release,)
