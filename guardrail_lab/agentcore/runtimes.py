"""The operations on agent runtimes and their versions; every update is a complete new version."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from guardrail_lab.agentcore import network
from guardrail_lab.agentcore.account import Account
from guardrail_lab.agentcore.clock import NEVER, written
from guardrail_lab.agentcore.configuration import Configurations
from guardrail_lab.agentcore.errors import conflict, invalid, not_found, over_quota
from guardrail_lab.agentcore.faults import Faults
from guardrail_lab.agentcore.paging import page
from guardrail_lab.agentcore.runtime import DEFAULT, Endpoint, Runtime, Version
from guardrail_lab.agentcore.runtime_answers import changed, described, numbered, summary
from guardrail_lab.agentcore.tags import Tags

Parameters = Mapping[str, Any]
Answer = dict[str, Any]


class Runtimes:
    """The runtimes of one account.

    Args:
        members: What a version is made of: what Update takes and Get gives back.
    """

    def __init__(self, account: Account, faults: Faults, tags: Tags, members: frozenset[str]) -> None:
        self._account, self._faults, self._tags = account, faults, tags
        self._configurations = Configurations(account, members)

    def create(self, parameters: Parameters, at: float, harness: str | None = None) -> Answer:
        """CreateAgentRuntime: version 1, and DEFAULT on it."""
        account, name, behaviour = self._account, parameters["agentRuntimeName"], self._account.behaviour
        existing = account.all_runtimes(at)
        if any(runtime.name == name for runtime in existing):
            raise conflict("A runtime of this name exists")
        if len(existing) >= behaviour.runtimes_per_account:
            raise over_quota("Runtimes per account", behaviour.runtimes_per_account)
        network.refuse_s3(parameters.get("networkConfiguration"))
        configuration = self._configurations.read(parameters, at, has_service_path=at < behaviour.s3_rollout)
        first = Version(1, configuration, at, at + behaviour.settle_seconds, self._faults.reason_to_fail(name))
        runtime_id, sequence = account.new_id(name)
        runtime = Runtime(
            id=runtime_id,
            name=name,
            arn=account.arn(f"runtime/{runtime_id}"),
            workload_identity=account.arn(f"workload-identity-directory/default/workload-identity/{runtime_id}"),
            created_at=at,
            sequence=sequence,
            versions={1: first},
            endpoints={DEFAULT: self._default(first, at)},
            harness=harness,
        )
        self._tags.put_first(runtime.arn, parameters.get("tags"), at)
        account.runtimes.put(runtime.id, runtime, at)
        return changed(runtime)

    def update(self, parameters: Parameters, at: float, harness: str | None = None) -> Answer:
        """UpdateAgentRuntime: one more version, which DEFAULT follows once it is READY."""
        runtime = self._account.runtime(parameters["agentRuntimeId"], at)
        self._check_update(runtime, parameters, at, harness)
        old = runtime.created_at < self._account.behaviour.s3_rollout
        if not old:
            network.refuse_s3(parameters.get("networkConfiguration"))
        configuration = self._configurations.read(parameters, at, has_service_path=old)
        number, settles_at = runtime.newest.number + 1, at + self._account.behaviour.settle_seconds
        failure = self._faults.reason_to_fail(runtime.id)
        version = Version(number, configuration, at, settles_at, failure)
        after = replace(
            runtime,
            versions={**runtime.versions, number: version},
            endpoints={**runtime.endpoints, DEFAULT: self._followed(runtime.endpoints[DEFAULT], version)},
        )
        self._account.runtimes.put(runtime.id, after, at)
        return changed(after) | {"lastUpdatedAt": written(at)}

    def get(self, parameters: Parameters, at: float) -> Answer:
        """GetAgentRuntime: the newest version, also while it is UPDATING, or the one that is named."""
        runtime = self._account.runtime(parameters["agentRuntimeId"], at)
        named = parameters.get("agentRuntimeVersion")
        found = runtime.newest if named is None else runtime.versions.get(int(named))
        if found is None or at >= found.gone_at:
            raise not_found("The version")
        return described(runtime, found, at)

    def list(self, parameters: Parameters, at: float) -> Answer:
        """ListAgentRuntimes, oldest first."""
        found, more = page(
            self._account.all_runtimes(at),
            parameters,
            lambda runtime: runtime.sequence,
            scope="runtimes",
            default=self._account.behaviour.page_size,
        )
        return {"agentRuntimes": [summary(runtime, runtime.newest, at) for runtime in found], **more}

    def list_versions(self, parameters: Parameters, at: float) -> Answer:
        """ListAgentRuntimeVersions, oldest first."""
        runtime = self._account.runtime(parameters["agentRuntimeId"], at)
        found, more = page(
            runtime.versions_at(at),
            parameters,
            lambda version: version.number,
            scope=f"versions {runtime.id}",
            default=self._account.behaviour.page_size,
        )
        return {"agentRuntimes": [summary(runtime, version, at) for version in found], **more}

    def list_versions_by_provider(self, parameters: Parameters, at: float) -> Answer:
        """ListAgentRuntimeVersionsByCapacityProvider, oldest first."""
        arn = self._account.arn(f"capacity-provider/{parameters['capacityProviderId']}")
        found, more = page(
            [
                (runtime, version)
                for runtime in self._account.all_runtimes(at)
                for version in runtime.versions_at(at)
                if version.configuration.get("capacityProviderConfiguration", {}).get("capacityProviderArn") == arn
            ],
            parameters,
            lambda pair: pair[0].sequence * 100_000 + pair[1].number,
            scope=arn,
            default=self._account.behaviour.page_size,
        )
        versions = [
            {"agentRuntimeArn": runtime.arn, **numbered(version), "status": version.status(at)}
            for runtime, version in found
        ]
        return {"agentRuntimes": versions, **more}

    def delete(self, parameters: Parameters, at: float, harness: str | None = None) -> Answer:
        """DeleteAgentRuntime: one version if it is named, otherwise the runtime with all of them."""
        runtime = self._account.runtime(parameters["agentRuntimeId"], at)
        _refuse_managed(runtime, harness)
        if runtime.status(at).endswith("ING"):
            raise conflict("The runtime is changing; wait until it has settled")
        gone_at = at + self._account.behaviour.settle_seconds
        named = parameters.get("agentRuntimeVersion")
        if named is not None:
            return self._delete_version(runtime, int(named), at, gone_at)
        if len(runtime.endpoints_at(at)) > 1:
            raise conflict("The runtime has endpoints; delete them first")
        self._account.runtimes.put(runtime.id, replace(runtime, gone_at=gone_at), at)
        return {"status": "DELETING", "agentRuntimeId": runtime.id}

    def _delete_version(self, runtime: Runtime, number: int, at: float, gone_at: float) -> Answer:
        version = runtime.versions.get(number)
        if version is None or version.gone_at != NEVER:
            raise not_found("The version")
        endpoints = () if self._account.behaviour.served_versions_deletable else runtime.endpoints_at(at)
        used = {used for endpoint in endpoints for used in (endpoint.target, endpoint.live(at))}
        if number in {runtime.newest.number, *used}:
            raise conflict("The version is the newest, or an endpoint uses it")
        versions = {**runtime.versions, number: replace(version, gone_at=gone_at)}
        self._account.runtimes.put(runtime.id, replace(runtime, versions=versions), at)
        return {"status": "DELETING", "agentRuntimeId": runtime.id, "agentRuntimeVersion": str(number)}

    def _check_update(self, runtime: Runtime, parameters: Parameters, at: float, harness: str | None) -> None:
        _refuse_managed(runtime, harness)
        status, behaviour = runtime.status(at), self._account.behaviour
        if status != "READY" and not (status.endswith("FAILED") and behaviour.update_after_failure):
            raise conflict(f"The runtime is {status}, expected READY")
        if len(runtime.versions_at(at)) >= behaviour.versions_per_runtime:
            raise over_quota("Versions per runtime", behaviour.versions_per_runtime)
        if "authorizerConfiguration" in parameters and self._faults.refuses_authorizer(runtime.id):
            raise invalid("Authorizer already exists for resourceId")

    def _default(self, first: Version, at: float) -> Endpoint:
        endpoint_id, sequence = self._account.new_id(DEFAULT)
        endpoint = Endpoint(DEFAULT, endpoint_id, sequence, 1, None, at, at, NEVER)
        return self._followed(endpoint, first)

    def _followed(self, endpoint: Endpoint, version: Version) -> Endpoint:
        """DEFAULT on its way to a version; if the version fails, it stays where it was."""
        pause = 0.0 if version.failure else self._account.behaviour.endpoint_settle_seconds
        return replace(
            endpoint,
            before=None if version.number == 1 else endpoint.live(version.made_at),
            target=version.number,
            changed_at=version.made_at,
            settles_at=version.settles_at + pause,
            failure=version.failure,
        )


def _refuse_managed(runtime: Runtime, harness: str | None) -> None:
    if runtime.harness != harness:
        raise conflict("The runtime is managed by a harness; change the harness")
