"""Tenants never see each other: held over every field and mutation of the schema by itself.

And over every mutation: what an employee may not do is refused, with nothing written.
"""

from __future__ import annotations

import orjson
import pytest
from full_town import (
    MUTATIONS,
    PLACES,
    ROOTS,
    SAMPLES,
    meant,
    repeated,
    sampled,
    surroundings,
)
from sample_documents import Path, required_id_paths, variables

from roder.authz.permit import policy
from roder.tenants.actors import EMPLOYEE
from roder.tenants.rows import uuid7

EMPLOYEES_MAY = {
    "exportGoalAnalysis": "goals.export",
    "exportReport": "reports.export",
    "exportPlannedActions": "actions.export",
    "finishPlannedAction": "actions.finish",
    "exportGrants": "grants.export",
    "exportGoverningDocuments": "governing_documents.export",
    "exportDocumentFollowUp": "governing_documents.export",
    "exportMeeting": "meetings.export",
    "exportDecisions": "meetings.export",
    "exportRisks": "internal_control.export",
    "exportControlOverview": "internal_control.export",
    "exportSchools": "school_quality.export",
    "changeNotificationChoices": "mywork.edit",
    "makeCalendarFeed": "mywork.edit",
    "endOwnSessions": "sessions.end",
    "revokeCalendarFeed": "mywork.edit",
    "tellFault": "feedback.write",
    "reportFault": "support.report",
    "askOwnExtract": "leavers.extract",
    "saveDeviationDraft": "deviations.report",
    "reportDeviation": "deviations.report",
}
"""The mutations that every employee may do, and the permission of each."""


def test_the_demonstration_has_a_record_of_every_type(pair):
    for town in pair:
        assert [type_ for type_, ids in town.ids.items() if not ids] == []


@pytest.mark.parametrize(
    ("root", "path"), PLACES, ids=[f"{root.label}.{'.'.join(path)}" for root, path in PLACES]
)
async def test_a_foreign_id_is_answered_as_an_absent_one(pair, root, path):
    own_town, other_town = pair
    absent = b""
    for others in surroundings(own_town, root, path):

        async def answer(id: str, others: dict[Path, str | list[str]] = others) -> bytes:
            given = [id, ""] if path[-1].endswith("Ids") and repeated(path) else id
            return await own_town.answer(root, variables(root, {**others, path: given}, SAMPLES))

        for type_ in meant(root, path):
            absent = await answer(f"{type_}:{uuid7()}")
            for own, foreign in zip(own_town.ids[type_], other_town.ids[type_], strict=True):
                if await answer(own) != absent:
                    assert await answer(foreign) == absent
                    return
    pytest.fail(f"No id of any type makes a difference here; the last answer was {absent!r}")


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.label)
async def test_no_answer_holds_a_word_of_another_municipality(pair, root):
    own_town, other_town = pair
    ids = sampled(own_town, root, required_id_paths(root))

    answer = await own_town.answer(root, variables(root, ids, SAMPLES))

    strange = {id.partition(":")[2].encode() for ids in other_town.ids.values() for id in ids}
    assert not [id for id in strange if id in answer]


@pytest.mark.parametrize("root", MUTATIONS, ids=lambda root: root.name)
async def test_an_employee_is_refused_what_is_not_for_all_and_nothing_is_written(pair, root):
    town, _other = pair
    codes = set()
    for ids in surroundings(town, root):
        answer, written = await town.ask(town.employee, root, variables(root, ids, SAMPLES))
        said = orjson.dumps(answer)
        codes |= {code for code in (b"FORBIDDEN", b"NOT_FOUND") if b'"%b"' % code in said}
        assert (written > 0) == (root.name in EMPLOYEES_MAY), said

    assert bool(codes) == (root.name not in EMPLOYEES_MAY), said


def test_what_employees_may_do_is_what_the_policy_says():
    """Besides reading. Their own uploads come in by HTTP; a control that they may record, a session
    that they may end and a role that they may hand on are their own, which the samples are not."""
    writes = {f"{kind}.{action}" for role, kind, action, *_ in policy() if role == EMPLOYEE}

    assert {name for name in writes if not name.endswith(".read")} == {
        *EMPLOYEES_MAY.values(),
        "files.write",
        "internal_control.record",
        "log_review.acknowledge",
        "roles.delegate",
        "sessions.end",
    }
