"""Everybody else who writes: owners, templates, a pipeline that reverts, people with policies and exemptions."""

import json
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, Any

from guardrail_lab.agentcore.clock import read
from guardrail_lab.agentcore.errors import ServiceError
from tests.builders import PUBLIC, vpc
from tests.chaos.requests import PLACEMENTS, ROLE, configuration, placed, statement

if TYPE_CHECKING:
    from tests.chaos.world import World

OLD = 0.15
"""Share of the runtimes from before the rollout of requireServiceS3Endpoint; contracts/agentcore.md §1.5."""
ENDPOINTS = ("prod", "test", "side")


class Others:
    """What others do. Each deed is drawn from its own seed, so that leaving one out changes none of the others."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._names = 0
        self.deeds: dict[str, Callable[[Random], object]] = {
            "create": self.create,
            "update": self.update,
            "drift": self.drift,
            "redeploy": self.redeploy,
            "add_endpoint": self.add_endpoint,
            "move_endpoint": self.move_endpoint,
            "delete_endpoint": self.delete_endpoint,
            "delete": self.delete,
            "delete_version": self.delete_version,
            "put_policy": self.put_policy,
            "merge_policy": self.merge_policy,
            "delete_policy": self.delete_policy,
            "harness": self.harness,
            "own_by_stack": self.own_by_stack,
            "fail_next_update": self.fail_next_update,
            "refuse_authorizer": self.refuse_authorizer,
            "unknown_member": self.unknown_member,
            "exempt": self.exempt,
            "end_exemption": self.end_exemption,
            "back_out": self.back_out,
            "restore": self.restore,
            "pipeline": self.pipeline,
            "close_bucket": lambda _: self._world.close_buckets(closed=True),
            "open_bucket": lambda _: self._world.close_buckets(closed=False),
        }

    def do(self, what: str, chance: Random) -> None:
        """Do one thing; what the service refuses is refused."""
        try:
            self.deeds[what](chance)
        except ServiceError:
            return

    def create(self, chance: Random, name: str = "", network: Any = "") -> str:
        self._names += 1
        parameters = {
            "agentRuntimeName": name or f"agent_{self._names}",
            **configuration(chance),
            **placed(chance.choice(PLACEMENTS) if network == "" else network),
            "tags": {"team": f"t{chance.randrange(9)}"},
        }
        runtime_id = str(self._world.write("CreateAgentRuntime", parameters)["agentRuntimeId"])
        if chance.random() < OLD:
            self._world.plane.backdate(runtime_id, read("2026-01-02T00:00:00+00:00"))
        return runtime_id

    def update(self, chance: Random) -> None:
        """An owner who reads and sends back what is there, with something of his own changed."""
        runtime_id, kept = self._read(chance)
        kept["environmentVariables"] = {"STAGE": str(chance.randrange(10_000))}
        kept["metadataConfiguration"] = {"requireMMDSV2": True}
        self._world.write("UpdateAgentRuntime", {"agentRuntimeId": runtime_id, **kept})

    def drift(self, chance: Random) -> None:
        """A developer who changes the placement, and nothing else."""
        runtime_id, kept = self._read(chance)
        kept.pop("networkConfiguration", None)
        self._world.write(
            "UpdateAgentRuntime", {"agentRuntimeId": runtime_id, **kept, **placed(chance.choice(PLACEMENTS))}
        )

    def redeploy(self, chance: Random) -> None:
        """A template that knows nothing of what is there."""
        sent = {**configuration(chance), **placed(chance.choice(PLACEMENTS))}
        self._world.write("UpdateAgentRuntime", {"agentRuntimeId": self._one(chance), **sent})

    def add_endpoint(self, chance: Random) -> None:
        runtime_id, version = self._version(chance)
        parameters = {"agentRuntimeId": runtime_id, "name": chance.choice(ENDPOINTS), "agentRuntimeVersion": version}
        self._world.write("CreateAgentRuntimeEndpoint", {**parameters, "description": "made by its owner"})

    def move_endpoint(self, chance: Random) -> None:
        runtime_id, version = self._version(chance)
        parameters = {"agentRuntimeId": runtime_id, "endpointName": chance.choice(ENDPOINTS)}
        self._world.write("UpdateAgentRuntimeEndpoint", {**parameters, "agentRuntimeVersion": version})

    def delete_endpoint(self, chance: Random) -> None:
        parameters = {"agentRuntimeId": self._one(chance), "endpointName": chance.choice(ENDPOINTS)}
        self._world.write("DeleteAgentRuntimeEndpoint", parameters)

    def delete(self, chance: Random) -> None:
        self._world.write("DeleteAgentRuntime", {"agentRuntimeId": self._one(chance)})

    def delete_version(self, chance: Random) -> None:
        """Somebody who leads an endpoint to an old version and deletes that: what it serves nobody can read."""
        runtime_id, version = self._version(chance, but_newest=1)
        named = {"agentRuntimeId": runtime_id, "agentRuntimeVersion": version}
        try:
            self._world.write("CreateAgentRuntimeEndpoint", {**named, "name": "side"})
        except ServiceError:
            self._world.write("UpdateAgentRuntimeEndpoint", {**named, "endpointName": "side"})
        served_at = self._world.now + self._world.plane.behaviour.endpoint_settle_seconds + chance.random() * 60

        def delete() -> None:
            with suppress(ServiceError):
                self._world.write("DeleteAgentRuntime", named)

        self._world.loop.at(served_at, delete)
        self._world.busy_until(served_at)

    def put_policy(self, chance: Random) -> None:
        """Somebody who overwrites whatever policy is there, in a layout of his own."""
        text = json.dumps(
            {"Version": "2012-10-17", "Statement": [statement(chance)]}, indent=chance.choice((None, 1, 4))
        )
        self._world.write("PutResourcePolicy", {"resourceArn": self._arn(chance), "policy": text})

    def merge_policy(self, chance: Random) -> None:
        """Somebody who adds a statement to what is there, ours included."""
        arn = self._arn(chance)
        found = json.loads(self._world.policy(arn) or '{"Version": "2012-10-17", "Statement": []}')
        found["Statement"] = [each for each in found["Statement"] if each.get("Sid") != "Mine"] + [statement(chance)]
        self._world.write("PutResourcePolicy", {"resourceArn": arn, "policy": json.dumps(found, indent=2)})

    def delete_policy(self, chance: Random) -> None:
        self._world.write("DeleteResourcePolicy", {"resourceArn": self._arn(chance)})

    def harness(self, chance: Random) -> None:
        self._names += 1
        placement = placed(chance.choice((PUBLIC, vpc())))
        sent = {"agentCoreRuntimeEnvironment": placement}
        self._world.write(
            "CreateHarness", {"harnessName": f"h_{self._names}", "executionRoleArn": ROLE, "environment": sent}
        )

    def own_by_stack(self, chance: Random) -> None:
        self._world.plane.seed_tags(self._arn(chance), {"aws:cloudformation:stack-name": "orders"})

    def fail_next_update(self, chance: Random) -> None:
        self._world.arm(self._one(chance), "next_update_fails")

    def refuse_authorizer(self, chance: Random) -> None:
        self._world.arm(self._one(chance), "refuses_authorizer")

    def unknown_member(self, chance: Random) -> None:
        self._world.arm(self._one(chance), "unknown_member")

    def exempt(self, chance: Random) -> None:
        name = self._one(chance).rpartition("-")[0]
        self._world.exempt(f"{name}*", ["network-mode", "subnets", "security-groups"])

    def end_exemption(self, chance: Random) -> None:
        self._world.exempt("", [])

    def back_out(self, chance: Random) -> None:
        self._world.switch(engaged=False)

    def restore(self, chance: Random) -> None:
        self._world.switch(engaged=True)

    def pipeline(self, chance: Random) -> None:
        """A CI job that puts back its PUBLIC configuration every minute, for a while."""
        runtime_id, minutes = self._one(chance), chance.randrange(3, 15)
        sent = {"agentRuntimeId": runtime_id, **configuration(chance), **placed(PUBLIC)}

        def revert() -> None:
            try:
                if (
                    self._world.plane.call("GetAgentRuntime", {"agentRuntimeId": runtime_id}).get(
                        "networkConfiguration"
                    )
                    != PUBLIC
                ):
                    self._world.write("UpdateAgentRuntime", sent)
            except ServiceError:
                return

        for minute in range(minutes):
            self._world.loop.at(self._world.loop.clock.now + 60 * minute, revert)
        self._world.busy_until(self._world.loop.clock.now + 60 * minutes)

    def _one(self, chance: Random) -> str:
        return self._world.pick(chance)

    def _arn(self, chance: Random) -> str:
        return self._world.arn(self._one(chance))

    def _read(self, chance: Random) -> tuple[str, dict[str, Any]]:
        runtime_id = self._one(chance)
        found = self._world.plane.perform("GetAgentRuntime", {"agentRuntimeId": runtime_id})
        members = self._world.plane.model.configuration()
        network = found.get("networkConfiguration", {}).get("networkModeConfig", {})
        network.pop("requireServiceS3Endpoint", None)
        return runtime_id, {name: value for name, value in found.items() if name in members}

    def _version(self, chance: Random, but_newest: int = 0) -> tuple[str, str]:
        runtime_id = self._one(chance)
        newest = int(
            self._world.plane.perform("GetAgentRuntime", {"agentRuntimeId": runtime_id})["agentRuntimeVersion"]
        )
        return runtime_id, str(chance.randint(1, max(1, newest - but_newest)))
