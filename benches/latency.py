"""From AgentCore's call to the verdict on the bus, on the local cloud, in a new and in a warm execution environment."""

import tempfile
import time
from pathlib import Path

from benches.report import Effort, Line
from guardrail_lab.cloud import LocalCloud
from guardrail_lab.deployment import LAB_ZONE, Deployment, synthesise
from guardrail_lab.developer import Developer
from guardrail_lab.listener import Listener


def latency(effort: Effort) -> list[Line]:
    """Deploy the guardrail on several clouds; on each, the first verdict is the cold one."""
    with tempfile.TemporaryDirectory(prefix="guardrail-bench-") as directory:
        assembly = Path(directory) / "cdk.out"
        synthesise(LAB_ZONE, assembly)
        runs = [_verdicts(assembly) for _ in range(min(effort.processes, 5))]
    return [
        Line("event to verdict, cold", [1000 * run[0] for run in runs], "ms"),
        Line("event to verdict, warm", [1000 * seconds for run in runs for seconds in run[1:]], "ms"),
    ]


def _verdicts(assembly: Path) -> list[float]:
    with LocalCloud() as cloud:
        deployment = Deployment(cloud, LAB_ZONE, assembly)
        deployment.bootstrap()
        listener, developer = Listener(cloud, deployment.deploy()), Developer(cloud, LAB_ZONE)
        return [_seconds_to_verdict(f"agent_{number}", developer, listener) for number in range(6)]


def _seconds_to_verdict(name: str, developer: Developer, listener: Listener) -> float:
    started = time.perf_counter()
    runtime_id = developer.create_public(name)
    listener.wait_for(runtime_id, lambda verdict: verdict["compliance"] == "NON_COMPLIANT", seconds=30)
    return time.perf_counter() - started
