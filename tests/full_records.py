"""Records that the demonstration has none of, for a sample call of every field."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import UUID

from PIL import Image
from sqlalchemy import select

from roder.platform.modules.actions.service import plan_action
from roder.platform.modules.log_review.models import (
    ArchiveKind,
    FileKind,
    NoticeKind,
    RetentionRule,
    Review,
    ReviewDisposal,
    ReviewFile,
    ReviewNotice,
)
from roder.platform.modules.reports.models import Report, ReportCompletion
from roder.platform.modules.reports.service import add_image, approve_report, withdraw_approval
from roder.platform.modules.reports.tasks import open_reports
from roder.tenants.delegations import own_roles
from roder.tenants.models import RoleGrant, Unit
from roder.tenants.scim.mapping import add_group_role
from roder.tenants.scim.models import ScimGroup, ScimMember
from roder.tenants.sign_in.models import PersonIdentity
from roder.tenants.sign_in.providers import set_sign_in_provider
from roder.tenants.sign_in.rules import add_claim_rule
from roder.tenants.support import make_link, open_support
from roder.tenants.work import Work


async def add_sign_in(work: Work) -> None:
    """A provider with an account and a rule."""
    assert work.actor.id
    issuer = "https://inloggning.kommun.example"
    provider = await set_sign_in_provider(work, issuer=issuer, client_id="roder")
    work.add(
        PersonIdentity(
            person_id=work.actor.id, issuer=issuer, subject="prov", last_used_at=work.now
        )
    )
    await add_claim_rule(
        work, claim="groups", pattern="prov", role="contributor", provider_id=provider.id
    )


async def add_complaint_handler(work: Work) -> None:
    """The actor sees the complaints of the demonstration, which are nobody's to see without it."""
    assert work.actor.id
    work.add(RoleGrant(person_id=work.actor.id, role="complaint_handler"))
    await work.flush()


async def add_review(work: Work) -> None:
    """What comes of a list of the log when it has been signed, and much later."""
    review = (await work.scalars(select(Review).order_by(Review.id)))[0]
    rule = (await work.scalars(select(RetentionRule)))[0]
    assert work.actor.id
    work.add(
        ReviewNotice(
            kind=NoticeKind.ARCHIVE,
            review_id=review.id,
            person_id=work.actor.id,
            told_at=work.now,
        ),
        ReviewFile(
            review_id=review.id,
            job_id=review.id,
            kind=FileKind.PDF,
            name="prov.pdf",
            media_type="application/pdf",
            size=1,
            sha256="prov",
            key="prov",
        ),
        ReviewDisposal(
            review_id=review.id,
            begins=review.begins,
            ends=review.ends,
            number=1,
            kind=ArchiveKind.LIST,
            rule_id=rule.id,
            years=10,
            authority="Prov",
            events=1,
            sha256=[],
            disposed_at=work.now,
        ),
    )
    await work.flush()


async def add_group(work: Work, member: UUID) -> None:
    """One of a directory, which gives something."""
    group = ScimGroup(display_name="Prov", version=1, changed_at=work.now)
    work.add(group)
    await work.flush()
    work.add(ScimMember(group_id=group.id, person_id=member))
    await add_group_role(work, group.id, role="contributor")


async def add_action(work: Work, employee_id: UUID) -> None:
    """The newest is the employee's own."""
    unit = (await work.scalars(select(Unit).order_by(Unit.id)))[0]
    await plan_action(
        work,
        unit_id=unit.id,
        module="reports",
        about="Prov",
        page="",
        params={},
        title="Prov",
        owner_id=employee_id,
    )


async def add_roles(work: Work, employee_id: UUID) -> None:
    """A role that is handed on, long from now, and support that is let in with a link."""
    (own, *_others) = await own_roles(work)
    begins = work.now + timedelta(days=20_000)
    work.add(
        RoleGrant(
            person_id=employee_id,
            role=own.role,
            unit_id=own.unit_id,
            source="delegated",
            delegated_from=own.id,
            valid_from=begins,
            valid_to=begins + timedelta(days=1),
        )
    )
    await open_support(
        work, reason="Prov", valid_to=work.now + timedelta(days=1), modules=["goals"]
    )
    await make_link(work, email="prov@operator.example")


async def add_approval(work: Work) -> None:
    """One that was withdrawn, so that it is in nobody's way."""
    done = select(ReportCompletion.report_id).where(ReportCompletion.reopened_at.is_(None))
    report_id = (await work.scalars(done.order_by(ReportCompletion.id)))[0]
    await approve_report(work, report_id)
    await withdraw_approval(work, report_id, reason="Prov")


async def add_picture(work: Work) -> None:
    """A picture of a person in the newest report that is written in."""
    reports = await work.scalars(select(Report).order_by(Report.id.desc()))
    drawn = BytesIO()
    Image.new("RGB", (8, 8), "#1f5f8b").save(drawn, "PNG")
    await add_image(
        work,
        (await open_reports(work, reports))[0].id,
        data=drawn.getvalue(),
        alt="Prov",
        source="Prov",
        shows_person=True,
        consent="Registratorn",
        expires_on=work.today + timedelta(days=400),
    )
