from ...module import Module
from .exporting import export_grants
from .finding import find_by_words
from .pages import MENU, PAGES
from .schema import MUTATION, QUERY
from .settings import GrantSettings
from .tasks import grant_tasks
from .told import grant_words
from .words import GRANT, GRANTS

GRANTS_MODULE = Module(
    name="grants",
    title={"sv": "Statsbidrag", "en": "Government grants"},
    settings=GrantSettings,
    query=QUERY,
    mutation=MUTATION,
    tasks=(grant_tasks,),
    jobs=(export_grants,),
    pages=PAGES,
    menu=MENU,
    terms=(GRANTS, GRANT),
    find=find_by_words,
    words=grant_words,
)
