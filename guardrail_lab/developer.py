"""What developers do with AgentCore, with plain boto3: the compliant, the careless, and the forgotten."""

from collections.abc import Mapping
from typing import Any

from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail_lab.cloud import LocalCloud


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
        self._agentcore.create_agent_runtime_endpoint(
            agentRuntimeId=runtime_id, name=endpoint, agentRuntimeVersion=version
        )

    def _in_vpc(self) -> dict[str, Any]:
        vpc = {"subnets": list(self._zone.subnets), "securityGroups": list(self._zone.security_groups)}
        return {"networkMode": "VPC", "networkModeConfig": vpc}

    def _create(self, name: str, network: dict[str, Any]) -> str:
        created = self._agentcore.create_agent_runtime(
            agentRuntimeName=name, networkConfiguration=network, **self._what_runs()
        )
        return str(created["agentRuntimeId"])

    def _update(self, runtime_id: str, network: dict[str, Any]) -> None:
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
