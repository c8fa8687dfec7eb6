from ...module import Module
from .designs.chapters_schema import ChapterMutation
from .designs.pages import TEMPLATES, template_pages
from .designs.schema import TemplateMutation, TemplateQuery
from .fetching.pages import fetching_pages
from .fetching.schema import FetchingMutation, FetchingQuery
from .finding import find_reports
from .jobs import export_report
from .lately import reports_lately
from .live import REPORT
from .pictures.pages import picture_pages
from .pictures.schema import ImageMutation, ImageQuery
from .report_pages import MENU, report_pages
from .reports_schema import ReportMutation, ReportQuery
from .settings import ReportSettings
from .starting.pages import starting_pages
from .status.pages import status_pages
from .status.schema import StatusQuery
from .tasks import report_tasks
from .told import report_words
from .word.pages import word_pages
from .word.schema import WordMutation
from .writing.approvals_schema import ApprovalMutation
from .writing.pages import writing_pages
from .writing.schema import WritingMutation
from .writing.sections_schema import SectionCompletion, SectionVersion

REPORTS = Module(
    name="reports",
    title={"sv": "Planer och rapporter", "en": "Plans and reports"},
    settings=ReportSettings,
    query=(TemplateQuery, ReportQuery, FetchingQuery, ImageQuery, StatusQuery),
    mutation=(
        TemplateMutation,
        ChapterMutation,
        ReportMutation,
        WritingMutation,
        FetchingMutation,
        ApprovalMutation,
        ImageMutation,
        WordMutation,
    ),
    types=(SectionCompletion, SectionVersion),
    tasks=(report_tasks,),
    jobs=(export_report,),
    topics=(REPORT,),
    pages=(
        *report_pages,
        *starting_pages,
        *writing_pages,
        *fetching_pages,
        *picture_pages,
        *word_pages,
        *status_pages,
        *template_pages,
    ),
    menu=MENU,
    terms=(TEMPLATES,),
    find=find_reports,
    lately=reports_lately,
    words=report_words,
)
