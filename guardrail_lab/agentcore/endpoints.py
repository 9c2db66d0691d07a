"""The operations on runtime endpoints: names that stay on their version until somebody moves them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from guardrail_lab.agentcore.account import Account
from guardrail_lab.agentcore.clock import NEVER, written
from guardrail_lab.agentcore.errors import conflict, not_found, over_quota
from guardrail_lab.agentcore.paging import page
from guardrail_lab.agentcore.runtime import DEFAULT, Endpoint, Runtime
from guardrail_lab.agentcore.tags import Tags

Parameters = Mapping[str, Any]
Answer = dict[str, Any]


class Endpoints:
    """The endpoints of one account's runtimes."""

    def __init__(self, account: Account, tags: Tags) -> None:
        self._account, self._tags = account, tags

    def create(self, parameters: Parameters, at: float) -> Answer:
        """CreateAgentRuntimeEndpoint, on the newest version unless one is named."""
        runtime, name = self._changeable(parameters, at), parameters["name"]
        existing, limit = runtime.endpoints_at(at), self._account.behaviour.endpoints_per_runtime
        if name in {endpoint.name for endpoint in existing}:
            raise conflict("An endpoint of this name exists")
        if len(existing) >= limit:
            raise over_quota("Endpoints per runtime", limit)
        target = self._target(runtime, parameters, at, otherwise=runtime.newest.number)
        endpoint_id, sequence = self._account.new_id(name)
        description = parameters.get("description")
        endpoint = Endpoint(name, endpoint_id, sequence, target, None, at, at, self._settles(at), description)
        # An earlier endpoint of this name leaves nothing to this one.
        self._account.policies.put(_arn(runtime, endpoint), None, at)
        self._account.tags.put(_arn(runtime, endpoint), None, at)
        self._tags.put_first(_arn(runtime, endpoint), parameters.get("tags"), at)
        self._put(runtime, endpoint, at)
        return {
            "targetVersion": str(target),
            **_arns(runtime, endpoint),
            "agentRuntimeId": runtime.id,
            "endpointName": name,
            "status": "CREATING",
            "createdAt": written(at),
        }

    def update(self, parameters: Parameters, at: float) -> Answer:
        """UpdateAgentRuntimeEndpoint; DEFAULT follows the newest version and cannot be moved (our reading)."""
        runtime = self._changeable(parameters, at)
        endpoint = _endpoint(runtime, parameters["endpointName"], at)
        if endpoint.name == DEFAULT:
            raise conflict("The DEFAULT endpoint follows the newest version")
        if endpoint.status(at).endswith("ING"):
            raise conflict("The endpoint is changing; wait until it has settled")
        moved = replace(
            endpoint,
            before=endpoint.live(at),
            target=self._target(runtime, parameters, at, otherwise=endpoint.target),
            description=parameters.get("description", endpoint.description),
            changed_at=at,
            settles_at=self._settles(at),
        )
        self._put(runtime, moved, at)
        return {
            **_versions(moved.before, moved.target),
            **_arns(runtime, moved),
            "status": "UPDATING",
            "createdAt": written(moved.created_at),
            "lastUpdatedAt": written(at),
        }

    def get(self, parameters: Parameters, at: float) -> Answer:
        """GetAgentRuntimeEndpoint."""
        runtime = self._account.runtime(parameters["agentRuntimeId"], at)
        endpoint = _endpoint(runtime, parameters["endpointName"], at)
        status = endpoint.status(at)
        failed = {"failureReason": endpoint.failure} if status.endswith("FAILED") else {}
        return {**_described(runtime, endpoint, at), **failed}

    def list(self, parameters: Parameters, at: float) -> Answer:
        """ListAgentRuntimeEndpoints, DEFAULT first. The model has no ResourceNotFound here: nothing is listed."""
        runtime = self._account.runtimes.get(parameters["agentRuntimeId"], at)
        if runtime is None or at >= runtime.gone_at:
            return {"runtimeEndpoints": []}
        found, more = page(
            runtime.endpoints_at(at),
            parameters,
            lambda endpoint: endpoint.sequence,
            scope=f"endpoints {runtime.id}",
            default=self._account.behaviour.page_size,
        )
        return {"runtimeEndpoints": [_described(runtime, endpoint, at) for endpoint in found], **more}

    def delete(self, parameters: Parameters, at: float) -> Answer:
        """DeleteAgentRuntimeEndpoint; never DEFAULT."""
        runtime = self._changeable(parameters, at)
        endpoint = _endpoint(runtime, parameters["endpointName"], at)
        if endpoint.name == DEFAULT:
            raise conflict("The DEFAULT endpoint cannot be deleted")
        if endpoint.status(at).endswith("ING"):
            raise conflict("The endpoint is changing; wait until it has settled")
        self._put(runtime, replace(endpoint, gone_at=self._settles(at)), at)
        return {"status": "DELETING", "agentRuntimeId": runtime.id, "endpointName": endpoint.name}

    def _changeable(self, parameters: Parameters, at: float) -> Runtime:
        runtime = self._account.runtime(parameters["agentRuntimeId"], at)
        if runtime.harness is not None:
            raise conflict("The runtime is managed by a harness; change the harness")
        if runtime.status(at).endswith("ING"):
            raise conflict("The runtime is changing; wait until it has settled")
        return runtime

    def _target(self, runtime: Runtime, parameters: Parameters, at: float, *, otherwise: int) -> int:
        version = runtime.versions.get(int(parameters.get("agentRuntimeVersion", otherwise)))
        if version is None or version.gone_at != NEVER:
            raise not_found("The version")
        if version.status(at) != "READY":
            raise conflict("The version is not READY")
        return version.number

    def _settles(self, at: float) -> float:
        return at + self._account.behaviour.endpoint_settle_seconds

    def _put(self, runtime: Runtime, endpoint: Endpoint, at: float) -> None:
        endpoints = {name: each for name, each in runtime.endpoints.items() if at < each.gone_at}
        self._account.runtimes.put(runtime.id, replace(runtime, endpoints={**endpoints, endpoint.name: endpoint}), at)


def _endpoint(runtime: Runtime, name: str, at: float) -> Endpoint:
    endpoint = runtime.endpoints.get(name)
    if endpoint is None or at >= endpoint.gone_at:
        raise not_found("The endpoint")
    return endpoint


def _arn(runtime: Runtime, endpoint: Endpoint) -> str:
    return f"{runtime.arn}/runtime-endpoint/{endpoint.name}"


def _arns(runtime: Runtime, endpoint: Endpoint) -> Answer:
    return {"agentRuntimeArn": runtime.arn, "agentRuntimeEndpointArn": _arn(runtime, endpoint)}


def _versions(live: int | None, target: int) -> Answer:
    return {"targetVersion": str(target)} | ({} if live is None else {"liveVersion": str(live)})


def _described(runtime: Runtime, endpoint: Endpoint, at: float) -> Answer:
    return {
        "name": endpoint.name,
        "id": endpoint.id,
        **_arns(runtime, endpoint),
        **_versions(endpoint.live(at), endpoint.target),
        "status": endpoint.status(at),
        "createdAt": written(endpoint.created_at),
        "lastUpdatedAt": written(endpoint.changed_at),
        **({} if endpoint.description is None else {"description": endpoint.description}),
    }
