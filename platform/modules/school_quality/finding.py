"""Search among the preschools and schools."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from ....authz.permit import permit
from ....tenants.models import Unit, UnitVersion
from ....tenants.tree.versions import on_day
from ....tenants.work import Work
from ...finding import MOST, Found
from . import years
from .models import SchoolForm, SchoolUnit
from .words import SCHOOLS, form_words


@permit("school_quality.read")
async def find_schools(work: Work, words: str, year: int) -> Sequence[Found]:
    """Schools whose name or code holds the words, as they are today, each with its year."""
    rows = await work.rows(
        select(SchoolUnit, UnitVersion.name, Unit.slug)
        .join(Unit, (Unit.id == SchoolUnit.unit_id) & (Unit.tenant_id == SchoolUnit.tenant_id))
        .join(
            UnitVersion,
            (UnitVersion.unit_id == Unit.id) & (UnitVersion.tenant_id == Unit.tenant_id),
        )
        .where(
            on_day(work.today),
            or_(
                UnitVersion.name.icontains(words, autoescape=True),
                SchoolUnit.code.startswith(words, autoescape=True),
            ),
        )
        .order_by(UnitVersion.name, SchoolUnit.id)
        .limit(MOST)
    )
    forms = form_words()
    return [
        Found(
            title=name,
            kind=SCHOOLS.word(),
            page="school_year",
            params={"unit": slug, "year": years.year_of(work.today)},
            detail=", ".join(forms[SchoolForm(form)] for form in school.forms),
        )
        for school, name, slug in rows
    ]
