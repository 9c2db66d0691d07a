"""The operations on resource policies of runtimes and endpoints: one document each, replaced as a whole."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from guardrail_lab.agentcore.account import Account
from guardrail_lab.agentcore.errors import invalid, not_found
from guardrail_lab.agentcore.policy import Asked, Effect, Statement, decide, parse_policy

Parameters = Mapping[str, Any]
Answer = dict[str, Any]


class ResourcePolicies:
    """The resource policies of one account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def put(self, parameters: Parameters, at: float) -> Answer:
        """PutResourcePolicy: it decides from the next invocation on."""
        arn, text = parameters["resourceArn"], parameters["policy"]
        self._check_resource(arn, at)
        parse_policy(text, arn, wildcard_actions=self._account.behaviour.wildcard_actions)
        self._account.policies.put(arn, text, at)
        return {"policy": text}

    def get(self, parameters: Parameters, at: float) -> Answer:
        """GetResourcePolicy."""
        self._check_resource(parameters["resourceArn"], at)
        text = self._account.policies.get(parameters["resourceArn"], at)
        if text is not None:
            return {"policy": text}
        if self._account.behaviour.missing_policy_is_an_error:
            raise not_found("The resource policy")
        return {}

    def delete(self, parameters: Parameters, at: float) -> Answer:
        """DeleteResourcePolicy; there has to be one (our reading)."""
        self._check_resource(parameters["resourceArn"], at)
        if self._account.policies.get(parameters["resourceArn"], at) is None:
            raise not_found("The resource policy")
        self._account.policies.put(parameters["resourceArn"], None, at)
        return {}

    def effect(self, asked: Asked, at: float) -> Effect | None:
        """Return what the resource's policy says about a request, None if it has no policy."""
        text = self._account.policies.get(asked.resource, at)
        return None if text is None else decide(_parsed(text, asked.resource), asked)

    def _check_resource(self, arn: str, at: float) -> None:
        if ":runtime/" not in arn:
            raise invalid("resourceArn: the lab has resource policies of runtimes and their endpoints only")
        if not self._account.exists(arn, at):
            raise not_found("The resource")


@lru_cache(maxsize=1024)
def _parsed(text: str, arn: str) -> tuple[Statement, ...]:
    return parse_policy(text, arn)
