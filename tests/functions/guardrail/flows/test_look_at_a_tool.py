"""A look at a tool: judged and reported like a runtime, changed by nobody, and told to people once."""

import json
from datetime import timedelta

import pytest

from guardrail.core.runtimes.exemption import parse_exemptions
from guardrail.core.runtimes.message import Look, Reason
from guardrail.core.runtimes.response import ResponseMode
from guardrail.core.runtimes.tool import ToolKind
from guardrail.flows.handle_message import handle_message
from tests.builders import GROUPS, NOW, PUBLIC, SUBNETS, event, snapshot_document, tool_answer
from tests.fakes import FakeCloud, Journal

TOOL_ID = "b-0123456789"
WITHIN = {"networkMode": "VPC", "vpcConfig": {"subnets": SUBNETS, "securityGroups": GROUPS}}
LOOK = Look(TOOL_ID, Reason.OPERATOR, tool=ToolKind.BROWSER)


def cloud_with(network, mode="OBSERVE", kind=ToolKind.BROWSER, **members):
    cloud = FakeCloud(mode=ResponseMode(mode))
    cloud.agentcore.tools = {kind: {TOOL_ID: tool_answer(kind, network, **{f"{kind.member}Id": TOOL_ID, **members})}}
    return cloud


def handle(cloud, document):
    written = Journal()
    return handle_message(json.dumps(document), cloud.policy, cloud.world(written)), written.calls


def told(cloud):
    return [(finding.kind.value, finding.verdict.compliance.value) for finding in cloud.findings.reported]


@pytest.mark.parametrize(("network", "compliance"), [(PUBLIC, "NON_COMPLIANT"), (WITHIN, "COMPLIANT")])
def test_the_event_of_a_new_browser_leads_to_its_verdict(network, compliance):
    cloud = cloud_with(network)

    handled, _ = handle(cloud, event("create_browser"))

    assert (handled.text, handled.count) == ("runtime judged", compliance)
    assert handled.fields["runtime_id"] == f"browser/{TOOL_ID}"
    ((key, stored),) = cloud.evidence.records.items()
    assert key.startswith(f"verdict/browser/{TOOL_ID}/000001-")
    record = json.loads(stored)
    assert (record["subject"], record["verdict"]["kind"]) == (f"browser/{TOOL_ID}", "browser")
    assert record["cause"]["action"] == "CreateBrowser"
    assert told(cloud) == [("Runtime Verdict", compliance)]


def test_a_tool_that_has_not_changed_costs_one_read_and_no_write():
    cloud = cloud_with(PUBLIC)
    handle(cloud, LOOK.document())

    handled, calls = handle(cloud, LOOK.document())

    assert handled.fields["did"] == "unchanged"
    assert calls == ["state.history", "agentcore.tool", "switches.exemptions"]


@pytest.mark.parametrize("mode", ["QUARANTINE", "REPAIR"])
def test_people_are_told_once_what_to_do_and_nothing_is_changed(mode):
    cloud, all_calls = cloud_with({"networkMode": "SANDBOX"}, mode, ToolKind.CODE_INTERPRETER), []
    look = Look(TOOL_ID, Reason.SWEEP, tool=ToolKind.CODE_INTERPRETER)
    for _ in range(3):
        all_calls += handle(cloud, look.document())[1]
        cloud.wait(600)

    assert told(cloud) == [("Runtime Verdict", "NON_COMPLIANT"), ("Response Escalated", "NON_COMPLIANT")]
    assert "agentcore.take" not in all_calls
    assert "It changes no tool: a person has to" in cloud.findings.reported[0].message()
    message = cloud.findings.reported[1].message()
    assert message.startswith(f"Code interpreter {TOOL_ID} is NON_COMPLIANT")
    assert "AgentCore cannot change a code interpreter: create one like it in the landing zone" in message
    assert "create-code-interpreter" in message
    assert not cloud.queue.waiting


def test_a_tool_is_looked_at_again_as_a_tool_while_agentcore_makes_it():
    cloud = cloud_with(WITHIN, status="CREATING")

    handle(cloud, event("create_browser"))

    ((look, delay),) = cloud.queue.waiting
    assert (look.runtime_id, look.tool, look.reason, delay) == (TOOL_ID, ToolKind.BROWSER, Reason.AGAIN, 30)


def test_a_tool_that_is_gone_is_recorded_as_gone():
    cloud = cloud_with(PUBLIC)
    handle(cloud, LOOK.document())
    cloud.agentcore.tools.clear()

    handled, _ = handle(cloud, event("delete_browser"))

    assert handled.count == "gone"
    assert [key.split("/")[0] for key in sorted(cloud.evidence.records)] == ["runtime-gone", "verdict"]


def test_a_tool_and_a_runtime_of_the_same_id_know_nothing_of_each_other():
    cloud = cloud_with(PUBLIC)
    cloud.agentcore.runtimes[TOOL_ID] = snapshot_document({1: None}, {"DEFAULT": 1})
    cloud.agentcore.tools[ToolKind.CODE_INTERPRETER] = {TOOL_ID: tool_answer(ToolKind.CODE_INTERPRETER, WITHIN)}
    looks = [Look(TOOL_ID, Reason.OPERATOR, tool=tool) for tool in (None, *ToolKind)]

    first = [handle(cloud, look.document())[0].fields for look in looks]
    second = [handle(cloud, look.document())[0].fields for look in looks]

    assert [each["compliance"] for each in first] == ["COMPLIANT", "NON_COMPLIANT", "COMPLIANT"]
    assert {each["did"] for each in first} == {"reported"}
    assert {each["did"] for each in second} == {"unchanged"}
    assert len(cloud.evidence.records) == len(cloud.state.histories) == 3


def test_an_exemption_by_name_holds_for_a_tool():
    cloud = cloud_with({"networkMode": "SANDBOX"}, "REPAIR")
    granted = {
        "id": "EX-1",
        "owner": "o",
        "reason": "r",
        "ticket": "t",
        "runtimes": ["tool"],
        "rules": ["network-mode"],
        "expires": f"{NOW + timedelta(days=9):%Y-%m-%d}",
    }
    cloud.switches.granted = parse_exemptions([granted], NOW)

    handle(cloud, LOOK.document())

    assert told(cloud) == [("Runtime Verdict", "COMPLIANT")]


def test_a_tool_that_could_not_be_read_is_reported_as_unknown_and_nobody_has_to_act():
    cloud = cloud_with(WITHIN, "REPAIR")
    cloud.agentcore.tools[ToolKind.BROWSER][TOOL_ID] = {"error": "AccessDeniedException"}

    handle(cloud, LOOK.document())

    assert told(cloud) == [("Runtime Verdict", "INSUFFICIENT_DATA")]
