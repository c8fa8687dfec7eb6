"""Which state follows which, what each asks for, and how the sums of money hang together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _, current_locale
from ....infra.numbers import format_number
from .models import ORE, DeadlineKind, Grant, GrantState, MoneyKind

NOTHING: Final = Decimal("0.00")
MOST: Final = Decimal("999999999999.99")

S = GrantState
FOLLOWS: Final[Mapping[GrantState, tuple[GrantState, ...]]] = {
    S.SEARCH: (S.APPLIED, S.CLOSED),
    S.APPLIED: (S.GRANTED, S.REFUSED, S.CLOSED),
    S.GRANTED: (S.IN_USE, S.CLOSED),
    S.REFUSED: (S.CLOSED,),
    S.IN_USE: (S.REPORTED,),
    S.REPORTED: (S.CLAIMED, S.CLOSED),
    S.CLAIMED: (S.CLOSED,),
    S.CLOSED: (),
}
HAS_MONEY: Final = (S.GRANTED, S.IN_USE, S.REPORTED, S.CLAIMED)
"""The states in which money is paid, used and returned."""
DECIDED: Final = (*HAS_MONEY, S.REFUSED)
DONE_WITH: Final[Mapping[GrantState, tuple[DeadlineKind, ...]]] = {
    S.APPLIED: (DeadlineKind.APPLY,),
    S.REPORTED: (DeadlineKind.FINAL,),
    S.CLOSED: (DeadlineKind.REPAYMENT,),
}
"""The deadlines that a step ticks off."""
PATH: Final[Mapping[GrantState, tuple[GrantState, ...]]] = {
    S.SEARCH: (),
    S.APPLIED: (S.APPLIED,),
    S.REFUSED: (S.APPLIED, S.REFUSED),
    S.GRANTED: (S.APPLIED, S.GRANTED),
    S.IN_USE: (S.APPLIED, S.GRANTED, S.IN_USE),
}
"""The steps to a state that a grant can be taken over in, from another list."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Of the money of a grant, or of several."""

    paid: Decimal = NOTHING
    used: Decimal = NOTHING
    returned: Decimal = NOTHING

    @property
    def left(self) -> Decimal:
        """What has been paid and is neither used nor returned; below zero when more was used than
        has come in yet."""
        return self.paid - self.used - self.returned

    def plus(self, kind: MoneyKind, amount: Decimal) -> Sums:
        of = {each: getattr(self, each.value) for each in MoneyKind}
        of[kind] += amount
        return Sums(of[MoneyKind.PAID], of[MoneyKind.USED], of[MoneyKind.RETURNED])


def read_amount(value: Decimal | None, *, field: str, above_zero: bool = False) -> Decimal | None:
    """Kronor with öre, never below zero. Raises InvalidInput."""
    if value is None:
        return None
    if not value.is_finite() or value < 0 or (above_zero and not value):
        raise InvalidInput(_("Write an amount above zero."), field=field)
    if value > MOST:
        raise InvalidInput(_("The amount is too large."), field=field)
    if value != value.quantize(ORE):
        raise InvalidInput(_("An amount has two decimals at most."), field=field)
    return value.quantize(ORE)


def check_money(grant: Grant, sums: Sums, *, field: str | None = None) -> None:
    """Raises InvalidInput, with the amounts, where the sums do not hang together."""
    granted = grant.granted or NOTHING
    if sums.paid > granted and not grant.overpaid_reason:
        raise InvalidInput(
            _(
                "{paid} kr would be paid of {granted} kr granted. Change the amount, or write on "
                "the grant why more is paid.",
                paid=kronor(sums.paid),
                granted=kronor(granted),
            ),
            field=field,
        )
    if sums.used > max(granted, sums.paid):
        raise InvalidInput(
            _(
                "{used} kr would be used of {granted} kr granted. What goes beyond the grant is "
                "the municipality's own money.",
                used=kronor(sums.used),
                granted=kronor(granted),
            ),
            field=field,
        )
    if sums.returned > sums.paid:
        raise InvalidInput(
            _(
                "{returned} kr would be returned of {paid} kr paid. Enter the payment first.",
                returned=kronor(sums.returned),
                paid=kronor(sums.paid),
            ),
            field=field,
        )


def check_step(grant: Grant, to: GrantState, sums: Sums, *, note: str) -> None:
    """Raises Conflict for a state that does not follow, InvalidInput for what is missing. What the
    step itself brings stands on the grant already."""
    if to not in FOLLOWS[grant.state]:
        raise Conflict(
            _("The grant has come too far for this, or not far enough. Load the page and look.")
        )
    if to is S.APPLIED and not grant.sought:
        raise InvalidInput(_("Write the amount that is sought."), field="sought")
    if to is S.GRANTED and not grant.granted:
        raise InvalidInput(_("Write the amount that is granted."), field="granted")
    if to in (S.GRANTED, S.REFUSED) and not grant.registry_number:
        raise InvalidInput(
            _("Write the number that the decision has in the registry."), field="registryNumber"
        )
    if to is S.IN_USE and grant.responsible_id is None:
        raise InvalidInput(
            _("Say who answers for the grant before it is used: they are reminded in time."),
            field="responsibleId",
        )
    if to is S.REPORTED and not (sums.used or sums.returned or note):
        raise InvalidInput(
            _("Enter what the money was used for, or write why nothing was used."), field="note"
        )
    if to is S.CLAIMED:
        _check_claim(grant, sums)
    if to is S.CLOSED:
        _check_end(grant, sums, note=note)


def _check_claim(grant: Grant, sums: Sums) -> None:
    if not grant.claimed:
        raise InvalidInput(_("Write the amount that the giver wants back."), field="claimed")
    if grant.claimed > sums.paid:
        raise InvalidInput(
            _(
                "{claimed} kr cannot be claimed of {paid} kr paid.",
                claimed=kronor(grant.claimed),
                paid=kronor(sums.paid),
            ),
            field="claimed",
        )


def _check_end(grant: Grant, sums: Sums, *, note: str) -> None:
    claimed = grant.claimed or NOTHING
    if grant.state is S.CLAIMED and sums.returned < claimed and not note:
        raise InvalidInput(
            _(
                "{returned} kr of {claimed} kr is returned. Enter the rest, or write why the claim "
                "is over.",
                returned=kronor(sums.returned),
                claimed=kronor(claimed),
            ),
            field="note",
        )
    if grant.state in (S.SEARCH, S.APPLIED, S.GRANTED) and not note:
        raise InvalidInput(_("Write why it ends here."), field="note")
    if sums.left > 0 and not note:
        raise InvalidInput(
            _(
                "{left} kr is neither used nor returned. Write why it may be kept.",
                left=kronor(sums.left),
            ),
            field="note",
        )


def kronor(value: Decimal) -> str:
    """As in a sentence: without öre where there are none."""
    return format_number(value, 0 if value == value.to_integral_value() else 2, current_locale())
