"""A report as a municipality writes it, with every kind of block. All names are invented."""

from datetime import date
from struct import pack
from zlib import compress, crc32

import pytest

from roder.infra.documents.model import (
    Attachments,
    Column,
    Document,
    Heading,
    Landscape,
    LightMark,
    Note,
    Picture,
    RichText,
    Table,
)


def png(width: int, height: int) -> bytes:
    """A plain blue PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", crc32(kind + data))

    row = b"\0" + b"\x1d\x4f\x8f" * width
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", compress(row * height))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def report() -> Document:
    return Document(
        title="Kvalitets- och verksamhetsberättelse 2019",
        subtitle="Socialförvaltningens samlade berättelse",
        municipality="Östhammars kommun",
        unit="Socialnämnden",
        period="1 januari–31 december 2019",
        date=date(2020, 3, 9),
        blocks=(
            *introduction(),
            *results(),
            *checks(),
            Heading(1, "Genomförda satsningar", "3"),
            RichText(f"<p>{SENTENCES}</p><p>{SENTENCES}</p>"),
            Heading(1, "Sammanfattande analys", "4"),
            RichText(f"<p>{SENTENCES}</p>"),
            Picture(png(320, 120), "Andelen heltidsanställda 2015 till 2019.", "Andel heltid"),
            Heading(1, "Omvärldsanalys och framtida satsningar", "5"),
            RichText(f"<p>{SENTENCES}</p>"),
            Attachments(("Brukarundersökning 2019.pdf", "Riskanalys hemtjänst.docx")),
        ),
    )


SENTENCES = (
    "Under året har nämnden arbetat vidare med bemanning och kontinuitet. Fler medarbetare har "
    "valt heltid, och sjukfrånvaron har minskat något i hemtjänsten men ökat i boendena. "
    "Orsakerna följs upp tillsammans med företagshälsovården."
)


def introduction() -> tuple[Heading | Note | RichText, ...]:
    return (
        Heading(1, "Inledning", "1"),
        Note(
            "Gör en kortfattad beskrivning av din verksamhet så att läsaren får en överblick: "
            "var den finns, hur den är organiserad och vad den har för uppdrag."
        ),
        RichText(
            f"<p>{SENTENCES}</p><p>Verksamheten bedrivs på <strong>fyra orter</strong> och "
            "<em>leds av</em> sju enhetschefer. Mer finns på "
            '<a href="https://www.osthammar.se/social">kommunens <strong>sidor</strong></a>.</p>'
            "<ul><li>Vård och omsorg<ul><li>Hemtjänst<ol><li>Öst</li><li>Väst</li></ol></li>"
            "<li>Särskilda boenden</li></ul></li><li>Individ och familj</li></ul>"
            "<ol><li>Planera</li><li>Genomföra</li></ol><p>Därefter:</p>"
            "<ol><li>Följa upp</li></ol>"
            "<h3>Förutsättningar</h3>"
            "<table><tr><th>Uppgift</th><th>Antal</th></tr><tr><td>Brukare</td><td>1&nbsp;240</td>"
            "</tr><tr><td>Medarbetare</td><td>612</td></tr></table>"
            f"<p>{SENTENCES}</p><h4>Budget</h4><p>{SENTENCES}</p>"
        ),
    )


def results() -> tuple[Heading | Landscape | RichText | Table | Note, ...]:
    return (
        Landscape(
            (
                Heading(1, "Resultat, måluppfyllelse och analys", "2"),
                Heading(2, "Måluppfyllelse", "2.1"),
                Note("Två styrtal saknar utfall.\nFyll i dem före den 31 januari.", "warning"),
                goal_analysis(),
            )
        ),
        Heading(2, "Ekonomiskt utfall", "2.2"),
        RichText(f"<p>{SENTENCES}</p>"),
        Table(
            caption="Utfall mot budget, tusen kronor",
            columns=(
                Column("Verksamhet", 3),
                Column("Budget", align="right"),
                Column("Utfall", align="right"),
                Column("Avvikelse", align="right"),
            ),
            rows=(
                ("Hemtjänst", "84 200", "86 950", "−2 750"),
                ("Särskilda boenden", "131 400", "130 100", "1 300"),
                ("Individ och familj", "58 750", "61 020", "−2 270"),
            ),
            row_headers=True,
        ),
    )


def goal_analysis() -> Table:
    goal = (
        "Socialnämnden är en attraktiv arbetsgivare som arbetar strategiskt med personalförsörjning"
    )
    aim = "Minska sjukfrånvaron, öka sysselsättningsgraden och medarbetarnas nöjdhet"
    comment = RichText(f"<p>{SENTENCES}</p>")
    green, yellow = LightMark("green", "Uppnått"), LightMark("yellow", "Delvis uppnått")
    red, none = LightMark("red", "Ej uppnått"), LightMark("none", "Värde saknas")
    widths = (2.6, 2.6, 2.4, 1.05, 1.15, 1, 1.1, 2.1, 4)
    titles = "Nämndmål Mål Styrtal Utfall Kvinnor Män Måltal Status Kommentar".split()
    return Table(
        caption="Målanalys 2019",
        columns=tuple(
            Column(title, width, "right" if 3 <= at <= 6 else "left")
            for at, (title, width) in enumerate(zip(titles, widths, strict=True))
        ),
        rows=(
            (goal, aim, "Andel minskad sjukfrånvaro", "", "", "", "9 %", none, ""),
            ("", "", "Andel heltidsanställda", "42 %", "39 %", "61 %", "35 %", green, comment),
            (
                "",
                "",
                "Social arbetsmiljö",
                "75",
                "76",
                "71",
                "76",
                yellow,
                comment,
            ),
            ("", "", "Andel anställda män", "11 %", "", "", "14 %", red, comment),
        )
        * 2,
    )


def checks() -> tuple[Heading | RichText | Table, ...]:
    return (
        Heading(2, "Redovisning egenkontroller", "2.4"),
        Table(
            caption="Egenkontroller 2019",
            columns=(Column("Egenkontroll", 2), Column("När", 1), Column("Resultat", 3)),
            rows=tuple(
                (f"Kontroll {number}", "Oktober", RichText(f"<p>{SENTENCES}</p>"))
                for number in range(1, 9)
            ),
        ),
        Heading(2, "Sammanfattning Lex Sarah", "2.8"),
        RichText("<p>Inga Lex Sarah är hanterade under året.</p>"),
    )
