"""Three queues: looks with their delays, events that led to looks, and dead letters with their reasons."""

import json

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.message import Look, Reason
from guardrail.gateways.queue import QueueGateway
from tests.builders import RUNTIME_ID


@pytest.fixture
def urls(aws):
    return [aws("sqs").create_queue(QueueName=name)["QueueUrl"] for name in ("looks", "dead-letters", "events")]


@pytest.fixture
def queue(aws, urls):
    return QueueGateway(aws, *urls)


def received(aws, url):
    messages = []
    while (
        batch := aws("sqs")
        .receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"]
        )
        .get("Messages")
    ):
        messages += batch
    return messages


def test_looks_are_sent_in_the_form_that_is_read_back_ten_at_a_time(aws, urls, queue):
    looks = [Look(f"a{number:02}-0123456789", Reason.SWEEP) for number in range(23)]
    queue.send((look, 0) for look in looks)

    bodies = [json.loads(message["Body"]) for message in received(aws, urls[0])]
    assert sorted(bodies, key=lambda body: body["runtime_id"]) == [look.document() for look in looks]


def test_a_delayed_look_is_not_delivered_yet_and_counts_as_waiting(aws, urls, queue):
    queue.send([(Look(RUNTIME_ID, Reason.AGAIN), 900), (Look(RUNTIME_ID, Reason.AGAIN), 0)])

    assert queue.depth() == 2
    assert len(received(aws, urls[0])) == 1
    assert queue.depth() == 2


def test_a_look_is_sent_back_where_its_message_came_from_and_is_none_of_the_looks(aws, urls, queue):
    queue.send_back(Look(RUNTIME_ID, Reason.AGAIN), 0)

    (message,) = received(aws, urls[2])
    assert json.loads(message["Body"]) == Look(RUNTIME_ID, Reason.AGAIN).document()
    assert queue.depth() == 0


def test_without_another_source_the_messages_come_from_the_looks(aws, urls):
    QueueGateway(aws, *urls[:2]).send_back(Look(RUNTIME_ID, Reason.AGAIN), 900)

    assert QueueGateway(aws, urls[0]).depth() == 1


def test_nothing_to_send_sends_nothing(queue):
    queue.send([])

    assert queue.depth() == 0


def test_a_message_that_nobody_can_handle_is_kept_unchanged_with_the_reason(aws, urls, queue):
    queue.bury('{"not": "ours"', "message: expected JSON")

    (message,) = received(aws, urls[1])
    assert message["Body"] == '{"not": "ours"'
    assert message["MessageAttributes"]["reason"]["StringValue"] == "message: expected JSON"
    assert queue.depth() == 0


def test_a_look_that_the_queue_refuses_is_a_failure_and_not_lost_in_silence(queue):
    with pytest.raises(GatewayError, match=r"^sqs:SendMessageBatch failed: InvalidParameterValue$"):
        queue.send([(Look(RUNTIME_ID, Reason.SWEEP), 901)])


def test_a_queue_that_is_not_there_is_a_clear_failure(aws):
    gone = QueueGateway(aws, "https://sqs.us-east-1.amazonaws.com/123456789012/gone", "")

    with pytest.raises(GatewayError, match=r"^sqs:GetQueueAttributes failed: .*NonExistentQueue$"):
        gone.depth()
