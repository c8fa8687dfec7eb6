from ...module import Module
from .jobs import encrypt_old_files, export_tenant
from .pages import PAGES
from .schema import TransferMutation, TransferQuery
from .settings import TransferSettings
from .tasks import erasure_tasks
from .told import transfer_words

TRANSFER = Module(
    name="transfer",
    title={"sv": "Hela kommunen", "en": "The whole municipality"},
    core=True,
    settings=TransferSettings,
    query=(TransferQuery,),
    mutation=(TransferMutation,),
    jobs=(export_tenant, encrypt_old_files),
    tasks=(erasure_tasks,),
    pages=PAGES,
    words=transfer_words,
)
