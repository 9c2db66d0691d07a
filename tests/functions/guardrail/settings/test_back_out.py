"""What the function that backs out is told: each missing or bad variable gives one clear line."""

import pytest

from guardrail.core.errors import InvalidInput
from guardrail.core.switch import Scope
from guardrail.settings.back_out import BackOutSettings

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
