import pytest

from guardrail_lab.agentcore.errors import ServiceError
from guardrail_lab.agentcore.throttling import Throttle, rate
from tests.guardrail_lab.agentcore.arrange import made, refusal


@pytest.mark.parametrize(
    ("operation", "per_second"),
    [("GetAgentRuntime", 50), ("GetAgentRuntimeEndpoint", 50), ("ListAgentRuntimes", 5), ("UpdateAgentRuntime", 5)],
)
def test_a_steady_caller_at_the_documented_rate_is_never_throttled_and_a_faster_one_is(operation, per_second):
    assert rate(operation) == per_second

    def throttled(calls_per_second):
        throttle, refused = Throttle(), 0
        for number in range(1000):
            try:
                throttle.take(operation, number / calls_per_second)
            except ServiceError:
                refused += 1
        return refused

    assert throttled(per_second) == 0
    assert throttled(2 * per_second) > 400


def test_operations_have_their_rates_each_on_its_own_and_only_when_asked_for(agentcore, clock, plane):
    runtime_id, _ = made(agentcore, clock)
    assert refusal(lambda: [agentcore.list_agent_runtimes() for _ in range(6)]) == "not refused"
    plane.behave(throttled=True)

    assert refusal(lambda: [agentcore.list_agent_runtimes() for _ in range(6)]) == "ThrottlingException"
    assert refusal(agentcore.get_agent_runtime, agentRuntimeId=runtime_id) == "not refused"
    clock.advance(0.2)
    assert refusal(agentcore.list_agent_runtimes) == "not refused"
