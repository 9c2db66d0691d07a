"""What developers do with AgentCore, with plain boto3: the compliant, the careless, and the forgotten."""

import time
from collections.abc import Mapping
from typing import Any

from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail_lab.cloud import LocalCloud

READY_SECONDS = 120.0
POLL_SECONDS = 0.05


class Developer:
    """Creates and changes runtimes in one account and Region.

    Args:
        keys: Of the role that the developer has taken on; without them the account's root, whom no policy binds.
    """

    def __init__(self, cloud: LocalCloud, zone: LandingZone, keys: Mapping[str, str] | None = None) -> None:
        self._agentcore = cloud.client("bedrock-agentcore-control", keys=keys)
        self._zone = zone

    def create_in_vpc(self, name: str) -> str:
        """Create a runtime inside the landing zone and return its id."""
        return self._create(name, self._in_vpc())

    def create_public(self, name: str) -> str:
        """Create a runtime that can reach the whole internet and return its id."""
        return self._create(name, {"networkMode": "PUBLIC"})

    def move_into_vpc(self, runtime_id: str) -> None:
        """Make a new version inside the landing zone; DEFAULT follows it, other endpoints stay where they are."""
        self._update(runtime_id, self._in_vpc())

    def make_public(self, runtime_id: str) -> None:
        """Make a new version that can reach the whole internet."""
        self._update(runtime_id, {"networkMode": "PUBLIC"})

    def pin(self, runtime_id: str, endpoint: str, version: str) -> None:
        """Create an endpoint that stays on a version."""
        self.wait_until_ready(runtime_id)
        self._agentcore.create_agent_runtime_endpoint(
            agentRuntimeId=runtime_id, name=endpoint, agentRuntimeVersion=version
        )

    def wait_until_ready(self, runtime_id: str) -> None:
        """Wait as the service demands it before a change; it has no waiter for runtimes.

        Raises:
            TimeoutError: The runtime is not READY in time.
        """
        deadline = time.monotonic() + READY_SECONDS
        while self._agentcore.get_agent_runtime(agentRuntimeId=runtime_id)["status"] != "READY":
            if time.monotonic() > deadline:
                raise TimeoutError(f"{runtime_id} is not READY after {READY_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)

    def _in_vpc(self) -> dict[str, Any]:
        vpc = {"subnets": list(self._zone.subnets), "securityGroups": list(self._zone.security_groups)}
        return {"networkMode": "VPC", "networkModeConfig": vpc}

    def _create(self, name: str, network: dict[str, Any]) -> str:
        created = self._agentcore.create_agent_runtime(
            agentRuntimeName=name, networkConfiguration=network, **self._what_runs()
        )
        return str(created["agentRuntimeId"])

    def _update(self, runtime_id: str, network: dict[str, Any]) -> None:
        self.wait_until_ready(runtime_id)
        self._agentcore.update_agent_runtime(
            agentRuntimeId=runtime_id, networkConfiguration=network, **self._what_runs()
        )

    def _what_runs(self) -> dict[str, Any]:
        image = f"{self._zone.account}.dkr.ecr.{self._zone.region}.amazonaws.com/orders:1.4.2"
        return {
            "agentRuntimeArtifact": {"containerConfiguration": {"containerUri": image}},
            "roleArn": f"arn:aws:iam::{self._zone.account}:role/agents/orders",
            "environmentVariables": {"STAGE": "prod"},
        }
