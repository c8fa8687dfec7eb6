"""The words of this module that a municipality may replace with its own."""

from __future__ import annotations

from ....infra.i18n import _
from ....tenants.terms import Term

STATE = Term("goals.state", lambda: _("The state"))
ANALYSIS = Term("goals.analysis", lambda: _("Goal analysis"))
INDICATORS = Term("goals.indicators", lambda: _("Indicators"))
GOAL = Term("goals.goal", lambda: _("Goal"))
INDICATOR = Term("goals.indicator", lambda: _("Indicator"))
ACTIVITY = Term("goals.activity", lambda: _("Activity"))
OUTCOME = Term("goals.outcome", lambda: _("Outcome"))
TARGET = Term("goals.target", lambda: _("Target"))
