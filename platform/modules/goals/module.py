from ...module import MenuItem, Module
from ...web.words import FOLLOW_UP, MORE
from .analysis.routes import ANALYSIS_PAGES
from .board.pages import IMPORT_PAGES
from .finding import find_nodes
from .indicators.list_pages import indicators_page
from .indicators.pages import indicator_page, save_indicator_value
from .jobs import export_analysis
from .lately import goals_lately
from .live import GOALS_OF_A_UNIT
from .planning.pages import PLANNING, STEERING
from .planning.routes import PLANNING_PAGES
from .schema import MUTATION, QUERY, TYPES
from .settings import GoalSettings
from .state.pages import state_page
from .steering.years import planned_years
from .tasks import goal_tasks
from .terms import (
    ACTIVITY,
    ANALYSIS,
    GOAL,
    INDICATOR,
    INDICATORS,
    OUTCOME,
    STATE,
    TARGET,
)
from .told import goal_words

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
    pages=(
        state_page,
        *PLANNING_PAGES,
        *ANALYSIS_PAGES,
        *IMPORT_PAGES,
        indicators_page,
        indicator_page,
        save_indicator_value,
    ),
    menu=(
        MenuItem(STATE, "state", "goals.read", key="l"),
        MenuItem(PLANNING, "planning", "goals.read"),
        MenuItem(ANALYSIS, "goal_analysis", "goals.read", group=FOLLOW_UP, key="m"),
        MenuItem(INDICATORS, "indicators", "goals.read", group=FOLLOW_UP),
        MenuItem(STEERING, "steering_model", "goals.design", group=MORE),
    ),
    terms=(STEERING, GOAL, INDICATOR, ACTIVITY, OUTCOME, TARGET),
    years=planned_years,
    find=find_nodes,
    lately=goals_lately,
    words=goal_words,
)
