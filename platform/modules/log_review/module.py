from ...module import Module
from .settings import LogReviewSettings

LOG_REVIEW = Module(
    name="log_review",
    title={"sv": "Loggranskning", "en": "Log review"},
    settings=LogReviewSettings,
)
