"""Tools and harnesses, found by the deployed functions under their own roles, and left to people."""

import pytest

from guardrail_lab.cloud import LocalCloud
from tests.end_to_end.conftest import Guarded
from tests.patience import eventually

ROLE = "arn:aws:iam::000000000000:role/agents/harness"


@pytest.fixture(autouse=True)
def no_event_is_lost_any_more(responding: Guarded):
    yield
    responding.cloud.clear_faults()


def create(cloud: LocalCloud, kind: str, name: str, mode: str) -> str:
    """Create a tool as somebody would, and return its id."""
    agentcore = cloud.client("bedrock-agentcore-control")
    call = getattr(agentcore, f"create_{kind.replace('-', '_')}")
    answer = call(name=name, networkConfiguration={"networkMode": mode})
    return answer["browserId" if kind == "browser" else "codeInterpreterId"]


@pytest.mark.parametrize(
    ("kind", "mode", "lost"),
    [
        pytest.param("browser", "PUBLIC", 0, id="a browser, by its event"),
        pytest.param("code-interpreter", "SANDBOX", 1, id="a code interpreter, by the sweep"),
    ],
)
def test_a_tool_outside_the_landing_zone_is_judged_recorded_and_left_to_people(
    responding: Guarded, name, kind, mode, lost
):
    if lost:
        responding.cloud.lose_events(lost)
    tool_id = create(responding.cloud, kind, name, mode)
    if lost:
        responding.cloud.client("lambda").invoke(FunctionName=responding.outputs.sweep_function, Payload=b"{}")

    finding = responding.wait(tool_id, "NON_COMPLIANT")

    assert (finding["verdict"]["kind"], finding["verdict"]["violations"][0]["observed"]) == (kind, mode)
    assert (finding["cause"] is None) == bool(lost)
    kinds = ["verdict", "response-escalated"]
    records = eventually(lambda: len(found := responding.evidence(f"{kind}/{tool_id}")) == len(kinds) and found)
    assert [record["kind"] for record in records] == kinds
    assert records[1]["why"].startswith(f"AgentCore cannot change a {kind.replace('-', ' ')}")
    assert all(record["intact"] for record in records)


def test_a_harness_outside_the_landing_zone_is_denied_and_left_to_people(responding: Guarded, name):
    agentcore = responding.cloud.client("bedrock-agentcore-control")
    harness = agentcore.create_harness(harnessName=name, executionRoleArn=ROLE)["harness"]
    managed = harness["environment"]["agentCoreRuntimeEnvironment"]

    finding = responding.wait(managed["agentRuntimeId"], "NON_COMPLIANT")

    assert finding["cause"]["action"] == "CreateHarness"
    kinds = ["verdict", "change-intended", "change-outcome", "response-escalated"]
    found = eventually(lambda: len(seen := responding.evidence(managed["agentRuntimeId"])) == len(kinds) and seen)
    assert [record["kind"] for record in found] == kinds
    assert found[-1]["why"].startswith(f"harness {harness['harnessId']} manages it: repair it with UpdateHarness")
    policy = agentcore.get_resource_policy(resourceArn=managed["agentRuntimeArn"])["policy"]
    assert "NetworkGuardrailQuarantine" in policy
