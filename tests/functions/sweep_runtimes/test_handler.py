"""The deployed sweep, called as the schedule calls it, over real clients."""

import json

import pytest

from guardrail.core.errors import GatewayError
from guardrail.flows.sweep_runtimes import BACKLOG
from sweep_runtimes.handler import handler, logger
from tests.assembly import resources
from tests.builders import answer, event
from tests.deployed import CONTEXT, deploy, log_lines

SCHEDULE = event("schedule", function="sweep_runtimes")


@pytest.fixture
def deployed(aws, agentcore, monkeypatch):
    deployed = deploy(aws)
    for name in ("STATE_TABLE", "LOOKS_QUEUE_URL", "EVIDENCE_BUCKET"):
        monkeypatch.setenv(name, deployed.environment()[name])
    agentcore.runtimes = {
        f"a{n}-0123456789": {"runtime": answer(1, agentRuntimeId=f"a{n}-0123456789")} for n in range(6)
    }
    return deployed


@pytest.fixture
def log():
    yield from log_lines(logger)


def test_a_look_at_every_runtime_is_put_on_the_queue(agentcore, deployed, log):
    assert handler(SCHEDULE, CONTEXT) == {"asked": 6, "skipped": False, "continues": False}

    bodies = [json.loads(message["Body"]) for message in deployed.messages(deployed.looks_url)]
    assert sorted(body["runtime_id"] for body in bodies) == sorted(agentcore.runtimes)[:4]
    assert {body["reason"] for body in bodies} == {"sweep"}
    assert agentcore.calls == ["ListAgentRuntimes", "ListBrowsers", "ListCodeInterpreters"]


def test_what_was_done_is_logged_and_counted(deployed, log, capsys):
    handler(SCHEDULE, CONTEXT)
    metrics = json.loads(capsys.readouterr().out)
    (line,) = log()

    kept = ("level", "message", "service", "asked", "skipped", "continues")
    assert [line[key] for key in kept] == ["INFO", "runtimes swept", "sweep_runtimes", 6, False, False]
    assert (metrics["LooksAsked"], metrics["SweepsSkipped"]) == ([6.0], [0.0])


def test_a_sweep_is_skipped_while_the_last_one_is_still_being_worked_off(deployed, log):
    entries = [{"Id": str(number), "MessageBody": "{}"} for number in range(10)]
    for _ in range(BACKLOG // 10 + 1):
        deployed.clients("sqs").send_message_batch(QueueUrl=deployed.looks_url, Entries=entries)

    assert handler(SCHEDULE, CONTEXT)["skipped"] is True


def test_the_alarm_on_skipped_sweeps_watches_what_is_counted(deployed, log, capsys):
    handler(SCHEDULE, CONTEXT)
    metrics = json.loads(capsys.readouterr().out)
    [counted] = metrics["_aws"]["CloudWatchMetrics"]
    [alarm] = [
        each["Properties"] for name, each in resources("AWS::CloudWatch::Alarm").items() if "SweepsSkipped" in name
    ]

    assert (alarm["Namespace"], alarm["Statistic"], alarm["Threshold"]) == (counted["Namespace"], "Sum", 0)
    assert alarm["MetricName"] in [each["Name"] for each in counted["Metrics"]]
    assert [[each["Name"] for each in alarm["Dimensions"]]] == counted["Dimensions"]
    assert [metrics[each["Name"]] for each in alarm["Dimensions"]] == [each["Value"] for each in alarm["Dimensions"]]


def test_no_flood_of_events_makes_a_sweep_skip(deployed, log):
    entries = [{"Id": str(number), "MessageBody": "{}"} for number in range(10)]
    for _ in range(BACKLOG // 10 + 1):
        deployed.clients("sqs").send_message_batch(QueueUrl=deployed.events_url, Entries=entries)

    assert handler(SCHEDULE, CONTEXT) == {"asked": 6, "skipped": False, "continues": False}


@pytest.mark.filterwarnings("ignore:No application metrics")
@pytest.mark.parametrize("operation", ["ListAgentRuntimes", "ListBrowsers", "ListCodeInterpreters"])
def test_a_sweep_that_fails_fails_loudly(agentcore, deployed, log, operation):
    agentcore.faults[operation] = (403, "AccessDeniedException")

    with pytest.raises(GatewayError, match=rf"^bedrock-agentcore-control:{operation} failed: AccessDenied"):
        handler(SCHEDULE, CONTEXT)
