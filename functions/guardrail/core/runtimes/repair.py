"""The request that puts a runtime's network right and keeps everything else about it, or why there is none."""

from collections.abc import Mapping
from typing import Any

from guardrail.core.evidence import canonical_json, digest
from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.runtime import RuntimeVersion
from guardrail.core.runtimes.step import Call
from guardrail.core.runtimes.target import target_of

COPIED = frozenset(
    {
        "agentRuntimeArtifact",
        "roleArn",
        "description",
        "authorizerConfiguration",
        "requestHeaderConfiguration",
        "protocolConfiguration",
        "lifecycleConfiguration",
        "hooksConfiguration",
        "metadataConfiguration",
        "environmentVariables",
        "filesystemConfigurations",
        "capacityProviderConfiguration",
        "platformVersion",
        "allowedPorts",
        "resourceConfigurations",
    }
)
"""What UpdateAgentRuntime takes as GetAgentRuntime returns it; what is left out of the request, the service drops."""

_READ_ONLY = frozenset(
    {
        "agentRuntimeArn",
        "agentRuntimeName",
        "agentRuntimeVersion",
        "createdAt",
        "lastUpdatedAt",
        "status",
        "failureReason",
        "workloadIdentityDetails",
    }
)
_NETWORK, _VPC, _S3 = "networkConfiguration", "networkModeConfig", "requireServiceS3Endpoint"
_SENT = COPIED | {"agentRuntimeId", _NETWORK}
_REQUIRED = ("agentRuntimeArtifact", "roleArn")
_JWT = ("authorizerConfiguration", "customJWTAuthorizer")
_AT_LEAST_ONE = (
    ("description",),
    ("allowedPorts",),
    ("platformVersion",),
    ("protocolConfiguration", "path"),
    ("requestHeaderConfiguration", "requestHeaderAllowlist"),
    ("requestHeaderConfiguration",),
    *(
        (*_JWT, member)
        for member in (
            "allowedAudience",
            "allowedClients",
            "allowedScopes",
            "advertisedScopeMapping",
            "customClaims",
            "certificateConfigurations",
        )
    ),
)
"""Paths of what the service takes with content or not at all; an empty value there says the same as none."""


def obstacle(
    newest: Mapping[str, Any], updatable: frozenset[str] | None, *, may_wipe_session_storage: bool
) -> str | None:
    """Say why the runtime cannot be repaired by a request of ours without losing something, or None."""
    present = {member for member, value in newest.items() if value is not None}
    if "capacityProviderConfiguration" in present:
        return "it runs on Instances compute, whose network its capacity provider decides"
    if keeps_sessions(newest.get("filesystemConfigurations")) and not may_wipe_session_storage:
        return "a new version is reported to wipe its managed session storage, and the policy does not allow that"
    unknown = present - _SENT - _READ_ONLY
    lost = unknown if updatable is None else unknown | ((present & _SENT) - updatable)
    if lost:
        return f"this version would lose what it does not know: {', '.join(sorted(lost))}"
    if not all(newest.get(member) for member in _REQUIRED):
        return "AgentCore's answer lacks its artifact or its role"
    if not _is_plain_network(newest.get(_NETWORK)):
        return "its network configuration has members that are not known here, which a repair would lose"
    return None if _is_json(newest) else "AgentCore's answer is no JSON"


def repair_call(newest: Mapping[str, Any], runtime_id: str, version: RuntimeVersion, zone: LandingZone) -> Call:
    """Return the UpdateAgentRuntime call, with everything that Get returned and the network of the zone.

    Where the service-managed way to S3 may exist, it is switched off; runtimes that never had one report false and
    refuse the member, so the call has another form without it (contract: try with false, once more without).
    """
    target = target_of(version, zone)
    vpc: dict[str, Any] = {"subnets": list(target.subnets), "securityGroups": list(target.security_groups)}
    kept = {"agentRuntimeId": runtime_id, **_kept(newest)}
    plain = _update({**kept, _NETWORK: {"networkMode": "VPC", _VPC: vpc}}, version, zone)
    if not target.service_s3_off and version.placement.service_s3_endpoint is None:
        return plain
    first = _update({**kept, _NETWORK: {"networkMode": "VPC", _VPC: {**vpc, _S3: False}}}, version, zone)
    return Call(first.operation, first.parameters, otherwise=plain, otherwise_if=_S3)


def _update(parameters: dict[str, Any], version: RuntimeVersion, zone: LandingZone) -> Call:
    """The token is the same for the same runtime, version, zone and form: the service ignores a repetition."""
    reason = {
        "runtime_id": parameters["agentRuntimeId"],
        "version": version.number,
        "zone": zone.document(),
        "service_s3_off": _S3 in parameters[_NETWORK][_VPC],
    }
    return Call("UpdateAgentRuntime", {**parameters, "clientToken": digest(reason).removeprefix("sha256:")})


def _kept(newest: Mapping[str, Any]) -> dict[str, Any]:
    kept = {member: newest[member] for member in sorted(COPIED & newest.keys()) if newest[member] is not None}
    for path in _AT_LEAST_ONE:
        kept = _without_empty(kept, path)
    return kept


def _without_empty(parent: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """The object, without the member at the path when that is empty; everything beside it stays."""
    name, rest = path[0], path[1:]
    value = parent.get(name)
    if rest and isinstance(value, dict):
        return {**parent, name: _without_empty(value, rest)}
    if rest or value not in ("", [], {}):
        return parent
    return {member: parent[member] for member in parent if member != name}


def keeps_sessions(filesystems: object) -> bool:
    """Say whether one of a runtime's filesystemConfigurations is managed session storage."""
    return isinstance(filesystems, list) and any(
        isinstance(each, dict) and "sessionStorage" in each for each in filesystems
    )


def _is_plain_network(network: object) -> bool:
    """Whether replacing it loses nothing but where the runtime is placed."""
    if network is None:
        return True
    if not isinstance(network, dict) or network.keys() - {"networkMode", _VPC}:
        return False
    vpc = network.get(_VPC)
    return vpc is None or (isinstance(vpc, dict) and not vpc.keys() - {"subnets", "securityGroups", _S3})


def _is_json(value: Mapping[str, Any]) -> bool:
    try:
        canonical_json(value)
    except (TypeError, ValueError, RecursionError):
        return False
    return True
