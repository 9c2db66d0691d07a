"""The documents that tests are about, in few words: zones, AgentCore's answers, snapshots, events."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from guardrail.core.runtimes.landing_zone import LandingZone, parse_landing_zone
from guardrail.core.runtimes.runtime import Snapshot
from guardrail.core.runtimes.snapshot import parse_snapshot
from guardrail.core.runtimes.tool import ToolKind

Json = dict[str, Any]

EVENTS = Path(__file__).parent.parent / "events"
ACCOUNT, REGION = "111122223333", "us-east-1"
RUNTIME_ID, RUNTIME_NAME = "orders_agent-AbCdEfGhIj", "orders_agent"
RUNTIME_ARN = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:runtime/{RUNTIME_ID}"
NOW = datetime(2026, 11, 20, 12, 31, 20, tzinfo=UTC)
NEW, OLD = "2026-11-20T10:00:00Z", "2026-06-10T23:59:59Z"

SUBNETS = ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"]
GROUPS = ["sg-0a1b2c3d4e5f60001"]
FOREIGN_SUBNET, FOREIGN_GROUP = "subnet-0f0f0f0f0f0f0f0f0", "sg-0f0f0f0f0f0f0f0f0"
PROVIDER = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:capacity-provider/approved"
FOREIGN_PROVIDER = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:capacity-provider/foreign"
PUBLIC = {"networkMode": "PUBLIC"}


def zone_document(**changes: object) -> Json:
    return {
        "account": ACCOUNT,
        "region": REGION,
        "subnets": SUBNETS,
        "security_groups": GROUPS,
        "capacity_providers": [PROVIDER],
        **changes,
    }


def zone(**changes: object) -> LandingZone:
    return parse_landing_zone(zone_document(**changes))


def vpc(subnets: object = SUBNETS, groups: object = GROUPS, **members: object) -> Json:
    """A networkConfiguration of mode VPC; `members` stand beside its subnets."""
    return {"networkMode": "VPC", "networkModeConfig": {"subnets": subnets, "securityGroups": groups, **members}}


def answer(number: object, network: object = None, **members: object) -> Json:
    """GetAgentRuntime's answer for a version: compliant unless `network` or `members` say otherwise."""
    return {
        "agentRuntimeId": RUNTIME_ID,
        "agentRuntimeArn": RUNTIME_ARN,
        "agentRuntimeName": RUNTIME_NAME,
        "agentRuntimeVersion": str(number) if isinstance(number, int) else number,
        "createdAt": NEW,
        "status": "READY",
        "networkConfiguration": vpc() if network is None else network,
        **members,
    }


def endpoint(name: str, live: object = None, target: object = None, **members: object) -> Json:
    """ListAgentRuntimeEndpoints' item; a version that is None is absent."""
    versions = {"liveVersion": live, "targetVersion": target}
    return {
        "name": name,
        "status": "READY",
        "agentRuntimeArn": RUNTIME_ARN,
        "agentRuntimeEndpointArn": f"{RUNTIME_ARN}/runtime-endpoint/{name}",
        **{key: str(value) if isinstance(value, int) else value for key, value in versions.items() if value},
        **members,
    }


def snapshot_document(placed: Mapping[int, object], serves: Mapping[str, int], **changes: object) -> Json:
    """A runtime: where each version is placed (None for the landing zone), and which version each endpoint serves."""
    return {
        "account": ACCOUNT,
        "region": REGION,
        "runtime": answer(max(placed), placed[max(placed)]),
        "endpoints": [endpoint(name, number, number) for name, number in serves.items()],
        "versions": {str(number): answer(number, network) for number, network in placed.items()},
        **changes,
    }


def snapshot(placed: Mapping[int, object], serves: Mapping[str, int], **changes: object) -> Snapshot:
    return parse_snapshot(snapshot_document(placed, serves, **changes))


def tool_answer(kind: ToolKind, network: object, **members: object) -> Json:
    """GetBrowser's or GetCodeInterpreter's answer; what is None is absent."""
    said = {
        f"{kind.member}Id": "tool-0123456789",
        f"{kind.member}Arn": f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:{kind}-custom/tool-0123456789",
        "name": "tool",
        "status": "READY",
        "createdAt": NEW,
        "networkConfiguration": network,
        **members,
    }
    return {member: value for member, value in said.items() if value is not None}


def event(case: str, function: str = "verify_runtime") -> Json:
    """The payload events/<function>__<case>.json."""
    payload: Json = json.loads((EVENTS / f"{function}__{case}.json").read_text())
    return payload
