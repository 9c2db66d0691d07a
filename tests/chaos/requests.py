"""What others write: configurations, placements and statements that come from a seed."""

import json
from random import Random
from typing import Any

from tests.builders import FOREIGN_GROUP, FOREIGN_SUBNET, PUBLIC, SUBNETS, vpc

ROLE = "arn:aws:iam::111122223333:role/agents/orders"
IMAGE = "111122223333.dkr.ecr.us-east-1.amazonaws.com/orders:1.4"
PLACEMENTS: tuple[Any, ...] = (
    PUBLIC,
    PUBLIC,
    vpc(),
    vpc(),
    vpc(subnets=[*SUBNETS, FOREIGN_SUBNET]),
    vpc(groups=[FOREIGN_GROUP]),
    None,
)


def configuration(chance: Random) -> dict[str, Any]:
    """A complete configuration but for the placement, with members that must not get lost."""
    found: dict[str, Any] = {
        "agentRuntimeArtifact": {"containerConfiguration": {"containerUri": f"{IMAGE}.{chance.randrange(100)}"}},
        "roleArn": ROLE,
        "environmentVariables": {"STAGE": str(chance.randrange(10_000)), "TOKEN": "s3cr3t"},
    }
    optional: dict[str, Any] = {
        "description": f"d{chance.randrange(100)}",
        "protocolConfiguration": {"serverProtocol": chance.choice(("HTTP", "MCP"))},
        "lifecycleConfiguration": {"idleRuntimeSessionTimeout": 600, "maxLifetime": 3_600},
        "requestHeaderConfiguration": {"requestHeaderAllowlist": ["X-Mine"]},
        "authorizerConfiguration": {
            "customJWTAuthorizer": {"discoveryUrl": "https://idp.example/.well-known/openid-configuration"}
        },
    }
    found |= {name: value for name, value in optional.items() if chance.random() < 0.4}
    if chance.random() < 0.1:
        found["filesystemConfigurations"] = [{"sessionStorage": {"mountPath": "/mnt/data"}}]
    return found


def placed(network: Any) -> dict[str, Any]:
    """The member for a placement; None leaves it out."""
    return {} if network is None else {"networkConfiguration": json.loads(json.dumps(network))}


def statement(chance: Random) -> dict[str, Any]:
    """Somebody's own statement."""
    return {
        "Sid": "Mine",
        "Effect": chance.choice(("Allow", "Deny")),
        "Principal": {"AWS": f"arn:aws:iam::{chance.randrange(10**12):012}:root"},
        "Action": "bedrock-agentcore:InvokeAgentRuntime",
        "Resource": "*",
    }
