"""A finding says what somebody who is woken up needs, and steers no terminal."""

import json

import pytest

from guardrail.core.runtimes.exemption import parse_exemptions
from guardrail.core.runtimes.finding import Finding
from guardrail.core.runtimes.snapshot import parse_snapshot
from guardrail.core.runtimes.tool import ToolKind, tool_snapshot_document
from guardrail.core.runtimes.trail import parse_event
from guardrail.core.runtimes.verdict import judge
from tests.builders import (
    ACCOUNT,
    FOREIGN_SUBNET,
    NOW,
    PUBLIC,
    REGION,
    RUNTIME_ARN,
    RUNTIME_ID,
    answer,
    endpoint,
    event,
    snapshot,
    tool_answer,
    vpc,
    zone,
)

EVIDENCE = f"s3://evidence/verdict/{RUNTIME_ID}/000001-0123456789ab.json"
HOSTILE = "\x1b[2J\r\x07\u202e\u2028\n\nFix:\nrun this"


def finding(placed, serves, case="update_to_public", previous="", exemptions=(), **changes):
    verdict = judge(snapshot(placed, serves, **changes), zone(), parse_exemptions(list(exemptions), NOW))
    cause = None if case is None else parse_event(event(case))
    return Finding(ACCOUNT, REGION, verdict, cause, previous, EVIDENCE, NOW)


def test_an_endpoint_on_a_version_that_no_longer_exists_is_named():
    gone = {"versions": {"2": {"error": "ResourceNotFoundException"}}}
    message = finding({3: None}, {"DEFAULT": 3, "prod": 2}, **gone).message()

    assert "\n\nEndpoint prod serves version 2, which no longer exists: what it serves cannot be judged.\n\n" in message


@pytest.mark.parametrize(
    ("placed", "previous", "for_people"),
    [
        pytest.param({1: None}, "", False, id="fine from the beginning"),
        pytest.param({1: None}, "COMPLIANT", False, id="still fine"),
        pytest.param({1: None}, "NON_COMPLIANT", True, id="fine again"),
        pytest.param({1: None}, "INSUFFICIENT_DATA", True, id="readable again"),
        pytest.param({1: None}, "gone", True, id="back again"),
        pytest.param({1: PUBLIC}, "", True, id="wrong from the beginning"),
        pytest.param({1: PUBLIC}, "NON_COMPLIANT", True, id="wrong in another way"),
    ],
)
def test_people_are_told_when_something_is_wrong_or_no_longer_is(placed, previous, for_people):
    assert finding(placed, {}, previous=previous).is_for_people is for_people


def test_the_message_says_what_where_who_how_and_how_to_fix_it():
    found = finding({3: PUBLIC, 4: vpc([FOREIGN_SUBNET])}, {"prod": 3}, previous="COMPLIANT")
    message = found.message()

    assert message.startswith(f"Runtime {RUNTIME_ID} is NON_COMPLIANT (was COMPLIANT).\n\n")
    assert f"Account {ACCOUNT}, Region {REGION}, 2026-11-20 12:31:20Z. {RUNTIME_ARN}" in message
    assert (
        "UpdateAgentRuntime at 2026-11-20T12:31:07Z by "
        f"arn:aws:sts::{ACCOUNT}:assumed-role/Developer/dev, with the AWS CLI." in message
    )
    assert "HIGH network-mode: version 3 (served by endpoint prod) has PUBLIC, allowed is VPC." in message
    assert "HIGH subnets: version 4 (the newest, served by no endpoint yet) has " + FOREIGN_SUBNET in message
    for violation in found.verdict.violations:
        assert violation.fix.cli in message
    assert "Nothing was changed: the guardrail runs in OBSERVE." in message
    assert message.endswith(f"Evidence: {EVIDENCE}")


def test_the_message_says_what_was_not_read_what_is_dormant_and_who_answers():
    exempt = {"id": "EX-1", "owner": "o", "reason": "r", "ticket": "t", "runtimes": ["*"], "rules": ["network-mode"]}
    message = finding(
        {1: PUBLIC, 2: PUBLIC},
        {},
        exemptions=[{**exempt, "expires": "2026-12-01"}],
        endpoints={"error": "AccessDeniedException"},
    ).message()

    assert message.startswith(f"Runtime {RUNTIME_ID} is INSUFFICIENT_DATA (first verdict).")
    assert "Not read: endpoints (AccessDeniedException)." in message
    assert "Dormant versions that break network-mode, served by no endpoint now: 1." in message
    assert "allowed is VPC. Exempted by EX-1." in message


def test_a_fix_that_several_violations_share_is_told_once():
    found = finding({1: vpc([FOREIGN_SUBNET], [])}, {"DEFAULT": 1})

    assert len(found.verdict.violations) == 2
    assert found.message().count("Fix:") == 1


def test_a_verdict_that_no_event_led_to_says_so():
    assert "Found by looking, not by an event" in finding({1: PUBLIC}, {}, case=None).message()


def test_a_runtime_that_nothing_names_is_still_reported():
    unknown = finding({1: None}, {}, runtime={"error": "AccessDeniedException"}, versions={}, endpoints=[])

    assert unknown.subject() == "AgentCore unknown runtime: INSUFFICIENT_DATA"
    assert unknown.message().startswith("Runtime of unknown id is INSUFFICIENT_DATA")


def about_a_tool(answer):
    document = tool_snapshot_document(ToolKind.CODE_INTERPRETER, answer, ACCOUNT, REGION)
    return Finding(ACCOUNT, REGION, judge(parse_snapshot(document), zone()), None, "", EVIDENCE, NOW)


def test_a_tool_is_called_what_it_is_and_has_no_version():
    found = about_a_tool(tool_answer(ToolKind.CODE_INTERPRETER, {"networkMode": "SANDBOX"}))
    message = found.message()

    assert found.subject() == "AgentCore tool-0123456789: NON_COMPLIANT"
    assert message.startswith("Code interpreter tool-0123456789 is NON_COMPLIANT (first verdict).")
    assert "HIGH network-mode: it has SANDBOX, allowed is VPC." in message
    assert message.count("create-code-interpreter") == 1
    assert found.document()["verdict"]["kind"] == "code-interpreter"


def test_a_tool_that_nothing_names_is_still_reported():
    assert about_a_tool({"error": "Oops"}).subject() == "AgentCore unknown code interpreter: INSUFFICIENT_DATA"


def test_the_event_for_machines_holds_verdict_cause_and_evidence():
    found = finding({1: PUBLIC}, {"DEFAULT": 1}, previous="COMPLIANT")

    assert json.loads(json.dumps(found.document())) == {
        "version": 1,
        "account": ACCOUNT,
        "region": REGION,
        "at": "2026-11-20T12:31:20+00:00",
        "previous": "COMPLIANT",
        "verdict": found.verdict.document(),
        "cause": {
            "action": "UpdateAgentRuntime",
            "event_id": event("update_to_public")["detail"]["eventID"],
            "event_time": "2026-11-20T12:31:07Z",
            "actor": parse_event(event("update_to_public")).document()["actor"],
        },
        "evidence": EVIDENCE,
    }


def test_a_first_verdict_without_an_event_has_neither_a_previous_one_nor_a_cause():
    document = finding({1: None}, {}, case=None).document()

    assert (document["previous"], document["cause"]) == (None, None)


def test_the_subject_is_one_short_line_of_ascii():
    assert finding({1: PUBLIC}, {}).subject() == f"AgentCore {RUNTIME_ID}: NON_COMPLIANT"

    hostile = finding({1: None}, {}, runtime=answer(1, PUBLIC, agentRuntimeId=f"ü{HOSTILE}" + "x" * 200)).subject()
    assert hostile.isascii()
    assert hostile.isprintable()
    assert len(hostile) == 100


def test_a_finding_fits_however_many_versions_are_broken_and_what_is_left_out_is_in_the_evidence():
    many = vpc([f"subnet-{n:017}" for n in range(16)], [f"sg-{n:017}" for n in range(16)])
    endpoints = {f"e{n}": n for n in range(1, 120)}
    found = finding(dict.fromkeys(range(1, 1000), many), endpoints)
    document, message = found.document(), found.message()

    assert len(json.dumps(document)) < 256 * 1024
    assert len(message.encode()) < 256 * 1024
    assert document["verdict"]["digest"] == found.verdict.document()["digest"]
    assert len(document["verdict"]["violations"]) == len(found.verdict.violations) == 240
    assert document["verdict"]["violations"][0] == {
        "rule": "subnets",
        "version": "1",
        "endpoints": ["e1"],
        "severity": "HIGH",
        "exempted_by": None,
    }
    assert len(document["verdict"]["dormant"]) == len(found.verdict.dormant)
    assert document["verdict"]["notes"] == [
        "what was observed, what is allowed, the fixes and the notes are in the evidence only"
    ]
    assert "More rules are broken: see the evidence." in message
    assert message.endswith(f"Evidence: {EVIDENCE}")


def test_what_aws_answers_cannot_steer_a_terminal_or_add_a_paragraph_to_the_message():
    case = event("update_to_public")
    case["detail"]["userIdentity"]["arn"] += HOSTILE
    case["detail"]["eventName"] += HOSTILE
    document = {
        "runtime": answer(2, {"networkMode": f"MESH{HOSTILE}"}, agentRuntimeArn=RUNTIME_ARN + HOSTILE),
        "endpoints": [endpoint("prod", 1, 2), {"error": f"Denied{HOSTILE}", "name": f"x{HOSTILE}"}],
        "versions": {"1": answer(1, vpc([FOREIGN_SUBNET + HOSTILE]))},
    }
    verdict = judge(snapshot({1: None}, {}, **document), zone())
    message = Finding(ACCOUNT, REGION, verdict, parse_event(case), "", EVIDENCE, NOW).message()

    assert all(line.isprintable() for line in message.split("\n"))
    assert "\nrun this" not in message
