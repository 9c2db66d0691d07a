"""Looks over the guardrail's shoulder: every change is held to the laws when it is made, and all of them at the end."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from guardrail_lab.agentcore.errors import ServiceError
from tests.chaos.guardrail import Guardrail
from tests.chaos.handling import INTENT, Handling
from tests.chaos.judge import Sight, broken, is_denied, served, statements

if TYPE_CHECKING:
    from tests.chaos.world import World

DENY, LIFT, REPAIR, MOVE = "deny-invocation", "lift-denial", "repair-network", "move-endpoint"
Answer = dict[str, Any]
CERTAIN_SECONDS = 60
"""How long a version that an endpoint serves has to be missing before anything is done about it."""


@dataclass(frozen=True)
class Made:
    """One changing call of a guardrail that AgentCore took."""

    at: float
    guardrail: Guardrail
    handling: Handling = field(repr=False)
    runtime_id: str
    kind: str
    endpoint: str | None


@dataclass
class Watch:
    """What was seen, and which laws were broken: `law: what happened`, with the time."""

    world: "World"
    broken: list[str] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    sent: list[Made] = field(default_factory=list)
    repaired: set[tuple[str, int]] = field(default_factory=set)
    overtaken: list[Made] = field(default_factory=list)

    def call(self, handling: Handling, operation: str, parameters: Answer) -> Answer:
        """Perform one call of a guardrail, and hold it to the laws."""
        plane = self.world.plane
        if operation.startswith(("Get", "List")):
            try:
                answer = plane.call(operation, parameters)
            except ServiceError:
                handling.deeds.append(("read", (operation, parameters, {}, self.world.now)))
                raise
            handling.deeds.append(("read", (operation, parameters, answer, self.world.now)))
            return answer
        return self._change(handling, operation, parameters)

    def _change(self, handling: Handling, operation: str, parameters: Answer) -> Answer:
        runtime_id = parameters.get("agentRuntimeId") or parameters["resourceArn"].partition(":runtime/")[2]
        before = self.world.sight(runtime_id)
        kind = kind_of(operation, parameters)
        seen = Made(self.world.now, handling.guardrail, handling, runtime_id, kind, parameters.get("endpointName"))
        self._allowed(seen)
        handling.deeds.append(("write", kind))
        self.sent.append(seen)
        try:
            answer = self.world.plane.call(operation, parameters)
        except ServiceError as error:
            handling.deeds.append(("refused", error.code))
            raise
        self.made.append(seen)
        after = self.world.sight(runtime_id)
        if before is not None and after is not None:
            getattr(self, "_" + kind.partition("-")[0])(seen, before, after, parameters)
        self.world.heard(operation, handling.guardrail.session_arn, parameters, answer)
        return answer

    def say(self, law: str, what: str) -> None:
        """Note that a law was broken."""
        self.broken.append(f"{law}: {what} (second {self.world.now - self.world.began:.0f})")

    def _allowed(self, seen: Made) -> None:
        """Laws 4 to 9 and 14, as far as they are about who may call at all."""
        handling, mode, guardrail = seen.handling, self.world.terms.mode, seen.guardrail
        if mode == "OBSERVE" or (mode == "QUARANTINE" and seen.kind in (REPAIR, MOVE)):
            self.say("law 9", f"{seen.kind} in {mode}")
        if handling.has_written():
            self.say("law 4", f"{seen.kind} is one more change for one message")
        since = list(handling.since_the_last_write())
        if not any(what == "record" and detail.startswith(INTENT) for what, detail in since):
            self.say("law 5", f"{seen.kind} without a record before it")
        if not any(what == "switch" for what, _ in since):
            self.say("law 14", f"{seen.kind} without a look at the switch")
        if seen.kind == REPAIR and not handling.compared():
            self.say("law 8", "a repair without a look right before it")
        if handling.actor == guardrail.session_arn:
            self.say("law 6", f"{seen.kind} because of an event of its own call")
        if self.world.backed_out_since < handling.began:
            self.say("law 14", f"{seen.kind} while backed out")

    def _raced(self, seen: Made) -> bool:
        """Whether what the guardrail knows may rightly be older than what is: nothing can lock AgentCore."""
        return self.world.trouble.stale > 0 or self._last_touched(seen) >= seen.handling.look_began()

    def _in_motion(self, seen: Made) -> bool:
        """Whether something may have come right by itself since it was looked at, as AgentCore settled."""
        behaviour = self.world.plane.behaviour
        settles = behaviour.settle_seconds + behaviour.endpoint_settle_seconds
        return self._raced(seen) or self.world.written[seen.runtime_id] + settles >= seen.handling.look_began()

    def _last_touched(self, seen: Made) -> float:
        """When anybody but this guardrail last changed the runtime; two with one table have the lease to keep apart."""
        others = [
            made.at
            for made in self.made
            if made.runtime_id == seen.runtime_id and made.guardrail is not seen.guardrail and not self.world.shared
        ]
        return max([self.world.touched[seen.runtime_id], *others])

    def _repair(self, seen: Made, before: Sight, after: Sight, parameters: Answer) -> None:
        judged = seen.handling.judged_version()
        if after.newest == before.newest:
            return  # the same clientToken: answered again, nothing made
        if (seen.runtime_id, judged) in self.repaired:
            self.say("each change once", f"version {judged} was repaired twice")
        self.repaired.add((seen.runtime_id, judged))
        if judged != before.newest:
            self.overtaken.append(seen)
            return
        old, new = before.versions[before.newest], after.versions[after.newest]
        for member in self.world.plane.model.configuration() - {"networkConfiguration"}:
            if old.get(member) != new.get(member):
                self.say("law 8", f"the repair changed {member}")
        if not before.breaks(before.newest, self.world.terms.approved) and not self._in_motion(seen):
            self.say("needless", f"version {before.newest} was repaired, and broke no rule")
        self._check_placement(new)

    def _check_placement(self, version: Answer) -> None:
        """A repair puts the landing zone's placement there, the configured one and nothing else."""
        network, terms = version["networkConfiguration"], self.world.terms
        placed = network.get("networkModeConfig", {})
        exact = sorted(placed.get("subnets", ())) == sorted(terms.subnets) and sorted(
            placed.get("securityGroups", ())
        ) == sorted(terms.groups)
        if network["networkMode"] != "VPC" or not exact or broken(version, terms.approved):
            self.say("law 8", "a repair put another placement there")

    def _move(self, seen: Made, before: Sight, after: Sight, parameters: Answer) -> None:
        target, approved = int(parameters["agentRuntimeVersion"]), self.world.terms.approved
        if self.world.breaks(seen.runtime_id, target):
            self.say("law 2", f"{seen.endpoint} was moved to version {target}, which breaks a rule")
        endpoint = next(each for each in before.endpoints if each["name"] == seen.endpoint)
        fine = not any(before.breaks(number, approved) for number in served(endpoint))
        if fine and not self._in_motion(seen):
            self.say("needless", f"{seen.endpoint} was moved, and served what breaks no rule")
        changed = next(each for each in after.endpoints if each["name"] == seen.endpoint)
        if endpoint.get("description") != changed.get("description"):
            self.say("law 8", f"the description of {seen.endpoint} was changed")

    def _deny(self, seen: Made, before: Sight, after: Sight, parameters: Answer) -> None:
        base = seen.handling.read_policy()
        if statements(parameters["policy"]) != statements(base):
            self.say("policy of others", "the denial changed other statements")
        if base != before.policy:
            self.world.others_policy[seen.runtime_id] = (base, False)
        if not before.escapes(self.world.terms.approved) and not self._in_motion(seen):
            self.say("needless", "a compliant runtime was denied")
        if is_denied(before.policy) and self.world.calm and len(self.world.guardrails) == 1 and not self._raced(seen):
            self.say("each change once", "denied twice")
        if before.missing():
            self._was_certain(seen, before)
        else:
            self._allowed_by_grace(seen)

    def _was_certain(self, seen: Made, before: Sight) -> None:
        """Whether two looks found it missing: one alone may be older than the version."""
        wrong = before.escapes(self.world.terms.approved)
        since = self.world.missing_since(seen.runtime_id)
        if wrong == before.missing() and seen.at < since + CERTAIN_SECONDS and not self._in_motion(seen):
            self.say(
                "hasty", f"denied for versions {sorted(wrong)}, {seen.at - since:.0f} s after the first was deleted"
            )

    def _allowed_by_grace(self, seen: Made) -> None:
        grace = self.world.grace_seconds
        if grace and seen.at < self.world.drifted_at.get(seen.runtime_id, seen.at) + grace:
            self.say("grace", "the deadline became shorter")

    def _lift(self, seen: Made, before: Sight, after: Sight, parameters: Answer) -> None:
        escapes = before.escapes(self.world.terms.approved)
        if escapes and not self._raced(seen):
            self.say("law 2", f"lifted, and versions {sorted(escapes)} are still reachable")
        moving = {before.status, *(each["status"] for each in before.endpoints)} & {"CREATING", "UPDATING"}
        if moving and not self._raced(seen):
            self.say("order", "lifted before everything was at rest")
        if before.policy != seen.handling.read_policy():
            self.world.others_policy[seen.runtime_id] = (after.policy, False)
            return
        self.check_others_policy(after, "after the lift")

    def check_others_policy(self, sight: Sight, when: str) -> None:
        """Whether the others' statements are as they left them: byte for byte, where they never touched ours."""
        text, exact = self.world.others_policy[sight.runtime_id]
        if exact and len(self.world.guardrails) == 1 and not is_denied(sight.policy) and sight.policy != text:
            self.say("policy of others", f"not the same bytes {when}")
        if statements(sight.policy) != statements(text):
            self.say("policy of others", f"other statements {when}")
        if sight.policy is not None and not is_denied(sight.policy) and not statements(sight.policy):
            self.say("policy of others", f"an empty policy {when}")


def kind_of(operation: str, parameters: Answer) -> str:
    """The step that a call belongs to."""
    if operation == "PutResourcePolicy" and is_denied(parameters["policy"]):
        return DENY
    return {"UpdateAgentRuntime": REPAIR, "UpdateAgentRuntimeEndpoint": MOVE}.get(operation, LIFT)
