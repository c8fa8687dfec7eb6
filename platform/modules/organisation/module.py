from ....tenants.sign_in.session_settings import SessionSettings
from ....workers.timetable import Every
from ...module import Module
from .access.schema import AccessQuery
from .files.jobs_schema import JobQuery, JobSubscription
from .files.schema import FileQuery
from .jobs import export_units, forget_old_changes, forget_what_is_over, take_new_laws
from .pages import MENU, PAGES
from .people.delegations_schema import DelegationMutation, DelegationQuery
from .people.schema import PeopleMutation, PeopleQuery
from .provisioning.schema import ProvisioningMutation, ProvisioningQuery
from .settings.legal_schema import LegalMutation, LegalQuery
from .sign_in.sessions_schema import SessionMutation, SessionQuery
from .support.feedback_schema import FeedbackMutation, FeedbackQuery
from .support.schema import SupportMutation, SupportQuery
from .tasks import key_tasks
from .tokens.jobs import mail_expiry, mail_leak, warn_of_expiry
from .tokens.schema import TokenMutation, TokenQuery
from .told import organisation_words
from .units.files_schema import UnitFilesMutation
from .units.reorganising_schema import ReorganisingMutation
from .units.schema import UnitMutation, UnitQuery

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
