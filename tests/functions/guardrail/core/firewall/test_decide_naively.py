"""The fast decision and a slow one, written from the rules alone, agree on whatever can be made up."""

import os

import pytest

from guardrail.core.firewall.decide import Decider
from guardrail.core.firewall.flow import parse_flow
from tests.firewall_worlds import World
from tests.naive_decide import naive_decide

FLOWS = 50
WORLDS = 2_000 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 200
OWN_WORDS = ("if-inspected", "not-inspected")


def comparable(answer):
    """The answer without what only words tell; of unknown rules five are named."""
    document = answer.document()
    document["shadow"] = [(each["rule"], each["would"]) for each in document["shadow"]]
    document["notes"] = {note for note in document["notes"] if not note.startswith(OWN_WORDS)}
    return document


def listed(notes):
    return {note for note in notes if note.startswith(("unknown", "may-be-by"))}


@pytest.mark.fuzz
@pytest.mark.parametrize("block", range(4))
def test_a_naive_second_evaluator_agrees(block):
    for seed in range(block * WORLDS // 4, (block + 1) * WORLDS // 4):
        world = World(seed)
        decider = Decider(world.policy, world.site)
        for _ in range(FLOWS):
            flow = world.flow()
            ours, theirs = comparable(decider.decide(parse_flow(flow))), naive_decide(world.policy, world.site, flow)

            unknown = listed(ours["notes"]), listed(theirs["notes"])
            assert unknown[0] <= unknown[1]
            assert len(unknown[0]) == min(len(unknown[1]), 5)
            for each in (ours, theirs):
                each["notes"] -= listed(each["notes"])
            assert ours == theirs, (seed, flow, world.policy)
