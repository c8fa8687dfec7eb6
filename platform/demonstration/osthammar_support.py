"""Support in Östhammar: whom to ask, a few faults, and what there is to learn."""

from ..modules.support.contacts import save_contact
from ..modules.support.faults import answer_fault, found_workaround, report_fault, solve_fault
from ..modules.support.models import CourseKind, Effect, Workaround
from ..modules.support.rules import Answers
from ..modules.support.training import confirm_completions, save_course
from .town import Filling

COURSES = (
    ("", "Kom igång på en kvart", CourseKind.MANUAL, "", 15, "Alla", False),
    ("goals", "Följa upp mål och styrtal", CourseKind.MANUAL, "", 30, "Chefer", False),
    ("reports", "Skriva verksamhetsberättelsen", CourseKind.MEETING, "", 90, "Chefer", False),
    ("reports", "Utbilda andra i rapporter", CourseKind.MEETING, "", 180, "Utbildare", True),
    (
        "goals",
        "Målanalysen på fem minuter",
        CourseKind.FILM,
        "https://film.osthammar.example/malanalys",
        5,
        "Alla",
        False,
    ),
)


async def keep_the_support(filling: Filling) -> None:
    work = filling.work
    await save_contact(
        work,
        unit_id=filling.units["KF"],
        role="Allt om tjänsten",
        name="Servicedesk",
        phone="0173-555 00",
        email="servicedesk@osthammar.example",
        hours="Vardagar 8–16",
    )
    await save_contact(
        work,
        unit_id=filling.units["SN"],
        role="Lokalt verksamhetsstöd",
        area="reports",
        person_id=filling.people["maj.mossberga@osthammar.example"],
        phone="0173-555 20",
    )
    made = [
        await save_course(
            work,
            title=title,
            kind=kind,
            area=area,
            address=address,
            minutes=minutes,
            audience=audience,
            for_trainers=trainers,
        )
        for area, title, kind, address, minutes, audience, trainers in COURSES
    ]
    people = [
        filling.people[email]
        for email in ("maj.mossberga@osthammar.example", "hilding.havre@osthammar.example")
    ]
    await confirm_completions(work, made[2].id, person_ids=people)
    await confirm_completions(work, made[3].id, person_ids=people[:1])
    await _faults(filling)


async def _faults(filling: Filling) -> None:
    work = filling.work
    slow = await report_fault(
        work,
        title="Exporten till Word tar lång tid",
        what="Det tar flera minuter innan filen kommer. Den borde komma på några sekunder.",
        asked=Answers(True, Effect.BROKEN, True, Workaround.NONE),
        area="reports",
        unit_id=filling.units["SN"],
    )
    await found_workaround(
        work,
        slow.id,
        workaround=Workaround.CUMBERSOME,
        how="Ta ut ett kapitel i taget så länge.",
    )
    seen = await report_fault(
        work,
        title="Fel månad i diagrammets rubrik",
        what="Rubriken säger april, men värdena är från mars.",
        asked=Answers(True, Effect.BLEMISH, False, Workaround.NONE),
        area="goals",
        unit_id=filling.units["BUN"],
    )
    await answer_fault(work, seen.id, said="Tack, vi ser det också.")
    await solve_fault(work, seen.id, said="Rubriken följer värdena nu.")
    await report_fault(
        work,
        title="Sidan med planeringen öppnas inte",
        what="Sidan blir tom för hela enheten sedan i morse.",
        asked=Answers(True, Effect.BROKEN, True, Workaround.NONE),
        area="goals",
        unit_id=filling.units["SN-HT"],
    )
