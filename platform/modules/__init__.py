"""The modules of the product, in the order of the menu. A new one is a line here."""

from ..telling import gather
from .actions.module import ACTIONS
from .data_protection.module import DATA_PROTECTION_MODULE
from .deviations.module import DEVIATIONS
from .goals.module import GOALS
from .governing_documents.module import GOVERNING_DOCUMENTS
from .grants.module import GRANTS_MODULE
from .internal_control.module import INTERNAL_CONTROL_MODULE
from .leavers.module import LEAVERS
from .log.module import ACCESS_LOG
from .log_review.module import LOG_REVIEW
from .meetings.module import MEETINGS_MODULE
from .mywork.module import MYWORK
from .organisation.module import ORGANISATION
from .reports.module import REPORTS
from .school_quality.module import SCHOOL_QUALITY
from .support.module import SUPPORT_MODULE
from .transfer.module import TRANSFER

MODULES = (
    MYWORK,
    GOALS,
    REPORTS,
    ACTIONS,
    INTERNAL_CONTROL_MODULE,
    GRANTS_MODULE,
    GOVERNING_DOCUMENTS,
    DEVIATIONS,
    MEETINGS_MODULE,
    SCHOOL_QUALITY,
    DATA_PROTECTION_MODULE,
    SUPPORT_MODULE,
    ORGANISATION,
    ACCESS_LOG,
    LOG_REVIEW,
    TRANSFER,
    LEAVERS,
)
gather(MODULES)
