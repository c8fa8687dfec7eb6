"""What stands in the quality reports of Östhammar's social services. Every figure is invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Content:
    """Text as HTML, rows as the key of a fixed row (or None) with the cells, or that there was
    nothing."""

    text: str = ""
    rows: tuple[tuple[str | None, Mapping[str, object]], ...] = ()
    nil: bool = False


INTRODUCTION = (
    "<p>Socialnämnden ansvarar för äldreomsorg, stöd till personer med funktionsnedsättning och "
    "individ- och familjeomsorg. Verksamheten finns i hela kommunen, från skärgården till Alunda, "
    "och avstånden påverkar hur vi planerar arbetet.</p>"
    "<p>Förvaltningen har sex enheter. Varje enhet leds av en enhetschef, och på de större "
    "enheterna finns en samordnare som stöd.</p>"
    "<table><tr><th>Enhet</th><th>Brukare</th><th>Månadsavlönade</th></tr>"
    "<tr><td>Hemtjänst Östhammar</td><td>164</td><td>58</td></tr>"
    "<tr><td>Hemtjänst Alunda</td><td>97</td><td>37</td></tr>"
    "<tr><td>Vård- och omsorgsboende Edsgården</td><td>48</td><td>52</td></tr>"
    "<tr><td>Gruppbostäder LSS</td><td>41</td><td>63</td></tr>"
    "<tr><td>Individ- och familjeomsorg</td><td>312</td><td>29</td></tr>"
    "<tr><td>Biståndsenheten</td><td>–</td><td>14</td></tr></table>"
    "<p>Åtta av tio i omvårdnadsarbetet är undersköterskor. Under året har arbetet präglats av en "
    "ny socialtjänstlag, som gäller från den 1 juli, och av fortsatt rekrytering.</p>"
)
ECONOMY = (
    "<p>Utfallet per den 31 december 2025 är 508,4 miljoner kronor mot en budget på 503,0 "
    "miljoner. Det är 5,4 miljoner kronor, eller 1,1 procent, mer än budget.</p>"
    "<table><tr><th>Område</th><th>Budget, mnkr</th><th>Utfall, mnkr</th>"
    "<th>Avvikelse, mnkr</th></tr>"
    "<tr><td>Äldreomsorg</td><td>287,0</td><td>290,1</td><td>-3,1</td></tr>"
    "<tr><td>Funktionsnedsättning</td><td>131,5</td><td>130,7</td><td>0,8</td></tr>"
    "<tr><td>Individ- och familjeomsorg</td><td>69,0</td><td>72,4</td><td>-3,4</td></tr>"
    "<tr><td>Ledning och gemensamt</td><td>15,5</td><td>15,2</td><td>0,3</td></tr></table>"
    "<p>De största avvikelserna är placeringar av barn och unga samt timvikarier i hemtjänsten. "
    "Sedan i våras prövas varje placering i en särskild genomgång var tredje månad, och "
    "hemtjänsten planerar om turerna varje vecka. Åtgärderna minskade kostnaden med 2,6 miljoner "
    "kronor under hösten.</p>"
)
RISKS = (
    "<p>Tolv riskanalyser har gjorts under året. De flesta gäller förändringar i bemanning och "
    "lokaler.</p><ul><li>Flytten av nattpatrullen: fyra risker, alla åtgärdade före flytten.</li>"
    "<li>Nytt system för läkemedelssignering: sju risker. Två följs upp igen i mars.</li>"
    "<li>Sommarbemanningen: risken för brist på sjuksköterskor bedömdes som hög och ledde till "
    "avtal med grannkommunerna om gemensam beredskap.</li></ul>"
    "<p>Analyserna görs tidigare i processen än förut. Däremot följs de inte alltid upp, och det "
    "tar vi med oss till nästa år.</p>"
)
INSPECTIONS = (
    "<p>Egenkontrollerna har gjorts enligt planen. Dokumentation och hygien visar bättre resultat "
    "än förra året, medan genomförandeplanerna fortfarande skiljer sig mellan enheterna.</p>"
)
PROCESSES = (
    "<p>Fyra av fem processer i planen har setts över. Rutinen för samordnad individuell plan "
    "väntar på en gemensam överenskommelse med regionen.</p>"
)
RELATIVES = (
    "<p>Alla enheter har ett anhörigombud, och ombuden har träffats fyra gånger under året. I "
    "medarbetarenkäten svarar 86 procent att de känner till anhörigstödet, mot 79 procent förra "
    "året.</p><p>På Edsgården tar vi upp anhörigas situation redan vid inflyttningssamtalet. Det "
    "har gjort att fler får kontakt tidigt. Hemtjänsten når anhöriga till yrkesverksamma sämre, "
    "och prövar därför samtal på kvällstid.</p>"
)
VIOLENCE = (
    "<p>Antalet nya ärenden är något högre än förra året. Vi tror att det beror på att fler "
    "frågar om våld i utredningen, inte på att våldet har ökat. Inventeringarna gjordes i mars och "
    "oktober.</p>"
)
SURVEYS = (
    "<p>I undersökningen av äldres uppfattning är 84 procent sammantaget nöjda med hemtjänsten "
    "och 81 procent med sitt boende. Båda är i nivå med liknande kommuner. Maten och möjligheten "
    "att komma utomhus får lägst omdöme på boendet.</p>"
    "<p>Inom LSS känner sig 78 procent trygga med all personal. Det är lägre än målet, och varje "
    "gruppbostad har diskuterat svaren med de boende.</p>"
    "<p>Svaren i sin helhet finns som bilaga.</p>"
)
EFFORTS = (
    "<ul><li>En gemensam modell för hälsofrämjande scheman används sedan hösten.</li>"
    "<li>Öppen insats för föräldrar till tonåringar, utan biståndsbeslut, startade i september."
    "</li><li>Digital tillsyn på natten erbjuds i hela kommunen. 37 personer har valt den.</li>"
    "<li>Edsgårdens trädgård är ombyggd och går att nå med rullstol från alla avdelningar.</li>"
    "</ul>"
)
SUMMARY = (
    "<p>Året visar att vi når våra mål när arbetet följs upp ofta och nära verksamheten. Tre "
    "områden behöver bli bättre:</p><ol><li>Genomförandeplaner ska vara aktuella på alla enheter."
    "</li><li>Riskanalyser ska följas upp efter att förändringen är genomförd.</li>"
    "<li>Fler män ska söka sig till våra yrken.</li></ol>"
)
OUTLOOK = (
    "<p>Antalet invånare som är 80 år eller äldre väntas öka med en tredjedel på tio år. Samtidigt "
    "blir det svårare att rekrytera. Den nya socialtjänstlagen lägger tyngd på förebyggande "
    "arbete och på insatser utan behovsprövning.</p><p>Nämnden planerar därför för fler öppna "
    "insatser, mer välfärdsteknik och ett nytt boende i kommunens södra del. Målen för "
    "personalförsörjning föreslås vara kvar.</p>"
)


def _inspection(
    name: str, responsible: str, frequency: str, done_on: str, result: str
) -> tuple[None, Mapping[str, object]]:
    return None, {
        "inspection": name,
        "responsible": responsible,
        "frequency": frequency,
        "done_on": done_on,
        "result": result,
    }


def _process(
    name: str, reason: str, revised_on: str, change: str
) -> tuple[None, Mapping[str, object]]:
    return None, {
        "process": name,
        "reason": reason,
        "revised": bool(revised_on),
        "revised_on": revised_on,
        "change": change,
    }


INSPECTIONS_DONE = (
    _inspection(
        "Social dokumentation", "Enhetschef", "Varje halvår", "2025-11-14",
        "92 procent av journalerna uppfyller kraven. Återkoppling i arbetsgrupperna.",
    ),
    _inspection(
        "Basal hygien och klädregler", "Hygienombud", "Varje kvartal", "2025-12-03",
        "Alla steg följs av 88 procent. Handdesinfektion före arbete tränas vidare.",
    ),
    _inspection(
        "Aktuella genomförandeplaner", "Enhetschef", "Varje halvår", "2025-10-20",
        "Mellan 71 och 96 procent. Enheter under 85 procent har en plan till mars.",
    ),
    _inspection(
        "Avvikelser och tid till åtgärd", "Verksamhetschef", "Varje månad", "2025-12-15",
        "I snitt elva dagar, mot fjorton förra året.",
    ),
)  # fmt: skip
PROCESSES_DONE = (
    _process(
        "Handläggning av insatser utan behovsprövning", "Ny socialtjänstlag", "2025-06-18",
        "Ny rutin för erbjudande, dokumentation och uppföljning.",
    ),
    _process(
        "Läkemedelshantering", "Digital signering införs", "2025-09-30",
        "Signering görs i mobilen. Reservrutin på papper vid avbrott.",
    ),
    _process(
        "Orosanmälan barn", "Brister vid egenkontroll", "2025-04-11",
        "Skyddsbedömning dokumenteras samma dag, med namngiven ersättare.",
    ),
    _process(
        "Introduktion av nya medarbetare", "Önskemål i medarbetarenkäten", "2025-05-23",
        "Två dagars gemensam introduktion och en utsedd handledare.",
    ),
    _process("Samordnad individuell plan", "Ny överenskommelse med regionen", "", ""),
)  # fmt: skip
VIOLENCE_COUNTED = (
    ("first_half", {"new_cases": 23, "inventoried": 41}),
    ("second_half", {"new_cases": 27, "inventoried": 38}),
)

FINISHED: Mapping[str, Content] = {
    "introduction": Content(INTRODUCTION),
    "economy": Content(ECONOMY),
    "risk_analyses": Content(RISKS),
    "inspections": Content(INSPECTIONS, INSPECTIONS_DONE),
    "processes": Content(PROCESSES, PROCESSES_DONE),
    "relatives": Content(RELATIVES),
    "violence": Content(VIOLENCE, VIOLENCE_COUNTED),
    "lex_sarah": Content(nil=True),
    "surveys": Content(SURVEYS),
    "efforts": Content(EFFORTS),
    "summary": Content(SUMMARY),
    "outlook": Content(OUTLOOK),
}
BEGUN: Mapping[str, Content] = {
    "introduction": Content(
        "<p>Socialnämnden ansvarar för äldreomsorg, stöd till personer med funktionsnedsättning "
        "och individ- och familjeomsorg. Verksamheten finns i hela kommunen och har sex enheter, "
        "som var och en leds av en enhetschef.</p><p>Antalet brukare är ungefär detsamma som förra "
        "året. Individ- och familjeomsorgen har fått en enhetschef till.</p>"
    ),
    "violence": Content(
        "<p>Inventeringen i mars är gjord. Den andra görs i oktober.</p>",
        (("first_half", {"new_cases": 25, "inventoried": 44}),),
    ),
    "efforts": Content("<p>Den öppna insatsen för föräldrar har utökats till Alunda.</p>"),
}

SURVEY = (
    "Undersökning;Fråga;Kvinnor, %;Män, %;Totalt, %\r\n"
    "Hemtjänst;Sammantaget nöjd;85;82;84\r\n"
    "Hemtjänst;Känner sig trygg hemma;76;81;78\r\n"
    "Särskilt boende;Sammantaget nöjd;82;79;81\r\n"
    "Särskilt boende;Maten smakar bra;68;71;69\r\n"
    "Gruppbostad LSS;Trygg med all personal;77;79;78\r\n"
)
"""A file for the attachments, as a spreadsheet of Swedish habits reads it."""
