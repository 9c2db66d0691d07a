"""Who may invoke a runtime, and which version answers: what a guardrail's denial and repair have to change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guardrail_lab.agentcore.account import Account
from guardrail_lab.agentcore.behaviour import MetadataRule
from guardrail_lab.agentcore.errors import ServiceError, denied, invalid, not_found
from guardrail_lab.agentcore.policy import PREFIX, Asked, Effect
from guardrail_lab.agentcore.principal import account_of
from guardrail_lab.agentcore.resource_policies import ResourcePolicies
from guardrail_lab.agentcore.runtime import Runtime, Version

INVOKE = f"{PREFIX}InvokeAgentRuntime"


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody wants to invoke an endpoint.

    Attributes:
        principal: ARN of the caller; None for one without AWS credentials.
        context: Condition keys of the request.
        identity_allows: Whether the caller's own policies allow it.
    """

    runtime_id: str
    qualifier: str
    principal: str | None
    action: str
    context: Mapping[str, str]
    identity_allows: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether an invocation is let through.

    Attributes:
        why: One line for people.
        version: The version that would serve, None if there is none.
        error: What the caller gets instead, None when it is allowed.
    """

    allowed: bool
    why: str
    version: int | None = None
    error: ServiceError | None = None


class Invocations:
    """The data plane of one account, as far as it decides."""

    def __init__(self, account: Account, policies: ResourcePolicies) -> None:
        self._account, self._policies = account, policies
        self._sessions: dict[tuple[str, str, str], tuple[int, float]] = {}

    def decide(self, attempt: Attempt, at: float) -> Decision:
        """Decide one invocation; policies come first, so that who may not call learns nothing else."""
        try:
            runtime = self._account.runtime(attempt.runtime_id, at)
            endpoint = runtime.endpoints.get(attempt.qualifier)
            if endpoint is None or at >= endpoint.gone_at:
                raise not_found("The endpoint")
            live = endpoint.live(at)
            version = None if live is None else runtime.versions.get(live)
            self._check_policies(attempt, runtime, version, at)
            number = self._invocable(runtime, version)
        except ServiceError as error:
            return Decision(False, error.message, error=error)
        return Decision(True, f"version {number} serves", number)

    def served(self, runtime_id: str, qualifier: str, session: str, version: int, at: float) -> dict[str, Any]:
        """Return what the container says. A session stays on the version it began with, for its maxLifetime."""
        runtime, key = self._account.runtime(runtime_id, at), (runtime_id, qualifier, session)
        number, ends_at = self._sessions.get(key, (version, 0.0))
        if at >= ends_at:
            lifetime = runtime.versions[version].configuration["lifecycleConfiguration"]["maxLifetime"]
            number, ends_at = version, at + lifetime
        self._sessions[key] = (number, ends_at)
        network = runtime.versions[number].configuration.get("networkConfiguration") or {}
        return {
            "agentRuntimeId": runtime_id,
            "endpoint": qualifier,
            "agentRuntimeVersion": str(number),
            "networkMode": network.get("networkMode"),
        }

    def stop_session(self, runtime_id: str, qualifier: str, session: str) -> None:
        """End a session at once.

        Raises:
            ServiceError: ResourceNotFoundException; there is no such session.
        """
        if self._sessions.pop((runtime_id, qualifier, session), None) is None:
            raise not_found("The session")

    def _check_policies(self, attempt: Attempt, runtime: Runtime, version: Version | None, at: float) -> None:
        """Ask both policies, the runtime's and the endpoint's; every one that exists is evaluated."""
        by_token = version is not None and "authorizerConfiguration" in version.configuration
        caller, action = None if by_token else attempt.principal, attempt.action
        effects = [
            self._policies.effect(Asked(caller, action, arn, attempt.context), at)
            for arn in (runtime.arn, f"{runtime.arn}/runtime-endpoint/{attempt.qualifier}")
        ]
        if Effect.DENY in effects:
            raise denied(f"{action} is refused with an explicit deny in a resource-based policy")
        if by_token:
            if Effect.NOTHING in effects:
                raise denied(f"{action} is refused: the caller has a token, and a resource-based policy does not allow")
        elif caller is None:
            raise denied(f"{action} is refused: the runtime has no authorizer, and the request no caller")
        elif not self._is_allowed(caller, effects, attempt.identity_allows):
            raise denied(f"{action} is refused: no policy allows it")

    def _is_allowed(self, caller: str, effects: Sequence[Effect | None], identity_allows: bool) -> bool:
        by_resource = all(effect is Effect.ALLOW for effect in effects)
        if account_of(caller) == self._account.number:
            return identity_allows or by_resource
        return identity_allows and by_resource

    def _invocable(self, runtime: Runtime, version: Version | None) -> int:
        if runtime.harness is not None:
            raise invalid("The runtime is managed by a harness; invoke the harness")
        if version is None:
            raise not_found("A version that serves this endpoint")
        if self._lacks_metadata_service(runtime, version):
            raise invalid("The version does not require MMDSv2; update the runtime with requireMMDSV2 = true")
        return version.number

    def _lacks_metadata_service(self, runtime: Runtime, version: Version) -> bool:
        rule = self._account.behaviour.metadata_rule
        if rule == MetadataRule.NEVER or _requires_v2(version):
            return False
        return rule == MetadataRule.ALWAYS or any(
            _requires_v2(earlier) for number, earlier in runtime.versions.items() if number < version.number
        )


def _requires_v2(version: Version) -> bool:
    return version.configuration.get("metadataConfiguration", {}).get("requireMMDSV2") is True


def runtime_id_of(arn_or_id: str) -> str:
    """Return the id from a runtime's ARN, or the id itself."""
    return arn_or_id.partition(":runtime/")[2].partition("/")[0] or arn_or_id
