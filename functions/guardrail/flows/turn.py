"""One look's turn to act on a runtime, and what is kept, told and asked about it."""

import json
from dataclasses import dataclass, replace
from typing import Any

from guardrail.core.errors import GatewayError
from guardrail.core.evidence import EvidenceRecord, RecordKind
from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.message import Reason
from guardrail.core.runtimes.reaction import FindingKind, Reaction, reaction_to
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.step import Step
from guardrail.core.runtimes.verdict import Verdict
from guardrail.flows.look_again import look_again
from guardrail.flows.record import keep, tell, tell_once
from guardrail.flows.runtime_world import World
from guardrail.flows.sight import Sight
from guardrail.ports.runtimes import Lease, Taken


@dataclass(frozen=True, slots=True)
class Turn:
    """One look's turn to act: what it saw, what is remembered with it, and the lease under which that is true."""

    sight: Sight
    snapshot: Snapshot
    verdict: Verdict
    history: History
    lease: Lease
    world: World

    def keep(self, kind: RecordKind, name: str, body: dict[str, Any]) -> str:
        """Keep a record about this runtime, and return where it is."""
        subject = self.sight.look.subject
        return keep(EvidenceRecord(kind, subject, name, self.world.clock(), body), self.sight, self.world)

    def tell_of(self, step: Step, evidence: str, *, otherwise: bool = False) -> None:
        """Tell what was done, where that is the end of something; a verdict was told already.

        Args:
            otherwise: The call was made in its other form, which denies less.
        """
        at = self.world.clock()
        reaction = reaction_to(self.snapshot, self.verdict, self.sight.policy, self.history, step, at=at)
        if reaction.kind is not FindingKind.VERDICT:
            open_still = reaction.leaves_commands_open or otherwise
            tell(replace(reaction, leaves_commands_open=open_still), evidence, self.sight, self.world)

    def call_for_help(self, why: str, evidence: str) -> None:
        """Tell that a person has to act."""
        tell(Reaction(self.sight.policy.mode, why, FindingKind.ESCALATED), evidence, self.sight, self.world)

    def told_forbidden(self, step: Step, taken: Taken) -> GatewayError | None:
        """Tell that our own role may not make a change, where nobody was called yet; return how the message fails.

        A dead letter stays that makes a look of its own when somebody sends it back to the queue.
        """
        if self.history.escalated or step.call is None:
            return None
        operation = taken.operation or step.call.operation
        failure = GatewayError(f"{step.call.service}:{operation}", taken.code, retryable=False)
        look = replace(self.sight.look, reason=Reason.OPERATOR, attempt=1, event=None)
        self.world.queue.bury(json.dumps(look.document()), str(failure))
        tell_once(f"forbidden-{operation}", f"Our own role may not do it: {failure}", self.sight, self.world)
        return failure

    def ask_again(self, seconds: int, history: History, *, anew: bool = False) -> History:
        """Have another look put on the queue; where it waits for nothing of AgentCore's, looks are counted anew."""
        attempt = 1 if anew else self.sight.look.attempt + 1
        look = replace(self.sight.look, reason=Reason.AGAIN, attempt=attempt, event=None)
        return look_again(look, seconds, history, self.world)
