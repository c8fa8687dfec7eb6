"""The data protection registers of Östhammar: a processor, the record of treatments, a breach."""

from datetime import date, timedelta

from ..modules.data_protection.breaches import report_breach
from ..modules.data_protection.service import (
    save_agreement,
    save_processing,
    save_sub_processor,
    suggest_processings,
)
from .town import Filling


async def keep_the_registers(filling: Filling) -> None:
    work = filling.work
    agreement = await save_agreement(
        work,
        processor="Roder",
        contact="dataskydd@roder.example",
        subject="Drift, lagring och stöd för den gemensamma tjänsten.",
        registry_number="KS-2025-117",
        signed_on=date(2025, 3, 1),
        review_on=work.today + timedelta(days=60),
    )
    for name, task, since in (
        ("Norrsken Datahall", "Drift av servrar och lagring.", date(2025, 3, 1)),
        ("Fjällbrev", "Utskick av mejl.", None),
    ):
        await save_sub_processor(
            work,
            agreement_id=agreement.id,
            name=name,
            task=task,
            country="Sverige",
            announced_on=work.today - timedelta(days=10),
            objection_by=None if since else work.today + timedelta(days=20),
            from_on=since,
        )
    for row in await suggest_processings(work):
        await save_processing(work, row.id, agreement_id=agreement.id)
    await report_breach(
        work,
        what="En lista med namn och roller mejlades till fel mottagare.",
        detected_at=work.now - timedelta(hours=5),
        since=work.now - timedelta(days=1),
        until=work.now,
    )
