"""What is on the agendas of Östhammar, and what was said there. All of it is invented."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..modules.meetings.design import Point
from ..modules.meetings.models import ItemKind, MeetingRole


@dataclass(frozen=True, slots=True)
class Said:
    """About an item; one that is `new` is for its meeting only, one that is `carried` for the next
    one too. Of an action: what, whether by who keeps the meeting, and in how many days."""

    notes: str = ""
    proposals: str = ""
    decision: str = ""
    number: str = ""
    new: bool = False
    carried: bool = False
    actions: tuple[tuple[str, bool, int], ...] = ()


COMMITTEE: Final = (
    Point("Val av justerare och tid för justering"),
    Point("Fastställande av dagordningen", ItemKind.DECISION),
    Point("Budgetuppföljning", ItemKind.DECISION),
    Point("Förvaltningen informerar"),
    Point("Studiebesök", standing=False),
)
WORKPLACE: Final = (
    Point("Föregående möte"),
    Point("Arbetsmiljö och hälsa", ItemKind.DISCUSSION),
    Point("Avvikelser och förbättringar", ItemKind.DISCUSSION),
    Point("Målen för året", ItemKind.DISCUSSION),
)
POLITICIANS: Final = (
    (MeetingRole.CHAIR, "Britta Blåklint", False),
    (MeetingRole.MEMBER, "Folke Fräken", True),
    (MeetingRole.MEMBER, "Siv Säv", False),
    (MeetingRole.MEMBER, "Rune Rölleka", False),
    (MeetingRole.SUBSTITUTE, "Asta Aster", False),
)
CHOSEN: Final = Said(
    "<p>Folke Fräken väljs att justera protokollet tillsammans med ordföranden.</p>"
)
AS_SENT: Final = Said(
    proposals="Att fastställa dagordningen som den sändes ut.",
    decision="Socialnämnden fastställer dagordningen.",
)


def _followed_up(until: str, result: str, number: str) -> Said:
    return Said(
        f"<p>Ekonomen går igenom utfallet till och med {until}. {result}</p>",
        "Att godkänna uppföljningen.",
        "Socialnämnden godkänner budgetuppföljningen.",
        number,
    )


SPRING: Final[Mapping[str, Said]] = {
    "Val av justerare och tid för justering": CHOSEN,
    "Fastställande av dagordningen": AS_SENT,
    "Budgetuppföljning": _followed_up("juli", "Nämnden beräknas klara sin ram.", "SN 2026/84"),
    "Förvaltningen informerar": Said(
        "<p>Förvaltningschefen informerar om</p><ul><li>sommarens bemanning i hemtjänsten</li>"
        "<li>ombyggnaden på Edsgården</li></ul>"
    ),
    "Riktlinje för anhörigstöd": Said(
        "<p>Förslaget har varit ute på remiss. Tre svar har kommit in, alla tillstyrker.</p>",
        "Att anta riktlinjen.",
        "Socialnämnden antar riktlinjen för anhörigstöd.",
        "SN 2026/77",
        new=True,
    ),
}
AUTUMN: Final[Mapping[str, Said]] = {
    "Val av justerare och tid för justering": CHOSEN,
    "Fastställande av dagordningen": AS_SENT,
    "Budgetuppföljning": _followed_up(
        "augusti", "Placeringar i familjehem kostar mer än beräknat.", "SN 2026/102"
    ),
    "Förvaltningen informerar": Said(
        "<p>Förvaltningschefen informerar om resultatet av brukarundersökningen.</p>"
    ),
    "Delårsrapport": Said(
        "<p>Sju av nio mål bedöms nås under året.</p>",
        "Att godkänna delårsrapporten och överlämna den till kommunstyrelsen.",
        "Socialnämnden godkänner delårsrapporten och överlämnar den till kommunstyrelsen.",
        "SN 2026/99",
        new=True,
    ),
}
FEES: Final[Mapping[str, Said]] = {
    "Val av justerare och tid för justering": CHOSEN,
    "Fastställande av dagordningen": AS_SENT,
    "Budgetuppföljning": _followed_up(
        "oktober", "Underskottet har minskat sedan augusti.", "SN 2026/118"
    ),
    "Förvaltningen informerar": Said("<p>Punkten hanns inte med.</p>", carried=True),
    "Avgifter inom hemtjänsten nästa år": Said(
        "<p>Förvaltningen har räknat på två nivåer:</p><ul><li><strong>oförändrade</strong> "
        "avgifter ger ett underskott på 1,2 miljoner kronor</li>"
        "<li><strong>2 procent</strong> högre täcker "
        "kostnaderna</li></ul><p>Ordföranden ställer förslagen mot varandra. "
        "Omröstning begärs.</p>",
        "Britta Blåklint: att höja avgifterna med 2 procent.\n"
        "Folke Fräken: att lämna avgifterna oförändrade.",
        "Socialnämnden höjer avgifterna med 2 procent från den 1 januari.",
        "SN 2026/131",
        new=True,
    ),
}
MEETINGS_OF_THE_COMMITTEE: Final = ((84, SPRING), (55, AUTUMN))
"""How many days ago, and what was said."""

AT_WORK: Final[tuple[tuple[int, Mapping[str, Said]], ...]] = (
    (
        49,
        {
            "Föregående möte": Said("<p>Inget kvar att göra.</p>"),
            "Arbetsmiljö och hälsa": Said(
                "<p>Det är tungt att lyfta i två av lägenheterna.</p>",
                actions=(("Begär hjälpmedel till lägenheterna på Kyrkogatan", True, 14),),
            ),
            "Avvikelser och förbättringar": Said("<p>Två larm besvarades sent.</p>"),
            "Målen för året": Said("<p>Kontinuiteten har blivit bättre.</p>"),
        },
    ),
)
LAST_AT_WORK: Final[Mapping[str, Said]] = {
    "Föregående möte": Said("<p>Hjälpmedlen har kommit.</p>"),
    "Arbetsmiljö och hälsa": Said(
        "<p>Vi går igenom skyddsronden:</p><ol><li>belysningen på parkeringen</li>"
        "<li>halkskydd inför vintern</li></ol>"
    ),
    "Avvikelser och förbättringar": Said(
        "<p>Nycklar har lagts på fel plats tre gånger.</p>",
        actions=(("Märk upp nyckelskåpet", True, 28),),
    ),
    "Målen för året": Said("<p>Elna visar läget på tavlan. Tas upp igen nästa gång.</p>"),
}
