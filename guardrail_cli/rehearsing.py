"""What `guardrail replay` does: goes through the steps that an event would lead to, on a snapshot, to their end."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.ladder import next_step
from guardrail.core.runtimes.missing import CERTAIN, with_missing
from guardrail.core.runtimes.quarantine import is_denied
from guardrail.core.runtimes.response import ResponseMode, ResponsePolicy, parse_mode
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.step import Step, StepKind
from guardrail.core.runtimes.surroundings import parse_situated
from guardrail.core.runtimes.trail import TrailEvent
from guardrail.core.runtimes.verdict import Verdict, judge
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.formats import Format
from guardrail_cli.inputs import read_event, read_zone
from guardrail_cli.judging import exit_code
from guardrail_cli.output import write_document, write_page
from guardrail_cli.simulating import after, settled
from guardrail_cli.source import Source
from guardrail_cli.terminal import say


class Ending(StrEnum):
    """How a rehearsal ends."""

    NOTHING_TO_DO = "nothing-to-do"
    CONTAINED = "contained"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The verdict that an event leads to, and the calls that would follow from it, one step at a time.

    Attributes:
        steps: Those that make a call, in order.
        why: Why it ends as it does.
    """

    verdict: Verdict
    steps: tuple[Step, ...]
    ending: Ending
    why: str

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        steps = [_step_document(step) for step in self.steps]
        return {"verdict": self.verdict.document(), "steps": steps, "ends": self.ending.value}


def rehearse(event: TrailEvent, document: Any, policy: ResponsePolicy, at: datetime) -> Rehearsal:
    """Go through what the guardrail would do about an event, with AgentCore doing as it is told at once.

    Waiting is no step here: what AgentCore is at has ended, and a version that is missing was missing before. A wait
    that nothing ends is a person's, as every wait is that lasts.

    Args:
        document: A snapshot, and what else of the runtime a change has to know.

    Raises:
        InvalidInput: Event, snapshot and zone are not about one account, Region and runtime.
    """
    zone = policy.zone
    if (event.account, event.region) != (zone.account, zone.region):
        raise InvalidInput("event", f"account {zone.account} and Region {zone.region}, as the zone has")
    snapshot = parse_situated(document)
    verdict = first = judge(snapshot, zone)
    if event.runtime_id is None or event.runtime_id != snapshot.runtime_id:
        raise InvalidInput("event", "one that names the runtime of the snapshot")
    steps: list[Step] = []
    history = with_missing(History(), first, at - CERTAIN)
    while True:
        step = next_step(snapshot, verdict, policy, history, at=at)
        if step.call is not None:
            steps.append(step)
            history = history.begun(step, at, policy.window).done(step)
            document = after(step.call, document, snapshot)
        elif step.kind is StepKind.WAIT and document != (arrived := settled(document, snapshot)):
            document = arrived
        else:
            return Rehearsal(first, tuple(steps), _ending(step, snapshot, policy, steps), step.why)
        snapshot = parse_situated(document)
        verdict = judge(snapshot, zone)


def replay(event: str, snapshot: str, zone: str, mode: str, form: Format) -> ExitCode:
    """Rehearse what the files `event`, `snapshot` and `zone` say, and print it.

    Raises:
        GuardrailError: A file cannot be read, they do not fit together, or the mode is none.
    """
    wanted = parse_mode("--mode", mode)
    read, source = read_event(event), Source(snapshot)
    with source.blamed():
        document = source.read()
        parse_situated(document)
    rehearsal = rehearse(read, document, ResponsePolicy(wanted, read_zone(zone)), datetime.now(UTC))
    if form is Format.JSON:
        write_document(rehearsal.document())
        if rehearsal.ending is Ending.ESCALATED:
            say(f"escalated: {rehearsal.why}")
    else:
        from guardrail_cli.formats.text import rehearsal_page  # loads Rich, which JSON does without

        write_page(rehearsal_page(rehearsal))
    return exit_code(rehearsal.verdict)


def _ending(step: Step, snapshot: Snapshot, policy: ResponsePolicy, steps: list[Step]) -> Ending:
    """A runtime that nobody can invoke is contained, too."""
    if step.kind in (StepKind.ESCALATE, StepKind.WAIT):
        return Ending.ESCALATED
    denied = snapshot.situation is not None and is_denied(snapshot.situation.resource_policy)
    contained = policy.mode is not ResponseMode.OBSERVE and (steps or denied)
    return Ending.CONTAINED if contained else Ending.NOTHING_TO_DO


def _step_document(step: Step) -> dict[str, Any]:
    call = step.call
    if call is None:
        return {"step": step.kind.value, "calls": []}
    made = {"service": call.service, "operation": call.operation, "parameters": dict(call.parameters)}
    return {"step": step.kind.value, "calls": [made]}
