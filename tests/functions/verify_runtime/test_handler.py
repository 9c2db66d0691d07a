"""The deployed function, called as Lambda calls it, over real clients."""

import json
from types import SimpleNamespace

import pytest

from tests.builders import PUBLIC, RUNTIME_ID, answer, endpoint, event, snapshot_document
from tests.deployed import CONTEXT, deploy, log_lines
from tests.strategies import CANARY
from verify_runtime.handler import handler, logger

COMPLIANT, DRIFTED = snapshot_document({1: None}, {"DEFAULT": 1}), snapshot_document({1: PUBLIC}, {"DEFAULT": 1})


@pytest.fixture
def deployed(aws, agentcore, monkeypatch):
    deployed = deploy(aws)
    for name, value in deployed.environment().items():
        monkeypatch.setenv(name, value)
    return deployed


@pytest.fixture
def log():
    yield from log_lines(logger)


def invoke(*bodies, context=CONTEXT, queue="events"):
    """Call the function with a batch; the ids of the messages are 0, 1, …"""
    (record,) = event("batch")["Records"]
    record["eventSourceARN"] = f"arn:aws:sqs:us-east-1:111122223333:{queue}"
    texts = [body if isinstance(body, str) else json.dumps(body) for body in bodies]
    records = [{**record, "messageId": str(number), "body": text} for number, text in enumerate(texts)]
    return [failed["itemIdentifier"] for failed in handler({"Records": records}, context)["batchItemFailures"]]


def test_the_sample_batch_is_handled(agentcore, deployed, log):
    agentcore.runtimes[RUNTIME_ID] = COMPLIANT

    assert handler(event("batch"), CONTEXT) == {"batchItemFailures": []}
    assert [line["compliance"] for line in log()] == ["COMPLIANT"]


def test_a_runtime_that_drifted_is_recorded_and_reported(agentcore, deployed, log):
    agentcore.runtimes[RUNTIME_ID] = DRIFTED

    assert invoke(event("update_to_public")) == []

    ((key, record),) = deployed.evidence().items()
    assert key.startswith(f"verdict/{RUNTIME_ID}/000001-")
    assert json.loads(record)["verdict"]["compliance"] == "NON_COMPLIANT"
    (mail,) = deployed.mails()
    assert f"s3://evidence/{key}" in mail


def test_messages_for_which_no_time_is_left_come_back_alone(agentcore, deployed, log):
    agentcore.runtimes[RUNTIME_ID] = COMPLIANT
    left = iter([60_000, 14_999])
    context = SimpleNamespace(**{**vars(CONTEXT), "get_remaining_time_in_millis": lambda: next(left)})

    assert invoke(event("update_to_public"), event("update_to_public"), context=context) == ["1"]
    assert [line["message"] for line in log()] == ["runtime judged", "message failed"]


def test_the_log_line_has_the_same_keys_everywhere(agentcore, deployed, log):
    agentcore.runtimes[RUNTIME_ID] = DRIFTED
    invoke(event("update_to_public"))
    (line,) = log()

    assert line.pop("event_age_seconds") > 0
    kept = ("level", "message", "service", "runtime_id", "compliance", "rules", "step", "mode", "did", "attempt")
    assert {key: line[key] for key in kept} == {
        "level": "INFO",
        "message": "runtime judged",
        "service": "verify_runtime",
        "runtime_id": RUNTIME_ID,
        "compliance": "NON_COMPLIANT",
        "rules": ["network-mode"],
        "step": "none",
        "mode": "OBSERVE",
        "did": "reported",
        "attempt": 1,
    }
    assert line["function_request_id"] == CONTEXT.aws_request_id


def test_what_happened_is_counted(agentcore, deployed, log, capsys):
    agentcore.runtimes[RUNTIME_ID] = DRIFTED
    invoke(event("update_to_public"), "junk", event("create_denied"))
    metrics = json.loads(capsys.readouterr().out)

    counted = {name: metrics[name] for name in ("NON_COMPLIANT", "MessagesRefused", "EventsRecorded")}
    assert counted == {"NON_COMPLIANT": [1.0], "MessagesRefused": [1.0], "EventsRecorded": [1.0]}
    assert metrics["service"] == "verify_runtime"
    assert metrics["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "AgentCoreGuardrail"


def test_a_compliant_runtime_that_is_known_already_costs_two_reads_and_writes_nothing(agentcore, deployed, log):
    agentcore.runtimes[RUNTIME_ID] = COMPLIANT
    invoke(event("update_to_public"))
    before = (deployed.state(), deployed.evidence())
    agentcore.calls.clear()

    assert invoke(event("update_to_public")) == []

    assert agentcore.calls == ["GetAgentRuntime", "ListAgentRuntimeEndpoints"]
    assert (deployed.state(), deployed.evidence()) == before
    assert log()[-1]["did"] == "unchanged"
    assert deployed.messages(deployed.events_url) == deployed.messages(deployed.looks_url) == []


def test_only_the_messages_that_failed_come_back(agentcore, deployed, log):
    broken = "broken-0123456789"
    agentcore.runtimes = {RUNTIME_ID: DRIFTED, broken: DRIFTED}
    agentcore.raw[broken] = json.dumps([CANARY]).encode()
    ask = {"version": 1, "runtime_id": broken, "reason": "sweep", "attempt": 1}

    assert invoke(event("update_to_public"), ask, "junk", ask, event("create_denied")) == ["1", "3"]

    assert len(deployed.evidence()) == 2
    failed = [line for line in log() if line["level"] == "ERROR"]
    assert [(line["message"], line["message_id"], line["received"]) for line in failed] == [
        ("message failed", "1", "1"),
        ("message failed", "3", "1"),
    ]
    assert {line["why"] for line in failed} == {
        "bedrock-agentcore-control:GetAgentRuntime failed: AttributeError in its answer"
    }


def test_a_batch_that_fails_altogether_comes_back_altogether_and_says_why(agentcore, deployed, log):
    deployed.clients("dynamodb").delete_table(TableName="state")

    assert invoke(event("update_to_public"), event("look_from_the_sweep")) == ["0", "1"]
    assert [line["why"] for line in log()] == ["dynamodb:GetItem failed: ResourceNotFoundException"] * 2


def test_what_is_denied_is_recorded_as_insufficient_data(agentcore, deployed, log):
    agentcore.runtimes[RUNTIME_ID] = COMPLIANT
    agentcore.faults["ListAgentRuntimeEndpoints"] = (403, "AccessDeniedException")

    assert invoke(event("update_to_public")) == []
    assert log()[0]["compliance"] == "INSUFFICIENT_DATA"
    assert "Not read: endpoints (AccessDeniedException)." in deployed.mails()[0]


def test_a_message_that_nobody_can_handle_is_a_dead_letter_and_does_not_come_back(deployed, log):
    assert invoke(CANARY * 10_000, event("forged")) == []

    assert {
        message["MessageAttributes"]["reason"]["StringValue"] for message in deployed.messages(deployed.dead_letter_url)
    } == {
        "message: expected JSON",
        "message.source: expected aws.bedrock-agentcore",
    }
    assert [line["message"] for line in log()] == ["message refused"] * 2


@pytest.mark.parametrize(
    ("body", "queue"), [(event("update_to_public"), "events"), (event("look_from_the_sweep"), "looks")]
)
def test_a_runtime_that_still_changes_is_put_again_on_the_queue_that_the_message_came_from(
    agentcore, deployed, log, body, queue
):
    changing = answer(1, status="UPDATING")
    agentcore.runtimes[RUNTIME_ID] = snapshot_document({1: None}, {"DEFAULT": 1}, runtime=changing)
    invoke(body, queue=queue)

    assert log()[0]["looks_again"] is True
    urls = {"events": deployed.events_url, "looks": deployed.looks_url}
    assert {name: deployed.delayed(url) for name, url in urls.items()} == {"events": 0, "looks": 0, queue: 1}


def with_canaries(case):
    """The event with a secret wherever AWS or a caller could leave one."""
    whole = event(case)
    whole["detail"]["requestParameters"] = {
        **(whole["detail"]["requestParameters"] or {}),
        "environmentVariables": {"TOKEN": CANARY},
        "description": CANARY,
        "roleArn": CANARY,
        "clientToken": CANARY,
    }
    whole["detail"] |= {"errorMessage": CANARY, "userAgent": CANARY, "sourceIPAddress": CANARY}
    whole["detail"]["userIdentity"] |= {"accessKeyId": CANARY, "sessionContext": {"attributes": {"x": CANARY}}}
    return whole


def test_no_secret_reaches_a_log_a_metric_a_record_a_report_or_the_table(agentcore, deployed, log, capfd, caplog):
    secret = {"environmentVariables": {"TOKEN": CANARY}, "description": CANARY, "roleArn": CANARY}
    broken = "broken-0123456789"
    agentcore.runtimes[RUNTIME_ID] = snapshot_document(
        {2: None},
        {},
        runtime=answer(2, PUBLIC, **secret),
        versions={"1": answer(1, PUBLIC, **secret)},
        endpoints=[endpoint("prod", 2, 2, description=CANARY)],
    )
    agentcore.runtimes[broken] = DRIFTED
    agentcore.raw[broken] = json.dumps([CANARY]).encode()
    ask = {"version": 1, "reason": "sweep", "attempt": 1}

    failed = invoke(
        *(with_canaries(case) for case in ("update_to_public", "create_denied", "create_harness", "forged")),
        {**ask, "runtime_id": RUNTIME_ID},
        {**ask, "runtime_id": broken},
        {**ask, "runtime_id": CANARY},
        CANARY,
    )

    assert failed == ["5"]
    assert len(deployed.evidence()) == 4
    printed = capfd.readouterr()
    everything = [log(), printed.out, printed.err, caplog.text, deployed.evidence(), deployed.mails(), deployed.state()]
    assert CANARY not in str(everything)
    assert all(everything[0] + everything[4:])
