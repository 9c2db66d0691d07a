"""The guardrail on the local cloud: synthesised from this tree, deployed and destroyed with the real CDK CLI."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail_lab.cloud import ACCOUNT, REGION, LocalCloud
from guardrail_lab.isolation import inherited_variables
from guardrail_lab.process import ROOT, LabError

CDK = ROOT / "node_modules" / ".bin" / "cdk"
LAST_LINES = 25


LAB_ZONE = LandingZone(
    account=ACCOUNT,
    region=REGION,
    subnets=("subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"),
    security_groups=("sg-0a1b2c3d4e5f60001",),
)
"""What the lab approves. The ids are made up: the local cloud takes any."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """The names of what the stack made."""

    evidence_bucket: str
    events_queue_url: str
    looks_queue_url: str
    dead_letter_queue_url: str
    findings_bus: str
    alerts_topic: str
    state_table: str
    verify_function: str
    sweep_function: str


def stack_name(zone: LandingZone) -> str:
    """Return the name of the zone's stack, as app.py gives it."""
    return f"AgentCoreGuardrail-{zone.region}-{zone.account}"


def synthesise(zone: LandingZone, assembly: Path, **context: object) -> Path:
    """Run app.py as the CDK CLI would, and return the template's path. It may ask a package registry.

    Args:
        zone: Stands in for the zones of cdk.json.
        assembly: The directory to write.
        context: Other context keys than those of cdk.json.

    Raises:
        LabError: It failed; the message has its last lines.
    """
    defaults = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    environment = inherited_variables() | {
        "CDK_CONTEXT_JSON": json.dumps({**defaults, "landing_zones": [zone.document()], **context}),
        "CDK_OUTDIR": str(assembly),
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
    }
    _run([sys.executable, str(ROOT / "app.py")], environment)
    return assembly / f"{stack_name(zone)}.template.json"


class Deployment:
    """One guardrail on one local cloud.

    Args:
        assembly: What `synthesise` wrote for the zone.
    """

    def __init__(self, cloud: LocalCloud, zone: LandingZone, assembly: Path) -> None:
        self.cloud, self.zone = cloud, zone
        self.stack = stack_name(zone)
        self._assembly = assembly

    def bootstrap(self) -> None:
        """Run `cdk bootstrap`."""
        self._cdk("bootstrap", f"aws://{self.zone.account}/{self.zone.region}")

    def deploy(self) -> Outputs:
        """Run `cdk deploy` and return the stack's outputs."""
        self._cdk("deploy", self.stack, "--require-approval", "never")
        return read_outputs(self.cloud, self.stack)

    def destroy(self) -> None:
        """Run `cdk destroy`."""
        self._cdk("destroy", self.stack, "--force")

    def _cdk(self, *arguments: str) -> None:
        run_cdk(self.cloud, self._assembly, *arguments)


def run_cdk(cloud: LocalCloud, assembly: Path, *arguments: str) -> None:
    """Run the real CDK CLI against a cloud.

    Raises:
        LabError: It failed; the message has its last lines.
    """
    if not CDK.exists():
        raise LabError(f"{CDK}: the CDK CLI is not installed; run make setup")
    command = [str(CDK), *arguments, "--app", str(assembly), "--ci", "--progress", "events"]
    _run(command, cloud.environment())


def read_outputs(cloud: LocalCloud, stack: str) -> Outputs:
    """Return the outputs of a deployed guardrail stack."""
    values = stack_outputs(cloud, stack)
    return Outputs(**{name: values[name] for name in Outputs.__slots__})


def stack_outputs(cloud: LocalCloud, stack: str) -> dict[str, str]:
    """Return what a deployed stack says of itself, `EvidenceBucket` under `evidence_bucket`."""
    described = cloud.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    named = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
    return {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): value for name, value in named.items()}


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 (programs of this tree)
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        lines = "\n".join(done.stdout.strip().splitlines()[-LAST_LINES:])
        raise LabError(f"{Path(command[0]).name} {Path(command[1]).name} failed:\n{lines}")
