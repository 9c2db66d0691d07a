"""What the functions that look at runtimes are told: each missing or bad variable gives one clear line."""

import json

import pytest

from guardrail.settings.runtimes import SweepSettings, VerifySettings
from tests.builders import zone, zone_document
from tests.settings_refusal import refusal
from tests.strategies import CANARY

SWEEP = {"STATE_TABLE": "state", "LOOKS_QUEUE_URL": "https://sqs/1/looks", "EVIDENCE_BUCKET": "evidence"}


VERIFY = {
    **SWEEP,
    "LANDING_ZONE": json.dumps(zone_document()),
    "RESPONSE_MODE": "OBSERVE",
    "RESPONSE": "{}",
    "ROLE_ARN": "arn:aws:iam::111122223333:role/agentcore-guardrail/VerifyRuntimeRole",
    "SWITCHES_TABLE": "switches",
    "EVENTS_QUEUE_URL": "https://sqs/1/events",
    "DEAD_LETTER_QUEUE_URL": "https://sqs/1/dead-letters",
    "EVENT_BUS": "findings",
    "TOPIC_ARN": "arn:aws:sns:us-east-1:111122223333:findings",
}


def test_verify_reads_everything_it_needs():
    settings = VerifySettings.from_env({**VERIFY, "PATH": "/bin"})

    assert settings.zone == zone()
    assert (settings.mode, settings.state_table, settings.evidence_bucket) == ("OBSERVE", "state", "evidence")
    queues = (settings.events_queue_url, settings.looks_queue_url, settings.dead_letter_queue_url)
    assert queues == ("https://sqs/1/events", "https://sqs/1/looks", "https://sqs/1/dead-letters")
    assert (settings.event_bus, settings.topic_arn) == ("findings", VERIFY["TOPIC_ARN"])


def test_sweep_reads_everything_it_needs():
    settings = SweepSettings.from_env(SWEEP)

    assert (settings.state_table, settings.looks_queue_url) == ("state", "https://sqs/1/looks")
    assert settings.evidence_bucket == "evidence"


@pytest.mark.parametrize(
    ("name", "url"),
    [("events", "https://sqs/1/events"), ("looks", "https://sqs/1/looks"), ("unknown", "https://sqs/1/looks")],
)
def test_a_message_came_from_the_queue_that_its_record_names(name, url):
    settings = VerifySettings.from_env(VERIFY)

    assert settings.source_url(f"arn:aws:sqs:us-east-1:1:{name}") == url


@pytest.mark.parametrize("value", [None, ""], ids=["missing", "empty"])
@pytest.mark.parametrize(
    ("settings", "environ", "name"),
    [(VerifySettings, VERIFY, name) for name in VERIFY] + [(SweepSettings, SWEEP, name) for name in SWEEP],
)
def test_a_variable_without_a_value_is_named(settings, environ, name, value):
    environ = {key: each for key, each in {**environ, name: value}.items() if each is not None}

    assert refusal(settings, environ) == f"environment variable {name}: expected a value; the stack sets it"


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("LANDING_ZONE", CANARY, "environment variable LANDING_ZONE: expected JSON"),
        ("LANDING_ZONE", "[]", "zone: expected an object with account, region, subnets"),
        ("LANDING_ZONE", json.dumps(zone_document(subnets=[])), "zone.subnets: expected at least one"),
        ("LANDING_ZONE", json.dumps(zone_document(vpc=CANARY)), "zone: expected no keys but account"),
        ("RESPONSE", CANARY, "environment variable RESPONSE: expected JSON"),
        ("RESPONSE", '{"attempts":0}', "environment variable RESPONSE.attempts: expected an integer from 1"),
        ("RESPONSE_MODE", CANARY, "RESPONSE_MODE: expected OBSERVE"),
    ],
)
def test_a_value_of_the_wrong_form_is_refused_by_what_was_expected(name, value, error):
    assert refusal(VerifySettings, {**VERIFY, name: value}).startswith(error)
