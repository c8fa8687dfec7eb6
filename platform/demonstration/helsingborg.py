"""Helsingborg: a large city, with committees, administrations and companies."""

from ...tenants.models import UnitKind
from .helsingborg_goals import design_the_model, plan_2026
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
            (Place("SLF", UnitKind.DEPARTMENT, "Stadsledningsförvaltningen"),),
        ),
        Place(
            "VON",
            UnitKind.COMMITTEE,
            "Vård- och omsorgsnämnden",
            (
                Place(
                    "VOF",
                    UnitKind.DEPARTMENT,
                    "Vård- och omsorgsförvaltningen",
                    (
                        Place("VOF-N", UnitKind.AREA, "Hemvård norr"),
                        Place("VOF-S", UnitKind.AREA, "Hemvård söder"),
                        Place("VOF-B", UnitKind.AREA, "Vårdboenden"),
                    ),
                ),
            ),
        ),
        Place(
            "BUN",
            UnitKind.COMMITTEE,
            "Barn- och utbildningsnämnden",
            (
                Place(
                    "SFF",
                    UnitKind.DEPARTMENT,
                    "Skol- och fritidsförvaltningen",
                    (
                        Place("SFF-G", UnitKind.AREA, "Grundskola"),
                        Place("SFF-Y", UnitKind.AREA, "Gymnasieskola"),
                    ),
                ),
            ),
        ),
        Place("SOC", UnitKind.COMMITTEE, "Socialnämnden"),
        Place("SBN", UnitKind.COMMITTEE, "Stadsbyggnadsnämnden"),
        Place("MN", UnitKind.COMMITTEE, "Miljönämnden"),
        Place("KUL", UnitKind.COMMITTEE, "Kulturnämnden"),
        Place("BOST", UnitKind.COMPANY, "Stadens bostadsbolag"),
        Place("ENER", UnitKind.COMPANY, "Stadens energibolag"),
    ),
)

PEOPLE = (
    Someone("Fredegunda Färjkarl", "fredegunda.farjkarl@helsingborg.example"),
    Someone("Osvald Oljelampa", "osvald.olja@helsingborg.example", "local_administrator", "VOF"),
    Someone("Signe Sundspira", "signe.sundspira@helsingborg.example", "contributor", "VON"),
    Someone("Kettil Kullerbytta", "kettil.kullerbytta@helsingborg.example", "contributor", "VOF-N"),
    Someone("Ebba Ekorrfors", "ebba.ekorrfors@helsingborg.example", "contributor", "BUN"),
    Someone("Gösta Grönkvist", "gosta.gronkvist@helsingborg.example", "auditor"),
    Someone("Viola Vindstilla", "viola.vindstilla@helsingborg.example"),
)

HELSINGBORG = Town(
    slug="helsingborg",
    name="Helsingborgs stad",
    scb_code="1283",
    accent="#7a1f3d",
    tree=TREE,
    people=PEOPLE,
    steps=(design_the_model, plan_2026),
)
