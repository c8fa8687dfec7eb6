from ...module import Module
from .finding import find_nodes
from .jobs import export_analysis
from .live import GOALS_OF_A_UNIT
from .schema import MUTATION, QUERY, TYPES
from .settings import GoalSettings
from .tasks import goal_tasks
from .years import planned_years

GOALS = Module(
    name="goals",
    title={"sv": "Mål och uppföljning", "en": "Goals"},
    settings=GoalSettings,
    query=QUERY,
    mutation=MUTATION,
    types=TYPES,
    tasks=(goal_tasks,),
    jobs=(export_analysis,),
    topics=(GOALS_OF_A_UNIT,),
    years=planned_years,
    find=find_nodes,
)
