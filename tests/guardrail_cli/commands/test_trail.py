import json

import pytest

from guardrail.core.runtimes.trail import parse_event
from tests.builders import EVENTS, event


def test_json_is_the_default_and_is_what_the_core_reads(guardrail):
    shown = guardrail("trail", "event.json")

    assert (shown.code, shown.err) == (0, b"")
    assert json.loads(shown.out) == parse_event(event("update_to_public")).document()
    assert shown == guardrail("trail", "event.json", "--format", "json")


def test_text_has_one_fact_a_line(guardrail):
    facts = dict(
        line.split("  ", 1) for line in guardrail("trail", "event.json", "--format", "text").out.decode().splitlines()
    )

    assert facts["action"].strip() == "UpdateAgentRuntime"
    assert facts["runtime id"].strip() == "orders_agent-AbCdEfGhIj"
    assert facts["denied"].strip() == "false"


def test_what_a_denied_call_attempted_is_shown_as_fine(guardrail):
    shown = guardrail("trail", str(EVENTS / "verify_runtime__update_denied.json"))

    assert (shown.code, json.loads(shown.out)["denied"]) == (0, True)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"[]", "stdin: event: expected an EventBridge event object"),
        (
            b'{"detail": {}}',
            "stdin: event.detail.eventName: expected the name of an API call, as CloudTrail records it",
        ),
        (b"\x00\xff", "stdin:1:1: expected JSON; "),
    ],
)
def test_what_is_no_event_is_one_line(guardrail, content, complaint):
    assert guardrail("trail", stdin=content).complaint.startswith(complaint)


def test_with_jsonl_each_line_gets_its_event_or_its_error(guardrail):
    shown = guardrail("trail", "--jsonl", stdin=json.dumps(event("update_to_public")).encode() + b"\n{}\n")
    read, error = map(json.loads, shown.out.splitlines())

    assert shown.code == 1
    assert read == parse_event(event("update_to_public")).document()
    assert error["error"]["line"] == 2
    assert guardrail("trail", "--jsonl", "--format", "text").complaint.startswith("guardrail trail: Invalid value")
