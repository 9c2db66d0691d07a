"""Second chapter: the guardrail acts. What has drifted is denied, repaired and let go again; the rest is left alone."""

import json
import time
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from guardrail_lab.demo.detection import Detection
from guardrail_lab.demo.stage import Stage, promise
from guardrail_lab.deployment import Deployment, synthesise
from guardrail_lab.prevention import CONTEXT
from guardrail_lab.timeline import timeline

REPAIR: dict[str, Any] = {
    "response_mode": "REPAIR",
    "response": {"pass_role_path": "/agents/", "wait_seconds": 1, "breaker_changes": 50},
}
"""The context values that turn enforcement on, and make the lab impatient."""


class Containment:
    """What happens in REPAIR.

    Args:
        before: The first chapter, whose drifted runtimes are still out there.
    """

    def __init__(self, stage: Stage, before: Detection) -> None:
        self._stage, self._untouched, self._drifted = stage, before.untouched, dict(before.drifted)
        self._agentcore = stage.cloud.client("bedrock-agentcore-control")
        self._data_plane = stage.cloud.client("bedrock-agentcore")

    def play(self) -> None:
        """Run every step.

        Raises:
            LabError, NotAsPromised, TimeoutError: A step failed; it is the last one in the report.
        """
        stage = self._stage
        with stage.step("turn enforcement on: cdk deploy with response_mode REPAIR"):
            assembly = stage.directory / "cdk.out.repair"
            synthesise(stage.zone, assembly, **CONTEXT, **REPAIR)
            stage.deployment = Deployment(stage.cloud, stage.zone, assembly)
            stage.outputs = stage.deployment.deploy()
        as_it_was = self._get(self._untouched)
        self._quarantine()
        with stage.step("a sweep: everything that had drifted is contained") as say:
            stage.invoke(stage.outputs.sweep_function)
            for name, runtime_id in self._drifted.items():
                stage.wait_until(partial(self._is_contained, runtime_id), f"{name} contained")
            say(", ".join(self._drifted))
        self._verify_endpoints()
        with stage.step("the compliant runtime was not touched") as say:
            promise(self._get(self._untouched) == as_it_was, "the compliant runtime was changed")
            say(f"billing_agent is still version {as_it_was['agentRuntimeVersion']}")
        self._show_timelines()

    def _quarantine(self) -> None:
        stage = self._stage
        with stage.step("a new PUBLIC runtime: nobody can call it") as say:
            runtime_id = stage.developer.create_public("late_agent")
            started = time.monotonic()
            self._drifted["late_agent"] = runtime_id
            stage.wait_until(lambda: self._answer(runtime_id) is None, "the denial")
            say(f"denied {time.monotonic() - started:.2f} s after it was created")

    def _verify_endpoints(self) -> None:
        stage = self._stage
        with stage.step("every endpoint serves the landing zone, nothing else changed") as say:
            for name, runtime_id in self._drifted.items():
                newest = self._get(runtime_id)
                promise(newest["environmentVariables"] == {"STAGE": "prod"}, f"{name} lost an environment variable")
                promise(self._answer(runtime_id) == "VPC", f"{name} does not answer from the landing zone")
            moved = self._answer(self._drifted["pinned_agent"], "prod")
            promise(moved == "VPC", f"endpoint prod of pinned_agent answers from {moved}")
            say("invoked: each answers again, from VPC mode; pinned_agent's endpoint prod was moved")

    def _show_timelines(self) -> None:
        stage = self._stage
        with stage.step("a record before and after each change") as say:
            records = stage.evidence()
            for name, runtime_id in self._drifted.items():
                lines = timeline(records, runtime_id)
                promise(len(lines) > 0, f"there is no record about {name}")
                stage.report.timelines[name] = lines
                stage.show("\n".join([f"{name} ({runtime_id})", *(f"  {line}" for line in lines)]))
            intended = sum(record["kind"] == "change-intended" for record in records)
            outcomes = sum(record["kind"] == "change-outcome" for record in records)
            promise(0 < intended == outcomes, f"{intended} changes were intended, {outcomes} have an outcome")
            about = {record["subject"] for record in records if record["kind"] == "change-intended"}
            promise(
                about == set(self._drifted.values()), "changes were intended of other runtimes than the drifted ones"
            )
            say(f"{intended} changes")

    def _is_contained(self, runtime_id: str) -> bool:
        """Whether it is in the landing zone with every endpoint, and answers again."""
        endpoints = self._agentcore.list_agent_runtime_endpoints(agentRuntimeId=runtime_id)["runtimeEndpoints"]
        return all(self._answer(runtime_id, endpoint["name"]) == "VPC" for endpoint in endpoints)

    def _answer(self, runtime_id: str, endpoint: str = "DEFAULT") -> str | None:
        """The network mode that an invocation is served from, "" while nothing serves it, None when it is denied."""
        try:
            answer = self._data_plane.invoke_agent_runtime(
                agentRuntimeArn=self._get(runtime_id)["agentRuntimeArn"], qualifier=endpoint, payload=b"{}"
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in ("AccessDeniedException", "ResourceNotFoundException"):
                raise
            return None if code == "AccessDeniedException" else ""
        return str(json.loads(answer["response"].read())["networkMode"])

    def _get(self, runtime_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._agentcore.get_agent_runtime(agentRuntimeId=runtime_id)
        return {member: value for member, value in answer.items() if member != "ResponseMetadata"}
