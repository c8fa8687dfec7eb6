"""A purge leaves a pseudonym, and neither name nor address anywhere."""

from __future__ import annotations

from roder.platform.modules.leavers.models import RunState


async def test_neither_name_nor_address_is_left(town, leaver, purged, all_words):
    person = await leaver(town)
    before = {place async for place, words in all_words(town) if "vikbolandet" in words.lower()}
    assert len(before) == 7, before

    run = await purged(town, person.id)

    assert run.state is RunState.DONE
    after = [place async for place, words in all_words(town) if "vikboland" in words.lower()]
    assert after == []
