"""What a harness's request says, and what it asks of the runtime beneath."""

import copy
from collections.abc import Mapping
from typing import Any

from guardrail_lab.agentcore import network
from guardrail_lab.agentcore.runtime import Runtime

Parameters = Mapping[str, Any]

UNKEPT = frozenset({"harnessName", "harnessId", "clientToken", "tags", "environment"})
WRAPPED = frozenset({"environmentArtifact", "authorizerConfiguration", "memory"})
IMAGE = {"containerConfiguration": {"containerUri": "public.ecr.aws/bedrock-agentcore/harness:latest"}}


def changes(parameters: Parameters) -> dict[str, Any]:
    """What an update changes; an optional member comes wrapped, and an empty wrapping takes the member away."""
    return {
        member: copy.deepcopy(value.get("optionalValue") if member in WRAPPED else value)
        for member, value in parameters.items()
        if member not in UNKEPT
    }


def runtime_request(parameters: Parameters, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what Create or Update of the runtime is asked for; without a network it is PUBLIC."""
    request = {
        "networkConfiguration": {"networkMode": "PUBLIC"},
        **((parameters.get("environment") or {}).get("agentCoreRuntimeEnvironment") or {}),
        "agentRuntimeArtifact": kept.get("environmentArtifact") or IMAGE,
        "roleArn": kept["executionRoleArn"],
        "environmentVariables": kept.get("environmentVariables"),
        "authorizerConfiguration": kept.get("authorizerConfiguration"),
    }
    return {member: value for member, value in request.items() if value is not None}


def environment_of(runtime: Runtime) -> dict[str, Any]:
    """Return the environment that a harness shows: its runtime's."""
    members = ("networkConfiguration", "lifecycleConfiguration", "filesystemConfigurations")
    configuration = runtime.newest.configuration
    return {member: configuration[member] for member in members if member in configuration}


def sendable(runtime: Runtime) -> dict[str, Any]:
    """The environment as an update may send it again: without what Get adds to a network."""
    environment = environment_of(runtime)
    placement = dict(environment["networkConfiguration"])
    if "networkModeConfig" in placement:
        details = placement["networkModeConfig"]
        placement["networkModeConfig"] = {name: value for name, value in details.items() if name != network.S3}
    return environment | {"networkConfiguration": placement}
