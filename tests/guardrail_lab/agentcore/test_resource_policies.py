import pytest

from tests.guardrail_lab.agentcore.arrange import ADA, made, policy, refusal, statement


@pytest.fixture
def arn(agentcore, clock):
    return made(agentcore, clock)[1]


def test_a_policy_is_replaced_as_a_whole_and_kept_to_the_letter(agentcore, arn):
    texts = [policy(), "  " + policy(statement("Allow"))]
    for text in texts:
        agentcore.put_resource_policy(resourceArn=arn, policy=text)
        assert agentcore.get_resource_policy(resourceArn=arn)["policy"] == text

    agentcore.delete_resource_policy(resourceArn=arn)

    assert refusal(agentcore.delete_resource_policy, resourceArn=arn) == "ResourceNotFoundException"


def test_no_policy_is_an_error_or_an_answer_without_one(agentcore, plane, arn):
    assert refusal(agentcore.get_resource_policy, resourceArn=arn) == "ResourceNotFoundException"
    plane.behave(missing_policy_is_an_error=False)

    assert "policy" not in agentcore.get_resource_policy(resourceArn=arn)


@pytest.mark.parametrize(
    ("suffix", "text", "code"),
    [
        pytest.param("", "{", "ValidationException", id="no policy"),
        pytest.param("", " " * 20_480 + policy(), "ValidationException", id="too long"),
        pytest.param("/runtime-endpoint/gone", policy(), "ResourceNotFoundException", id="no such endpoint"),
        pytest.param("x", policy(), "ResourceNotFoundException", id="no such runtime"),
        pytest.param("/runtime-endpoint/DEFAULT", policy(), "not refused", id="an endpoint"),
    ],
)
def test_a_policy_is_put_on_what_exists_and_must_be_one(agentcore, arn, suffix, text, code):
    assert refusal(agentcore.put_resource_policy, resourceArn=arn + suffix, policy=text) == code


def test_a_refused_policy_changes_nothing_and_is_not_repeated(agentcore, plane, arn):
    agentcore.put_resource_policy(resourceArn=arn, policy=policy())
    plane.behave(wildcard_actions=False)

    assert refusal(agentcore.put_resource_policy, resourceArn=arn, policy=policy(statement())) == "ValidationException"

    assert agentcore.get_resource_policy(resourceArn=arn)["policy"] == policy()
    assert not plane.may_invoke(arn, principal=ADA).allowed
