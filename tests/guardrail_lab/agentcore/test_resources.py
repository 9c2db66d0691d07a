import pytest

from tests.guardrail_lab.agentcore.arrange import new_capacity_provider, refusal
from tests.guardrail_lab.arrange import PUBLIC, VPC, new_runtime

TOOLS = [
    pytest.param("browser", "browserId", "browserSummaries", id="browser"),
    pytest.param("code_interpreter", "codeInterpreterId", "codeInterpreterSummaries", id="code interpreter"),
]


@pytest.mark.parametrize(("tool", "member", "listed"), TOOLS)
def test_a_tool_lives_from_creating_to_gone(agentcore, clock, tool, member, listed):
    create, get, delete = (getattr(agentcore, f"{verb}_{tool}") for verb in ("create", "get", "delete"))
    find = getattr(agentcore, f"list_{tool}s")
    made = create(name="tool", networkConfiguration=PUBLIC, description="a tool")
    named = {member: made[member]}
    assert refusal(create, name="tool", networkConfiguration=PUBLIC) == "ConflictException"
    assert refusal(delete, **named) == "ConflictException"
    clock.advance(60)

    assert [each["status"] for each in find()[listed]] == ["READY"]
    assert find(type="SYSTEM")[listed] == []
    assert get(**named)["networkConfiguration"] == PUBLIC
    assert delete(**named)["status"] == "DELETING"
    clock.advance(60)
    assert refusal(get, **named) == "ResourceNotFoundException"
    assert find()[listed] == []


@pytest.mark.parametrize(
    "network",
    [
        pytest.param({"networkMode": "VPC"}, id="vpc without its details"),
        pytest.param({"networkMode": "PUBLIC", "vpcConfig": VPC["networkModeConfig"]}, id="details without vpc"),
        pytest.param(
            {"networkMode": "VPC", "vpcConfig": {**VPC["networkModeConfig"], "requireServiceS3Endpoint": False}},
            id="a word about s3",
        ),
    ],
)
def test_a_tools_network_is_checked(agentcore, network):
    assert refusal(agentcore.create_browser, name="tool", networkConfiguration=network) == "ValidationException"


def test_instances_need_a_capacity_provider_that_is_ready_and_no_network(agentcore, clock):
    provider = agentcore.create_capacity_provider(**new_capacity_provider("machines"))
    compute = {"capacityProviderConfiguration": {"capacityProviderArn": provider["capacityProviderArn"]}}
    assert refusal(agentcore.create_agent_runtime, **new_runtime(**compute)) == "ValidationException"
    clock.advance(60)
    both = new_runtime(**compute, networkConfiguration=PUBLIC)
    assert refusal(agentcore.create_agent_runtime, **both) == "ValidationException"

    runtime = agentcore.create_agent_runtime(**new_runtime(**compute))

    found = agentcore.list_agent_runtime_versions_by_capacity_provider(
        capacityProviderId=provider["capacityProviderId"]
    )["agentRuntimes"]
    assert [(each["agentRuntimeArn"], each["agentRuntimeVersion"]) for each in found] == [
        (runtime["agentRuntimeArn"], "1")
    ]
    used = {"capacityProviderId": provider["capacityProviderId"]}
    assert refusal(agentcore.delete_capacity_provider, **used) == "ConflictException"


def test_kinds_do_not_mix(agentcore, clock):
    browser = agentcore.create_browser(name="tool", networkConfiguration=PUBLIC)["browserId"]

    assert refusal(agentcore.get_code_interpreter, codeInterpreterId=browser) == "ResourceNotFoundException"
    assert agentcore.list_capacity_providers()["capacityProviders"] == []
