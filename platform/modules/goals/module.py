from ...module import Module
from .jobs import export_analysis
from .schema import MUTATION, QUERY, TYPES
from .settings import GoalSettings

GOALS = Module(
    name="goals",
    title={"sv": "Mål och uppföljning", "en": "Goals"},
    settings=GoalSettings,
    query=QUERY,
    mutation=MUTATION,
    types=TYPES,
    jobs=(export_analysis,),
)
