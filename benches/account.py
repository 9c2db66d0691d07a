"""What every contender looks at: a compliant runtime, as AgentCore and the state table show it."""

import json
from base64 import b64encode
from typing import Any
from zlib import compress

from guardrail.core.evidence import digest
from guardrail.core.runtimes.landing_zone import LandingZone
from guardrail.core.runtimes.snapshot import parse_snapshot
from guardrail.core.runtimes.verdict import judge

ACCOUNT, REGION = "111122223333", "us-east-1"
RUNTIME_ID = "claims_agent-Ab12Cd34Ef"
SUBNETS = ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"]
SECURITY_GROUPS = ["sg-0a1b2c3d4e5f60001"]
ZONE = LandingZone(ACCOUNT, REGION, tuple(SUBNETS), tuple(SECURITY_GROUPS))


def runtime(number: int, runtime_id: str = RUNTIME_ID) -> dict[str, Any]:
    """GetAgentRuntime's answer for one compliant version, with the members that a usual runtime has."""
    return {
        "agentRuntimeArn": f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:runtime/{runtime_id}",
        "agentRuntimeId": runtime_id,
        "agentRuntimeName": runtime_id.split("-")[0],
        "agentRuntimeVersion": str(number),
        "agentRuntimeArtifact": {"containerConfiguration": {"containerUri": f"{ACCOUNT}.dkr.ecr/claims:{number}"}},
        "createdAt": "2026-09-01T08:00:00Z",
        "lastUpdatedAt": "2026-09-01T08:03:00Z",
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/agents/claims",
        "networkConfiguration": {
            "networkMode": "VPC",
            "networkModeConfig": {
                "subnets": SUBNETS,
                "securityGroups": SECURITY_GROUPS,
                "requireServiceS3Endpoint": False,
            },
        },
        "status": "READY",
        "lifecycleConfiguration": {"idleRuntimeSessionTimeout": 900, "maxLifetime": 28800},
        "description": "Answers questions about claims",
        "protocolConfiguration": {"serverProtocol": "HTTP"},
        "environmentVariables": {f"SETTING_{index}": "value" for index in range(5)},
        "metadataConfiguration": {"requireMMDSV2": True},
        "workloadIdentityDetails": {
            "workloadIdentityArn": f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:workload-identity-directory/default"
        },
    }


def endpoints(versions: int) -> list[dict[str, Any]]:
    """ListAgentRuntimeEndpoints' items: DEFAULT serves the newest version, and each older one has an endpoint."""
    arn = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:runtime/{RUNTIME_ID}"
    names = {"DEFAULT": versions} | {f"stage_{number}": number for number in range(1, versions)}
    return [
        {
            "name": name,
            "id": name,
            "liveVersion": str(number),
            "agentRuntimeEndpointArn": f"{arn}/runtime-endpoint/{name}",
            "agentRuntimeArn": arn,
            "status": "READY",
            "createdAt": "2026-09-01T08:03:00Z",
            "lastUpdatedAt": "2026-09-01T08:03:00Z",
        }
        for name, number in names.items()
    ]


def listed(runtime_id: str = RUNTIME_ID) -> dict[str, Any]:
    """ListAgentRuntimes' item for a runtime."""
    whole = runtime(1, runtime_id)
    members = ("Arn", "Id", "Version", "Name")
    return {f"agentRuntime{member}": whole[f"agentRuntime{member}"] for member in members} | {
        member: whole[member] for member in ("description", "lastUpdatedAt", "status")
    }


def snapshot(versions: int = 1) -> dict[str, Any]:
    """The runtime as `guardrail judge` reads it."""
    return {
        "account": ACCOUNT,
        "region": REGION,
        "runtime": runtime(versions),
        "endpoints": endpoints(versions),
        "versions": {str(number): runtime(number) for number in range(1, versions)},
    }


def state(versions: int) -> dict[str, Any]:
    """The item that the state table keeps about the runtime; its digest is that of the verdict now."""
    verdict = judge(parse_snapshot(snapshot(versions)), ZONE)
    dormant = {"read": [], "foreign": {}, "zone": digest(ZONE.document())}
    return {
        "id": {"S": f"runtime#{RUNTIME_ID}"},
        "digest": {"S": verdict.document()["digest"]},
        "compliance": {"S": verdict.compliance.value},
        "sequence": {"N": "1"},
        "dormant": {"B": b64encode(compress(json.dumps(dormant).encode())).decode()},
    }
