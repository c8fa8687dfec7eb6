"""What went on lately, as all modules that are on tell of it, and in words."""

from __future__ import annotations

from ....authz.permit import permit
from ....infra.i18n import _
from ....tenants.work import Work
from ...lately import DAYS, MOST, Act, ActKind, Lately, Spot, Worked
from ...web.page import View


@permit("mywork.read")
async def my_lately(work: Work) -> Lately:
    """The pages that the one who asks worked on in the last 30 days, and what others did in what is
    theirs, at most five of each. None of it for a program without a person, nor of what the key it
    came in with may not read."""
    from ... import modules  # read when called, since this module is among them

    worked: list[Worked] = []
    acts: list[Act] = []
    for module in modules.MODULES if work.actor.id else ():
        if module.lately is not None and work.allows(f"{module.name}.read"):
            found = await module.lately(work, work.now - DAYS)
            worked += found.worked
            acts += found.acts
    worked.sort(key=lambda each: each.at, reverse=True)
    acts.sort(key=lambda each: each.at, reverse=True)
    return Lately(worked[:MOST], acts[:MOST])


def sentence(act: Act) -> str:
    """`Eva Ek kommenterade ”Nöjda brukare” och 2 till`."""
    what = _("“{title}”", title=" ".join(act.title.split()))
    if act.more:
        what = _("{what} and {count} more", what=what, count=act.more)
    sentences = {
        ActKind.VALUES: _("{name} entered values for {what}", name=act.person, what=what),
        ActKind.COMMENT: _("{name} commented on {what}", name=act.person, what=what),
        ActKind.SECTION_DONE: _("{name} marked {what} as done", name=act.person, what=what),
        ActKind.REPORT_DONE: _(
            "{name} marked the report {what} as done", name=act.person, what=what
        ),
        ActKind.REPORT_APPROVED: _("{name} approved {what}", name=act.person, what=what),
    }
    return sentences[act.kind]


def address(view: View, spot: Spot) -> str:
    params = {"report": spot.report_id} if spot.report_id else {}
    found = view.url(spot.page, spot.query, unit=spot.unit_slug, year=spot.year, **params)
    return f"{found}#{spot.anchor}" if spot.anchor else found
