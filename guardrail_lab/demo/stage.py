"""Where the demo plays: steps that are timed and written down, promises that are kept or end it."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from guardrail_lab.cloud import LocalCloud
from guardrail_lab.controller.network import build_network
from guardrail_lab.demo.report import Report
from guardrail_lab.deployment import LAB_ZONE, Deployment
from guardrail_lab.developer import Developer
from guardrail_lab.evidence_room import read_evidence
from guardrail_lab.listener import Listener
from guardrail_lab.process import LabError

PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.1

Say = Callable[[str], None]
"""Sets what the table shows beside a step: what was seen."""


class NotAsPromised(Exception):  # noqa: N818  it is what it says
    """The guardrail did something else than the demo promises."""


def promise(kept: bool, otherwise: str) -> None:
    """End the demo unless a promise was kept."""
    if not kept:
        raise NotAsPromised(otherwise)


class Stage:
    """One local cloud with a VPC, the guardrail deployed on it, and the report of what happened.

    Args:
        directory: Scratch space for assemblies.
    """

    def __init__(self, cloud: LocalCloud, console: Console, directory: Path) -> None:
        self.cloud, self.console, self.directory = cloud, console, directory
        self.network = build_network(cloud.client("ec2"))
        self.zone = replace(LAB_ZONE, subnets=(self.network.runtime_subnet,))
        self.report = Report()
        self.developer = Developer(cloud, self.zone)
        self.deployment = Deployment(cloud, self.zone, directory / "cdk.out")

    def open(self) -> None:
        """Deploy the guardrail, and begin to listen to it."""
        self.outputs = self.deployment.deploy()
        self.listener = Listener(self.cloud, self.outputs)

    def evidence(self) -> list[dict[str, Any]]:
        """Return every evidence record so far, as `read_evidence` does."""
        return read_evidence(self.cloud, self.outputs.evidence_bucket)

    def invoke(self, function: str, payload: dict[str, Any] | None = None) -> dict[str, Any]:
        """Invoke a deployed function and return its answer.

        Raises:
            LabError: It failed.
        """
        sent = json.dumps(payload or {}).encode()
        answer = self.cloud.client("lambda").invoke(FunctionName=function, Payload=sent)
        document: dict[str, Any] = json.loads(answer["Payload"].read() or b"{}")
        if answer.get("FunctionError"):
            raise LabError(f"{function} failed: {document.get('errorMessage')}")
        return document

    def wait_until(self, seen: Callable[[], bool], what: str) -> None:
        """Ask until something is seen.

        Raises:
            TimeoutError: It was not seen in time.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not seen():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what}: not seen within {PATIENCE_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)

    def judged(
        self, name: str, create: Callable[[str], str], expected: Callable[[dict[str, Any]], bool], say: Say
    ) -> str:
        """Create a runtime, wait for the verdict that is expected of it, and return its id."""
        started = time.monotonic()
        runtime_id = create(name)
        finding = self.listener.wait_for(runtime_id, expected, seconds=PATIENCE_SECONDS)
        self.keep(name, finding, time.monotonic() - started, say)
        return runtime_id

    def keep(self, name: str, finding: dict[str, Any], seconds: float, say: Say) -> None:
        """Write a verdict into the report, and say it."""
        verdict = finding["verdict"]
        entry = {"name": name, "event_to_verdict_seconds": round(seconds, 3), "verdict": verdict}
        self.report.runtimes.append(entry)
        broken = "; ".join(
            f"{each['rule']}: version {each['version']}, endpoint {', '.join(each['endpoints'])}"
            for each in verdict["violations"]
        )
        say(f"{verdict['compliance']} after {seconds:.2f} s" + (f" ({broken})" if broken else ""))

    def show(self, text: str) -> None:
        """Print a quotation, indented and dim; data in it steers nothing."""
        lines = "\n".join(f"    {line}" for line in text.splitlines() if line)
        self.console.print(lines, markup=False, highlight=False, soft_wrap=True, style="dim")

    @contextmanager
    def step(self, name: str) -> Iterator[Say]:
        """Time a step and write it into the report, whether it succeeds or not."""
        started, said = time.monotonic(), ""

        def say(detail: str) -> None:
            nonlocal said
            said = detail

        self.console.print(f"... {name}", highlight=False)
        ok = False
        try:
            yield say
            ok = True
        except (LabError, NotAsPromised, TimeoutError) as error:
            said = str(error)
            raise
        finally:
            seconds = round(time.monotonic() - started, 2)
            self.report.steps.append({"name": name, "ok": ok, "seconds": seconds, "detail": said})


def verdict_is(compliance: str, *endpoints: str) -> Callable[[dict[str, Any]], bool]:
    """Match a verdict by its compliance and by exactly the endpoints that its violations are about."""

    def matches(verdict: dict[str, Any]) -> bool:
        named = {name for violation in verdict["violations"] for name in violation["endpoints"]}
        return bool(verdict["compliance"] == compliance and named == set(endpoints))

    return matches
