"""Who can see a record, on a page or in a dialog of the page that shows it."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from .....tenants.names import names_of
from .....tenants.tree import units
from ....web.page import View, page
from ....web.words import role_words
from .accessing import access_on_page


@page("/vem-ser/{type}/{id:uuid}", name="who_can_see")
async def who_can_see(view: View) -> Response:
    work = view.work
    schema = view.request.app.state.schema
    told = await access_on_page(work, schema, f"{view.path('type')}:{view.path('id')}")
    found = told.access
    reasons = [why for someone in found.people for why in someone.because]
    givers = {why.giver_id for why in reasons if why.giver_id}
    owners = {program.owner_id for program in found.programs}
    ids = list({why.unit_id for why in reasons if why.unit_id})
    values: dict[str, Any] = {
        "told": told,
        "access": found,
        "names": await names_of(work, givers | owners),
        "places": {unit.id: unit.name for unit in await units.placed(work, ids)},
        "roles": role_words(),
    }
    if view.partial:
        return await view.fragment("organisation/access_body.html", **values)
    return await view.render("organisation/access.html", **values)


access_pages = (who_can_see,)
