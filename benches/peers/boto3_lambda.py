"""The Lambda that one would write by hand: read the runtime, compare sets, log the result."""

import json
import os

import boto3

APPROVED_SUBNETS = set(json.loads(os.environ["LANDING_ZONE"])["subnets"])
APPROVED_SECURITY_GROUPS = set(json.loads(os.environ["LANDING_ZONE"])["security_groups"])

agentcore = boto3.client("bedrock-agentcore-control")


def handler(event, context):
    for record in event["Records"]:
        detail = json.loads(record["body"])["detail"]
        if detail.get("errorCode"):
            continue
        runtime_id = (detail.get("responseElements") or detail["requestParameters"])["agentRuntimeId"]
        result = check(runtime_id)
        print(json.dumps({"request_id": context.aws_request_id, **result}))


def check(runtime_id):
    runtime = agentcore.get_agent_runtime(agentRuntimeId=runtime_id)
    network = runtime.get("networkConfiguration", {})
    config = network.get("networkModeConfig", {})
    problems = []
    if network.get("networkMode") != "VPC":
        problems.append("network mode")
    if not config.get("subnets") or set(config["subnets"]) - APPROVED_SUBNETS:
        problems.append("subnets")
    if not config.get("securityGroups") or set(config["securityGroups"]) - APPROVED_SECURITY_GROUPS:
        problems.append("security groups")
    return {"runtime_id": runtime_id, "compliant": not problems, "problems": problems}
