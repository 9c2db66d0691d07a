import pytest

from guardrail_lab.agentcore.behaviour import MetadataRule
from guardrail_lab.agentcore.errors import ServiceError
from tests.guardrail_lab.agentcore.arrange import ACCOUNT, ADA, made, policy, statement, updated
from tests.guardrail_lab.arrange import ROLE, VPC, new_runtime

STRANGER = "arn:aws:iam::999999999999:role/stranger"
TOKEN = {"customJWTAuthorizer": {"discoveryUrl": "https://id.example/.well-known/openid-configuration"}}
ALLOW = policy(statement("Allow"))
DENY = policy()


def put(agentcore, arn, runtime_policy=None, endpoint_policy=None):
    for resource, text in ((arn, runtime_policy), (f"{arn}/runtime-endpoint/DEFAULT", endpoint_policy)):
        if text:
            agentcore.put_resource_policy(resourceArn=resource, policy=text)


@pytest.mark.parametrize(
    ("on_runtime", "on_endpoint", "principal", "identity_allows", "allowed"),
    [
        pytest.param(None, None, ADA, True, True, id="her own policies allow"),
        pytest.param(None, None, ADA, False, False, id="nothing allows"),
        pytest.param(DENY, None, ADA, True, False, id="denied on the runtime"),
        pytest.param(None, DENY, ADA, True, False, id="denied on the endpoint"),
        pytest.param(ALLOW, DENY, ADA, True, False, id="a deny wins over an allow"),
        pytest.param(ALLOW, ALLOW, ADA, False, True, id="both resource policies allow"),
        pytest.param(ALLOW, None, ADA, False, False, id="the endpoint's is missing"),
        pytest.param(None, None, STRANGER, True, False, id="another account without policies"),
        pytest.param(ALLOW, None, STRANGER, True, False, id="another account with half of them"),
        pytest.param(ALLOW, ALLOW, STRANGER, False, False, id="another account that does not allow"),
        pytest.param(ALLOW, ALLOW, STRANGER, True, True, id="another account, all allow"),
        pytest.param(None, None, None, True, False, id="nobody"),
    ],
)
def test_policies_decide(agentcore, clock, plane, on_runtime, on_endpoint, principal, identity_allows, allowed):
    runtime_id, arn = made(agentcore, clock)
    put(agentcore, arn, on_runtime, on_endpoint)

    decision = plane.may_invoke(runtime_id, principal=principal, identity_allows=identity_allows)

    assert decision.allowed is allowed
    assert decision.allowed or decision.error.code == "AccessDeniedException"


@pytest.mark.parametrize(
    ("text", "allowed"),
    [(None, True), (ALLOW, True), (DENY, False), (policy(statement("Allow", Principal={"AWS": ADA})), False)],
)
def test_with_a_token_an_existing_policy_must_itself_allow_everybody(agentcore, clock, plane, text, allowed):
    runtime_id, arn = made(agentcore, clock, authorizerConfiguration=TOKEN)
    put(agentcore, arn, text)

    assert plane.may_invoke(runtime_id).allowed is allowed


def test_an_action_that_the_policy_does_not_name_stays_open(agentcore, clock, plane):
    runtime_id, arn = made(agentcore, clock)
    put(agentcore, arn, policy(statement(Action="bedrock-agentcore:InvokeAgentRuntime")))

    allowed = {
        action: plane.may_invoke(runtime_id, principal=ADA, action=f"bedrock-agentcore:{action}").allowed
        for action in ("InvokeAgentRuntime", "InvokeAgentRuntimeCommand", "StopRuntimeSession")
    }

    assert allowed == {"InvokeAgentRuntime": False, "InvokeAgentRuntimeCommand": True, "StopRuntimeSession": True}


@pytest.mark.parametrize(
    ("rule", "with_v2", "left_out"),
    [(MetadataRule.NEVER, True, True), (MetadataRule.ONCE_HAD, True, False), (MetadataRule.ALWAYS, True, False)],
)
def test_an_update_that_drops_mmdsv2_makes_the_runtime_uninvocable(agentcore, clock, plane, rule, with_v2, left_out):
    plane.behave(metadata_rule=rule)
    runtime_id, _ = made(agentcore, clock)
    new = plane.may_invoke(runtime_id, principal=ADA).allowed

    updated(agentcore, clock, runtime_id, metadataConfiguration={"requireMMDSV2": True})
    second = plane.may_invoke(runtime_id, principal=ADA).allowed
    updated(agentcore, clock, runtime_id)

    third = plane.may_invoke(runtime_id, principal=ADA)
    assert (new, second, third.allowed) == (rule is not MetadataRule.ALWAYS, with_v2, left_out)
    assert third.allowed or third.error.code == "ValidationException"


def test_a_harness_is_invoked_and_not_its_runtime(agentcore, clock, plane):
    harness = agentcore.create_harness(harnessName="h", executionRoleArn=ROLE)["harness"]
    clock.advance(100)
    runtime = harness["environment"]["agentCoreRuntimeEnvironment"]["agentRuntimeArn"]

    assert "managed by a harness" in plane.may_invoke(runtime, principal=ADA).why


def test_what_does_not_serve_yet_cannot_be_invoked(agentcore, plane):
    runtime_id = agentcore.create_agent_runtime(**new_runtime())["agentRuntimeId"]

    assert plane.may_invoke(runtime_id, principal=ADA).error.code == "ResourceNotFoundException"
    assert plane.may_invoke(runtime_id, "prod", ADA).error.code == "ResourceNotFoundException"


def said(plane, runtime_id, session):
    answer = plane.invoke(runtime_id, principal=ADA, session=session)
    return answer["agentRuntimeVersion"], answer["networkMode"]


def test_a_session_stays_on_its_version_until_it_ends(agentcore, clock, plane):
    runtime_id, _ = made(agentcore, clock, lifecycleConfiguration={"maxLifetime": 3600})
    before = [said(plane, runtime_id, session) for session in ("stays", "stopped")]
    updated(agentcore, clock, runtime_id, networkConfiguration=VPC)

    plane.stop_session(runtime_id, "DEFAULT", "stopped")
    after = {session: said(plane, runtime_id, session) for session in ("stays", "stopped", "new")}
    clock.advance(3600)

    old, new = ("1", "PUBLIC"), ("2", "VPC")
    assert before == [old, old]
    assert after == {"stays": old, "stopped": new, "new": new}
    assert said(plane, runtime_id, "stays") == new


def test_a_session_that_is_unknown_cannot_be_stopped(agentcore, clock, plane):
    runtime_id, _ = made(agentcore, clock)

    with pytest.raises(ServiceError, match="ResourceNotFoundException"):
        plane.stop_session(runtime_id, "DEFAULT", "s")


def test_a_denied_session_is_denied_too(agentcore, clock, plane):
    runtime_id, arn = made(agentcore, clock)
    said(plane, runtime_id, "s")
    put(agentcore, arn, DENY)

    with pytest.raises(ServiceError, match="explicit deny"):
        said(plane, runtime_id, "s")


def test_a_runtime_is_named_by_its_id_or_its_arn(agentcore, clock, plane):
    runtime_id, _ = made(agentcore, clock)

    assert plane.may_invoke(
        f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:runtime/{runtime_id}", principal=ADA
    ).allowed
