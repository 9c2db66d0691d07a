import pytest
from botocore.exceptions import ClientError

from tests.guardrail_lab.agentcore.arrange import made, refusal
from tests.guardrail_lab.arrange import PUBLIC, VPC, new_version

TOKEN = "a" * 33


def test_the_same_request_again_is_answered_again_and_does_nothing(agentcore, clock):
    runtime_id, _ = made(agentcore, clock)
    sent = new_version(runtime_id, networkConfiguration=VPC, clientToken=TOKEN)
    first = agentcore.update_agent_runtime(**sent)
    clock.advance(100)

    assert agentcore.update_agent_runtime(**sent) == first
    assert agentcore.get_agent_runtime(agentRuntimeId=runtime_id)["agentRuntimeVersion"] == "2"


def test_a_token_belongs_to_its_parameters(agentcore, clock):
    runtime_id, _ = made(agentcore, clock)
    agentcore.update_agent_runtime(**new_version(runtime_id, networkConfiguration=VPC, clientToken=TOKEN))
    clock.advance(100)

    with pytest.raises(ClientError) as refused:
        agentcore.update_agent_runtime(**new_version(runtime_id, networkConfiguration=PUBLIC, clientToken=TOKEN))

    assert refused.value.response["reason"] == "IdempotentParameterMismatchException"


def test_a_token_of_a_refused_request_is_still_free(agentcore, clock):
    runtime_id, _ = made(agentcore, clock)
    agentcore.update_agent_runtime(**new_version(runtime_id))
    sent = new_version(runtime_id, networkConfiguration=VPC, clientToken=TOKEN)
    assert refusal(agentcore.update_agent_runtime, **sent) == "ConflictException"
    clock.advance(100)

    assert agentcore.update_agent_runtime(**sent)["agentRuntimeVersion"] == "3"


def test_a_token_is_forgotten_after_a_day(agentcore, clock):
    runtime_id, _ = made(agentcore, clock)
    sent = new_version(runtime_id, networkConfiguration=VPC, clientToken=TOKEN)
    agentcore.update_agent_runtime(**sent)
    clock.advance(86_400)

    assert agentcore.update_agent_runtime(**sent)["agentRuntimeVersion"] == "3"
