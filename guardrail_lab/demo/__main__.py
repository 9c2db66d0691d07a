"""`make demo`: deploy the guardrail for real on the local cloud, and see it keep its promises one after the other."""

import json
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from guardrail_lab.cloud import LocalCloud
from guardrail_lab.controller.launch import LocalController, local_controller
from guardrail_lab.demo.back_out import BackOutChapter
from guardrail_lab.demo.containment import Containment
from guardrail_lab.demo.detection import Detection
from guardrail_lab.demo.firewall import AT_ONCE, FirewallChapter
from guardrail_lab.demo.report import REPORT, table
from guardrail_lab.demo.stage import NotAsPromised, Stage, promise
from guardrail_lab.deployment import synthesise
from guardrail_lab.evidence_room import empty_bucket, read_evidence
from guardrail_lab.prevention import CONTEXT, Prevention
from guardrail_lab.process import ROOT, LabError


def play(stage: Stage, controller: LocalController) -> None:
    """Run every chapter.

    Raises:
        LabError, NotAsPromised, TimeoutError: A step failed; it is the last one in the report.
    """
    assembly = stage.directory / "cdk.out"
    prevention = Prevention(stage.cloud, stage.zone, assembly)
    with stage.step("synthesise the stacks (app.py, cdk-nag)") as say:
        say(synthesise(stage.zone, assembly, **CONTEXT).name)
    with stage.step("cdk bootstrap"):
        stage.deployment.bootstrap()
    with stage.step("cdk deploy") as say:
        stage.open()
        say(stage.deployment.stack)
    detection, firewall = Detection(stage, prevention), FirewallChapter(stage, controller)
    detection.play()
    Containment(stage, detection).play()
    firewall.play()
    BackOutChapter(stage, firewall, stage.network).play()
    _look_at_evidence(stage, firewall)
    _tear_down(stage, prevention, firewall)


def _look_at_evidence(stage: Stage, firewall: FirewallChapter) -> None:
    with stage.step("evidence is complete and intact") as say:
        ours, theirs = stage.evidence(), read_evidence(stage.cloud, firewall.outputs.evidence_bucket)
        stage.report.evidence = [*ours, *theirs]
        stage.report.calls = [{"service": call.service, "operation": call.operation} for call in stage.cloud.calls()]
        promise(all(record["intact"] for record in stage.report.evidence), "a record's digest is wrong")
        judged = {record["subject"] for record in ours if record["kind"] == "verdict"}
        promise(len(judged) == 5, f"evidence about {len(judged)} runtimes, expected 5")
        promise('"STAGE"' not in json.dumps(stage.report.evidence), "an environment variable is in the evidence")
        say(f"{len(ours)} records about runtimes, {len(theirs)} about the firewall")


def _tear_down(stage: Stage, prevention: Prevention, firewall: FirewallChapter) -> None:
    with stage.step("cdk destroy") as say:
        firewall.destroy()
        prevention.destroy()
        stage.deployment.destroy()
        buckets = (stage.outputs.evidence_bucket, firewall.outputs.evidence_bucket)
        kept = sum(len(read_evidence(stage.cloud, bucket)) for bucket in buckets)
        promise(kept == len(stage.report.evidence), "evidence was lost by cdk destroy")
        for bucket in buckets:
            empty_bucket(stage.cloud, bucket)
        say(f"the buckets with {kept} records stayed, as they should; then the lab was emptied")


def main() -> int:
    """Run the demo, print the table, write build/demo.json. Returns 0 only when every step was verified."""
    progress, output = Console(stderr=True), Console()
    started = time.monotonic()
    REPORT.unlink(missing_ok=True)  # an old one must not speak for a run that ends in a traceback
    with tempfile.TemporaryDirectory(prefix="guardrail-demo-") as directory, LocalCloud(auth=True) as cloud:
        stage = Stage(cloud, progress, Path(directory))
        try:
            with local_controller(timing=AT_ONCE, network=stage.network) as controller:
                play(stage, controller)
        except (LabError, NotAsPromised, TimeoutError) as error:
            progress.print(f"demo: {error}", style="red", markup=False, highlight=False)
        except KeyboardInterrupt:
            progress.print("demo: interrupted", style="red")
    stage.report.write()
    output.print(table(stage.report))
    outcome = "ok" if stage.report.ok else "FAILED"
    seconds = time.monotonic() - started
    output.print(f"\n{outcome} in {seconds:.0f} s; everything is in {REPORT.relative_to(ROOT)}", highlight=False)
    return 0 if stage.report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
