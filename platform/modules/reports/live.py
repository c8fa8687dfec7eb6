"""A report that is followed while a page is open, with its sections."""

from __future__ import annotations

from uuid import UUID

from ....infra.errors import NotFound
from ....tenants.work import Work
from ...topics import Topic, rest_of
from .models import Report


def report_topic(report_id: UUID) -> str:
    return f"report:{report_id}"


async def _heard(work: Work, topic: str) -> list[str]:
    try:
        report_id = UUID(rest_of(topic))
    except ValueError:
        raise NotFound() from None
    await work.get(Report, report_id)
    return [report_topic(report_id)]


REPORT = Topic("report", "reports.read", _heard)
