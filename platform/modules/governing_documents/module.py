from ...module import Module
from .answer_pages import ANSWER_PAGES
from .assignments_schema import DocumentAssignmentMutation
from .changes_schema import GoverningDocumentMutation
from .document_pages import DOCUMENT_PAGES
from .exporting import export_documents, export_follow_up
from .finding import find_documents
from .list_pages import LIST_PAGES, MENU
from .part_pages import PART_PAGES
from .public_pages import PUBLIC_PAGES
from .queries_schema import GoverningDocumentQuery
from .settings import DocumentSettings
from .tasks import document_tasks
from .told import document_words
from .words import DOCUMENTS

GOVERNING_DOCUMENTS = Module(
    name="governing_documents",
    title={"sv": "Styrande dokument", "en": "Governing documents"},
    settings=DocumentSettings,
    query=(GoverningDocumentQuery,),
    mutation=(GoverningDocumentMutation, DocumentAssignmentMutation),
    tasks=(document_tasks,),
    jobs=(export_documents, export_follow_up),
    pages=(*PUBLIC_PAGES, *LIST_PAGES, *DOCUMENT_PAGES, *PART_PAGES, *ANSWER_PAGES),
    menu=MENU,
    terms=(DOCUMENTS,),
    find=find_documents,
    words=document_words,
)
