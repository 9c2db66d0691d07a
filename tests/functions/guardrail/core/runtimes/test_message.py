"""The queue's messages: what leads to a look, what is only recorded, what is refused."""

import json

import pytest
from hypothesis import given

from guardrail.core.errors import InvalidInput
from guardrail.core.runtimes.message import Look, Reason, parse_message
from guardrail.core.runtimes.tool import ToolKind
from guardrail.core.runtimes.trail import TrailEvent, parse_event
from tests.builders import ACCOUNT, REGION, RUNTIME_ID, event
from tests.strategies import JSON, read_or_refused, some_of

ASKED = {"version": 1, "runtime_id": RUNTIME_ID, "reason": "sweep", "attempt": 1}


def parse(document):
    return parse_message(document, ACCOUNT, REGION)


@pytest.mark.parametrize(
    "case",
    [
        "update_to_public",
        "create_endpoint_on_old_version",
        "delete_runtime",
        "put_resource_policy",
        "update_refused_by_validation",
        "update_named_in_resources_only",
    ],
)
def test_an_event_that_names_a_runtime_leads_to_a_look_at_it(case):
    assert parse(event(case)) == Look(RUNTIME_ID, None, attempt=1, event=parse_event(event(case)))


@pytest.mark.parametrize(
    "case", ["create_denied", "update_denied", "create_harness", "create_capacity_provider", "create_memory"]
)
def test_an_event_that_changed_no_runtime_is_only_for_the_record(case):
    assert parse(event(case)) == parse_event(event(case))


@pytest.mark.parametrize(
    ("case", "tool", "tool_id"),
    [
        ("create_browser", ToolKind.BROWSER, "b-0123456789"),
        ("delete_browser", ToolKind.BROWSER, "b-0123456789"),
        ("create_code_interpreter", ToolKind.CODE_INTERPRETER, "c-0123456789"),
    ],
)
def test_an_event_that_names_a_tool_leads_to_a_look_at_it(case, tool, tool_id):
    assert parse(event(case)) == Look(tool_id, None, event=parse_event(event(case)), tool=tool)


@pytest.mark.parametrize("response", [None, {"browserId": "aws.browser.v1"}, {"browserId": "HIDDEN"}])
def test_an_event_about_a_tool_that_names_none_of_the_accounts_own_is_only_for_the_record(response):
    nameless = event("create_browser")
    nameless["detail"]["responseElements"] = response

    assert parse(nameless) == parse_event(nameless)


def test_an_attempt_to_change_a_tool_that_was_denied_is_only_for_the_record():
    denied = event("delete_browser")
    denied["detail"] |= {"errorCode": "AccessDenied", "responseElements": None}

    assert parse(denied) == parse_event(denied)


def test_an_event_about_a_harness_that_names_its_runtime_leads_to_a_look_at_that():
    case = event("create_harness_that_names_its_runtime")

    assert parse(case) == Look("harness_orders-AbCdEfGhIj", None, event=parse_event(case))


def test_what_is_asked_again_about_a_tool_is_still_about_the_tool():
    look = parse(event("create_browser"))

    assert look.again() == Look("b-0123456789", Reason.AGAIN, 2, tool=ToolKind.BROWSER)
    for asked in (look.again(), look.later(), Look("b-0123456789", Reason.SWEEP, tool=ToolKind.BROWSER).again()):
        assert parse(json.loads(json.dumps(asked.document()))) == asked


def test_the_sweeps_message_about_a_tool_names_its_kind():
    look = Look("b-0123456789", Reason.SWEEP, tool=ToolKind.BROWSER)

    assert look.document() == event("look_at_a_browser")
    assert parse(event("look_at_a_browser")) == look


def test_a_tool_and_a_runtime_of_the_same_id_are_not_mixed_up():
    looks = [Look("b-0123456789", Reason.SWEEP, tool=tool) for tool in (None, *ToolKind)]

    assert [look.subject for look in looks] == [
        "b-0123456789",
        "browser/b-0123456789",
        "code-interpreter/b-0123456789",
    ]
    with pytest.raises(InvalidInput):
        parse({**ASKED, "runtime_id": looks[1].subject})


def test_an_attempt_that_failed_and_names_no_runtime_is_only_for_the_record():
    failed = event("update_that_names_no_runtime")
    failed["detail"]["errorCode"] = "ServiceQuotaExceededException"

    assert isinstance(parse(failed), TrailEvent)


def test_the_looks_that_we_send_ourselves_are_read_back():
    for look in (
        Look(RUNTIME_ID, Reason.SWEEP),
        Look(RUNTIME_ID, Reason.OPERATOR, 3),
        Look(RUNTIME_ID, Reason.AGAIN, 20),
    ):
        assert parse(look.document()) == look


@pytest.mark.parametrize("case", ["update_to_public", "delete_runtime", "update_with_sso", "update_by_root"])
def test_what_is_asked_again_before_anything_was_done_keeps_its_cause(case):
    look = parse(event(case)).later()

    assert (look.reason, look.attempt, look.event) == (Reason.AGAIN, 2, parse_event(event(case)))
    assert parse(json.loads(json.dumps(look.document()))) == look
    assert look.again().event is None


@given(some_of({**ASKED, "cause": parse_event(event("update_to_public")).document()}, JSON))
def test_a_cause_that_is_none_is_refused_without_quoting_it(document):
    read_or_refused(parse, document)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "ghost"},
        {"denied": "no"},
        {"action": None},
        {"error": 7},
        {"actor": None},
        {"actor": {"arn": 1, "type": None, "session_name": None, "via": "cli"}},
        {"actor": {"arn": None, "type": None, "session_name": None, "via": "carrier pigeon"}},
        {"more": 1},
    ],
)
def test_a_cause_of_another_form_is_refused(change):
    short = parse_event(event("update_to_public")).document()

    with pytest.raises(InvalidInput, match=r"^message\.cause: expected"):
        parse({**ASKED, "cause": {**short, **change}})


def test_the_sweeps_message_has_the_form_that_the_interface_states():
    assert Look(RUNTIME_ID, Reason.SWEEP).document() == event("look_from_the_sweep") == ASKED


def test_asking_again_counts_and_lets_go_of_the_event():
    look = Look(RUNTIME_ID, None, 4, event=parse_event(event("update_to_public")))

    assert look.again() == Look(RUNTIME_ID, Reason.AGAIN, 5)


def test_asking_again_for_the_sweep_asks_for_dormant_versions_too():
    assert Look(RUNTIME_ID, Reason.SWEEP, 1).again() == Look(RUNTIME_ID, Reason.SWEEP, 2)
    assert Look(RUNTIME_ID, Reason.OPERATOR, 1).again() == Look(RUNTIME_ID, Reason.AGAIN, 2)


EXPECTED_FORM = "message: expected an EventBridge event, or version 1 with runtime_id, reason and attempt"


@pytest.mark.parametrize(
    ("document", "error"),
    [
        pytest.param([ASKED], EXPECTED_FORM, id="a list"),
        pytest.param({}, EXPECTED_FORM, id="nothing"),
        pytest.param({**ASKED, "version": 2}, EXPECTED_FORM, id="another version"),
        pytest.param({**ASKED, "mode": "REPAIR"}, EXPECTED_FORM, id="a key too many"),
        pytest.param({k: v for k, v in ASKED.items() if k != "attempt"}, EXPECTED_FORM, id="a key too few"),
        pytest.param(
            {**ASKED, "runtime_id": "../x"}, "message.runtime_id: expected an AgentCore runtime id", id="a bad id"
        ),
        pytest.param({**ASKED, "runtime_id": None}, "message.runtime_id: expected an AgentCore runtime id", id="no id"),
        pytest.param(
            {**ASKED, "kind": "runtime"}, "message.kind: expected browser, code-interpreter", id="another kind"
        ),
        pytest.param({**ASKED, "kind": None}, "message.kind: expected browser, code-interpreter", id="kind is null"),
        pytest.param({**ASKED, "kind": ["browser"]}, "message.kind: expected browser, code-interpreter", id="kinds"),
        pytest.param(
            {**ASKED, "kind": "code-interpreter", "runtime_id": "aws.codeinterpreter.v1"},
            "message.runtime_id: expected an AgentCore code interpreter id",
            id="the id of a tool of AWS",
        ),
        pytest.param(
            {**ASKED, "kind": "browser", "runtime_id": f"{'b' * 49}-0123456789"},
            "message.runtime_id: expected an AgentCore browser id",
            id="a name longer than a tool's, though not than a runtime's",
        ),
        pytest.param({**ASKED, "reason": "x"}, "message.reason: expected sweep, operator, again", id="another reason"),
        pytest.param({**ASKED, "reason": ["sweep"]}, "message.reason: expected sweep, operator, again", id="a list"),
        pytest.param({**ASKED, "attempt": 0}, "message.attempt: expected an integer from 1", id="attempt 0"),
        pytest.param({**ASKED, "attempt": True}, "message.attempt: expected an integer from 1", id="attempt true"),
        pytest.param({**ASKED, "attempt": "1"}, "message.attempt: expected an integer from 1", id="attempt is text"),
    ],
)
def test_a_request_of_another_form_is_refused(document, error):
    with pytest.raises(InvalidInput) as refused:
        parse(document)

    assert str(refused.value) == error


@pytest.mark.parametrize(
    ("case", "error"),
    [
        ("forged", "message.source: expected aws.bedrock-agentcore"),
        ("rule_disabled", "message.source: expected aws.bedrock-agentcore"),
        ("trail_stopped", "message.source: expected aws.bedrock-agentcore"),
        ("other_account", f"message: expected an event of account {ACCOUNT} and Region {REGION}"),
        ("other_region", f"message: expected an event of account {ACCOUNT} and Region {REGION}"),
        ("update_that_names_no_runtime", "message.detail: expected a runtime event that names its runtime"),
        ("update_with_bad_id", "message.detail: expected a runtime event that names its runtime"),
    ],
)
def test_an_event_that_nobody_can_act_on_is_refused(case, error):
    with pytest.raises(InvalidInput) as refused:
        parse(event(case))

    assert str(refused.value) == error


@pytest.mark.fuzz
@given(JSON | some_of({**ASKED, "kind": "browser"}, JSON) | some_of(event("update_to_public"), JSON))
def test_whatever_json_is_given_it_is_read_or_clearly_refused(document):
    assert isinstance(read_or_refused(parse, document), Look | TrailEvent | None)
