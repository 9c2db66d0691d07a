import json

import pytest

from guardrail_lab.agentcore.errors import ServiceError
from guardrail_lab.agentcore.policy import Asked, Effect, decide, parse_policy
from tests.guardrail_lab.agentcore.arrange import ACCOUNT, ADA, policy, statement

ARN = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:runtime/orders-AbCdEfGhIj"
INVOKE = "bedrock-agentcore:InvokeAgentRuntime"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/agents/session"


def effect(text, principal=ADA, action=INVOKE, **context):
    return decide(parse_policy(text, ARN), Asked(principal, action, ARN, context))


@pytest.mark.parametrize(
    ("wanted", "principal", "applies"),
    [
        pytest.param("*", ADA, True, id="everybody"),
        pytest.param("*", None, True, id="everybody, also without a name"),
        pytest.param({"AWS": "*"}, ADA, True, id="everybody of AWS"),
        pytest.param({"AWS": ADA}, ADA, True, id="herself"),
        pytest.param({"AWS": ADA}, None, False, id="not nobody"),
        pytest.param({"AWS": [STRANGER := "arn:aws:iam::999999999999:user/bob", ADA]}, ADA, True, id="one of a list"),
        pytest.param({"AWS": STRANGER}, ADA, False, id="somebody else"),
        pytest.param({"AWS": ACCOUNT}, ADA, True, id="the account's number"),
        pytest.param({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, ADA, True, id="the account"),
        pytest.param({"AWS": f"arn:aws:iam::{ACCOUNT}:role/agents"}, SESSION, True, id="the role of a session"),
        pytest.param({"AWS": SESSION}, SESSION, True, id="the session"),
        pytest.param({"Service": "lambda.amazonaws.com"}, "lambda.amazonaws.com", True, id="a service"),
        pytest.param({"Service": "lambda.amazonaws.com"}, ADA, False, id="no service"),
    ],
)
def test_principals(wanted, principal, applies):
    assert (effect(policy(statement(Principal=wanted)), principal) is Effect.DENY) is applies


def test_a_session_is_its_role_with_its_path_where_that_is_known():
    role = f"arn:aws:iam::{ACCOUNT}:role/guardrail/agents"
    text = policy(statement(Principal={"AWS": role}))

    assert effect(text, SESSION) is Effect.NOTHING
    assert effect(text, SESSION, **{"aws:PrincipalArn": role}) is Effect.DENY


@pytest.mark.parametrize(
    ("action", "applies"),
    [
        (INVOKE, True),
        ("bedrock-agentcore:invokeagentruntime", True),
        ("bedrock-agentcore:InvokeAgentRuntime*", True),
        ("bedrock-agentcore:Invoke?gentRuntime*", True),
        ("*", True),
        ("bedrock-agentcore:GetAgentCard", False),
        (["bedrock-agentcore:GetAgentCard", INVOKE], True),
    ],
)
def test_actions(action, applies):
    assert (effect(policy(statement(Action=action))) is Effect.DENY) is applies


@pytest.mark.parametrize("resource", ["*", ARN, ARN[:-4] + "*", [ARN, f"{ARN}/runtime-endpoint/prod"]])
def test_resources(resource):
    assert effect(policy(statement(Resource=resource))) is Effect.DENY


def test_an_explicit_deny_wins():
    assert effect(policy(statement("Allow"), statement(), statement("Allow"))) is Effect.DENY
    assert effect(policy(statement("Allow"), statement(Principal={"AWS": "999999999999"}))) is Effect.ALLOW
    assert effect(policy(statement(Principal={"AWS": "999999999999"}))) is Effect.NOTHING


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("{", id="no JSON"),
        pytest.param("[" * 100_000, id="brackets without end"),
        pytest.param("[]", id="no object"),
        pytest.param(json.dumps({"Statement": [statement()]}), id="no version"),
        pytest.param(json.dumps({"Version": "2012-10-17"}), id="no statement"),
        pytest.param(json.dumps({"Version": "2012-10-17", "Statement": []}), id="no statements"),
        pytest.param(json.dumps({"Version": "2012-10-17", "Statement": [statement()], "Note": ""}), id="more"),
        pytest.param('{"Version": "2012-10-17", "Statement": [], "Statement": []}', id="a member twice"),
        pytest.param(policy(statement("Audit")), id="an unknown effect"),
        pytest.param(policy({k: v for k, v in statement().items() if k != "Principal"}), id="no principal"),
        pytest.param(policy(statement(NotPrincipal="*")), id="NotPrincipal"),
        pytest.param(policy(statement(NotAction="*")), id="NotAction"),
        pytest.param(policy(statement(Principal="everybody")), id="a word"),
        pytest.param(policy(statement(Principal={"Federated": "x"})), id="federated"),
        pytest.param(policy(statement(Action=None)), id="no action"),
        pytest.param(policy(statement(Action="s3:GetObject")), id="an action of another service"),
        pytest.param(policy(statement(Action="bedrock-agentcore:InvokeAgentRuntimeCommand")), id="unlisted"),
        pytest.param(policy(statement(Resource=ARN + "x")), id="another resource"),
        pytest.param(policy(statement(Condition={"StringMatches": {"aws:PrincipalArn": "*"}})), id="operator"),
        pytest.param(policy(statement(Condition={"StringEquals": {"s3:prefix": "x"}})), id="key"),
        pytest.param(policy(statement(Condition=[])), id="no block"),
    ],
)
def test_what_is_not_understood_is_refused(text):
    with pytest.raises(ServiceError) as refused:
        parse_policy(text, ARN)

    assert refused.value.code == "ValidationException"


@pytest.mark.parametrize("action", ["*", "bedrock-agentcore:*", "bedrock-agentcore:InvokeAgentRuntime*"])
def test_wildcards_in_actions_can_be_refused_and_the_listed_actions_never_are(action):
    with pytest.raises(ServiceError):
        parse_policy(policy(statement(Action=action)), ARN, wildcard_actions=False)

    assert parse_policy(policy(statement(Action=INVOKE)), ARN, wildcard_actions=False)
