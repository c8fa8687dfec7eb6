from ...module import Module
from .files import export_breach, export_record
from .pages import DATA_PROTECTION, MENU, PAGES
from .schema import DataProtectionMutation, DataProtectionQuery
from .settings import DataProtectionSettings
from .tasks import data_protection_tasks
from .told import register_words

DATA_PROTECTION_MODULE = Module(
    name="data_protection",
    title={"sv": "Dataskydd", "en": "Data protection"},
    settings=DataProtectionSettings,
    query=(DataProtectionQuery,),
    mutation=(DataProtectionMutation,),
    tasks=(data_protection_tasks,),
    pages=PAGES,
    menu=MENU,
    jobs=(export_record, export_breach),
    terms=(DATA_PROTECTION,),
    words=register_words,
)
