"""The operations on harnesses: each owns a runtime that nobody else may change, PUBLIC unless it is told otherwise."""

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from guardrail_lab.agentcore.account import Account, Resource
from guardrail_lab.agentcore.clock import written
from guardrail_lab.agentcore.errors import conflict, not_found
from guardrail_lab.agentcore.harness_requests import UNKEPT, changes, environment_of, runtime_request, sendable
from guardrail_lab.agentcore.paging import page
from guardrail_lab.agentcore.runtime import Runtime
from guardrail_lab.agentcore.runtimes import Runtimes
from guardrail_lab.agentcore.tags import Tags

Parameters = Mapping[str, Any]
Answer = dict[str, Any]

KIND = "harness"
# What Get must answer with although Create need not say it; which model AWS then takes is not documented.
DEFAULTS: Mapping[str, Any] = {
    "model": {"bedrockModelConfig": {"modelId": "the-services-default"}},
    "systemPrompt": [],
    "tools": [],
    "skills": [],
    "allowedTools": [],
    "truncation": {"strategy": "none"},
}


class Harnesses:
    """The harnesses of one account; their runtimes are among its other runtimes."""

    def __init__(self, account: Account, runtimes: Runtimes, tags: Tags) -> None:
        self._account, self._runtimes, self._tags = account, runtimes, tags

    def create(self, parameters: Parameters, at: float) -> Answer:
        """CreateHarness, with its runtime ``harness_NAME``."""
        name = parameters["harnessName"]
        if any(found.name == name for found in self._account.all_resources(KIND, at)):
            raise conflict("A harness of this name exists")
        harness_id, sequence = self._account.new_id(name)
        kept = {member: value for member, value in parameters.items() if member not in UNKEPT}
        request = runtime_request(parameters, kept)
        arn, settles_at = self._account.arn(f"harness/{harness_id}"), at + self._account.behaviour.settle_seconds
        self._tags.put_first(arn, parameters.get("tags"), at)
        made = self._runtimes.create({**request, "agentRuntimeName": f"harness_{name}"}, at, harness=harness_id)
        configuration = {**DEFAULTS, **copy.deepcopy(kept), "runtime": made["agentRuntimeId"]}
        harness = Resource(KIND, harness_id, name, arn, sequence, configuration, at, at, settles_at)
        self._account.resources.put(harness_id, harness, at)
        return {"harness": self._described(harness, at) | {"status": "CREATING"}}

    def update(self, parameters: Parameters, at: float) -> Answer:
        """UpdateHarness: members that are left out stay; an environment that is sent replaces the whole environment."""
        harness = self._account.resource(KIND, parameters["harnessId"], at)
        if harness.status(at) != "READY":
            raise conflict(f"The harness is {harness.status(at)}, expected READY")
        kept = {**harness.configuration, **changes(parameters)}
        runtime = self._runtime(harness, at)
        environment = parameters.get("environment") or {"agentCoreRuntimeEnvironment": sendable(runtime)}
        request = runtime_request({"environment": environment}, kept)
        self._runtimes.update({**request, "agentRuntimeId": runtime.id}, at, harness=harness.id)
        changed = replace(
            harness,
            configuration=kept,
            changed_at=at,
            settles_at=at + self._account.behaviour.settle_seconds,
            version=harness.version + 1,
            failure=self._runtime(harness, at).newest.failure,
            history=(*harness.history, replace(harness, history=())),
        )
        self._account.resources.put(harness.id, changed, at)
        return {"harness": self._described(changed, at) | {"status": "UPDATING"}}

    def get(self, parameters: Parameters, at: float) -> Answer:
        """GetHarness: the newest version, or the one that is named, with the environment of today."""
        harness = self._account.resource(KIND, parameters["harnessId"], at)
        named = int(parameters.get("harnessVersion", harness.version))
        versions = {each.version: each for each in (*harness.history, harness)}
        if named not in versions:
            raise not_found("The version")
        return {"harness": self._described(versions[named], at)}

    def list(self, parameters: Parameters, at: float) -> Answer:
        """ListHarnesses, oldest first."""
        found, more = page(
            self._account.all_resources(KIND, at),
            parameters,
            lambda harness: harness.sequence,
            scope="harnesses",
            default=self._account.behaviour.page_size,
        )
        return {"harnesses": [_summary(harness, at) for harness in found], **more}

    def list_versions(self, parameters: Parameters, at: float) -> Answer:
        """ListHarnessVersions, oldest first."""
        harness = self._account.resource(KIND, parameters["harnessId"], at)
        found, more = page(
            (*harness.history, harness),
            parameters,
            lambda each: each.version,
            scope=f"versions {harness.id}",
            default=self._account.behaviour.page_size,
        )
        return {"harnessVersions": [_summary(each, at) for each in found], **more}

    def delete(self, parameters: Parameters, at: float) -> Answer:
        """DeleteHarness, and its runtime."""
        harness = self._account.resource(KIND, parameters["harnessId"], at)
        if harness.status(at).endswith("ING"):
            raise conflict("The harness is changing; wait until it has settled")
        gone = replace(harness, gone_at=at + self._account.behaviour.settle_seconds)
        answer = {"harness": self._described(gone, at)}
        self._runtimes.delete({"agentRuntimeId": harness.configuration["runtime"]}, at, harness=harness.id)
        self._account.resources.put(harness.id, gone, at)
        return answer

    def _runtime(self, harness: Resource, at: float) -> Runtime:
        return self._account.runtime(harness.configuration["runtime"], at)

    def _described(self, harness: Resource, at: float) -> Answer:
        runtime = self._runtime(harness, at)
        named = {"agentRuntimeArn": runtime.arn, "agentRuntimeId": runtime.id, "agentRuntimeName": runtime.name}
        configuration = harness.configuration.items()
        kept = {member: value for member, value in configuration if member != "runtime" and value is not None}
        failed = {"failureReason": harness.failure} if harness.status(at).endswith("FAILED") else {}
        environment = {"agentCoreRuntimeEnvironment": {**named, **environment_of(runtime)}}
        return {**kept, **_summary(harness, at), "environment": environment, **failed}


def _summary(harness: Resource, at: float) -> Answer:
    return {
        "harnessId": harness.id,
        "harnessName": harness.name,
        "arn": harness.arn,
        "harnessVersion": str(harness.version),
        "status": harness.status(at),
        "createdAt": written(harness.created_at),
        "updatedAt": written(harness.changed_at),
    }
