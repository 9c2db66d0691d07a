"""One account's AgentCore in one Region: the operations by their API names, and who may invoke what.

What is not documented is read strictly; docs/lab.md lists every such reading. With ``Behaviour(validated=False)`` the
requests of a trusted caller skip the model's checks.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from guardrail_lab.agentcore.account import Account
from guardrail_lab.agentcore.behaviour import Behaviour
from guardrail_lab.agentcore.clock import Clock
from guardrail_lab.agentcore.errors import ServiceError
from guardrail_lab.agentcore.faults import Faults
from guardrail_lab.agentcore.invocation import INVOKE, Attempt, Decision, Invocations, runtime_id_of
from guardrail_lab.agentcore.model import AgentCoreModel
from guardrail_lab.agentcore.operations import operations
from guardrail_lab.agentcore.resource_policies import ResourcePolicies
from guardrail_lab.agentcore.runtime import DEFAULT
from guardrail_lab.agentcore.tags import Tags
from guardrail_lab.agentcore.throttling import Throttle
from guardrail_lab.agentcore.tokens import ClientTokens
from guardrail_lab.agentcore.validation import Validator

READS = ("Get", "List")


class ControlPlane:
    """AgentCore in memory: deterministic, no I/O, no threads; all time comes from the clock.

    Args:
        clock: Seconds since 1970; it must not go back.
        faults: Shared by the control planes of several accounts, or its own.
    """

    def __init__(
        self,
        model: AgentCoreModel,
        clock: Clock,
        account: str,
        region: str,
        partition: str = "aws",
        behaviour: Behaviour | None = None,
        faults: Faults | None = None,
    ) -> None:
        self.faults = faults or Faults()
        self.account = Account(account, region, partition, clock, behaviour or Behaviour())
        self.model = model
        self._validator, self._tokens, self._throttle = Validator(model), ClientTokens(), Throttle()
        self._tags, self._policies = Tags(self.account), ResourcePolicies(self.account)
        self._invocations = Invocations(self.account, self._policies)
        self._operations = operations(self.account, self.faults, self._tags, self._policies, model.configuration())

    @property
    def behaviour(self) -> Behaviour:
        """How it behaves at present."""
        return self.account.behaviour

    def behave(self, **changes: Any) -> None:
        """Change some settings from now on; what is already on its way keeps its time."""
        self.account.behaviour = replace(self.account.behaviour, **changes)

    def has(self, operation: str) -> bool:
        """Whether the lab has this operation."""
        return operation in self._operations

    def call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one request, with the faults that were asked for.

        Args:
            operation: The API's name, such as UpdateAgentRuntime.
            parameters: By the SDK's names.

        Returns:
            The answer as on the wire: dates are ISO 8601 text. It is the caller's to change.

        Raises:
            ServiceError: The service refuses, or was told to fail.
        """
        if error := self.faults.before(operation):
            raise error
        answer = self.perform(operation, parameters)
        if error := self.faults.after(operation):
            raise error
        return answer

    def perform(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one request; of the faults, only those that are about a runtime or about stale reads apply.

        Raises:
            ServiceError: The service refuses.
        """
        handler, now = self._operations.get(operation), self.account.clock()
        if handler is None:
            raise ServiceError("UnknownOperationException", "The lab does not have this operation", 404)
        if self.behaviour.throttled:
            self._throttle.take(operation, now)
        if self.behaviour.validated:
            self._validator.check(operation, parameters)
        if operation.startswith(READS):
            return copied(handler(parameters, now - self.faults.seconds_behind(operation)))
        earlier = self._tokens.earlier(operation, parameters, now)
        if earlier is None:
            earlier = handler(parameters, now)
            self._tokens.remember(operation, copied(dict(parameters)), earlier, now)
        return copied(earlier)

    def may_invoke(
        self,
        arn_or_id: str,
        qualifier: str = DEFAULT,
        principal: str | None = None,
        action: str = INVOKE,
        *,
        context: Mapping[str, str] | None = None,
        identity_allows: bool = True,
    ) -> Decision:
        """Decide whether a principal gets through to a runtime's endpoint; changes nothing.

        Args:
            principal: The caller's ARN; None is somebody without AWS credentials, such as the bearer of a token. A
                runtime whose serving version has an authorizer takes every caller for the bearer of a valid token.
            context: Condition keys, such as ``aws:SourceIp``.
            identity_allows: What the caller's own policies say.
        """
        attempt = Attempt(runtime_id_of(arn_or_id), qualifier, principal, action, context or {}, identity_allows)
        return self._invocations.decide(attempt, self.account.clock())

    def invoke(
        self, arn_or_id: str, qualifier: str = DEFAULT, principal: str | None = None, *, session: str, **how: Any
    ) -> dict[str, Any]:
        """Invoke an endpoint and return what its container says: which version it is, and on which network.

        Args:
            session: Its id; a session stays on the version that it began with.
            how: As ``may_invoke`` takes it.

        Raises:
            ServiceError: A policy denies it, or no version can serve.
        """
        decision = self.may_invoke(arn_or_id, qualifier, principal, **how)
        if decision.error is not None or decision.version is None:
            raise decision.error or ServiceError("InternalServerException", "undecided", 500)
        runtime_id = runtime_id_of(arn_or_id)
        return self._invocations.served(runtime_id, qualifier, session, decision.version, self.account.clock())

    def stop_session(self, arn_or_id: str, qualifier: str, session: str) -> None:
        """End a session at once; the next invocation begins it anew.

        Raises:
            ServiceError: ResourceNotFoundException.
        """
        self._invocations.stop_session(runtime_id_of(arn_or_id), qualifier, session)

    def backdate(self, runtime_id: str, created_at: float) -> None:
        """Make a runtime as old as is wanted, such as one from before the S3 rollout (seconds since 1970)."""
        now = self.account.clock()
        runtime = self.account.runtime(runtime_id, now)
        self.account.runtimes.put(runtime_id, replace(runtime, created_at=created_at), now)

    def seed_tags(self, arn: str, tags: Mapping[str, str]) -> None:
        """Set tags that only AWS itself can set, such as ``aws:cloudformation:stack-name``."""
        self._tags.seed(arn, tags, self.account.clock())


def copied(answer: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a JSON object that shares nothing with it; much faster than ``copy.deepcopy``."""
    return {name: _copied(inner) for name, inner in answer.items()}


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return copied(value)
    return [_copied(inner) for inner in value] if isinstance(value, list) else value
