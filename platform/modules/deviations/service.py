"""What can be done with deviations; each function says who may in its own module.

- For whoever reports: `save_draft`, `send_report`, `report_deviation` (both at once), `thanks`,
  `discard_draft`, `my_reports`, `my_report`, `my_actions`, `finish_action`.
- For those who handle cases: `cases`, `get_case`, `categorise`, `assess_risk`, `write_document`,
  `reopen_document`, `plan_action`, `missing_to_close`, `close_case`; `Seen.parts` and
  `Seen.writable` tell what of a case to show and to let be written.
- Lex Sarah: `independent_investigators`, `suspect_misconduct`, `assign_investigator`,
  `decline_misconduct`, `decide_misconduct`; Lex Maria: `decide_medical`.
- Numbers: `statistics`, `yearly_summary`, `nil_statements`,
  `say_nothing`, `take_back_nothing`.
- Catalogues: `categories`, `add_category`, `change_category`, `end_category`, `standing_form`,
  `form_versions`, `add_form_version`, `fields_of`.
"""

from .acting import MyAction, finish_action, my_action, my_actions, plan_action
from .cases import Case, Document, Listed, Wanted, cases, count_cases, get_case
from .categories import add_category, categories, change_category, end_category
from .forms import (
    Answered,
    FormField,
    add_form_version,
    fields_of,
    form_versions,
    standing_form,
)
from .handling import (
    assess_risk,
    categorise,
    close_case,
    missing_to_close,
    reopen_document,
    write_document,
)
from .lex import (
    Notice,
    assign_investigator,
    decide_medical,
    decide_misconduct,
    decline_misconduct,
    independent_investigators,
    suspect_misconduct,
)
from .nils import nil_phrases, nil_statements, say_nothing, take_back_nothing
from .personal_numbers import refuse_personal_numbers
from .reporting import (
    MyReport,
    Report,
    discard_draft,
    my_report,
    my_reports,
    report_deviation,
    save_draft,
    send_report,
    thanks,
)
from .rules import Hat, Part
from .sight import Seen
from .statistics import Count, Dimension, Statistics, statistics
from .summary import (
    HalfYears,
    Measure,
    Summary,
    lex_sarah_sentences,
    yearly_summary,
)

__all__ = [
    "Answered",
    "Case",
    "Count",
    "Dimension",
    "Document",
    "FormField",
    "HalfYears",
    "Hat",
    "Listed",
    "Measure",
    "MyAction",
    "MyReport",
    "Notice",
    "Part",
    "Report",
    "Seen",
    "Statistics",
    "Summary",
    "Wanted",
    "add_category",
    "add_form_version",
    "assess_risk",
    "assign_investigator",
    "cases",
    "categories",
    "categorise",
    "change_category",
    "close_case",
    "count_cases",
    "decide_medical",
    "decide_misconduct",
    "decline_misconduct",
    "discard_draft",
    "end_category",
    "fields_of",
    "finish_action",
    "form_versions",
    "get_case",
    "independent_investigators",
    "lex_sarah_sentences",
    "missing_to_close",
    "my_action",
    "my_actions",
    "my_report",
    "my_reports",
    "nil_phrases",
    "nil_statements",
    "plan_action",
    "refuse_personal_numbers",
    "reopen_document",
    "report_deviation",
    "save_draft",
    "say_nothing",
    "send_report",
    "standing_form",
    "statistics",
    "suspect_misconduct",
    "take_back_nothing",
    "thanks",
    "write_document",
    "yearly_summary",
]
