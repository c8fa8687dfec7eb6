"""Östhammar: a small municipality, seen from its social services."""

from ...tenants.models import UnitKind
from .osthammar_actions import plan_actions
from .osthammar_complaints import handle_complaints
from .osthammar_deviations import handle_deviations
from .osthammar_documents import keep_the_documents
from .osthammar_goals import (
    design_the_models,
    distribute_the_sick_leave,
    follow_up_2025,
    import_the_boards,
    lock_2022,
    look_back_from_2026,
    plan_the_home_care,
    plan_the_schools,
)
from .osthammar_grants import keep_the_grants
from .osthammar_internal_control import control_the_year
from .osthammar_leavers import two_have_left
from .osthammar_log import review_the_log
from .osthammar_meetings import hold_the_meetings
from .osthammar_registers import keep_the_registers
from .osthammar_reports import (
    begin_the_report_of_2026,
    design_the_reports,
    fetch_into_the_report_of_2026,
    write_the_report_of_2025,
)
from .osthammar_school import follow_the_schools
from .osthammar_support import keep_the_support
from .town import Place, Someone, Town

TREE = Place(
    "KF",
    UnitKind.COUNCIL,
    "Kommunfullmäktige",
    (
        Place(
            "KS",
            UnitKind.BOARD,
            "Kommunstyrelsen",
            (Place("KLF", UnitKind.DEPARTMENT, "Kommunledningsförvaltningen"),),
        ),
        Place(
            "SN",
            UnitKind.COMMITTEE,
            "Socialnämnden",
            (
                Place("SN-HT", UnitKind.UNIT, "Hemtjänst Östhammar"),
                Place("SN-HTA", UnitKind.UNIT, "Hemtjänst Alunda"),
                Place("SN-EG", UnitKind.UNIT, "Vård- och omsorgsboende Edsgården"),
                Place("SN-LSS", UnitKind.UNIT, "Gruppbostäder LSS"),
                Place("SN-IFO", UnitKind.UNIT, "Individ- och familjeomsorg"),
                Place("SN-MYN", UnitKind.UNIT, "Biståndsenheten"),
            ),
        ),
        Place(
            "BUN",
            UnitKind.COMMITTEE,
            "Barn- och utbildningsnämnden",
            (
                Place("BUN-FSK", UnitKind.AREA, "Förskola"),
                Place("BUN-FRS", UnitKind.SCHOOL, "Frösåkersskolan"),
                Place("BUN-OLA", UnitKind.SCHOOL, "Olandsskolan"),
            ),
        ),
        Place("KFN", UnitKind.COMMITTEE, "Kultur- och fritidsnämnden"),
        Place("BMN", UnitKind.COMMITTEE, "Bygg- och miljönämnden"),
    ),
)

PEOPLE = (
    Someone("Gunvor Grindslant", "gunvor.grindslant@osthammar.example"),
    Someone("Torkel Tallrik", "torkel.tallrik@osthammar.example", "local_administrator", "SN"),
    Someone("Maj Mossberga", "maj.mossberga@osthammar.example", "contributor", "SN"),
    Someone("Hilding Havregrynsson", "hilding.havre@osthammar.example", "contributor", "SN-HT"),
    Someone("Petronella Plommongren", "petronella.plommon@osthammar.example", "contributor", "BUN"),
    Someone("Revald Räknelund", "revald.raknelund@osthammar.example", "auditor"),
    Someone(
        "Rosmarie Riddarsporre",
        "rosmarie.riddarsporre@osthammar.example",
        "reviewer",
        "BUN-FRS",
    ),
    Someone("Vivi Vallmo", "vivi.vallmo@osthammar.example", "contributor", "BUN-FRS"),
    Someone("Tage Timjan", "tage.timjan@osthammar.example", "contributor", "BUN-FRS"),
    Someone("Kerstin Kornvallmo", "kerstin.kornvallmo@osthammar.example", "contributor", "BUN-FRS"),
    Someone("Elna Enbuske", "elna.enbuske@osthammar.example"),
)

OSTHAMMAR = Town(
    slug="osthammar",
    name="Östhammars kommun",
    scb_code="0382",
    accent="#1f5f8b",
    tree=TREE,
    people=PEOPLE,
    modules=(
        "goals",
        "reports",
        "log_review",
        "data_protection",
        "support",
        "meetings",
        "grants",
        "governing_documents",
        "internal_control",
        "deviations",
        "school_quality",
    ),
    steps=(
        design_the_models,
        import_the_boards,
        distribute_the_sick_leave,
        follow_up_2025,
        look_back_from_2026,
        plan_the_home_care,
        plan_the_schools,
        lock_2022,
        design_the_reports,
        write_the_report_of_2025,
        begin_the_report_of_2026,
        plan_actions,
        review_the_log,
        keep_the_registers,
        keep_the_grants,
        keep_the_documents,
        control_the_year,
        keep_the_support,
        handle_deviations,
        fetch_into_the_report_of_2026,
        hold_the_meetings,
        follow_the_schools,
        handle_complaints,
        two_have_left,
    ),
)
