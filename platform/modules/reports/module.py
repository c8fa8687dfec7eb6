from ...module import Module
from .approvals_schema import ApprovalMutation
from .chapters_schema import ChapterMutation
from .fetching_pages import fetching_pages
from .fetching_schema import FetchingMutation, FetchingQuery
from .finding import find_reports
from .images_schema import ImageMutation, ImageQuery
from .jobs import export_report
from .lately import reports_lately
from .live import REPORT
from .picture_pages import picture_pages
from .report_pages import MENU, report_pages
from .reports_schema import ReportMutation, ReportQuery
from .sections_schema import SectionCompletion, SectionVersion
from .settings import ReportSettings
from .starting_pages import starting_pages
from .status_pages import status_pages
from .status_schema import StatusQuery
from .tasks import report_tasks
from .template_pages import TEMPLATES, template_pages
from .templates_schema import TemplateMutation, TemplateQuery
from .told import report_words
from .word_pages import word_pages
from .word_schema import WordMutation
from .writing_pages import writing_pages
from .writing_schema import WritingMutation

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
