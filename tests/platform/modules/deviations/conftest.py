"""A municipality with deviations: those who handle them, and cases in each state."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from roder.platform.modules.deviations import models
from roder.platform.modules.deviations.models import FormKind, Law
from roder.platform.modules.deviations.service import (
    Report,
    assess_risk,
    categories,
    categorise,
    report_deviation,
    suspect_misconduct,
    write_document,
)
from roder.tenants.models import Person, RoleGrant
from roder.tenants.rows import uuid7

PEOPLE = (
    ("boss", "Berit Bok", "deviation_handler", "home_care"),
    ("head", "Hedda Hassel", "deviation_handler", "committee"),
    ("other_boss", "Orvar Oxel", "deviation_handler", "school_board"),
    ("investigator", "Ulla Utter", "lex_investigator", None),
    ("second", "Ante Ask", "lex_investigator", None),
    ("officer", "Laila Lönn", "lex_officer", "committee"),
    ("other_officer", "Olof Olvon", "lex_officer", "school_board"),
    ("medical", "Malin Mård", "medical_officer", "committee"),
    ("other_medical", "Moa Murgröna", "medical_officer", "school_board"),
    ("reporter", "Rolf Rönn", "", None),
    ("colleague", "Kim Körsbär", "", None),
)
MANAGERS = {"cause_area": "routines", "causes": "Ingen visste vem", "measures": "En lista"}
SAID = "Fru Ek föll vid frukosten och slog i höften"


@pytest.fixture
async def care(town):
    """The town with everybody who has to do with deviations."""
    town.tenant = replace(town.tenant, modules=town.tenant.modules | {"deviations"})
    async with await town.work() as work:
        for who, name, _role, _unit in PEOPLE:
            email = f"{who}@{town.tenant.slug}.example"
            town.people[who] = Person(id=uuid7(), name=name, email=email)
        work.add(*(town.people[who] for who, *_rest in PEOPLE))
        await work.flush()
        for who, _name, role, unit in PEOPLE:
            if role:
                at = town.units[unit].id if unit else None
                work.add(RoleGrant(person_id=town.people[who].id, role=role, unit_id=at))
    return town


@pytest.fixture
def reported(care):
    """A report that is sent: `await reported(laws=…)`; its id."""

    async def make(who="reporter", unit="home_care", **values):
        given = {"laws": (Law.HSL, Law.SOL), "what": SAID} | values
        report = Report(unit_id=care.units[unit].id, **given)
        async with await care.work(who) as work:
            return (await report_deviation(work, report)).id

    return make


@pytest.fixture
def version(care):
    async def of(id):
        async with await care.work(write=False) as work:
            return await work.first(
                select(models.Deviation.version).where(models.Deviation.id == id)
            )

    return of


@pytest.fixture
def suspected(care, reported, version):
    """A case that its manager has handed to the investigator; its id."""

    async def make(**values):
        id = await reported(**values)
        async with await care.work("boss") as work:
            await suspect_misconduct(
                work,
                id,
                investigator_id=care.people["investigator"].id,
                reason="Det har hänt förr",
                version=await version(id),
            )
        return id

    return make


@pytest.fixture
def handled(care, version):
    """What the manager of the place does before the case is closed."""

    async def do(id, laws=(Law.HSL, Law.SOL)):
        async with await care.work("boss") as work:
            (first, *_others) = await categories(work, laws=laws)
            await categorise(work, id, category_id=first.id, version=await version(id))
            for law in laws:
                await assess_risk(
                    work, id, law, severity=2, probability=2, assessed_with="Kollegor"
                )
            await write_document(
                work, id, FormKind.MANAGER, answers=MANAGERS, version=0, complete=True
            )

    return do
