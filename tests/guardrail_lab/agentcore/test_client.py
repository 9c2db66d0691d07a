from datetime import UTC, datetime

import pytest

from tests.guardrail_lab.agentcore.arrange import made
from tests.guardrail_lab.arrange import new_runtime


def test_dates_are_dates(agentcore, clock):
    runtime_id, _ = made(agentcore, clock)

    created = agentcore.get_agent_runtime(agentRuntimeId=runtime_id)["createdAt"]

    assert created == datetime.fromtimestamp(clock.now - 100, UTC)


def test_what_the_sdk_does_not_know_is_dropped(agentcore, clock):
    browser = agentcore.create_browser(name="tool", networkConfiguration={"networkMode": "PUBLIC"})

    assert browser.keys() == {"browserId", "browserArn", "createdAt", "status", "ResponseMetadata"}


def test_each_call_has_a_token_of_its_own(agentcore):
    agentcore.create_agent_runtime(**new_runtime())

    with pytest.raises(Exception, match="ConflictException"):
        agentcore.create_agent_runtime(**new_runtime())


def test_what_is_not_there_is_no_method(agentcore):
    assert not hasattr(agentcore, "create_gateway")
    assert agentcore.meta.service_model.operation_model("GetAgentRuntime").name == "GetAgentRuntime"
