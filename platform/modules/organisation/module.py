from ....tenants.sign_in.session_settings import SessionSettings
from ....workers.timetable import Every
from ...module import Module
from .access_schema import AccessQuery
from .delegations_schema import DelegationMutation, DelegationQuery
from .feedback_schema import FeedbackMutation, FeedbackQuery
from .files_schema import FileQuery
from .jobs import export_units, forget_old_changes, forget_what_is_over, take_new_laws
from .jobs_schema import JobQuery, JobSubscription
from .legal_schema import LegalMutation, LegalQuery
from .pages import MENU, PAGES
from .people_schema import PeopleMutation, PeopleQuery
from .provisioning_schema import ProvisioningMutation, ProvisioningQuery
from .reorganising_schema import ReorganisingMutation
from .sessions_schema import SessionMutation, SessionQuery
from .support_schema import SupportMutation, SupportQuery
from .tasks import key_tasks
from .token_jobs import mail_expiry, mail_leak, warn_of_expiry
from .tokens_schema import TokenMutation, TokenQuery
from .told import organisation_words
from .unit_files_schema import UnitFilesMutation
from .units_schema import UnitMutation, UnitQuery

ORGANISATION = Module(
    name="organisation",
    title={"sv": "Organisation", "en": "Organisation"},
    core=True,
    settings=SessionSettings,
    query=(
        UnitQuery,
        PeopleQuery,
        SessionQuery,
        TokenQuery,
        ProvisioningQuery,
        FileQuery,
        JobQuery,
        FeedbackQuery,
        DelegationQuery,
        SupportQuery,
        AccessQuery,
        LegalQuery,
    ),
    mutation=(
        UnitMutation,
        ReorganisingMutation,
        UnitFilesMutation,
        PeopleMutation,
        SessionMutation,
        TokenMutation,
        ProvisioningMutation,
        FeedbackMutation,
        DelegationMutation,
        SupportMutation,
        LegalMutation,
    ),
    tasks=(key_tasks,),
    subscription=(JobSubscription,),
    jobs=(
        export_units,
        forget_old_changes,
        forget_what_is_over,
        take_new_laws,
        mail_leak,
        mail_expiry,
        warn_of_expiry,
    ),
    pages=PAGES,
    menu=MENU,
    timetable=(
        Every("day", at="03:20", job=forget_old_changes),
        Every("day", at="03:40", job=forget_what_is_over),
        Every("day", at="04:00", job=take_new_laws),
        Every("day", at="06:10", job=warn_of_expiry),
    ),
    words=organisation_words,
)
