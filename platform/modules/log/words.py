"""What the log is called."""

from __future__ import annotations

from ....infra.i18n import _
from ....tenants.terms import Term

LOG = Term("log.log", lambda: _("Access log"))
