"""What is remembered of a controller, in DynamoDB."""

import random
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from guardrail.core.errors import GatewayError, InvalidInput
from guardrail.core.firewall.memory import FirewallMemory
from guardrail.core.firewall.registry import Registry
from guardrail.gateways.registry import FirewallMemoryGateway
from tests.builders import NOW

MEMORY = FirewallMemory(
    "sha256:1", "sha256:1", "", (NOW,), Registry().after("agentcore", "sha256:1", {"u": "x-rule"}, ["x-rule"], NOW)
)


@pytest.fixture
def memories(aws):
    aws("dynamodb").create_table(
        TableName="state",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return FirewallMemoryGateway(aws, "state", "192.0.2.1")


def test_of_a_controller_that_was_never_seen_nothing_is_remembered(memories):
    assert (memories.read().memory, memories.read().revision) == (FirewallMemory(), 0)


def test_what_was_saved_is_read_back_for_this_controller_only(memories, aws):
    saved = memories.save(memories.read(), MEMORY)

    assert memories.read() == saved
    assert saved.memory == MEMORY
    assert FirewallMemoryGateway(aws, "state", "192.0.2.2").read().memory == FirewallMemory()


def test_somebody_who_makes_our_rules_anew_all_the_time_does_not_fill_the_item(memories, aws):
    ids, registry = random.Random(7), Registry()
    for hours in range(12):
        rules = {str(uuid.UUID(int=ids.getrandbits(128))): f"x-{n:03d}-rule-with-a-name" for n in range(1_000)}
        registry = registry.after("agentcore", "sha256:1", rules, rules.values(), NOW + timedelta(hours=hours))
    memories.save(memories.read(), replace(MEMORY, registry=registry))

    [item] = aws("dynamodb").scan(TableName="state")["Items"]
    assert len(item["memory"]["B"]) < 300_000
    assert all(registry.of(each) for each in rules), "what is in force is never forgotten"


@pytest.mark.parametrize("saves_before", [0, 1])
def test_who_read_before_somebody_else_saved_saves_nothing(memories, saves_before):
    for _ in range(saves_before):
        memories.save(memories.read(), FirewallMemory())
    mine = memories.read()
    memories.save(mine, MEMORY)

    with pytest.raises(GatewayError, match="another run wrote first") as refused:
        memories.save(mine, replace(MEMORY, applied="sha256:2"))

    assert refused.value.retryable
    assert memories.read().memory == MEMORY


def test_an_item_that_somebody_else_wrote_is_refused(memories, aws):
    for memory in ({"S": "{}"}, {"B": b"junk"}):
        item = {"id": {"S": "firewall#192.0.2.1"}, "revision": {"N": "1"}, "memory": memory}
        aws("dynamodb").put_item(TableName="state", Item=item)

        with pytest.raises(InvalidInput, match="expected what this version wrote"):
            memories.read()


def test_a_pack_of_a_thousand_rules_and_the_thousand_before_it_fit_into_an_item(memories, aws):
    lots = random.Random(7)
    registry = Registry()
    for version in range(2):
        rules = {str(uuid.UUID(int=lots.getrandbits(128))): f"agentcore-{version}-rule-{n}" for n in range(1_000)}
        registry = registry.after("agentcore", f"sha256:{version}", rules, rules.values(), NOW)

    memories.save(memories.read(), replace(MEMORY, registry=registry))

    assert memories.read().memory.registry == registry
    [item] = aws("dynamodb").scan(TableName="state")["Items"]
    assert len(item["memory"]["B"]) < 150_000
