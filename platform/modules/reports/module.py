from ...module import Module
from .approvals_schema import ApprovalMutation
from .chapters_schema import ChapterMutation
from .finding import find_reports
from .images_schema import ImageMutation, ImageQuery
from .jobs import export_report
from .live import REPORT
from .picture_page import report_picture
from .reports_schema import ReportMutation, ReportQuery
from .sections_schema import SectionCompletion, SectionVersion
from .settings import ReportSettings
from .tasks import report_tasks
from .templates_schema import TemplateMutation, TemplateQuery
from .word_schema import WordMutation
from .writing_schema import WritingMutation

REPORTS = Module(
    name="reports",
    title={"sv": "Planer och rapporter", "en": "Plans and reports"},
    settings=ReportSettings,
    query=(TemplateQuery, ReportQuery, ImageQuery),
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
    pages=(report_picture,),
    find=find_reports,
)
