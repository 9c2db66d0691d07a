"""Runtimes that the ladder works on: AgentCore's whole answers, the service around them, and a run to the end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardrail.core.runtimes.grace import with_deadlines
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.ladder import LOST_DENIALS, next_step
from guardrail.core.runtimes.missing import with_missing
from guardrail.core.runtimes.response import ResponseMode, ResponsePolicy
from guardrail.core.runtimes.rules import broken_rules
from guardrail.core.runtimes.snapshot import parse_version
from guardrail.core.runtimes.step import Step, StepKind
from guardrail.core.runtimes.surroundings import parse_situated
from guardrail.core.runtimes.verdict import judge
from tests.builders import ACCOUNT, NOW, REGION, RUNTIME_ID, Json, answer, zone
from tests.naive_service import NaiveService

BOUND = 80
ZONE = zone()


def policy(mode: str = "REPAIR", **changes: object) -> ResponsePolicy:
    return ResponsePolicy(ResponseMode(mode), **{"zone": ZONE, **changes})


def whole(number: int, network: object = None, **members: object) -> Json:
    """GetAgentRuntime's whole answer for a version; a member that is None is absent."""
    answered = answer(
        number,
        network,
        **{
            "lastUpdatedAt": "2026-11-20T12:00:00+00:00",
            "workloadIdentityDetails": {"workloadIdentityArn": f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:x"},
            "agentRuntimeArtifact": {
                "containerConfiguration": {"containerUri": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/orders:1.4.2"}
            },
            "roleArn": f"arn:aws:iam::{ACCOUNT}:role/agents/orders",
            "lifecycleConfiguration": {"idleRuntimeSessionTimeout": 900, "maxLifetime": 28800},
            "protocolConfiguration": {"serverProtocol": "HTTP"},
            "metadataConfiguration": {"requireMMDSV2": True},
            "environmentVariables": {"STAGE": "prod"},
            **members,
        },
    )
    return {member: value for member, value in answered.items() if value is not None}


def service(placed: dict[int, object], serves: dict[str, int], **changes: object) -> NaiveService:
    """A runtime at rest: where each version is placed (None for the landing zone), what each endpoint serves."""
    versions = {number: whole(number, network) for number, network in placed.items()}
    endpoints = {name: {"live": number, "target": number, "status": "READY"} for name, number in serves.items()}
    return NaiveService(versions, endpoints, **changes)


@dataclass
class Run:
    """A ladder climbed to its end: the steps that made a call, the last one, and what is remembered."""

    steps: list[Step]
    last: Step
    history: History
    at: datetime

    @property
    def kinds(self) -> list[str]:
        return [step.kind.value for step in self.steps]


def step_now(runtime: NaiveService, wanted: ResponsePolicy, history: History, at: datetime, exemptions=None) -> Step:
    return look(runtime, wanted, history, at, exemptions)[0]


def look(runtime, wanted, history, at, exemptions=None) -> tuple[Step, History]:
    """The next step, and what is remembered of deadlines, of missing versions and of what is unread."""
    snapshot = parse_situated(runtime.document())
    verdict = judge(snapshot, wanted.zone, *([exemptions] if exemptions else []))
    history = with_deadlines(with_missing(history, verdict, at), verdict, wanted, at)
    history = history.having_read(at, everything=not verdict.unread)
    first, second = (next_step(snapshot, verdict, wanted, history, at=at) for _ in range(2))
    assert first == second
    return first, history


def climb(runtime: NaiveService, wanted: ResponsePolicy, history=None, at=NOW, meddle=None, exemptions=None) -> Run:
    """Take one step at a time until nothing more is to be done, or fail when that takes too long.

    Args:
        meddle: What somebody else does after each call, given the runtime and the step.
    """
    history, steps = history or History(), []
    for _ in range(BOUND):
        step, history = look(runtime, wanted, history, at, exemptions)
        if step.call is not None:
            if step.kind in (StepKind.REPAIR_NETWORK, StepKind.MOVE_ENDPOINT):
                lost = sum(act.kind is StepKind.DENY_INVOCATION for act in history.acts) >= LOST_DENIALS
                assert lost or not runtime.invocable(), "changed before it was denied"
            if step.kind is StepKind.LIFT_DENIAL:
                assert exemptions or compliant(runtime), "let go although something escapes"
            history = history.begun(step, at, wanted.window)
            runtime.take(step.call)
            history = history.done(step)
            steps.append(step)
            if meddle is not None:
                meddle(runtime, step)
        elif step.kind is StepKind.WAIT:
            runtime.pass_time()
        else:
            return Run(steps, step, history, at)
        at += timedelta(seconds=step.delay_seconds or 1)
    raise AssertionError(f"no end after {BOUND} looks; last: {step.kind} {step.why}")


def compliant(runtime: NaiveService) -> bool:
    answers = runtime.reachable()
    if None in answers:
        return False
    return not any(broken_rules(parse_version(int(each["agentRuntimeVersion"]), each), ZONE) for each in answers)


__all__ = [
    "BOUND",
    "RUNTIME_ID",
    "ZONE",
    "Run",
    "climb",
    "compliant",
    "parse_situated",
    "policy",
    "service",
    "step_now",
    "whole",
]
