"""The alphabets: what is tried, and that it does not depend on names."""

import pytest

from model import (
    INITIAL,
    ORIGINAL,
    Advance,
    Burst,
    Command,
    Complete,
    CutPower,
    CutPowerDuring,
    Flush,
    Replay,
    Restart,
    Start,
    State,
    Store,
    WhileFaulty,
)
from model.commands import KINDS
from resumable.conformance.clock import EPOCH_MS
from resumable.conformance.explore.alphabet import alphabet_of, body, commands, too_large
from resumable.conformance.explore.scope import SMALL_LIMITS, Scope, View, original
from resumable.conformance.lockstep import Lockstep
from resumable.conformance.targets.builtin import sqlite
from tests.explore.kit import CORE, FULL, explored

S1, S2 = Start("s1", "request-s1"), Start("s2", "request-s2")
KINDS_OF_CORE = {Start, Store, Flush, Complete, Replay, Restart, Advance}
KINDS_OF_FULL = set(KINDS) - {WhileFaulty, CutPower, CutPowerDuring}
"""In memory there is no disk that these could befall."""


def tried_after(scope: Scope, *before: Command) -> list[Command]:
    """What is tried where these commands lead."""
    target = sqlite()
    lockstep = Lockstep(target, limits=scope.limits)
    for command in before:
        lockstep.do(command)
    begun = tuple([command.stream for command in before if isinstance(command, Start)])
    target.close()
    return commands(View(scope, lockstep.states[0], lockstep.now_ms, begun, len(before)))


@pytest.mark.parametrize(
    ("scope", "kinds"),
    [
        (CORE, KINDS_OF_CORE),
        (FULL, KINDS_OF_FULL),
        (original("core"), {*KINDS_OF_CORE, Burst}),
        (original("full"), KINDS_OF_FULL),
    ],
)
def test_every_kind_of_an_alphabet_is_tried(scope: Scope, kinds: set[type[Command]]) -> None:
    pending = Store("s1", "a")
    tried = [*tried_after(scope), *tried_after(scope, S1), *tried_after(scope, S1, pending)]
    assert {type(command) for command in tried} == kinds


def test_two_streams_are_begun_and_no_third_while_both_are_on_disk() -> None:
    assert S2 in tried_after(CORE, S1)
    assert not any(isinstance(each, Start) for each in tried_after(CORE, S1, S2))


def test_streams_are_stored_to_and_ended_whether_active_or_not() -> None:
    tried = tried_after(CORE, S1, S2)
    assert Store("s1", "é000002") not in tried_after(CORE, S1)
    for stream in ("s1", "s2"):
        assert Complete(stream) in tried
        assert any(isinstance(each, Store) and each.stream == stream for each in tried)


def test_with_nothing_active_a_stream_that_is_gone_stands_for_all_that_never_were() -> None:
    from model import ClearAll  # noqa: PLC0415

    assert Complete("unknown") in tried_after(CORE)
    assert Complete("s1") in tried_after(CORE, S1, ClearAll())


@pytest.mark.parametrize("number", range(12))
def test_a_body_is_never_too_large_and_never_the_same_twice(number: int) -> None:
    size = SMALL_LIMITS.chunk_bytes_max
    bodies = [body(View(CORE, INITIAL, EPOCH_MS, (), each)) for each in range(12)]
    encoded = bodies[number].encode("utf-8", "replace")
    assert len(encoded) <= size
    assert bodies.count(bodies[number]) == 1


def test_most_bodies_are_as_large_as_a_chunk_may_be() -> None:
    view = View(CORE, INITIAL, EPOCH_MS, (), 1)
    assert len(body(view).encode()) == SMALL_LIMITS.chunk_bytes_max


@pytest.mark.parametrize("scope", [CORE, original("core")])
def test_what_is_too_large_is_so_by_one_byte(scope: Scope) -> None:
    text = too_large(View(scope, INITIAL, EPOCH_MS, (), 0))
    assert len(text.encode()) == scope.limits.chunk_bytes_max + 1


def test_small_limits_count_bytes_and_not_letters() -> None:
    assert len(too_large(View(CORE, State(), EPOCH_MS, (), 0))) == SMALL_LIMITS.chunk_bytes_max


@pytest.mark.parametrize("limits", [SMALL_LIMITS, ORIGINAL])
def test_twice_the_stale_age_is_the_interval_of_the_sweeps(limits: object) -> None:
    assert limits.sweep_interval_ms == 2 * limits.stale_age_ms  # type: ignore[attr-defined]


def test_a_certificate_names_the_words_of_its_alphabet() -> None:
    says = [word.says for word in alphabet_of(FULL)]
    assert len(set(says)) == len(says)
    assert not any("burst" in word.says for word in alphabet_of(CORE))
    assert explored(sqlite(), FULL, 1).verdict == "conforms"
