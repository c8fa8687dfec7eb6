from ...module import Module
from .finding import find_deviations
from .module_words import deviation_words
from .settings import DeviationSettings
from .tasks import deviation_tasks

DEVIATIONS = Module(
    name="deviations",
    title={"sv": "Avvikelser", "en": "Deviations"},
    settings=DeviationSettings,
    tasks=(deviation_tasks,),
    find=find_deviations,
    words=deviation_words,
)
