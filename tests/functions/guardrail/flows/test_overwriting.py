"""Somebody writes in the moment of our change: theirs is kept, or at least they are told."""

import json
from datetime import timedelta

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.message import Look, Reason
from guardrail.core.runtimes.step import StepKind
from guardrail.core.runtimes.trail import parse_event
from guardrail.flows.runtime_world import LEASE_SECONDS
from tests.builders import PUBLIC, event, vpc
from tests.functions.guardrail.flows.test_contain_runtime import ROLE, Scene

THEIRS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OnlyOurVpc",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "bedrock-agentcore:InvokeAgentRuntime",
                "Resource": "*",
                "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}},
            }
        ],
    }
)


def put(scene, policy=THEIRS):
    scene.plane.call("PutResourcePolicy", {"resourceArn": scene.arn, "policy": policy})


def notice(scene, seconds_ago=0, actor="dev", **detail):
    """The look that CloudTrail's event of somebody's PutResourcePolicy leads to."""
    payload = event("put_resource_policy")
    at = scene.cloud.now - timedelta(seconds=seconds_ago)
    payload["detail"] |= {"eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "eventID": "event-7", **detail}
    payload["detail"]["userIdentity"]["arn"] = f"{ROLE.replace(':iam:', ':sts:').partition(':role/')[0]}:{actor}"
    return Look(scene.runtime_id, Reason.AGAIN, 2, event=parse_event(payload))


def raced(mode="QUARANTINE"):
    """A scene in which somebody's policy came right before our first denial took effect; the event comes later."""
    scene = Scene(mode)
    scene.handle(before={"agentcore.take": lambda: put(scene)})
    assert "OnlyOurVpc" not in scene.policy_text()
    return scene


def pages(scene):
    return [each.reaction.did for each in scene.cloud.findings.reported if each.kind.value == "Response Escalated"]


def test_a_policy_that_the_first_denial_overwrote_is_told_of_once_by_its_event():
    scene = raced()
    for _ in range(3):
        scene.handle(notice(scene))

    [page] = pages(scene)
    [key] = [each for each in scene.cloud.evidence.records if each.endswith("-overwritten.json")]
    assert "event-7" in page
    assert json.loads(scene.cloud.evidence.records[key])["cause"]["event_id"] == "event-7"
    assert THEIRS not in json.dumps([each.document() for each in scene.cloud.findings.reported])


def test_it_is_told_when_the_event_comes_after_the_denial_is_lifted_as_well():
    scene = raced("REPAIR")
    look = notice(scene)
    scene.run(Look(scene.runtime_id, Reason.OPERATOR))
    scene.run(look)

    assert scene.may_invoke()
    assert len(pages(scene)) == 1


def test_whoever_does_it_again_keeps_it_with_the_denial_in_place_and_after_the_lift():
    scene = raced()
    scene.handle(notice(scene))
    put(scene)
    scene.run()
    beside = json.loads(scene.policy_text())["Statement"]
    scene.drift(vpc())
    runtime = {"agentRuntimeId": scene.runtime_id}
    scene.ask("UpdateAgentRuntimeEndpoint", **runtime, endpointName="prod", agentRuntimeVersion="2")
    scene.cloud.wait(90)
    scene.run()

    assert [each["Sid"] for each in beside] == ["OnlyOurVpc", "NetworkGuardrailQuarantine"]
    assert scene.policy_text() == THEIRS


@pytest.mark.parametrize(
    "changes",
    [
        {"seconds_ago": 60},
        {"errorCode": "ValidationException"},
        {"eventName": "UpdateAgentRuntime"},
        {"actor": "assumed-role/VerifyRuntimeRole/function"},
    ],
    ids=["long before", "refused", "no policy", "our own"],
)
def test_an_event_that_tells_of_nothing_overwritten_calls_nobody(changes):
    scene = raced()
    scene.handle(notice(scene, **changes))

    assert pages(scene) == []


def test_a_page_that_the_topic_does_not_take_fails_the_message_and_is_told_when_it_comes_back():
    scene = raced()
    look = notice(scene)
    scene.cloud.findings.refuses = True
    with pytest.raises(GatewayError, match="sns:Publish"):
        scene.handle(look)
    scene.cloud.findings.refuses = False
    for _ in range(2):
        scene.handle(look)

    assert len(pages(scene)) == 1


def test_whoever_blocks_the_topic_does_not_block_a_denial_that_is_due_at_that_look():
    scene = raced()
    look = notice(scene, seconds_ago=1)
    scene.plane.call("DeleteResourcePolicy", {"resourceArn": scene.arn})
    scene.cloud.findings.refuses = True
    with pytest.raises(GatewayError, match="sns:Publish"):
        scene.handle(look)

    assert not scene.may_invoke()


def test_an_event_that_meets_a_held_lease_is_kept():
    scene = raced()
    scene.cloud.state.lease(scene.runtime_id, scene.cloud.now, LEASE_SECONDS)
    scene.run(notice(scene))

    assert len(pages(scene)) == 1


def at_the_step(scene, kind, action):
    """Run, and let somebody act right before our change of that kind is taken."""
    done = []

    def act():
        if not done and scene.cloud.state.opened.get(scene.runtime_id, "").endswith(kind):
            done.append(action())

    handle = scene.handle
    scene.handle = lambda look=None: handle(look, before={"agentcore.take": act})
    scene.run()
    assert done


def test_a_policy_that_comes_right_before_the_lift_stays():
    scene = Scene()
    at_the_step(scene, StepKind.LIFT_DENIAL, lambda: put(scene))

    assert scene.policy_text() == THEIRS
    assert any(each["outcome"] == "changed-meanwhile" for each in scene.records("change-outcome"))


def test_whoever_keeps_on_writing_the_policy_keeps_the_runtime_from_being_denied_by_nothing():
    scene = Scene("QUARANTINE")
    scene.run()
    for number in range(5):
        put(scene, THEIRS.replace("OnlyOurVpc", f"Number{number}"))
        scene.handle(before={"agentcore.take": lambda: put(scene, THEIRS.replace("OnlyOurVpc", "Between"))})
        assert not scene.may_invoke()


def test_an_endpoint_that_its_owner_moves_right_before_we_do_stays_where_he_led_it():
    scene, runtime = Scene(), {}

    def move():
        runtime.update(agentRuntimeId=scene.runtime_id)
        scene.ask("UpdateAgentRuntime", **runtime, **scene.placed(vpc()))
        scene.cloud.wait(90)
        scene.ask("UpdateAgentRuntimeEndpoint", **runtime, endpointName="prod", agentRuntimeVersion="3")

    at_the_step(scene, StepKind.MOVE_ENDPOINT, move)

    assert scene.served() == {"DEFAULT": "3", "prod": "3"}
    assert scene.may_invoke()
    assert scene.version()["networkConfiguration"] != PUBLIC
