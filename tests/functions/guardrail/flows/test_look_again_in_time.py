"""When a look is asked for: as soon as it is needed, whatever is on the queue already, and once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from guardrail.core.runtimes.history import History
from guardrail.core.runtimes.message import Look, Reason
from guardrail.core.runtimes.rules import RuleId
from guardrail.core.switch import Scope
from guardrail.flows.look_again import look_again
from guardrail.flows.runtime_world import Bounds
from tests.builders import FOREIGN_GROUP, NOW, PUBLIC, RUNTIME_ID, vpc
from tests.fakes import FakeCloud, Journal
from tests.functions.guardrail.flows.test_contain_runtime import ROLE, Scene, own_event

AGAIN = Look(RUNTIME_ID, Reason.AGAIN)
GRACE_SECONDS = 890


@pytest.mark.parametrize(
    ("due_in", "delay", "sent", "earliest"),
    [
        pytest.param(None, 30, True, 30, id="none waits"),
        pytest.param(-1, 30, True, 30, id="the last one was due already"),
        pytest.param(0, 30, True, 30, id="this is the one that was due"),
        pytest.param(30, 30, False, 30, id="one is due then"),
        pytest.param(10, 900, False, 10, id="one is due before"),
        pytest.param(891, 890, False, 891, id="one is due at the same deadline, computed a second apart"),
        pytest.param(900, 30, True, 30, id="the one that waits is due long after"),
        pytest.param(300, 0, True, 0, id="the next step must not wait for the breaker's window"),
    ],
)
def test_a_look_is_put_on_the_queue_unless_one_is_due_by_then(due_in, delay, sent, earliest):
    cloud = FakeCloud()
    history = History(again_at=None if due_in is None else NOW + timedelta(seconds=due_in))
    after = look_again(AGAIN, delay, history, cloud.world(Journal()))

    assert cloud.queue.waiting == ([(AGAIN, delay)] if sent else [])
    assert after.again_at == NOW + timedelta(seconds=earliest)


class WarnedScene(Scene):
    """A runtime that is only warned about, a look 15 minutes ahead, when it drifts to PUBLIC."""

    def __init__(self, mode="REPAIR"):
        grace = {RuleId.SECURITY_GROUPS: timedelta(seconds=GRACE_SECONDS)}
        super().__init__(mode, network=vpc(groups=[FOREIGN_GROUP]), grace=grace)
        self.handle()
        [(_, self.late)] = self.cloud.queue.waiting
        self.cloud.queue.waiting.clear()
        self.cloud.wait(10)
        self.ask("UpdateAgentRuntime", agentRuntimeId=self.runtime_id, **self.placed(PUBLIC))


def test_a_denial_that_could_not_be_made_now_is_not_put_off_by_a_look_that_is_due_late():
    scene = WarnedScene("QUARANTINE")
    scene.plane.faults.fail("PutResourcePolicy", times=1, code="ConflictException", status=409)
    handled, _ = scene.handle()

    assert (scene.late, handled.fields["did"]) == (GRACE_SECONDS + 1, "failed")
    [(look, delay)] = scene.cloud.queue.waiting
    assert delay == 30
    scene.cloud.wait(delay)
    scene.handle(look)
    assert not scene.may_invoke("DEFAULT")


def test_the_step_after_a_denial_is_not_put_off_by_a_look_that_is_due_late():
    scene = WarnedScene()
    scene.handle()

    assert [delay for _, delay in scene.cloud.queue.waiting] == [0]


def test_of_a_late_look_and_an_early_one_one_chain_is_left_once_both_were_due():
    scene = WarnedScene()
    scene.plane.behave(settle_seconds=100_000)
    scene.handle()
    waiting = [(scene.cloud.now + timedelta(seconds=scene.late - 10), AGAIN)]
    while scene.cloud.now < NOW + timedelta(seconds=180 + scene.late + 60):
        waiting += [(scene.cloud.now + timedelta(seconds=delay), look) for look, delay in scene.cloud.queue.waiting]
        scene.cloud.queue.waiting.clear()
        due, look = waiting.pop(min(range(len(waiting)), key=lambda n: waiting[n][0]))
        scene.cloud.now = max(scene.cloud.now, due)
        scene.handle(replace(look, runtime_id=scene.runtime_id, attempt=1))

    assert len(waiting) + len(scene.cloud.queue.waiting) == 1


def test_many_messages_about_a_warning_put_one_look_on_the_queue():
    grace = {RuleId.SECURITY_GROUPS: timedelta(seconds=GRACE_SECONDS)}
    scene = Scene(network=vpc(groups=[FOREIGN_GROUP]), grace=grace)
    for _ in range(50):
        scene.handle()
        scene.cloud.wait(7.3)

    assert len(scene.cloud.queue.waiting) == 1


@pytest.mark.parametrize(("wait_seconds", "expected"), [(900, 30), (30, 30), (5, 5)])
@pytest.mark.parametrize("status", [409, 500])
def test_a_denial_is_tried_again_soon_however_long_the_deployment_waits_otherwise(wait_seconds, expected, status):
    scene = Scene()
    scene.cloud.bounds = Bounds(wait_seconds=wait_seconds, role_arn=ROLE)
    code = "ConflictException" if status == 409 else "InternalServerException"
    scene.plane.faults.fail("PutResourcePolicy", times=1, code=code, status=status)
    scene.handle()

    assert [delay for _, delay in scene.cloud.queue.waiting] == [expected]


def test_what_agentcore_still_makes_is_waited_for_as_long_as_the_deployment_says():
    scene = Scene()
    scene.cloud.bounds = Bounds(wait_seconds=77, role_arn=ROLE)
    scene.handle()
    scene.cloud.queue.waiting.clear()
    scene.handle()

    assert [delay for _, delay in scene.cloud.queue.waiting] == [77]


def test_while_somebody_else_holds_the_lease_a_look_that_is_due_late_does_not_stand_in_for_this_one():
    scene = WarnedScene("QUARANTINE")
    scene.handle()
    history = scene.cloud.state.history(scene.runtime_id)
    late = replace(history, again_at=scene.cloud.now + timedelta(seconds=900))
    scene.cloud.state.histories[scene.runtime_id] = late
    scene.ask("DeleteResourcePolicy", resourceArn=scene.arn)
    scene.cloud.state.lease(scene.runtime_id, scene.cloud.now, 90)
    handled, calls = scene.handle()

    assert handled.fields["did"] == "postponed"
    assert calls[-1].startswith("queue.")


def test_what_drifts_while_the_response_is_backed_out_is_contained_without_a_sweep_soon_after_it_is_in_again():
    scene = Scene()
    scene.cloud.switches.backed_out = {Scope.RESPONSE}
    for _ in range(3):
        scene.handle()
    [(look, delay)] = scene.cloud.queue.waiting
    scene.cloud.queue.waiting.clear()
    scene.cloud.switches.backed_out = set()
    scene.cloud.wait(delay)
    scene.run(look)

    assert (delay, look.attempt) == (900, 1)
    assert scene.served() == {"DEFAULT": "2", "prod": "2"}


def test_a_drift_whose_own_event_was_lost_and_that_our_own_event_shows_is_looked_at_at_once():
    scene = Scene("QUARANTINE", network=vpc())
    scene.run()
    scene.drift()
    scene.handle(own_event(scene))
    asked = list(scene.cloud.queue.waiting)
    scene.handle(own_event(scene))
    again = scene.cloud.queue.waiting == asked

    [(look, delay)] = asked
    assert (look.event, delay, scene.changes()) == (None, 0, ["UpdateAgentRuntime"]), "the owner's"
    assert again, "at most once for a verdict"
    scene.cloud.queue.waiting.clear()
    scene.run(look)
    assert not scene.may_invoke("DEFAULT")


def test_a_look_at_a_runtime_never_judged_that_is_postponed_is_counted_as_that():
    scene = Scene()
    history = History(again_at=scene.cloud.now - timedelta(seconds=1))
    scene.cloud.state.histories[scene.runtime_id] = history
    scene.cloud.state.lease(scene.runtime_id, scene.cloud.now, 90)
    handled, _ = scene.handle(Look(scene.runtime_id, Reason.AGAIN))

    assert handled.fields["did"] == "postponed"
    assert handled.count == "LooksPostponed"
