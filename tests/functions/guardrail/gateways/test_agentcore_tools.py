"""Tools, as the lab's AgentCore answers about them, and what the gateway makes of it."""

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.tool import ToolKind
from guardrail.core.runtimes.verdict import judge
from guardrail.gateways.agentcore import AgentCoreGateway
from guardrail_lab.agentcore.client import InMemoryClient
from tests.builders import ACCOUNT, GROUPS, PUBLIC, REGION, SUBNETS, zone
from tests.fakes import FakeCloud

VPC = {"networkMode": "VPC", "vpcConfig": {"subnets": SUBNETS, "securityGroups": GROUPS}}
KINDS = list(ToolKind)
ELSEWHERE = {ToolKind.BROWSER: PUBLIC, ToolKind.CODE_INTERPRETER: {"networkMode": "SANDBOX"}}


@pytest.fixture
def cloud():
    return FakeCloud()


@pytest.fixture
def plane(cloud):
    return cloud.with_agentcore()


@pytest.fixture
def gateway(plane):
    return AgentCoreGateway(lambda _: InMemoryClient(plane), ACCOUNT, REGION)


def created(plane, kind, network=VPC, name="tool"):
    request = {"name": name, "networkConfiguration": network, "description": "secret"}
    return plane.call(f"Create{kind.noun}", request)[f"{kind.member}Id"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_tool_is_judged_by_one_call(plane, gateway, cloud, kind):
    inside, outside = created(plane, kind), created(plane, kind, ELSEWHERE[kind], "other")
    cloud.wait(90)

    verdicts = [judge(gateway.tool(kind, each), zone()) for each in (inside, outside)]

    assert [each.compliance for each in verdicts] == ["COMPLIANT", "NON_COMPLIANT"]
    assert verdicts[1].violations[0].broken.observed == ELSEWHERE[kind]["networkMode"]
    assert verdicts[1].runtime_id == outside
    assert f":{kind}-custom/{outside}" in verdicts[1].runtime_arn


@pytest.mark.parametrize("kind", KINDS)
def test_a_tool_is_situated_so_that_what_people_have_to_do_can_be_told(plane, gateway, kind):
    snapshot = gateway.tool(kind, created(plane, kind))

    assert snapshot.situation.newest["status"] == "CREATING"
    assert snapshot.in_transition
    assert "secret" not in repr(snapshot) + str(snapshot.situation.newest)


@pytest.mark.parametrize("kind", KINDS)
def test_a_tool_that_is_gone_is_none(plane, gateway, cloud, kind):
    tool_id = created(plane, kind)
    cloud.wait(90)
    plane.call(f"Delete{kind.noun}", {f"{kind.member}Id": tool_id})

    assert gateway.tool(kind, tool_id).in_transition
    cloud.wait(90)
    assert gateway.tool(kind, tool_id) is None


def test_a_tool_that_is_still_shown_as_deleted_is_none(plane, gateway):
    tool_id, call = created(plane, ToolKind.BROWSER), plane.call
    plane.call = lambda operation, parameters: {**call(operation, parameters), "status": "DELETED"}

    assert gateway.tool(ToolKind.BROWSER, tool_id) is None


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_of_the_tools_that_somebody_created_is_read(plane, gateway, kind):
    made = {created(plane, kind, name=f"tool{number}") for number in range(107)}
    asked = []
    call = plane.call
    plane.call = lambda operation, parameters: asked.append((operation, parameters)) or call(operation, parameters)

    assert set(gateway.tool_ids(kind)) == made
    assert [operation for operation, _ in asked] == [f"List{kind.noun}s"] * 2
    assert {parameters["type"] for _, parameters in asked} == {"CUSTOM"}


def test_a_tool_of_aws_is_not_looked_at_even_when_it_is_listed(plane, gateway):
    call = plane.call
    listed = {"browserSummaries": [{"browserId": "aws.browser.v1"}]}
    plane.call = lambda operation, parameters: listed if operation == "ListBrowsers" else call(operation, parameters)

    assert gateway.tool_ids(ToolKind.BROWSER) == []


def test_what_the_service_refuses_to_show_is_unread_but_named(plane, gateway):
    tool_id = created(plane, ToolKind.BROWSER)
    plane.faults.fail("GetBrowser", times=1, code="AccessDeniedException", status=403)

    verdict = judge(gateway.tool(ToolKind.BROWSER, tool_id), zone())

    assert (verdict.compliance, verdict.runtime_id) == ("INSUFFICIENT_DATA", tool_id)
    assert [each.why for each in verdict.unread] == ["AccessDeniedException"]


@pytest.mark.parametrize(
    ("operation", "ask"),
    [
        ("GetBrowser", lambda gateway, tool_id: gateway.tool(ToolKind.BROWSER, tool_id)),
        ("ListBrowsers", lambda gateway, _: gateway.tool_ids(ToolKind.BROWSER)),
    ],
)
@pytest.mark.parametrize(("code", "status"), [("ThrottlingException", 429), ("InternalServerException", 500)])
def test_throttling_and_failures_of_the_service_are_a_reason_to_come_back(plane, gateway, operation, ask, code, status):
    tool_id = created(plane, ToolKind.BROWSER)
    plane.faults.fail(operation, times=1, code=code, status=status)

    with pytest.raises(GatewayError, match=f"^bedrock-agentcore-control:{operation} failed: {code}$") as failed:
        ask(gateway, tool_id)

    assert failed.value.retryable
