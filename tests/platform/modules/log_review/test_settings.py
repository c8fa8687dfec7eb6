from __future__ import annotations

import pytest

from roder.infra.i18n import use_locale
from roder.platform.modules.log_review.settings import LogReviewSettings
from roder.platform.telling import setting_words


@pytest.mark.parametrize("name", LogReviewSettings.model_fields)
def test_every_choice_has_words(name):
    with use_locale("sv"):
        words = setting_words("log_review", name)

    assert words is not None
    assert words.label
