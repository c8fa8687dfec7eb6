"""What happens to each kind of records when somebody is erased: dated rules of the municipality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final
from uuid import uuid5

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import or_, select

from ....authz.permit import permit
from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most
from ....tenants.log.access_log import Action
from ....tenants.work import Work
from .holdings import kind_words
from .models import Effect, RetentionRule

LONGEST: Final = 1000
BEGINNING: Final = date(2018, 5, 25)
"""When the General Data Protection Regulation began to apply."""


class _Shipped(BaseModel):
    """A rule as it comes; the reason by language."""

    kind: str
    effect: Effect
    reason: dict[str, str]
    law: str


@permit("leavers.read")
async def retention_rules(work: Work, *, on: date | None = None) -> list[RetentionRule]:
    """The rule of every kind in force on a day, today when None, in the order of the kinds."""
    stored = {rule.kind: rule for rule in await _in_force(work, on or work.today)}
    shipped = {rule.kind: rule for rule in _shipped(work)}
    return [stored.get(kind) or shipped[kind] for kind in kind_words() if kind in shipped]


async def effects_of(work: Work) -> Mapping[str, Effect]:
    """What erasure does with each kind today."""
    effects = {rule.kind: rule.effect for rule in _shipped(work)}
    return effects | {rule.kind: rule.effect for rule in await _in_force(work, work.today)}


@permit("tenant.configure")
async def change_rule(
    work: Work,
    kind: str,
    *,
    effect: Effect,
    reason: str,
    law: str = "",
    valid_from: date | None = None,
) -> RetentionRule:
    """A new rule for a kind from a day on, today when None; the one before ends then.

    Raises InvalidInput for an unknown kind, a rule without a reason, a day that lies before the
    one of the rule that stands, or an effect that a kind cannot have.
    """
    day = valid_from or work.today
    why = _checked(work, kind, effect, reason)
    await _plant(work)
    standing = await work.first(
        select(RetentionRule)
        .where(RetentionRule.kind == kind, RetentionRule.valid_to.is_(None))
        .with_for_update()
    )
    if standing is not None and standing.valid_from > day:
        raise InvalidInput(
            _(
                "There is a rule from a later day already: {day}.",
                day=standing.valid_from.isoformat(),
            ),
            field="validFrom",
        )
    if standing is not None and standing.valid_from == day:
        rule = standing
    else:
        if standing is not None:
            standing.valid_to = day
        rule = RetentionRule(kind=kind, valid_from=day)
        work.add(rule)
    rule.effect, rule.reason, rule.changed_by = effect, why, work.actor.id
    rule.law = at_most(law.strip(), field="law", most=LONGEST)
    await work.flush()
    work.note(Action.CHANGE, "retention_rule", records=[rule.id])
    return rule


def possible_effects(kind: str) -> frozenset[Effect]:
    """What a purge can do with a kind: the letter must not promise anything else."""
    if kind in ("register", "sign_in"):
        return frozenset({Effect.ERASE})
    if kind == "access_log":
        return frozenset({Effect.KEEP})
    return frozenset({Effect.PSEUDONYMISE, Effect.KEEP})


def _checked(work: Work, kind: str, effect: Effect, reason: str) -> str:
    """The reason, of a rule that can be."""
    if kind not in {rule.kind for rule in _shipped(work)}:
        raise InvalidInput(_("There is no kind {kind}.", kind=kind[:50]), field="kind")
    if kind == "access_log" and effect is not Effect.KEEP:
        raise InvalidInput(
            _("The log is never changed. It can be kept only, and is disposed of when it is due."),
            field="effect",
        )
    if effect not in possible_effects(kind):
        raise InvalidInput(
            _(
                "This kind of data can only have: {effects}.",
                effects=", ".join(sorted(possible_effects(kind))),
            ),
            field="effect",
        )
    why = at_most(reason.strip(), field="reason", most=LONGEST)
    if not why:
        raise InvalidInput(_("Write the reason: it stands in the decision."), field="reason")
    return why


@permit("leavers.read")
async def rule_history(work: Work, kind: str) -> Sequence[RetentionRule]:
    """All rules that a kind has had, the latest first."""
    chosen = select(RetentionRule).where(RetentionRule.kind == kind)
    return await work.scalars(chosen.order_by(RetentionRule.valid_from.desc()))


async def _in_force(work: Work, day: date) -> Sequence[RetentionRule]:
    return await work.scalars(
        select(RetentionRule).where(
            RetentionRule.valid_from <= day,
            or_(RetentionRule.valid_to.is_(None), RetentionRule.valid_to > day),
        )
    )


async def _plant(work: Work) -> None:
    """The rules as they come, as rows of the municipality's own, unless they are there."""
    known = set(await work.scalars(select(RetentionRule.kind)))
    work.add(*(rule for rule in _shipped(work) if rule.kind not in known))
    await work.flush()


def _shipped(work: Work) -> list[RetentionRule]:
    """In the municipality's first language; rows that are not in the database yet."""
    language = "en" if work.tenant.languages[0] == "en" else "sv"
    return [
        RetentionRule(
            id=uuid5(work.tenant.id, f"retention/{rule.kind}"),
            tenant_id=work.tenant.id,
            kind=rule.kind,
            effect=rule.effect,
            reason=rule.reason[language],
            law=rule.law,
            valid_from=BEGINNING,
            valid_to=None,
        )
        for rule in _file()
    ]


@cache
def _file() -> list[_Shipped]:
    text = (files(__package__) / "retention.json").read_text("utf-8")
    return TypeAdapter(list[_Shipped]).validate_json(text)
