"""Sundbyberg: few square kilometres, one school organisation, many tenants."""

from ...tenants.models import UnitKind
from .sundbyberg_goals import (
    design_the_model,
    design_the_report,
    plan_2026,
    write_the_first_tertial,
)
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
            (Place("SLK", UnitKind.DEPARTMENT, "Stadsledningskontoret"),),
        ),
        Place(
            "FSN",
            UnitKind.COMMITTEE,
            "Förskolenämnden",
            (
                Place("FSN-1", UnitKind.UNIT, "Förskolor Hallonbergen"),
                Place("FSN-2", UnitKind.UNIT, "Förskolor Duvbo"),
            ),
        ),
        Place(
            "GGN",
            UnitKind.COMMITTEE,
            "Grundskole- och gymnasienämnden",
            (
                Place("GGN-1", UnitKind.SCHOOL, "Skolan vid ån"),
                Place("GGN-2", UnitKind.SCHOOL, "Skolan på berget"),
            ),
        ),
        Place("AN", UnitKind.COMMITTEE, "Äldrenämnden"),
        Place("SAN", UnitKind.COMMITTEE, "Social- och arbetsmarknadsnämnden"),
        Place("KFN", UnitKind.COMMITTEE, "Kultur- och fritidsnämnden"),
        Place("BOL", UnitKind.COMPANY, "Stadens fastighetsbolag"),
    ),
)

PEOPLE = (
    Someone("Alfrida Almgräns", "alfrida.almgrans@sundbyberg.example"),
    Someone("Botvid Björktrast", "botvid.bjork@sundbyberg.example", "local_administrator", "GGN"),
    Someone("Cajsa Citronfjäril", "cajsa.citronfjaril@sundbyberg.example", "contributor", "GGN-1"),
    Someone("Didrik Dagslända", "didrik.dagslanda@sundbyberg.example", "contributor", "FSN"),
    Someone("Evald Eftersyn", "evald.eftersyn@sundbyberg.example", "auditor"),
    Someone("Folke Fönstervik", "folke.fonstervik@sundbyberg.example"),
)

SUNDBYBERG = Town(
    slug="sundbyberg",
    name="Sundbybergs stad",
    scb_code="0183",
    accent="#2e6b3e",
    tree=TREE,
    people=PEOPLE,
    steps=(design_the_model, plan_2026, design_the_report, write_the_first_tertial),
)
