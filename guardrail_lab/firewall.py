"""The firewall stack on the local cloud: a secret for the simulated controller, bindings for the lab, commands."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail_lab.cloud import LocalCloud
from guardrail_lab.controller.launch import LocalController
from guardrail_lab.controller.seed import CLIENT_SPOKE, SPOKE
from guardrail_lab.deployment import run_cdk, stack_outputs

PREFIX = "agentcore-lab"
SECRET = "agentcore-guardrail/controller"  # noqa: S105  the name of a secret
LOGIN = {"username": "guardrail", "password": "made-up-for-the-lab"}
BINDINGS: dict[str, Any] = {
    "name_prefix": PREFIX,
    "account": "111122223333",
    "runtime_cidrs": ["10.50.10.0/24", "10.50.11.0/24"],
    "client_vpc": CLIENT_SPOKE,
    "client_cidrs": ["10.60.10.0/24"],
    "data_endpoint_host": "vpce-0a1b2c3d4e5f60001-abcdefgh.bedrock-agentcore.us-east-1.vpce.amazonaws.com",
    "control_endpoint_host": "vpce-0a1b2c3d4e5f60002-abcdefgh.bedrock-agentcore-control.us-east-1.vpce.amazonaws.com",
    "endpoint_cidrs": ["10.50.20.0/24"],
    "spoke_gateway": SPOKE,
    "models": ["bedrock-runtime.us-east-1.amazonaws.com"],
    "tools": ["api.github.com", "en.wikipedia.org"],
    "mcp_servers": ["mcp.deepwiki.com"],
    "dns_servers": ["10.40.0.2"],
}
"""What the lab's agents may reach. The addresses are those that the simulated controller begins with.

The account is not the local cloud's: to the pack 000000000000 is somebody else, whose images nobody may pull.
"""


@dataclass(frozen=True, slots=True)
class FirewallOutputs:
    """The names of what the stack made."""

    reconcile_function: str
    evidence_bucket: str
    findings_bus: str
    alerts_topic: str
    state_table: str
    switches_table: str
    back_out_function: str


def firewall_stack(zone: LandingZone) -> str:
    """Return the name of the stack, as app.py gives it."""
    return f"AgentCoreFirewall-{zone.region}-{zone.account}"


class Firewall:
    """One controller's firewall on a local cloud.

    Args:
        directory: Where the bindings are written, and what `synthesise` writes.
    """

    def __init__(self, cloud: LocalCloud, zone: LandingZone, controller: LocalController, directory: Path) -> None:
        self._cloud, self._zone, self._controller, self._directory = cloud, zone, controller, directory
        self.stack = firewall_stack(zone)

    def context(self, **changes: object) -> dict[str, Any]:
        """Make the secret and the bindings, and return the context for `synthesise`.

        Args:
            changes: Other keys of the context's `firewall`, such as heal=True; `mode` goes to the bindings.
        """
        bindings = {**BINDINGS, "region": self._zone.region, "runtime_subnets": list(self._zone.subnets)}
        bindings["mode"] = changes.pop("mode", "discover")
        file = self._directory / "bindings.json"
        file.write_text(json.dumps(bindings), encoding="utf-8")
        decided = {
            "controller": self._controller.url,
            "secret_arn": make_secret(self._cloud, self._controller.url),
            "policy_pack": {"bindings": str(file)},
            **({"ca": str(self._controller.ca_path)} if self._controller.ca_path else {}),
        }
        return {"firewall": {**decided, **changes}}

    def deploy(self, assembly: Path) -> FirewallOutputs:
        """Run `cdk deploy`, which applies the pack, and return the stack's outputs.

        Raises:
            LabError: It failed; the message has the plan.
        """
        run_cdk(self._cloud, assembly, "deploy", self.stack, "--require-approval", "never")
        return firewall_outputs(self._cloud, self.stack)

    def destroy(self, assembly: Path) -> None:
        """Run `cdk destroy`; the rules stay on the controller."""
        run_cdk(self._cloud, assembly, "destroy", self.stack, "--force")


def make_secret(cloud: LocalCloud, url: str) -> str:
    """Put the login of a controller into Secrets Manager and return the secret's ARN."""
    document = json.dumps({"url": url, **LOGIN})
    return str(cloud.client("secretsmanager").create_secret(Name=SECRET, SecretString=document)["ARN"])


def firewall_outputs(cloud: LocalCloud, stack: str) -> FirewallOutputs:
    """Return the outputs of a deployed firewall stack."""
    values = stack_outputs(cloud, stack)
    return FirewallOutputs(**{name: values[name] for name in FirewallOutputs.__slots__})


def command(cloud: LocalCloud, function: str, order: dict[str, Any]) -> dict[str, Any]:
    """Invoke a function as its schedule or an operator does, and return its answer; an error has `errorMessage`."""
    answer = cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps(order).encode())
    return dict(json.loads(answer["Payload"].read()))
