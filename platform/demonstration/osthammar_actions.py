"""Two actions that followed from the quality report of 2025 in Östhammar: one done, one to do."""

from datetime import timedelta
from functools import partial

from sqlalchemy import select

from ...tenants.models import Unit
from ..modules.actions.service import finish_action, plan_action
from ..modules.reports.models import Report
from .osthammar_goals import WRITER
from .town import Filling


async def plan_actions(filling: Filling) -> None:
    work = await filling.acting(WRITER)
    report = await work.first(
        select(Report).where(Report.unit_id == filling.units["SN"], Report.period == "2025")
    )
    assert report is not None
    unit = await work.get(Unit, report.unit_id)
    planned = partial(
        plan_action,
        work,
        module="reports",
        about=report.title,
        page="read_report",
        params={"unit": unit.slug, "year": "2025", "report": str(report.id)},
    )
    done = await planned(
        unit_id=filling.units["SN-HT"],
        title="Gå igenom rutinen för nycklar med nattlaget",
        owner_id=filling.people["hilding.havre@osthammar.example"],
        due_on=work.today - timedelta(days=20),
    )
    await finish_action(
        work, done.id, outcome="Rutinen är genomgången och ändrad: nycklarna kvitteras varje pass."
    )
    await planned(
        unit_id=filling.units["SN"],
        title="Ta fram en gemensam mall för egenkontroller",
        detail="Utgå från enheternas egna mallar. Förankra i ledningsgruppen före årsskiftet.",
        owner_id=filling.people["elna.enbuske@osthammar.example"],
        due_on=work.today + timedelta(days=14),
    )
