"""What the reconciler is told: each missing or bad variable gives one clear line."""

import json
from datetime import UTC, datetime

import pytest

from guardrail.settings.firewall import ReconcileSettings
from tests.settings_refusal import refusal
from tests.strategies import CANARY

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
