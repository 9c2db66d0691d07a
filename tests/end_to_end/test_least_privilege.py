"""The same on a cloud that evaluates IAM: the functions can do their work and nothing else."""

import json
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from guardrail_lab.cloud import LocalCloud
from tests.end_to_end.conftest import Guarded
from tests.patience import eventually


def role_keys(cloud: LocalCloud, policy: dict[str, object]) -> dict[str, str]:
    """The credentials of a new role with this policy."""
    iam, name = cloud.client("iam"), f"role-{uuid4().hex[:8]}"
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="given", PolicyDocument=json.dumps(policy))
    answer = cloud.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="somebody")
    return answer["Credentials"]


ADMINISTRATOR = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def test_the_functions_can_do_their_work_under_their_own_roles(deployed_with_iam: Guarded, name):
    runtime_id = deployed_with_iam.developer.create_public(name)
    deployed_with_iam.wait(runtime_id, "NON_COMPLIANT")

    answer = deployed_with_iam.cloud.client("lambda").invoke(
        FunctionName=deployed_with_iam.outputs.sweep_function, Payload=b"{}"
    )

    assert "FunctionError" not in answer
    assert len(deployed_with_iam.evidence(runtime_id)) == 1
    refused = [call for call in deployed_with_iam.cloud.calls() if call.status in (401, 403)]
    assert not refused


@pytest.mark.parametrize("queue", ["events_queue_url", "looks_queue_url", "dead_letter_queue_url"])
def test_not_even_an_administrator_can_put_a_message_on_a_queue(deployed_with_iam: Guarded, queue):
    keys = role_keys(deployed_with_iam.cloud, ADMINISTRATOR)
    sqs = deployed_with_iam.cloud.client("sqs", keys=keys)

    with pytest.raises(ClientError, match="AccessDenied"):
        sqs.send_message(QueueUrl=getattr(deployed_with_iam.outputs, queue), MessageBody="{}")


@pytest.mark.parametrize("condition", [{}, {"IfNoneMatch": "*"}], ids=["as it comes", "as the functions do it"])
def test_evidence_can_be_neither_overwritten_nor_forged(deployed_with_iam: Guarded, condition):
    keys = role_keys(deployed_with_iam.cloud, ADMINISTRATOR)
    s3, bucket = deployed_with_iam.cloud.client("s3", keys=keys), deployed_with_iam.outputs.evidence_bucket

    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=bucket, Key="verdict/forged.json", Body=b"{}", **condition)


def test_an_attempt_that_iam_stopped_is_recorded_and_nothing_is_read(deployed_with_iam: Guarded):
    nobody = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    agentcore = deployed_with_iam.cloud.client(
        "bedrock-agentcore-control", keys=role_keys(deployed_with_iam.cloud, nobody)
    )
    deployed_with_iam.cloud.forget_calls()

    with pytest.raises(ClientError, match="AccessDenied"):
        agentcore.create_agent_runtime(
            agentRuntimeName="stopped",
            agentRuntimeArtifact={
                "containerConfiguration": {"containerUri": "000000000000.dkr.ecr.us-east-1.amazonaws.com/a:1"}
            },
            roleArn="arn:aws:iam::000000000000:role/agents/orders",
            networkConfiguration={"networkMode": "PUBLIC"},
        )

    [record] = eventually(lambda: deployed_with_iam.evidence("runtime"))
    assert record["kind"] == "denied-attempt"
    assert record["cause"]["denied"] is True
    assert "assumed-role/role-" in record["cause"]["actor"]["arn"]
    assert not [call for call in deployed_with_iam.cloud.calls() if call.operation == "GetAgentRuntime"]
