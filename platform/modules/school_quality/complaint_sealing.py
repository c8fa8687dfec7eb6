"""What people say in a complaint, sealed with the municipality's key: each text for its own place,
so that it cannot be moved to where more people see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ....tenants.tenant_keys import TenantKeys, keys_to_open, keys_to_seal
from ....tenants.work import Work
from ..deviations.service import holds_personal_number
from .complaint_models import Complaint, ComplaintStep


@dataclass(frozen=True, slots=True)
class Safe:
    """Opens and closes the sealed columns of rows, which have their id from the start."""

    keys: TenantKeys

    def put(self, row: Complaint | ComplaintStep, **texts: str) -> None:
        for column, text in texts.items():
            sealed = self.keys.seal_text(text, table=row.__tablename__, row=row.id, column=column)
            setattr(row, column, sealed)

    def text(self, row: Complaint | ComplaintStep, column: str) -> str:
        """Raises Unreadable where it was changed, KeyDestroyed where it is gone for good."""
        sealed = getattr(row, column)
        return self.keys.unseal_text(sealed, table=row.__tablename__, row=row.id, column=column)


async def safe_to_write(work: Work) -> Safe:
    return Safe(await keys_to_seal(work))


async def safe_to_read(work: Work) -> Safe:
    return Safe(await keys_to_open(work))


def refuse_personal_numbers(texts: Mapping[str, str]) -> None:
    """Raises InvalidInput for the first field whose text seems to hold a personal identity number:
    no complaint is found by it, so it is taken out before anything is saved."""
    for field, text in texts.items():
        if holds_personal_number(text):
            raise InvalidInput(
                _(
                    "The text looks as if it holds a personal identity number. Take it out before "
                    "you save."
                ),
                field=field,
            )
