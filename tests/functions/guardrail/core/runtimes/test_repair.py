"""The repair sends back all that Get returned, replaces the network, and refuses what it would lose."""

import copy
import re

import botocore.session
import pytest
from botocore.validate import ParamValidator

from guardrail.core.runtimes.repair import COPIED, obstacle, repair_call
from guardrail.core.runtimes.snapshot import parse_version
from tests.builders import FOREIGN_GROUP, FOREIGN_SUBNET, GROUPS, OLD, PUBLIC, REGION, RUNTIME_ID, SUBNETS, vpc, zone
from tests.ladder_builders import whole

MODEL = botocore.session.get_session().get_service_model("bedrock-agentcore-control")
UPDATE = MODEL.operation_model("UpdateAgentRuntime").input_shape
GET = MODEL.operation_model("GetAgentRuntime").output_shape
JWT = {
    "customJWTAuthorizer": {
        "discoveryUrl": "https://idp.example.com/.well-known/openid-configuration",
        "allowedAudience": ["orders"],
        "allowedClients": [],
    }
}
EVERYTHING = {
    "description": "orders",
    "authorizerConfiguration": JWT,
    "requestHeaderConfiguration": {"requestHeaderAllowlist": ["X-Trace"]},
    "hooksConfiguration": {"build": {"warmup": {"action": {"httpPost": {"path": "/warm", "port": 8080}}}}},
    "filesystemConfigurations": [{"efsAccessPoint": {"accessPointArn": "arn:x", "mountPath": "/mnt/data"}}],
    "platformVersion": "V2",
    "allowedPorts": [{"port": 8080}],
    "resourceConfigurations": [{"minimumMemoryInMiB": 512}],
}


def request(answer, **zone_changes):
    return repair_call(answer, RUNTIME_ID, parse_version(3, answer), zone(**zone_changes))


def why_not(answer, updatable=None, wipe=False):
    return obstacle(answer, updatable, may_wipe_session_storage=wipe)


def test_the_allow_list_is_exactly_what_get_returns_and_update_takes():
    special = {"agentRuntimeId", "networkConfiguration", "clientToken"}

    assert set(UPDATE.members) - special == COPIED
    assert set(GET.members) & set(UPDATE.members) - special == COPIED


def test_everything_that_get_returned_goes_back_but_the_network():
    answer = whole(3, PUBLIC, **EVERYTHING)
    call = request(answer)
    kept = {member: answer[member] for member in COPIED if member in answer}
    kept["authorizerConfiguration"] = {
        "customJWTAuthorizer": {
            "discoveryUrl": JWT["customJWTAuthorizer"]["discoveryUrl"],
            "allowedAudience": ["orders"],
        }
    }

    assert why_not(answer, frozenset(UPDATE.members)) is None
    assert (call.service, call.operation) == ("bedrock-agentcore-control", "UpdateAgentRuntime")
    assert call.parameters == {
        "agentRuntimeId": RUNTIME_ID,
        **kept,
        "networkConfiguration": vpc(SUBNETS, GROUPS),
        "clientToken": call.parameters["clientToken"],
    }
    assert not ParamValidator().validate(dict(call.parameters), UPDATE).has_errors()


@pytest.mark.parametrize(
    ("empty", "sent"),
    [
        ({"description": ""}, {}),
        ({"allowedPorts": []}, {}),
        ({"requestHeaderConfiguration": {"requestHeaderAllowlist": []}}, {}),
        ({"environmentVariables": {}}, {"environmentVariables": {}}),
        ({"filesystemConfigurations": []}, {"filesystemConfigurations": []}),
        ({"environmentVariables": {"EMPTY": ""}}, {"environmentVariables": {"EMPTY": ""}}),
        (
            {"protocolConfiguration": {"serverProtocol": "HTTP", "path": ""}},
            {"protocolConfiguration": {"serverProtocol": "HTTP"}},
        ),
    ],
)
def test_only_what_the_service_refuses_empty_is_left_out(empty, sent):
    answer = whole(3, PUBLIC, **empty)
    parameters = request(answer).parameters

    assert {member: parameters[member] for member in empty if member in parameters} == sent
    assert not ParamValidator().validate(dict(parameters), UPDATE).has_errors()


def test_building_the_request_changes_nothing_of_the_answer():
    answer = whole(3, PUBLIC, **EVERYTHING)
    before = copy.deepcopy(answer)
    request(answer)

    assert answer == before


def test_the_token_is_the_same_for_the_same_repair_only():
    token = request(whole(3, PUBLIC)).parameters["clientToken"]

    assert re.fullmatch("[0-9a-f]{64}", token)
    assert token == request(whole(3, PUBLIC, description="x")).parameters["clientToken"]
    old = request(whole(3, PUBLIC, createdAt=OLD))
    others = {
        request(whole(3, PUBLIC), subnets=SUBNETS[:1]).parameters["clientToken"],
        repair_call(whole(3), RUNTIME_ID, parse_version(4, whole(3)), zone()).parameters["clientToken"],
        repair_call(whole(3), "b", parse_version(3, whole(3)), zone()).parameters["clientToken"],
        old.parameters["clientToken"],
    }
    assert len(others | {token}) == 5
    assert old.otherwise.parameters["clientToken"] == token


@pytest.mark.parametrize(
    ("network", "created", "tries_false_first"),
    [
        pytest.param(PUBLIC, "2026-11-20T10:00:00Z", False, id="new, was never in a VPC"),
        pytest.param(PUBLIC, OLD, True, id="old: leaving it out would open the side door"),
        pytest.param(PUBLIC, None, True, id="of unknown age"),
        pytest.param(vpc([FOREIGN_SUBNET], requireServiceS3Endpoint=False), "2026-11-20T10:00:00Z", True, id="false"),
        pytest.param(vpc(requireServiceS3Endpoint=True), OLD, True, id="true"),
    ],
)
def test_the_side_door_to_s3_is_closed_where_there_may_be_one(network, created, tries_false_first):
    call = request(whole(3, network, createdAt=created))
    sent = call.parameters["networkConfiguration"]["networkModeConfig"]

    assert ("requireServiceS3Endpoint" in sent) is tries_false_first
    if tries_false_first:
        assert sent["requireServiceS3Endpoint"] is False
        assert call.otherwise_if == "requireServiceS3Endpoint"
        assert call.otherwise.parameters["networkConfiguration"]["networkModeConfig"].keys() == {
            "subnets",
            "securityGroups",
        }
    else:
        assert call.otherwise is None


def test_the_configured_ids_are_used_and_a_list_that_is_right_already_stays():
    mixed = request(whole(3, vpc([SUBNETS[0], FOREIGN_SUBNET], GROUPS))).parameters["networkConfiguration"]
    right = request(whole(3, vpc(SUBNETS[:1], [FOREIGN_GROUP]))).parameters["networkConfiguration"]
    many = [f"subnet-{n:017}" for n in range(40)]
    first = request(whole(3, PUBLIC), subnets=many).parameters["networkConfiguration"]

    assert mixed == vpc(SUBNETS, GROUPS)
    assert right == vpc(SUBNETS[:1], GROUPS)
    assert first["networkModeConfig"]["subnets"] == many[:16]


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ({"capacityProviderConfiguration": {"capacityProviderArn": "arn:x"}}, "capacity provider"),
        ({"filesystemConfigurations": [{"sessionStorage": {"mountPath": "/mnt/s"}}]}, "session storage"),
        ({"brandNewConfiguration": {}}, "brandNewConfiguration"),
        ({"roleArn": None}, "role"),
        ({"agentRuntimeArtifact": {}}, "artifact"),
        ({"networkConfiguration": {"networkMode": "PUBLIC", "dualStack": True}}, "network configuration"),
        ({"networkConfiguration": vpc(mesh=1)}, "network configuration"),
        ({"networkConfiguration": "PUBLIC"}, "network configuration"),
        ({"environmentVariables": {"A": float("nan")}}, "JSON"),
    ],
)
def test_what_would_be_lost_or_misplaced_is_refused_and_named(members, word):
    assert why_not(whole(3, PUBLIC)) is None
    assert word in why_not(whole(3, PUBLIC, **members))


def test_a_member_that_this_sdk_cannot_send_is_refused():
    assert why_not(whole(3, PUBLIC), frozenset(UPDATE.members) - {"metadataConfiguration"}) == (
        "this version would lose what it does not know: metadataConfiguration"
    )


def test_session_storage_may_be_wiped_where_the_policy_says_so():
    answer = whole(3, PUBLIC, filesystemConfigurations=[{"sessionStorage": {"mountPath": "/mnt/s"}}])

    assert why_not(answer, wipe=True) is None
    assert request(answer).parameters["filesystemConfigurations"] == answer["filesystemConfigurations"]


def test_no_partition_is_assumed():
    answer = whole(3, PUBLIC, roleArn=f"arn:aws-us-gov:iam::111122223333:role/{REGION}")

    assert request(answer).parameters["roleArn"].startswith("arn:aws-us-gov:")
