"""CloudTrail's events: which runtime to look at, who came, and how."""

import pytest
from hypothesis import given

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.trail import parse_event
from tests.builders import ACCOUNT, REGION, RUNTIME_ARN, RUNTIME_ID, event
from tests.strategies import CANARY, JSON, read_or_refused, some_of

DEVELOPER = {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Developer/dev", "type": "AssumedRole", "session_name": "dev"}
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


def told(action, kind, runtime_id=RUNTIME_ID, error=None, denied=False, via="cli", **changes):
    actor = {**DEVELOPER, "via": via, **changes.pop("actor", {})}
    whole = {"runtime_id": runtime_id, "action": action, "error": error, "denied": denied, "kind": kind}
    return {
        **whole,
        "actor": actor,
        "event_time": "2026-11-20T12:31:07Z",
        "account": ACCOUNT,
        "region": REGION,
        **changes,
    }


ALICE = {
    "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/alice@example.com",
    "session_name": "alice@example.com",
}
DEPLOYER = {
    "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/cdk-deploy/AWSCloudFormation",
    "session_name": "AWSCloudFormation",
}
SERVICE = {"arn": None, "type": "AWSService", "session_name": None}
BOB = {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/bob", "session_name": "bob"}
CAROL = {"arn": f"arn:aws:iam::{ACCOUNT}:user/teams/orders/carol", "type": "IAMUser", "session_name": None}
ROOT = {"arn": f"arn:aws:iam::{ACCOUNT}:root", "type": "Root", "session_name": None}
CREATE, UPDATE = "CreateAgentRuntime", "UpdateAgentRuntime"
TOLD = {
    "update_to_public": told(UPDATE, "runtime"),
    "create_public": told(CREATE, "runtime"),
    "create_without_network": told(CREATE, "runtime", via="sdk"),
    "create_with_http_noise": told(CREATE, "runtime", via="sdk"),
    "update_with_omitted_request": told(UPDATE, "runtime"),
    "update_with_redacted_ids": told(UPDATE, "runtime"),
    "update_named_in_resources_only": told(UPDATE, "runtime"),
    "update_that_names_no_runtime": told(UPDATE, "runtime", runtime_id=None),
    "update_with_bad_id": told(UPDATE, "runtime", runtime_id=None),
    "delete_runtime": told("DeleteAgentRuntime", "runtime"),
    "create_endpoint_on_old_version": told("CreateAgentRuntimeEndpoint", "endpoint"),
    "update_endpoint_named_by_its_arn": told("UpdateAgentRuntimeEndpoint", "endpoint"),
    "delete_endpoint": told("DeleteAgentRuntimeEndpoint", "endpoint"),
    "create_denied": told(CREATE, "runtime", None, "AccessDenied", True),
    "create_denied_with_the_sdks_word": told(CREATE, "runtime", None, "AccessDeniedException", True),
    "update_denied": told(UPDATE, "runtime", RUNTIME_ID, "AccessDenied", True),
    "update_refused_by_validation": told(UPDATE, "runtime", RUNTIME_ID, "ValidationException", False),
    "create_by_cloudformation": told(CREATE, "runtime", via="cloudformation", actor=DEPLOYER),
    "update_by_a_service": told(UPDATE, "runtime", via="service", actor=SERVICE),
    "update_with_sso": told(UPDATE, "runtime", via="sso", actor=ALICE),
    "update_in_the_console": told(UPDATE, "runtime", via="console", actor=BOB),
    "update_by_an_iam_user": told(UPDATE, "runtime", via="sdk", actor=CAROL),
    "update_by_root": told(UPDATE, "runtime", via="unknown", actor=ROOT),
    "create_harness": told("CreateHarness", "harness", None),
    "create_harness_that_names_its_runtime": told("CreateHarness", "harness", "harness_orders-AbCdEfGhIj"),
    "update_harness_endpoint": told("UpdateHarnessEndpoint", "harness", None),
    "create_browser": told("CreateBrowser", "browser", None),
    "delete_browser": told("DeleteBrowser", "browser", None),
    "create_code_interpreter": told("CreateCodeInterpreter", "code-interpreter", None),
    "create_capacity_provider": told("CreateCapacityProvider", "capacity-provider", None),
    "put_resource_policy": told("PutResourcePolicy", "resource-policy"),
    "delete_resource_policy_of_a_gateway": told("DeleteResourcePolicy", "resource-policy", None),
    "create_memory": told("CreateMemory", "other", None),
    "rule_disabled": told("DisableRule", "guardrail-tamper", None),
    "trail_stopped": told("StopLogging", "guardrail-tamper", None),
}


@pytest.mark.parametrize("case", TOLD)
def test_an_event_is_told_in_full(case):
    document = parse_event(event(case)).document()

    assert document == {**TOLD[case], "event_id": event(case)["detail"]["eventID"]}


def test_a_bare_record_of_a_trails_log_file_is_read_as_the_detail():
    whole = event("update_to_public")

    assert parse_event(whole["detail"]) == parse_event(whole)


@pytest.mark.parametrize(
    ("envelope", "account", "region"),
    [
        ({"account": "444455556666", "region": "eu-west-1"}, "444455556666", "eu-west-1"),
        ({"account": None, "region": ""}, ACCOUNT, REGION),
        ({"account": 444455556666, "region": ["eu-west-1"]}, ACCOUNT, REGION),
    ],
    ids=["the envelope's", "the record's where it has none", "the record's where they are no text"],
)
def test_account_and_region_are_the_envelopes_else_the_records(envelope, account, region):
    parsed = parse_event({**event("update_to_public"), **envelope})

    assert (parsed.account, parsed.region) == (account, region)


def named_by(response=None, request=None, resources=None):
    detail = {"eventName": UPDATE, "responseElements": response, "requestParameters": request, "resources": resources}
    return parse_event({"detail": detail}).runtime_id


def managed(**members):
    """CreateHarness's answer."""
    return {"harness": {"environment": {"agentCoreRuntimeEnvironment": members}}}


A, B, C, D, E = (f"{letter}-0123456789" for letter in "abcde")


@pytest.mark.parametrize(
    ("response", "request_", "resources", "runtime_id"),
    [
        pytest.param(
            {"agentRuntimeId": A, "agentRuntimeArn": f"x:runtime/{C}"}, {"agentRuntimeId": B}, None, A, id="response"
        ),
        pytest.param({"agentRuntimeArn": f"x:runtime/{C}"}, {"agentRuntimeId": B}, None, B, id="then request"),
        pytest.param({"agentRuntimeArn": f"x:runtime/{C}"}, None, [{"ARN": f"x:runtime/{E}"}], C, id="then ARN"),
        pytest.param(
            {"agentRuntimeArn": f"x:runtime/{C}", "agentRuntimeEndpointArn": f"x:runtime/{D}/runtime-endpoint/z"},
            *(None, None, C),
            id="the runtime's before the endpoint's",
        ),
        pytest.param(
            {"agentRuntimeEndpointArn": f"x:runtime/{D}/runtime-endpoint/z"}, None, None, D, id="up to the next slash"
        ),
        pytest.param(None, None, [{"ARN": "x:role/y"}, {"ARN": f"x:runtime/{E}"}], E, id="then resources"),
        pytest.param(managed(agentRuntimeId=A, agentRuntimeArn=f"x:runtime/{B}"), *(None, None, A), id="a harness's"),
        pytest.param(managed(agentRuntimeId=HIDDEN, agentRuntimeArn=f"x:runtime/{B}"), *(None, None, B), id="its ARN"),
        pytest.param({"harness": {"environment": [A]}}, None, None, None, id="a harness of an unexpected type"),
        pytest.param(None, {"resourceArn": RUNTIME_ARN}, None, RUNTIME_ID, id="the resource of a policy"),
        pytest.param({"agentRuntimeId": HIDDEN}, {"agentRuntimeId": B}, None, B, id="a redacted id is none"),
        pytest.param({"agentRuntimeId": [A]}, {"agentRuntimeId": B}, None, B, id="an id that is no text is none"),
        pytest.param({"agentRuntimeId": f"{A}\n"}, None, None, None, id="an id with a line end is none"),
        pytest.param({"agentRuntimeId": f"{A}é"}, None, None, None, id="an id of other letters is none"),
        pytest.param({"agentRuntimeId": "a-012345678"}, None, None, None, id="too short a suffix"),
        pytest.param({"agentRuntimeId": f"{'a' * 101}-0123456789"}, None, None, None, id="too long a name"),
        pytest.param({"agentRuntimeArn": "x:runtime/*"}, None, None, None, id="an ARN of all runtimes"),
        pytest.param([A], A, {"ARN": f"x:runtime/{E}"}, None, id="parts of an unexpected type"),
        pytest.param({}, {}, [None, "x", {"ARN": 1}], None, id="resources of an unexpected type"),
    ],
)
def test_the_runtime_is_named_by_the_first_part_that_holds_a_runtime_id(response, request_, resources, runtime_id):
    assert named_by(response, request_, resources) == runtime_id


@pytest.mark.parametrize(
    ("code", "denied"),
    [
        ("AccessDenied", True),
        ("AccessDeniedException", True),
        ("UnauthorizedOperation", False),
        ("accessdenied", False),
        ("ThrottlingException", False),
        (None, False),
        (["AccessDenied"], False),
    ],
)
def test_only_the_two_words_of_iam_mean_denied(code, denied):
    assert parse_event({"eventName": CREATE, "errorCode": code}).denied is denied


BOTH = ("bedrock-agentcore.amazonaws.com", "bedrock-agentcore-control.amazonaws.com")


@pytest.mark.parametrize(
    ("source", "action", "kind"),
    [(source, CREATE, "runtime") for source in BOTH]
    + [
        (BOTH[0], "CreateHarnessEndpoint", "harness"),
        (BOTH[0], "UpdateHarness", "harness"),
        (BOTH[0], "DeleteBrowser", "browser"),
        (BOTH[0], "DeleteCodeInterpreter", "code-interpreter"),
        (BOTH[0], "UpdateCapacityProvider", "capacity-provider"),
        (BOTH[0], "InvokeAgentRuntime", "other"),
        (BOTH[0], "StopLogging", "other"),
        ("events.amazonaws.com", "RemoveTargets", "guardrail-tamper"),
        ("events.amazonaws.com", "DeleteRule", "guardrail-tamper"),
        ("events.amazonaws.com", "PutRule", "guardrail-tamper"),
        ("events.amazonaws.com", "StopLogging", "other"),
        ("cloudtrail.amazonaws.com", "DeleteTrail", "guardrail-tamper"),
        ("cloudtrail.amazonaws.com", "PutEventSelectors", "guardrail-tamper"),
        ("ec2.amazonaws.com", CREATE, "other"),
        (None, CREATE, "other"),
    ],
)
def test_the_kind_follows_from_the_service_and_the_call(source, action, kind):
    assert parse_event({"eventSource": source, "eventName": action}).kind == kind


SSO_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_A/x"
CFN = "cloudformation.amazonaws.com"


@pytest.mark.parametrize(
    ("identity", "detail", "via"),
    [
        pytest.param({"type": "AWSService"}, {"userAgent": "aws-cli/2"}, "service", id="a service"),
        pytest.param({"invokedBy": "AWS Internal"}, {}, "service", id="internal"),
        pytest.param({"invokedBy": "x.amazonaws.com", "arn": SSO_ARN}, {}, "service", id="for somebody"),
        pytest.param({}, {"sourceIPAddress": "x.amazonaws.com"}, "service", id="by its address"),
        pytest.param({"invokedBy": CFN}, {}, "cloudformation", id="CloudFormation by identity"),
        pytest.param({"arn": SSO_ARN}, {"sourceIPAddress": CFN}, "cloudformation", id="by its address, before SSO"),
        pytest.param({"arn": SSO_ARN}, {"userAgent": "aws-cli/2"}, "sso", id="SSO before the CLI"),
        pytest.param({}, {"sessionCredentialFromConsole": "true", "userAgent": "aws-cli/2"}, "console", id="console"),
        pytest.param({}, {"sessionCredentialFromConsole": "false", "userAgent": "aws-cli/2"}, "cli", id="not console"),
        pytest.param({}, {"userAgent": "[console.amazonaws.com]"}, "console", id="console's agent"),
        pytest.param({}, {"userAgent": "Mozilla/5.0"}, "console", id="a browser"),
        pytest.param({}, {"userAgent": "aws-cli/1.44.5 botocore/1.44.5"}, "cli", id="CLI"),
        pytest.param({}, {"userAgent": "[aws-cli/2.31.0]"}, "cli", id="CLI in brackets"),
        pytest.param({}, {"userAgent": "Boto3/1.44.5"}, "sdk", id="boto3"),
        pytest.param({}, {"userAgent": "Botocore/1.44.5"}, "sdk", id="botocore"),
        pytest.param({}, {"userAgent": "aws-sdk-js/3.900.0"}, "sdk", id="an SDK"),
        pytest.param({}, {"userAgent": "APN/1.0 HashiCorp/1.0"}, "sdk", id="Terraform"),
        pytest.param({}, {"userAgent": "curl/8.5.0"}, "unknown", id="anything else"),
        pytest.param({}, {"userAgent": 7}, "unknown", id="no text"),
        pytest.param({}, {}, "unknown", id="nothing"),
    ],
)
def test_how_the_caller_came_is_the_first_that_fits(identity, detail, via):
    assert parse_event({"eventName": CREATE, "userIdentity": identity, **detail}).actor.via == via


@pytest.mark.parametrize(
    ("arn", "session"),
    [
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Developer/dev", "dev"),
        (f"arn:aws-us-gov:sts::{ACCOUNT}:assumed-role/path/Developer/i-0123", "i-0123"),
        (f"arn:aws:iam::{ACCOUNT}:user/path/carol", None),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/dave", None),
        (None, None),
    ],
)
def test_the_session_name_is_the_last_part_of_an_assumed_roles_arn(arn, session):
    assert parse_event({"eventName": CREATE, "userIdentity": {"arn": arn}}).actor.session_name == session


@pytest.mark.parametrize("identity", [None, "root", [], {"arn": 7, "type": {}}])
def test_an_identity_that_says_nothing_is_nobody_and_not_an_error(identity):
    actor = parse_event({"eventName": CREATE, "userIdentity": identity}).actor

    assert (actor.arn, actor.type, actor.session_name, actor.via) == (None, None, None, "unknown")


def test_nothing_of_the_request_or_the_response_is_told_but_the_id():
    whole = event("update_to_public")
    whole["detail"]["requestParameters"]["environmentVariables"] = {"TOKEN": CANARY}
    whole["detail"]["responseElements"]["description"] = CANARY
    whole["detail"]["errorMessage"] = CANARY

    assert CANARY not in str(parse_event(whole).document())


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ([], "event: expected an EventBridge event object"),
        ("x", "event: expected an EventBridge event object"),
        ({}, "event.detail.eventName: expected the name of an API call, as CloudTrail records it"),
        ({"detail": "x"}, "event.detail.eventName: expected the name of an API call, as CloudTrail records it"),
        (
            {"detail": {"eventName": 7}},
            "event.detail.eventName: expected the name of an API call, as CloudTrail records it",
        ),
    ],
)
def test_a_document_that_holds_no_recorded_call_is_refused(document, error):
    with pytest.raises(InvalidInput) as refused:
        parse_event(document)

    assert str(refused.value) == error


OURS = f"arn:aws:iam::{ACCOUNT}:role/agentcore-guardrail/VerifyRuntime"


@pytest.mark.parametrize(
    ("actor", "ours"),
    [
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/VerifyRuntime/function", True),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/VerifyRuntime2/function", False),
        ("arn:aws:sts::999988887777:assumed-role/VerifyRuntime/function", False),
        (f"arn:aws:iam::{ACCOUNT}:user/x:{ACCOUNT}:assumed-role/VerifyRuntime/mallory", False),
    ],
    ids=["our session", "another role", "another account", "a user whose path looks like our session"],
)
def test_only_a_session_of_our_role_is_ours_whatever_somebody_calls_a_path(actor, ours):
    recorded = parse_event({"detail": {"eventName": "UpdateAgentRuntime", "userIdentity": {"arn": actor}}})

    assert recorded.made_by(OURS) is ours


@pytest.mark.fuzz
@given(JSON | some_of(event("update_to_public"), JSON))
def test_whatever_json_is_given_it_is_read_or_clearly_refused(document):
    parsed = read_or_refused(parse_event, document)

    assert parsed is None or parsed.document()["action"]
