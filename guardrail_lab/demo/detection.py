"""`make demo`: deploy the guardrail for real on the local cloud, drift runtimes, and see what it says."""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from guardrail_lab.cloud import LocalCloud
from guardrail_lab.demo_report import REPORT, Report, table
from guardrail_lab.deployment import LAB_ZONE, Deployment, synthesise
from guardrail_lab.developer import Developer
from guardrail_lab.evidence_room import empty_bucket, read_evidence
from guardrail_lab.listener import Listener
from guardrail_lab.prevention import CONTEXT, Prevention, explicit_denial
from guardrail_lab.process import ROOT, LabError

VERDICT_SECONDS = 30.0
QUIET_SECONDS = 2.0
POLL_SECONDS = 0.1
READ_ONLY = ("Get", "List", "Describe")


class NotAsPromised(Exception):  # noqa: N818  it is what it says
    """The guardrail did something else than the demo promises."""


class Demo:
    """The story, step by step; each step proves something or raises."""

    def __init__(self, cloud: LocalCloud, console: Console, directory: Path) -> None:
        self.report = Report()
        self._cloud, self._console = cloud, console
        self._assembly = directory / "cdk.out"
        self._deployment = Deployment(cloud, LAB_ZONE, self._assembly)
        self._prevention = Prevention(cloud, LAB_ZONE, self._assembly)
        self._developer = Developer(cloud, LAB_ZONE)

    def run(self) -> None:
        """Run every step.

        Raises:
            LabError, NotAsPromised, TimeoutError: A step failed; it is the last one in the report.
        """
        with self._step("synthesise the stack (app.py, cdk-nag)") as say:
            say(synthesise(LAB_ZONE, self._assembly, **CONTEXT).name)
        with self._step("cdk bootstrap"):
            self._deployment.bootstrap()
        with self._step("cdk deploy") as say:
            self._outputs = self._deployment.deploy()
            say(self._deployment.stack)
        self._listener = Listener(self._cloud, self._outputs)
        compliant = self._prevent()
        self._drift()
        self._lose_an_event(compliant)
        self._show_message()
        self._show_evidence()
        self._count_calls()
        self._tear_down()

    def _prevent(self) -> str:
        with self._step("cdk deploy of the IAM deny") as say:
            guarded = self._prevention.hire()
            self._prevention.deploy()
            say("bound to one developer's role, who may do everything else")
        with self._step("the guarded developer cannot go PUBLIC") as say:
            explicit_denial(lambda: guarded.create_public("refused_agent"))
            self._wait_until(lambda: any(record["kind"] == "denied-attempt" for record in self._evidence()))
            say("refused with an explicit deny, and the attempt is on record")
        with self._step("the guarded developer's runtime inside the landing zone") as say:
            return self._judged("orders_agent", guarded.create_in_vpc, _is("COMPLIANT"), say)

    def _drift(self) -> None:
        with self._step("somebody else's runtime in PUBLIC mode") as say:
            self._judged("public_agent", self._developer.create_public, _is("NON_COMPLIANT", "DEFAULT"), say)
        with self._step("an endpoint left behind on an old PUBLIC version") as say:
            self._judged("pinned_agent", self._create_pinned, _is("NON_COMPLIANT", "prod"), say)

    def _create_pinned(self, name: str) -> str:
        runtime_id = self._developer.create_public(name)
        self._developer.pin(runtime_id, "prod", "1")
        self._developer.move_into_vpc(runtime_id)
        return runtime_id

    def _lose_an_event(self, runtime_id: str) -> None:
        with self._step("an event gets lost: the drift goes unseen") as say:
            self._cloud.lose_events(1)
            self._developer.make_public(runtime_id)
            time.sleep(QUIET_SECONDS)
            seen = [record for record in self._evidence() if record["subject"] == runtime_id]
            _promise(len(seen) == 1, "the lost event was seen all the same")
            say(f"nothing for {QUIET_SECONDS:.0f} s")
        with self._step("the sweep finds it") as say:
            started = time.monotonic()
            answer = self._cloud.client("lambda").invoke(FunctionName=self._outputs.sweep_function, Payload=b"{}")
            swept = json.loads(answer["Payload"].read())
            _promise(swept.get("asked") == 3, f"the sweep asked for {swept.get('asked')} looks, expected 3")
            finding = self._listener.wait_for(runtime_id, _is("NON_COMPLIANT", "DEFAULT"), seconds=VERDICT_SECONDS)
            _promise(finding["cause"] is None, "the sweep cannot know who did it")
            self._keep("orders_agent, swept", finding, time.monotonic() - started, say)

    def _show_message(self) -> None:
        with self._step("people are told") as say:
            messages = self._listener.messages()
            text = next((each for each in messages if "public_agent" in each), "")
            for part in ("NON_COMPLIANT", "CreateAgentRuntime", "PUBLIC", "DEFAULT", "Fix:", "s3://"):
                _promise(part in text, f"the message lacks {part}")
            say(f"{len(messages)} messages")
        self._console.print(_indented(text), markup=False, highlight=False, soft_wrap=True, style="dim")

    def _show_evidence(self) -> None:
        with self._step("evidence is complete and intact") as say:
            self.report.evidence = self._evidence()
            _promise(all(record["intact"] for record in self.report.evidence), "a record's digest is wrong")
            judged = {record["subject"] for record in self.report.evidence if record["kind"] == "verdict"}
            _promise(len(judged) == 3, f"evidence about {len(judged)} runtimes, expected 3")
            _promise('"STAGE"' not in json.dumps(self.report.evidence), "an environment variable is in the evidence")
            say(f"{len(self.report.evidence)} records in {self._outputs.evidence_bucket}")

    def _count_calls(self) -> None:
        with self._step("OBSERVE: nothing was changed") as say:
            calls = self._cloud.calls()
            self.report.calls = [{"service": call.service, "operation": call.operation} for call in calls]
            touched = [
                call.operation
                for call in calls
                if call.service.startswith(("bedrock-agentcore", "iam", "ec2"))
                and not call.operation.startswith(READ_ONLY)
            ]
            _promise(bool(calls) and not touched, f"the functions changed something: {', '.join(touched)}")
            say(f"{len(calls)} AWS calls by our functions, none that changes AgentCore, IAM or EC2")

    def _tear_down(self) -> None:
        with self._step("cdk destroy") as say:
            self._prevention.destroy()
            self._deployment.destroy()
            kept = self._evidence()
            _promise(len(kept) == len(self.report.evidence), "evidence was lost by cdk destroy")
            empty_bucket(self._cloud, self._outputs.evidence_bucket)
            say(f"the bucket with {len(kept)} records stayed, as it should; then the lab was emptied")

    def _judged(
        self, name: str, create: Callable[[str], str], expected: Callable[[dict[str, Any]], bool], say: "Say"
    ) -> str:
        started = time.monotonic()
        runtime_id = create(name)
        finding = self._listener.wait_for(runtime_id, expected, seconds=VERDICT_SECONDS)
        self._keep(name, finding, time.monotonic() - started, say)
        return runtime_id

    def _keep(self, name: str, finding: dict[str, Any], seconds: float, say: "Say") -> None:
        verdict = finding["verdict"]
        entry = {"name": name, "event_to_verdict_seconds": round(seconds, 3), "verdict": verdict}
        self.report.runtimes.append(entry)
        broken = "; ".join(
            f"{each['rule']}: version {each['version']}, endpoint {', '.join(each['endpoints'])}"
            for each in verdict["violations"]
        )
        say(f"{verdict['compliance']} after {seconds:.2f} s" + (f" ({broken})" if broken else ""))

    def _wait_until(self, seen: Callable[[], bool]) -> None:
        deadline = time.monotonic() + VERDICT_SECONDS
        while not seen():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not seen within {VERDICT_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)

    def _evidence(self) -> list[dict[str, Any]]:
        return read_evidence(self._cloud, self._outputs.evidence_bucket)

    @contextmanager
    def _step(self, name: str) -> Iterator["Say"]:
        started, said = time.monotonic(), ""

        def say(detail: str) -> None:
            nonlocal said
            said = detail

        self._console.print(f"... {name}", highlight=False)
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


Say = Callable[[str], None]


def _is(compliance: str, *endpoints: str) -> Callable[[dict[str, Any]], bool]:
    """Match a verdict by its compliance and by exactly the endpoints that its violations are about."""

    def matches(verdict: dict[str, Any]) -> bool:
        named = {name for violation in verdict["violations"] for name in violation["endpoints"]}
        return verdict["compliance"] == compliance and named == set(endpoints)

    return matches


def _promise(kept: bool, otherwise: str) -> None:
    if not kept:
        raise NotAsPromised(otherwise)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines() if line)


def main() -> int:
    """Run the demo, print the table, write build/demo.json. Returns 0 only when every step was verified."""
    progress, output = Console(stderr=True), Console()
    started = time.monotonic()
    REPORT.unlink(missing_ok=True)  # an old one must not speak for a run that ends in a traceback
    with tempfile.TemporaryDirectory(prefix="guardrail-demo-") as directory, LocalCloud(auth=True) as cloud:
        demo = Demo(cloud, progress, Path(directory))
        try:
            demo.run()
        except (LabError, NotAsPromised, TimeoutError) as error:
            progress.print(f"demo: {error}", style="red", markup=False, highlight=False)
        except KeyboardInterrupt:
            progress.print("demo: interrupted", style="red")
    demo.report.write()
    output.print(table(demo.report))
    outcome = "ok" if demo.report.ok else "FAILED"
    seconds = time.monotonic() - started
    output.print(f"\n{outcome} in {seconds:.0f} s; everything is in {REPORT.relative_to(ROOT)}", highlight=False)
    return 0 if demo.report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
