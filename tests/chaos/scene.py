"""Worlds in which something certain is wrong, for tests that know what comes next."""

from random import Random
from typing import Any

from tests.builders import PUBLIC, vpc
from tests.chaos.account import APPROVED
from tests.chaos.judge import is_denied
from tests.chaos.requests import configuration, placed
from tests.chaos.world import World

PREPARED_SECONDS = 300
"""How long a runtime existed before anybody looked: it has settled."""


def drifted_with_two_endpoints(world: World) -> str:
    """A runtime whose only version is PUBLIC, served by DEFAULT and by `prod`; nobody was told of it yet."""
    return made(world, "agent_1", PUBLIC, ("prod",))


def made(world: World, name: str, network: Any, endpoints: tuple[str, ...] = ()) -> str:
    """A runtime that has settled, each of its endpoints on version 1."""
    targets, world.trail.targets = world.trail.targets, []
    asked = {"agentRuntimeName": name, **configuration(Random(name)), **placed(network), "tags": {"team": "a"}}
    asked.pop("filesystemConfigurations", None)
    runtime_id = str(world.write("CreateAgentRuntime", asked)["agentRuntimeId"])
    world.clock.advance(PREPARED_SECONDS)
    for endpoint in endpoints:
        parameters = {"agentRuntimeId": runtime_id, "name": endpoint, "agentRuntimeVersion": "1"}
        world.write("CreateAgentRuntimeEndpoint", parameters)
    world.clock.advance(PREPARED_SECONDS)
    world.trail.targets = targets
    world.began = world.clock.now
    return runtime_id


def hidden(world: World) -> str:
    """A runtime whose endpoint `prod` serves a PUBLIC version that was deleted; the newest one is in the zone."""
    targets, world.trail.targets = world.trail.targets, []
    runtime_id = made(world, "agent_1", PUBLIC, ("prod",))
    drift(world, runtime_id, vpc())
    world.clock.advance(PREPARED_SECONDS)
    world.plane.behave(served_versions_deletable=True)
    world.write("DeleteAgentRuntime", {"agentRuntimeId": runtime_id, "agentRuntimeVersion": "1"})
    world.clock.advance(PREPARED_SECONDS)
    world.trail.targets = targets
    world.began = world.clock.now
    return runtime_id


def drift(world: World, runtime_id: str, network: Any = None) -> None:
    """What a developer does: nothing but the placement changes."""
    found = world.plane.perform("GetAgentRuntime", {"agentRuntimeId": runtime_id})
    kept = {name: found[name] for name in world.plane.model.configuration() if name in found}
    sent = {**kept, "agentRuntimeId": runtime_id, **placed(network or PUBLIC)}
    world.write("UpdateAgentRuntime", sent)


def contained(world: World, mode: str) -> bool:
    """Whether every runtime ended as the mode promises."""
    sights = [sight for runtime_id in world.runtimes if (sight := world.sight(runtime_id)) is not None]
    if mode == "QUARANTINE":
        return all(is_denied(sight.policy) for sight in sights)
    return all(not sight.escapes(APPROVED) and not is_denied(sight.policy) for sight in sights)
