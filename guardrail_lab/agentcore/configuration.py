"""A version's configuration: what its request said, the whole of it and nothing else, with the documented defaults."""

import copy
from collections.abc import Mapping
from typing import Any

from guardrail_lab.agentcore import network
from guardrail_lab.agentcore.account import Account
from guardrail_lab.agentcore.errors import invalid

# Get always answers with one; these are the service's defaults, in seconds.
DEFAULT_LIFECYCLE = {"idleRuntimeSessionTimeout": 900, "maxLifetime": 28800}


class Configurations:
    """Reads the configurations of one account's runtimes.

    Args:
        members: What a version is made of: what Update takes and Get gives back.
    """

    def __init__(self, account: Account, members: frozenset[str]) -> None:
        self._account, self._members = account, members

    def read(self, parameters: Mapping[str, Any], at: float, *, has_service_path: bool) -> Mapping[str, Any]:
        """Return what is stored of a request.

        Raises:
            ServiceError: ValidationException; the placement contradicts itself.
        """
        placement, compute = parameters.get("networkConfiguration"), parameters.get("capacityProviderConfiguration")
        network.check_placement(placement)
        if compute is not None:
            self._check_compute(compute["capacityProviderArn"], placement, at)
        sent = {name: parameters[name] for name in self._members if parameters.get(name) is not None}
        configuration = copy.deepcopy(sent)
        if placement is not None:
            stored = network.stored(configuration["networkConfiguration"], has_service_path=has_service_path)
            configuration["networkConfiguration"] = stored
        configuration["lifecycleConfiguration"] = DEFAULT_LIFECYCLE | configuration.get("lifecycleConfiguration", {})
        return configuration

    def _check_compute(self, arn: str, placement: object, at: float) -> None:
        if placement is not None:
            raise invalid("capacityProviderConfiguration and networkConfiguration exclude each other")
        providers = self._account.all_resources("capacity-provider", at)
        if not any(provider.arn == arn and provider.status(at) == "READY" for provider in providers):
            raise invalid("capacityProviderArn: no capacity provider of this account is READY under it")
