"""AgentCore of one account under a virtual clock: what others write, what is known of it, what there is."""

from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

from botocore.loaders import Loader

from guardrail_lab.agentcore.behaviour import Behaviour
from guardrail_lab.agentcore.clock import VirtualClock
from guardrail_lab.agentcore.control_plane import ControlPlane
from guardrail_lab.agentcore.errors import ServiceError
from guardrail_lab.agentcore.model import AgentCoreModel
from tests.builders import ACCOUNT, GROUPS, PROVIDER, REGION, SUBNETS
from tests.chaos.history import Conditions
from tests.chaos.judge import Approved, Sight, broken, is_denied
from tests.chaos.loop import Loop
from tests.chaos.trail import Trail

APPROVED = Approved(frozenset(SUBNETS), frozenset(GROUPS), frozenset({PROVIDER}))
DEVELOPER = f"arn:aws:sts::{ACCOUNT}:assumed-role/Developer/dev"


@cache
def model() -> AgentCoreModel:
    return AgentCoreModel(Loader().load_service_model("bedrock-agentcore-control", "service-2"))


class Account:
    """The account.

    Attributes:
        others_policy: By runtime: the policy as others left it, and whether they never touched ours.
        touched: By runtime: when somebody else last changed something about it, an exemption included.
        written: By runtime: when somebody else last made AgentCore change it, which takes AgentCore a while.
        drifted_at: By runtime: since when a rule is broken that it once kept, or never did; never set anew.
        armed: By runtime: what will go wrong with it.
        exempted: The one exemption there may be: a glob, and its rules.
    """

    def __init__(self, conditions: Conditions, seed: int) -> None:
        self.conditions, self.trouble = conditions, conditions.trouble
        self.clock = VirtualClock()
        self.began = self.clock.now
        self.loop = Loop(self.clock)
        self.plane = ControlPlane(model(), self.clock, ACCOUNT, REGION, behaviour=Behaviour(**conditions.behaviour))
        self.trail = Trail(self.loop, Random(f"trail {seed}"), conditions.lost, conditions.doubled, conditions.latest)
        self.runtimes: list[str] = []
        self.others_policy: dict[str, tuple[str | None, bool]] = defaultdict(lambda: (None, True))
        self.touched: dict[str, float] = defaultdict(float)
        self.written: dict[str, float] = defaultdict(float)
        self.drifted_at: dict[str, float] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.armed: dict[str, set[str]] = defaultdict(set)
        self.extra: dict[str, dict[str, Any]] = {}
        self.exempted: tuple[str, list[str]] = ("", [])

    @property
    def now(self) -> float:
        return self.clock.now

    def write(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Somebody else's write."""
        answer = self.plane.perform(operation, parameters)
        runtime_id = self._runtime_of(parameters, answer)
        self.touched[runtime_id] = self.written[runtime_id] = self.now
        if operation in ("CreateAgentRuntime", "CreateHarness"):
            self.runtimes.append(runtime_id)
            self.tags[runtime_id] = dict(parameters.get("tags", {}))
        if operation.endswith("ResourcePolicy"):
            text = parameters.get("policy")
            self.others_policy[runtime_id] = (text, not is_denied(text))
        if "agentRuntimeVersion" in answer and answer["status"] == "DELETING":
            self.loop.at(self.now + self.plane.behaviour.settle_seconds, lambda: self._note_drift(runtime_id))
        self.heard(operation, DEVELOPER, parameters, answer)
        return answer

    def heard(self, operation: str, caller: str, parameters: dict[str, Any], answer: dict[str, Any]) -> None:
        """Something was written: CloudTrail hears of it, and whether anything is wrong since then is noted."""
        self.trail.record(self.plane.model.operation(operation), caller, parameters, answer)
        self._note_drift(self._runtime_of(parameters, answer))

    def _note_drift(self, runtime_id: str) -> None:
        sight = self.sight(runtime_id)
        if sight is not None and replace(sight, exempted=frozenset()).escapes(APPROVED):
            self.drifted_at.setdefault(runtime_id, self.now)

    def _runtime_of(self, parameters: dict[str, Any], answer: dict[str, Any]) -> str:
        found = parameters.get("agentRuntimeId") or answer.get("agentRuntimeId")
        if "resourceArn" in parameters:
            found = parameters["resourceArn"].partition(":runtime/")[2]
        if "harness" in answer:
            found = answer["harness"]["environment"]["agentCoreRuntimeEnvironment"]["agentRuntimeId"]
        return str(found)

    def pick(self, chance: Random) -> str:
        """One runtime that was ever made."""
        return chance.choice(self.runtimes)

    def arn(self, runtime_id: str) -> str:
        return f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:runtime/{runtime_id}"

    def arm(self, runtime_id: str, flag: str) -> None:
        """Let something go wrong with this runtime."""
        self.armed[runtime_id].add(flag)
        if flag == "next_update_fails":
            self.plane.faults.fail_next_update(runtime_id, "no capacity in this zone")
        elif flag == "refuses_authorizer":
            self.plane.faults.refuse_authorizer(runtime_id)
        else:
            self.extra[runtime_id] = {"shinyNewMember": {"on": True}}

    def peek(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Read what there is, outside of the account's request rates: nobody in this world makes this call."""
        throttled = self.plane.behaviour.throttled
        if throttled:
            self.plane.behave(throttled=False)
        try:
            return self.plane.perform(operation, parameters)
        finally:
            if throttled:
                self.plane.behave(throttled=True)

    def exists(self, runtime_id: str) -> bool:
        return self.sight(runtime_id) is not None

    def policy(self, arn: str) -> str | None:
        try:
            found: str | None = self.peek("GetResourcePolicy", {"resourceArn": arn}).get("policy")
        except ServiceError:
            return None
        return found

    def sight(self, runtime_id: str) -> Sight | None:
        """What there is of a runtime, or None if it is gone."""
        asked = {"agentRuntimeId": runtime_id}
        try:
            newest = self.peek("GetAgentRuntime", asked)
        except ServiceError:
            return None
        endpoints = self._endpoints(runtime_id)
        numbers = {int(e[m]) for e in endpoints for m in ("liveVersion", "targetVersion") if m in e}
        versions = {int(newest["agentRuntimeVersion"]): newest}
        for number in numbers - versions.keys():
            with suppress(ServiceError):  # a version can be deleted under the endpoint that serves it
                versions[number] = self.peek("GetAgentRuntime", {**asked, "agentRuntimeVersion": str(number)})
        arn = self.arn(runtime_id)
        tags = self.peek("ListTagsForResource", {"resourceArn": arn})["tags"]
        return Sight(runtime_id, versions, endpoints, self.policy(arn), tags, self.exempt_rules(newest))

    def missing_since(self, runtime_id: str) -> float:
        """Since when there may have been an endpoint on a version that no longer exists, one or another."""
        versions = self.plane.account.runtime(runtime_id, self.now).versions
        return min(each.gone_at for each in versions.values())

    def _endpoints(self, runtime_id: str) -> tuple[Any, ...]:
        asked = {"agentRuntimeId": runtime_id, "maxResults": 100}
        return tuple(self.peek("ListAgentRuntimeEndpoints", asked)["runtimeEndpoints"])

    def breaks(self, runtime_id: str, number: int) -> bool:
        """Whether a version breaks a rule that nobody answers for."""
        asked = {"agentRuntimeId": runtime_id, "agentRuntimeVersion": str(number)}
        answer = self.peek("GetAgentRuntime", asked)
        return bool(broken(answer, APPROVED) - self.exempt_rules(answer))

    def exempt_rules(self, answer: dict[str, Any]) -> frozenset[str]:
        glob, rules = self.exempted
        name = answer["agentRuntimeName"]
        return frozenset(rules) if rules and name.startswith(glob.rstrip("*")) else frozenset()
