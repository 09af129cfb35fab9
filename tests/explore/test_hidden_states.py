"""A target that is wrong in a hidden state: nothing is merged away."""

import pytest

from resumable.conformance.explore import walk
from tests.explore.hiding import HIDING, LAST_RIGHT_REPLAY, InAnAttribute
from tests.explore.kit import CORE, explored, of

STEPS = 1 + LAST_RIGHT_REPLAY + 1
"""A start, the replays that are right, and one that is wrong."""


@pytest.mark.parametrize("hiding", HIDING, ids=lambda each: each.__name__)
def test_a_target_that_is_wrong_only_in_what_it_hides_is_found(hiding: type) -> None:
    found = explored(of(hiding), CORE, STEPS).found
    assert found is not None
    assert len(found.steps) == STEPS


@pytest.mark.parametrize("hiding", HIDING, ids=lambda each: each.__name__)
def test_what_cannot_be_copied_is_repeated(hiding: type) -> None:
    result = explored(of(hiding), CORE, STEPS)
    assert bool(result.why_repeats) != HIDING[hiding]


def test_it_would_be_merged_away_if_the_memory_were_not_looked_into(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(walk, "knowledge", lambda _instance: {})
    assert explored(of(InAnAttribute), CORE, STEPS).verdict != "diverged"
