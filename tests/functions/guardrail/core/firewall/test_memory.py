"""What is remembered of a controller."""

from datetime import timedelta

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.firewall.memory import HEALS_A_DAY, FirewallMemory, parse_memory
from guardrail.core.firewall.registry import Registry
from tests.builders import NOW

HOUR = timedelta(hours=1)
REGISTRY = Registry().after("agentcore", "sha256:1", {"u": "x-rule"}, ["x-rule"], NOW)
MEMORY = FirewallMemory("sha256:1", "sha256:2", "sha256:3", (NOW, NOW + HOUR), REGISTRY)


def test_what_is_written_is_read_back():
    assert parse_memory(MEMORY.document()) == MEMORY
    assert parse_memory(FirewallMemory().document()) == FirewallMemory()


@pytest.mark.parametrize("document", [None, {}, {**MEMORY.document(), "heals": [1]}, {**MEMORY.document(), "heals": 1}])
def test_something_else_is_refused(document):
    with pytest.raises(InvalidInput, match=r"^firewall memory: expected what this version wrote$"):
        parse_memory(document)


@pytest.mark.parametrize(
    ("applied", "attempted", "settled"),
    [("a", "a", True), ("a", "b", False), ("b", "a", False), ("b", "b", False), ("", "", False)],
)
def test_a_pack_is_settled_when_it_was_applied_and_nothing_else_was_tried_since(applied, attempted, settled):
    assert FirewallMemory(applied, attempted).settled_on("a") is settled


def test_after_so_many_heals_within_a_day_healing_again_would_be_a_fight():
    heals = tuple(NOW + n * HOUR for n in range(HEALS_A_DAY))
    memory = FirewallMemory(heals=heals)

    assert memory.is_unstable(NOW + HEALS_A_DAY * HOUR)
    assert not FirewallMemory(heals=heals[1:]).is_unstable(NOW + HEALS_A_DAY * HOUR)
    assert not memory.is_unstable(NOW + timedelta(days=1))
    assert memory.healed_within_a_day(NOW + timedelta(days=1)) == heals[1:]
