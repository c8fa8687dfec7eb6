"""What a client sent, as what a service takes."""

from uuid import UUID

import pytest
import strawberry

from roder.graphql.inputs import sent
from roder.infra.errors import InvalidInput
from roder.platform.modules.organisation.units.schema import Unit

UNIT = UUID(int=7)
IDS = {"unit_id": Unit, "unit_ids": Unit}


class Input:
    def __init__(self, **fields: object) -> None:
        vars(self).update(fields)


def test_what_was_left_out_is_left_out_and_null_is_sent():
    input = Input(id="Unit:1", title="Mål", text=strawberry.UNSET, owner=None)

    assert sent(input, {}, but=("id",)) == {"title": "Mål", "owner": None}


def test_global_ids_become_those_of_the_service():
    input = Input(unit_id=f"Unit:{UNIT}", unit_ids=[f"Unit:{UNIT}"])

    assert sent(input, IDS) == {"unit_id": UNIT, "unit_ids": [UNIT]}


def test_an_id_that_is_emptied_stays_empty():
    assert sent(Input(unit_id=None, unit_ids=None), IDS) == {"unit_id": None, "unit_ids": None}


def test_an_id_of_another_type_is_one_that_no_row_has():
    assert sent(Input(unit_id=f"Person:{UNIT}"), IDS) == {"unit_id": UUID(int=0)}


@pytest.mark.parametrize(("name", "told"), [("unit_id", "unitId"), ("unit_ids", "unitIds")])
def test_what_is_no_id_is_refused_at_the_field_as_the_client_knows_it(name, told):
    value = ["?"] if name == "unit_ids" else "?"
    with pytest.raises(InvalidInput) as refusal:
        sent(Input(**{name: value}), IDS)

    assert refusal.value.field == told
