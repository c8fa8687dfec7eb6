from ...module import Module
from .schema import MUTATION, QUERY
from .settings import GrantSettings
from .words import GRANT, GRANTS

GRANTS_MODULE = Module(
    name="grants",
    title={"sv": "Statsbidrag", "en": "Government grants"},
    settings=GrantSettings,
    query=QUERY,
    mutation=MUTATION,
    terms=(GRANTS, GRANT),
)
