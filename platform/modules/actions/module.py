from ...module import Module
from .exporting import export_actions
from .finding import find_actions
from .pages import MENU, PAGES
from .schema import ActionMutation, ActionQuery
from .settings import ActionSettings
from .tasks import action_tasks
from .words import ACTIONS as WORD
from .words import action_words

ACTIONS = Module(
    name="actions",
    title={"sv": "Åtgärder", "en": "Actions"},
    core=True,
    settings=ActionSettings,
    query=(ActionQuery,),
    mutation=(ActionMutation,),
    tasks=(action_tasks,),
    pages=PAGES,
    menu=MENU,
    jobs=(export_actions,),
    terms=(WORD,),
    find=find_actions,
    words=action_words,
)
