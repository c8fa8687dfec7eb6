"""What `client.py` writes: invented, but of the kind that stands in such a report."""

OUTCOMES = {
    "Andel minskad sjukfrånvaro": {"total": "8.4"},
    "Andel heltidsanställda": {"total": "36", "women": "35", "men": "44"},
    "Andel anställda män": {"total": "12"},
}
"""What the board leaves empty, by indicator. The staff survey's 77 is in the board itself."""

MEASURES = {
    "Andel minskad sjukfrånvaro": {"direction": "LOWER", "decimals": 1},
    "Andel heltidsanställda": {"bySex": True},
}
"""What a board cannot say: that sick leave is to be low, and who is counted by sex."""

ACTIVITY = "Insats för att minska sjukfrånvaro"

COMMENTS = {
    "Socialnämnden är en attraktiv arbetsgivare som arbetar strategiskt med "
    "personalförsörjning för att säkerställa att rätt kompetens finns tillgänglig": "Nämnden "
    "är på väg åt rätt håll, men målet nås inte i sin helhet.",
    "Minska sjukfrånvaro, öka sysselsättningsgrader och medarbetarnas nöjdhet": "Tre av fyra "
    "styrtal är uppnådda. Andelen män ökar långsammare än vi räknade med.",
    "Andel minskad sjukfrånvaro": "Tidiga samtal efter tredje tillfället har gett resultat.",
    "Helhetsintrycket av vår organisatoriska och sociala arbetsmiljö ska förbättras": (
        "Medarbetarna är nöjdare med schema och delaktighet."
    ),
    "Andel heltidsanställda": "Heltid erbjuds vid alla nyanställningar.",
    "Andel anställda män": "Samarbetet med vårdprogrammet fortsätter.",
    ACTIVITY: "Alla enheter har en handlingsplan, och insatsen är avslutad.",
}


def _row(key: str | None = None, **cells: object) -> dict[str, object]:
    row: dict[str, object] = {
        "cells": [{"column": column, "value": value} for column, value in cells.items()]
    }
    return row | ({"row": key} if key else {})


CHAPTERS: dict[str, dict[str, object]] = {
    "introduction": {
        "text": "<p>Socialnämnden ansvarar för äldreomsorg, stöd till personer med "
        "funktionsnedsättning samt individ- och familjeomsorg.</p><table><tr><th>Enhet</th>"
        "<th>Brukare</th></tr><tr><td>Hemtjänst Östhammar</td><td>164</td></tr>"
        "<tr><td>Hemtjänst Alunda</td><td>97</td></tr></table>"
    },
    "economy": {
        "text": "<p>Utfallet är 2,1 miljoner kronor bättre än budget. Den största avvikelsen är "
        "färre placeringar än planerat.</p>"
    },
    "risk_analyses": {
        "text": "<p>Nio riskanalyser har gjorts. Alla åtgärder utom två är genomförda.</p>"
    },
    "inspections": {
        "text": "<p>Egenkontrollerna har gjorts enligt planen.</p>",
        "rows": [
            _row(
                inspection="Basal hygien och klädregler",
                responsible="Hygienombud",
                frequency="Varje kvartal",
                done_on="2020-12-03",
                result="Alla steg följs av 88 procent.",
            )
        ],
    },
    "processes": {
        "rows": [
            _row(
                process="Introduktion av nya medarbetare",
                reason="Önskemål i medarbetarenkäten",
                revised=True,
                revised_on="2020-05-22",
                change="Två dagars gemensam introduktion.",
            )
        ]
    },
    "relatives": {"text": "<p>Alla enheter har ett anhörigombud.</p>"},
    "violence": {
        "rows": [
            _row("first_half", new_cases=23, inventoried=41),
            _row("second_half", new_cases=27, inventoried=38),
        ]
    },
    "lex_sarah": {"nil": True},
    "surveys": {"text": "<p>84 procent är sammantaget nöjda med hemtjänsten.</p>"},
    "efforts": {"text": "<p>Hälsofrämjande scheman används på alla enheter.</p>"},
    "summary": {"text": "<p>Fler män behöver söka sig till våra yrken.</p>"},
    "outlook": {"text": "<p>Antalet invånare över 80 år ökar med en tredjedel på tio år.</p>"},
}
"""By the key of the chapter: text as HTML, rows of a typed table, or that there was nothing."""
