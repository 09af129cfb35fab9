"""Seeded programs for the original, and what it means to be held against a ruling."""

from collections.abc import Iterator

from model import ORIGINAL, Command
from resumable.conformance.ahead import chosen
from resumable.conformance.hunt.swarm import Swarm
from resumable.conformance.left_out import left_out_of
from resumable.conformance.target import Target
from resumable.conformance.vocabulary import vocabulary


def programs(target: Target, count: int, seed: int = 0) -> Iterator[list[Command]]:
    """As a hunt would send them to ``target``."""
    for number in range(count):
        swarm = Swarm(seed, number, vocabulary(ORIGINAL), left_out=left_out_of(target))
        yield list(chosen(target, swarm.next, swarm.length, ORIGINAL))
