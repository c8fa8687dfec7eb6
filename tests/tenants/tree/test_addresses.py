from roder.tenants.models import UnitKind
from roder.tenants.tree.addresses import free_slug
from roder.tenants.tree.units import add_unit, change_unit, placed


def test_an_address_has_plain_letters():
    assert free_slug("Barn- och utbildningsnämnden", ()) == "barn-och-utbildningsnamnden"
    assert free_slug("Hemtjänst Öst (natt)", ()) == "hemtjanst-ost-natt"
    assert free_slug("…", ()) == "enhet"
    assert free_slug("x" * 80, ()) == "x" * 60


def test_a_taken_address_gets_a_number():
    assert free_slug("Administration", {"administration", "administration-2"}) == "administration-3"


async def test_a_unit_keeps_its_address_when_it_is_renamed(town, work):
    unit = await add_unit(
        work,
        code="new",
        name="Hemtjänst Öst",
        kind=UnitKind.UNIT,
        parent_id=town.units["committee"].id,
    )
    await change_unit(work, unit.id, from_date=work.today, name="Hemtjänst Norr")
    (shown,) = await placed(work, [unit.id])

    assert (shown.name, shown.slug) == ("Hemtjänst Norr", "hemtjanst-ost-2")
