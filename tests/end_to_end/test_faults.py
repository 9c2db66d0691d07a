"""What goes wrong on the way: refused and throttled reads, messages that nobody can handle."""

import json

import pytest

from tests.end_to_end.conftest import Guarded
from tests.patience import eventually

CANARY = "canary-7f3a"


def test_a_read_that_is_refused_is_insufficient_data_never_compliant(deployed: Guarded, name):
    deployed.cloud.fail("GetAgentRuntime", times=1_000, code="AccessDeniedException", status=403)

    finding = deployed.wait(deployed.developer.create_in_vpc(name), "INSUFFICIENT_DATA")

    assert {"what": "runtime", "why": "AccessDeniedException"} in finding["verdict"]["unread"]


def test_a_throttled_read_is_tried_again_until_it_succeeds(deployed: Guarded, name):
    deployed.cloud.fail("GetAgentRuntime", times=3, code="ThrottlingException", status=429)

    deployed.wait(deployed.developer.create_public(name), "NON_COMPLIANT")

    assert not deployed.cloud.pending_faults()["failures"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(CANARY * 20_000, id="a quarter of a megabyte of junk"),
        pytest.param("[" * 100_000, id="brackets without end"),
        pytest.param(json.dumps({"runtime_id": CANARY}), id="a message of an unknown form"),
        pytest.param(
            json.dumps({"version": 1, "runtime_id": f"{CANARY}; rm -rf", "reason": "sweep", "attempt": 1}),
            id="a bad id",
        ),
        pytest.param(
            json.dumps(
                {
                    "source": "aws.bedrock-agentcore",
                    "account": "999999999999",
                    "region": "us-east-1",
                    "detail": {"eventName": "CreateAgentRuntime", "canary": CANARY},
                }
            ),
            id="an event of another account",
        ),
        pytest.param(
            json.dumps(
                {
                    "source": "aws.bedrock-agentcore",
                    "account": "000000000000",
                    "region": "us-east-1",
                    "detail": {
                        "eventName": "UpdateAgentRuntime",
                        "canary": CANARY,
                        "eventSource": "bedrock-agentcore.amazonaws.com",
                    },
                }
            ),
            id="an event that names no runtime",
        ),
    ],
)
def test_a_message_that_nobody_can_handle_is_kept_with_its_reason(deployed: Guarded, body):
    deployed.put_on_queue(body)

    letters = eventually(lambda: [letter for letter in deployed.dead_letters() if letter["Body"] == body])

    reason = letters[0]["MessageAttributes"]["reason"]["StringValue"]
    assert "expected" in reason
    assert CANARY not in reason
    deployed.cloud.client("sqs").purge_queue(QueueUrl=deployed.outputs.dead_letter_queue_url)


def test_no_log_line_quotes_a_message(deployed: Guarded):
    deployed.put_on_queue(json.dumps({"runtime_id": CANARY}))
    eventually(lambda: "message refused" in deployed.log_text())

    assert CANARY not in deployed.log_text()
