"""What other modules, jobs and commands may do with reports: the doors of this module."""

from __future__ import annotations

from .designs.chapters import (
    ChapterContent,
    add_chapter,
    change_chapter,
    content_of,
    move_chapter,
    remove_chapter,
)
from .designs.columns import Column, ColumnKind, FixedRow, TableRow
from .designs.designing import (
    add_template,
    change_template,
    copy_template,
    template_outline,
    templates,
)
from .fetching.fetching import ChapterPreview, fill_chapter, preview_chapter, remove_fetched
from .jobs import ReportFormat, ask_for_export, export_report, make_report_file
from .pictures.illustrated import page_html
from .pictures.images import (
    add_image,
    add_stored_image,
    change_image,
    expiring_images,
    image_data,
    images_of,
    remove_image,
    withdraw_consent,
)
from .reports import (
    Progress,
    change_report,
    find_report,
    last_years_sections,
    progress_of,
)
from .settings import ReportSettings
from .starting.carry import Carried, carry_forward
from .starting.starting import Candidate, Started, candidates, start_report, start_reports
from .status.gathering import gathered
from .status.status import CellState, ReportStatus, StatusCell, StatusColumn, StatusRow, status_of
from .tasks import open_reports
from .word.back import (
    ChosenChapter,
    UnknownHeading,
    WordChapter,
    WordPreview,
    WordState,
    preview_word,
    read_back,
)
from .writing.approvals import approve_report, withdraw_approval
from .writing.attachments import attach_file, detach_file
from .writing.marks import complete_report, complete_section, reopen_report, reopen_section
from .writing.sections import section_history, write_section

__all__ = [
    "Candidate",
    "Carried",
    "CellState",
    "ChapterContent",
    "ChapterPreview",
    "ChosenChapter",
    "Column",
    "ColumnKind",
    "FixedRow",
    "Progress",
    "ReportFormat",
    "ReportSettings",
    "ReportStatus",
    "Started",
    "StatusCell",
    "StatusColumn",
    "StatusRow",
    "TableRow",
    "UnknownHeading",
    "WordChapter",
    "WordPreview",
    "WordState",
    "add_chapter",
    "add_image",
    "add_stored_image",
    "add_template",
    "approve_report",
    "ask_for_export",
    "attach_file",
    "candidates",
    "carry_forward",
    "change_chapter",
    "change_image",
    "change_report",
    "change_template",
    "complete_report",
    "complete_section",
    "content_of",
    "copy_template",
    "detach_file",
    "expiring_images",
    "export_report",
    "fill_chapter",
    "find_report",
    "gathered",
    "image_data",
    "images_of",
    "last_years_sections",
    "make_report_file",
    "move_chapter",
    "open_reports",
    "page_html",
    "preview_chapter",
    "preview_word",
    "progress_of",
    "read_back",
    "remove_chapter",
    "remove_fetched",
    "remove_image",
    "reopen_report",
    "reopen_section",
    "section_history",
    "start_report",
    "start_reports",
    "status_of",
    "template_outline",
    "templates",
    "withdraw_approval",
    "withdraw_consent",
    "write_section",
]
