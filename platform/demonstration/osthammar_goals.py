"""The red thread of Östhammar in 2025 and 2026: the board of its social services, and a school's.

The board is the table of the instruction of 2020 (`socialnamnden.tsv`), its figures in the columns
where the instruction's later tables have them. 2025 is followed up; 2026 is as it was printed.
"""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from uuid import UUID

from sqlalchemy import select

from ...tenants.models import UnitKind
from ...tenants.work import Work
from ..modules.goals.board.importing import import_board
from ..modules.goals.models import NodeKind, PlanNode, Spread, SteeringModel
from ..modules.goals.rules import Consolidation, Direction, Light
from ..modules.goals.service import (
    DEFAULT_LIGHTS,
    IndicatorChanges,
    LevelDesign,
    OutcomeEntry,
    OutcomeValues,
    add_checkpoint,
    change_activity,
    change_indicator,
    change_node,
    create_model,
    distribute_node,
    lock_year,
    pass_checkpoint,
    set_light_by_hand,
    set_outcomes,
    write_comment,
)
from .osthammar_plans import HOME_CARE, IMPROVEMENT, SCHOOLS
from .planting import plant, value
from .town import Filling

YEARS = (2025, 2026)
ADMINISTRATOR = "gunvor.grindslant@osthammar.example"
WRITER = "maj.mossberga@osthammar.example"
HOME_CARE_MANAGER = "hilding.havre@osthammar.example"
SCHOOL_WRITER = "petronella.plommon@osthammar.example"

LEVELS = (
    LevelDesign(
        "committee_goal",
        NodeKind.GOAL,
        {"sv": "Nämndmål", "en": "Committee goal"},
        unit_kinds=(UnitKind.BOARD, UnitKind.COMMITTEE),
    ),
    LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål", "en": "Goal"}, ("committee_goal",)),
    LevelDesign(
        "indicator",
        NodeKind.INDICATOR,
        {"sv": "Styrtal", "en": "Indicator"},
        ("goal",),
        spread=Spread.DISTRIBUTED,
    ),
    LevelDesign(
        "assignment", NodeKind.ASSIGNMENT, {"sv": "Uppdrag", "en": "Assignment"}, ("goal",)
    ),
    LevelDesign(
        "activity",
        NodeKind.ACTIVITY,
        {"sv": "Aktivitet", "en": "Activity"},
        ("goal", "assignment"),
        spread=Spread.DISTRIBUTED,
    ),
)
LIGHTS = tuple(light for light in DEFAULT_LIGHTS if light.light is not Light.YELLOW)

SICK_LEAVE = "Andel minskad sjukfrånvaro"
IMPRESSION = "Helhetsintrycket av vår organisatoriska och sociala arbetsmiljö ska förbättras"
FULL_TIME = "Andel heltidsanställda"
MEN = "Andel anställda män"
INSET = "Insats för att minska sjukfrånvaro"
GOAL = "Minska sjukfrånvaro, öka sysselsättningsgrader och medarbetarnas nöjdhet"

MEASURED: dict[str, IndicatorChanges] = {
    SICK_LEAVE: {
        "decimals": 1,
        "direction": Direction.LOWER,
        "source": "Kolada N00090",
        "consolidation": Consolidation.MEAN,
    },
    IMPRESSION: {"measure_unit": "index", "source": "Medarbetarenkäten"},
    FULL_TIME: {"decimals": 1, "source": "Kolada N00206"},
    MEN: {"decimals": 1, "source": "Personalsystemet, november"},
}
DEFINITIONS = {
    SICK_LEAVE: "Sjukfrånvarons del av den ordinarie arbetstiden under året, i procent. "
    "Målet är högst 9 procent.",
    IMPRESSION: "Medarbetarnas samlade omdöme om arbetsmiljön i den årliga enkäten, 0–100.",
    FULL_TIME: "Månadsavlönade som är anställda på heltid, av alla månadsavlönade i november.",
    MEN: "Månadsavlönade män, av alla månadsavlönade i november.",
}
EARLIER: dict[str, dict[str, OutcomeValues]] = {
    SICK_LEAVE: {"2023": value("9.9", "9"), "2024": value("9.1", "9")},
    IMPRESSION: {"2023": value("72", "74"), "2024": value("74", "75")},
    FULL_TIME: {"2023": value("31.5", "33"), "2024": value("33.8", "34")},
    MEN: {"2023": value("10.9", "12"), "2024": value("11.6", "13")},
}
DONE: dict[str, OutcomeValues] = {
    IMPRESSION: value("76", "75"),
    FULL_TIME: value("36.2", "35", women="35.1", men="43.9"),
    MEN: value("12.4", "14"),
}
SICK_LEAVE_AT = {
    "SN-HT": "9.8",
    "SN-HTA": "8.2",
    "SN-EG": "9.4",
    "SN-LSS": "8.0",
    "SN-IFO": "6.9",
    "SN-MYN": "5.7",
}
"""Their mean is 8.0, which the committee's own indicator shows."""

COMMENTS = {
    GOAL: "Tre av fyra styrtal är uppnådda. Sjukfrånvaron minskar för tredje året och fler arbetar "
    "heltid, men andelen män ökar långsammare än vi räknade med.",
    SICK_LEAVE: "Korttidsfrånvaron minskar mest. Tidiga samtal efter tredje tillfället har gett "
    "resultat, framför allt på boendena.",
    IMPRESSION: "Medarbetarna är nöjdare med schema och delaktighet. Återhämtning får fortfarande "
    "lägst omdöme.",
    FULL_TIME: "Heltid erbjuds vid alla nyanställningar. Fler tackar ja sedan schemat gjordes om.",
    MEN: "Andelen ökar men når inte målet. Samarbetet med vårdprogrammet fortsätter.",
    INSET: "Alla enheter har en handlingsplan. Företagshälsovården har stöttat fyra arbetsgrupper.",
}
SUMMARY = (
    "Nämnden är på väg åt rätt håll: lägre sjukfrånvaro, fler på heltid och nöjdare medarbetare. "
    "Målet nås ändå inte i sin helhet, eftersom andelen män är lägre än måltalet."
)


async def design_the_models(filling: Filling) -> None:
    work = await filling.acting(ADMINISTRATOR)
    for year in YEARS:
        await create_model(work, year=year, name="Östhammar", levels=LEVELS, lights=LIGHTS)


async def import_the_boards(filling: Filling) -> None:
    """The printed board for both years, and what the file cannot say of its indicators."""
    work = await filling.acting(ADMINISTRATOR)
    board = (files(__package__) / "socialnamnden.tsv").read_bytes()
    for year in YEARS:
        read = await import_board(
            work, unit_id=filling.units["SN"], year=year, name="socialnamnden.tsv", data=board
        )
        assert not read.errors
        nodes = await board_nodes(filling, work, year)
        for title, changes in MEASURED.items():
            await change_node(
                work,
                nodes[title],
                changes={
                    "description": DEFINITIONS[title],
                    "responsible_id": filling.people[WRITER],
                },
            )
            await change_indicator(work, nodes[title], changes=changes)


async def distribute_the_sick_leave(filling: Filling) -> None:
    """Each unit answers for its own sick leave; the committee's is their mean."""
    work = await filling.acting(ADMINISTRATOR)
    units = [filling.units[code] for code in SICK_LEAVE_AT]
    for year in YEARS:
        nodes = await board_nodes(filling, work, year)
        copies = await distribute_node(work, nodes[SICK_LEAVE], unit_ids=units)
        if year == YEARS[0]:
            await set_outcomes(
                work,
                [
                    OutcomeEntry(copy.id, copy.unit_id, str(year), value(total, "9"))
                    for copy, total in zip(copies, SICK_LEAVE_AT.values(), strict=True)
                ],
            )


async def follow_up_2025(filling: Filling) -> None:
    """Values, comments and a closed activity; the sick leave comes from the units."""
    work = await filling.acting(WRITER)
    nodes = await board_nodes(filling, work, 2025)
    unit_id = filling.units["SN"]
    await change_indicator(work, nodes[FULL_TIME], changes={"by_sex": True})
    await set_outcomes(work, _earlier(nodes, unit_id))
    entries = [OutcomeEntry(nodes[title], unit_id, "2025", of) for title, of in DONE.items()]
    await set_outcomes(work, entries)
    await plant(filling, work, await filling.model(2025), IMPROVEMENT, below=nodes[GOAL])
    await change_activity(work, nodes[INSET], changes={"state": "done"})
    top = next(id for title, id in nodes.items() if title.startswith("Socialnämnden är"))
    for id, text in [(top, SUMMARY), *((nodes[title], text) for title, text in COMMENTS.items())]:
        await write_comment(work, id, unit_id=unit_id, period="2025", text=text)


async def look_back_from_2026(filling: Filling) -> None:
    """What the indicators of 2026 had before, so that they have a trend from the first day."""
    work = await filling.acting(WRITER)
    nodes = await board_nodes(filling, work, 2026)
    unit_id = filling.units["SN"]
    done = {**DONE, SICK_LEAVE: value("8", "9"), FULL_TIME: value("36.2", "35")}
    entries = [OutcomeEntry(nodes[title], unit_id, "2025", of) for title, of in done.items()]
    await set_outcomes(work, [*entries, *_earlier(nodes, unit_id)])


async def plan_the_home_care(filling: Filling) -> None:
    """What a unit adds below the committee's goal, by its own manager."""
    work = await filling.acting(HOME_CARE_MANAGER)
    for year in YEARS:
        nodes = await board_nodes(filling, work, year)
        made = await plant(
            filling, work, await filling.model(year), HOME_CARE[year], below=nodes[GOAL]
        )
    unit_id = filling.units["SN-HT"]
    await write_comment(
        work,
        nodes[GOAL],
        unit_id=unit_id,
        period="2026",
        text="Vi följer sjukfrånvaron varje månad på arbetsplatsträffen.",
    )
    open_activity = made["Pröva fasta turer i två områden"]
    checkpoint = await add_checkpoint(
        work, open_activity, due_on=date(2026, 2, 16), note="Hur går det i första området?"
    )
    await pass_checkpoint(work, checkpoint.id)
    await add_checkpoint(
        work, open_activity, due_on=date(2026, 10, 5), note="Underlag till beslut om fortsättning"
    )


async def plan_the_schools(filling: Filling) -> None:
    work = await filling.acting(SCHOOL_WRITER)
    for year in YEARS:
        made = await plant(filling, work, await filling.model(year), SCHOOLS[year])
        if year == YEARS[0]:
            await set_light_by_hand(
                work,
                made["Eleverna är trygga i skolan"],
                unit_id=filling.units["BUN"],
                period="2025",
                light=Light.RED,
                reason="Styrtalet nås i snitt, men en av skolorna ligger långt under måltalet.",
            )


async def lock_2022(filling: Filling) -> None:
    work = await filling.acting(ADMINISTRATOR)
    await lock_year(work, 2022, reason="Årsredovisningen är beslutad av kommunfullmäktige.")


async def board_nodes(filling: Filling, work: Work, year: int) -> dict[str, UUID]:
    """What the committee itself has decided for a year, by title."""
    nodes = await work.scalars(
        select(PlanNode)
        .join(
            SteeringModel,
            (SteeringModel.id == PlanNode.model_id)
            & (SteeringModel.tenant_id == PlanNode.tenant_id),
        )
        .where(SteeringModel.year == year, PlanNode.unit_id == filling.units["SN"])
    )
    return {node.title: node.id for node in nodes}


def _earlier(nodes: dict[str, UUID], unit_id: UUID) -> list[OutcomeEntry]:
    return [
        OutcomeEntry(nodes[title], unit_id, period, values)
        for title, periods in EARLIER.items()
        for period, values in periods.items()
    ]
