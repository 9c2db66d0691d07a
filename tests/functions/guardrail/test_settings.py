"""The environment of a function: each missing or bad variable gives one clear line."""

import json
from datetime import UTC, datetime

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.switch import Scope
from guardrail.settings import BackOutSettings, ReconcileSettings, SweepSettings, VerifySettings
from tests.builders import zone, zone_document
from tests.strategies import CANARY

SWEEP = {"STATE_TABLE": "state", "QUEUE_URL": "https://sqs/looks", "EVIDENCE_BUCKET": "evidence"}
VERIFY = {
    **SWEEP,
    "LANDING_ZONE": json.dumps(zone_document()),
    "RESPONSE_MODE": "OBSERVE",
    "RESPONSE": "{}",
    "ROLE_ARN": "arn:aws:iam::111122223333:role/agentcore-guardrail/VerifyRuntimeRole",
    "SWITCHES_TABLE": "switches",
    "DEAD_LETTER_QUEUE_URL": "https://sqs/dead-letters",
    "EVENT_BUS": "findings",
    "TOPIC_ARN": "arn:aws:sns:us-east-1:111122223333:findings",
}


def refusal(settings, environ):
    with pytest.raises(InvalidInput) as refused:
        settings.from_env(environ)
    assert CANARY not in str(refused.value)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_verify_reads_everything_it_needs():
    settings = VerifySettings.from_env({**VERIFY, "PATH": "/bin"})

    assert settings.zone == zone()
    assert (settings.mode, settings.state_table, settings.queue_url) == ("OBSERVE", "state", "https://sqs/looks")
    assert (settings.dead_letter_queue_url, settings.evidence_bucket) == ("https://sqs/dead-letters", "evidence")
    assert (settings.event_bus, settings.topic_arn) == ("findings", VERIFY["TOPIC_ARN"])


def test_sweep_reads_everything_it_needs():
    settings = SweepSettings.from_env(SWEEP)

    assert (settings.state_table, settings.queue_url) == ("state", "https://sqs/looks")
    assert settings.evidence_bucket == "evidence"


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


RECONCILE = {
    "CONTROLLER": "https://192.0.2.1",
    "CONTROLLER_SECRET": "arn:aws:secretsmanager:us-east-1:111122223333:secret:controller-AbCdEf",
    "PACK_BUCKET": "cdk",
    "PACK_KEY": "pack.json",
    "PACK_DIGEST": "sha256:1",
    "HEAL": "false",
    "ACCEPT_CONTROLLER_WIDE": "true",
    "STATE_TABLE": "state",
    "SWITCHES_TABLE": "switches",
    "EVIDENCE_BUCKET": "evidence",
    "EVENT_BUS": "findings",
    "TOPIC_ARN": "arn:aws:sns:us-east-1:111122223333:findings",
}
WINDOW = {"days": ["mon"], "hours": "22:00-04:00", "timezone": "UTC"}


def test_reconcile_reads_everything_it_needs():
    settings = ReconcileSettings.from_env({**RECONCILE, "CHANGE_WINDOW": json.dumps(WINDOW)})

    assert (settings.controller, settings.heal, settings.accept_controller_wide) == ("https://192.0.2.1", False, True)
    assert (settings.pack_bucket, settings.pack_key, settings.pack_digest) == ("cdk", "pack.json", "sha256:1")
    assert settings.change_window is not None
    assert settings.change_window.is_open(datetime(2026, 11, 16, 23, tzinfo=UTC))


def test_without_a_change_window_there_is_none():
    assert ReconcileSettings.from_env(RECONCILE).change_window is None


@pytest.mark.parametrize("name", RECONCILE)
def test_a_variable_that_reconcile_lacks_is_named(name):
    environ = {key: value for key, value in RECONCILE.items() if key != name}

    assert refusal(ReconcileSettings, environ) == f"environment variable {name}: expected a value; the stack sets it"


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("HEAL", "yes", "environment variable HEAL: expected true or false"),
        ("CHANGE_WINDOW", CANARY, "environment variable CHANGE_WINDOW: expected JSON"),
        ("CHANGE_WINDOW", "[]", "environment variable CHANGE_WINDOW: expected an object with days, hours and timezone"),
        (
            "CHANGE_WINDOW",
            json.dumps({**WINDOW, "timezone": "Mars/Olympus"}),
            "environment variable CHANGE_WINDOW.timezone: expected UTC, or a name of the tz database",
        ),
        (
            "CHANGE_WINDOW",
            json.dumps({**WINDOW, "timezone": "../../etc/passwd"}),
            "environment variable CHANGE_WINDOW.timezone: expected UTC, or a name of the tz database",
        ),
    ],
)
def test_a_value_that_reconcile_cannot_use_is_refused(name, value, error):
    assert refusal(ReconcileSettings, {**RECONCILE, name: value}).startswith(error)


BACK_OUT = {
    "SCOPES": "insertion,policy",
    "SWITCHES_TABLE": "switches",
    "EVIDENCE_BUCKET": "evidence",
    "EVENT_BUS": "findings",
    "TOPIC_ARN": "topic",
    "SCHEDULE_GROUP": "group",
    "SCHEDULE_ROLE_ARN": "role",
    "DEAD_LETTERS_ARN": "dead",
    "CONTROLLER": "https://controller.example.com",
    "CONTROLLER_SECRET": "secret",
    "NAME_PREFIX": "agentcore",
    "GATEWAYS": "one,two",
    "RUNTIME_SUBNETS": "subnet-1,subnet-2",
    "LEASE_TABLE": "state",
}
OF_THE_CONTROLLER = {"CONTROLLER", "CONTROLLER_SECRET", "NAME_PREFIX", "GATEWAYS", "RUNTIME_SUBNETS", "LEASE_TABLE"}


def test_the_back_out_function_reads_its_lists():
    settings = BackOutSettings.from_env(BACK_OUT)

    assert settings.scopes == (Scope.INSERTION, Scope.POLICY)
    assert settings.gateways == ("one", "two")
    assert settings.runtime_subnets == ("subnet-1", "subnet-2")


def test_the_function_that_only_suspends_the_response_is_told_of_no_controller():
    least = {name: value for name, value in BACK_OUT.items() if name not in OF_THE_CONTROLLER}

    assert BackOutSettings.from_env({**least, "SCOPES": "response"}).controller == ""


@pytest.mark.parametrize("name", sorted(BACK_OUT.keys() - {"RUNTIME_SUBNETS"}))
def test_the_back_out_function_needs_every_other_variable(name):
    with pytest.raises(InvalidInput, match=f"environment variable {name}: expected"):
        BackOutSettings.from_env({key: value for key, value in BACK_OUT.items() if key != name})


def test_a_scope_that_nobody_knows_is_refused():
    with pytest.raises(InvalidInput, match="SCOPES: expected response, policy, insertion"):
        BackOutSettings.from_env({**BACK_OUT, "SCOPES": "insertion,everything"})


def test_without_runtime_subnets_nothing_is_proven_but_everything_works():
    assert BackOutSettings.from_env({**BACK_OUT, "RUNTIME_SUBNETS": ""}).runtime_subnets == ()
