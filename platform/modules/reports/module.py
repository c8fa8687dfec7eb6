from ...module import Module
from .approvals_schema import ApprovalMutation
from .chapters_schema import ChapterMutation
from .finding import find_reports
from .images_schema import ImageMutation, ImageQuery
from .jobs import export_report
from .live import REPORT
from .picture_page import report_picture
from .report_pages import MENU, report_pages
from .reports_schema import ReportMutation, ReportQuery
from .sections_schema import SectionCompletion, SectionVersion
from .settings import ReportSettings
from .status_schema import StatusQuery
from .tasks import report_tasks
from .templates_schema import TemplateMutation, TemplateQuery
from .word_schema import WordMutation
from .writing_pages import writing_pages
from .writing_schema import WritingMutation

REPORTS = Module(
    name="reports",
    title={"sv": "Planer och rapporter", "en": "Plans and reports"},
    settings=ReportSettings,
    query=(TemplateQuery, ReportQuery, ImageQuery, StatusQuery),
    mutation=(
        TemplateMutation,
        ChapterMutation,
        ReportMutation,
        WritingMutation,
        ApprovalMutation,
        ImageMutation,
        WordMutation,
    ),
    types=(SectionCompletion, SectionVersion),
    tasks=(report_tasks,),
    jobs=(export_report,),
    topics=(REPORT,),
    pages=(report_picture, *report_pages, *writing_pages),
    menu=MENU,
    find=find_reports,
)
