"""The module's word, which a municipality may rename."""

from __future__ import annotations

from ....infra.i18n import _
from ....tenants.terms import Term

DEVIATIONS = Term("deviations.deviations", lambda: _("Deviations"))
