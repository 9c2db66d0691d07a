"""Drift on the bus and on the topic."""

import json

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.firewall.drift import Drift, DriftState
from guardrail.gateways.drift_findings import DriftFindingsGateway
from tests.builders import NOW
from tests.deployed import deploy

DRIFT = Drift(DriftState.FOUND, "192.0.2.1", "agentcore", "sha256:1", (), (), None, "s3://evidence/x", NOW)


def test_a_drift_goes_to_machines_and_to_people(aws, entries):
    stack = deploy(aws)

    DriftFindingsGateway(aws, "findings", stack.topic_arn).report(DRIFT)

    [entry] = entries
    assert json.loads(entry.pop("Detail")) == json.loads(json.dumps(DRIFT.document()))
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"]) == (
        "findings",
        "agentcore.guardrail",
        "Firewall Drift",
    )
    assert stack.mails() == [DRIFT.message()]


def test_a_topic_that_is_not_there_is_a_clear_failure(aws):
    stack = deploy(aws)

    with pytest.raises(GatewayError, match=r"^sns:Publish failed: NotFound"):
        DriftFindingsGateway(aws, "findings", f"{stack.topic_arn}-not").report(DRIFT)
