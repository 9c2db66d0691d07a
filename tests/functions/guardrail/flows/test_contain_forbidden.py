"""What our own role may not do: a clear error and one dead letter, and whatever else contains the runtime goes on."""

import json

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.message import Look, Reason
from tests.functions.guardrail.flows.test_contain_runtime import Scene

DENY, REPAIR, MOVE = "PutResourcePolicy", "UpdateAgentRuntime", "UpdateAgentRuntimeEndpoint"
VISIBILITY_SECONDS, RECEIVES = 360, 5
SWEEP = Reason.SWEEP


class ForbiddenScene(Scene):
    """A cloud in which one call, or two, are denied to our role."""

    def __init__(self, *operations, mode="REPAIR"):
        super().__init__(mode)
        for operation in operations:
            self.plane.faults.fail(operation, times=10**6, code="AccessDeniedException", status=403)
        self.failures, self.received = [], []

    def play(self, look, most=60):
        """The queue: what fails comes back some minutes later, five times in all; what waits comes when it is due."""
        waiting = [(0.0, look, 1)]
        began = self.cloud.now.timestamp()
        while waiting:
            due, message, receive = waiting.pop(min(range(len(waiting)), key=lambda n: waiting[n][0]))
            self.cloud.wait(max(0.0, began + due - self.cloud.now.timestamp()))
            try:
                self.handle(message)
            except GatewayError as error:
                self.failures.append(str(error))
                assert receive < RECEIVES
                waiting.append((self.cloud.now.timestamp() - began + VISIBILITY_SECONDS, message, receive + 1))
            passed = self.cloud.now.timestamp() - began
            waiting += [(passed + delay, each, 1) for each, delay in self.cloud.queue.waiting]
            self.cloud.queue.waiting.clear()
            most -= 1
            assert most, "the looks do not end"

    def sweeps(self, hours):
        for _ in range(hours):
            self.play(Look(self.runtime_id, SWEEP))
            self.cloud.wait(3_600)

    def letters(self):
        return [(json.loads(body), reason) for body, reason in self.cloud.queue.buried]

    def grant(self):
        self.plane.faults.clear()


def failure(operation):
    return f"bedrock-agentcore-control:{operation} failed: AccessDeniedException"


def test_a_denial_that_is_forbidden_holds_up_no_repair():
    scene = ForbiddenScene(DENY)
    scene.play(Look(scene.runtime_id, SWEEP))

    assert scene.served() == {"DEFAULT": "2", "prod": "2"}
    assert scene.changes() == [DENY, REPAIR, MOVE]
    assert scene.failures == [failure(DENY)]
    assert scene.told().count("Response Stopped") == 1


@pytest.mark.parametrize(
    ("operation", "mode", "denied"), [(REPAIR, "REPAIR", True), (MOVE, "REPAIR", True), (DENY, "QUARANTINE", False)]
)
def test_where_nothing_else_can_be_done_a_person_is_called_once_and_told_what_is_forbidden(operation, mode, denied):
    scene = ForbiddenScene(operation, mode=mode)
    scene.sweeps(3)

    assert scene.told().count("Response Escalated") == 1
    assert scene.may_invoke() is not denied
    why = scene.cloud.state.history(scene.runtime_id).escalated
    assert "AccessDeniedException" in why
    assert why.endswith("stay denied" if denied else "NOT denied")


@pytest.mark.parametrize(
    ("forbidden", "mode"), [((REPAIR,), "REPAIR"), ((DENY,), "QUARANTINE"), ((DENY, REPAIR), "REPAIR")]
)
def test_in_a_day_of_sweeps_each_of_them_is_tried_about_once_a_sweep_and_leaves_one_dead_letter(forbidden, mode):
    scene = ForbiddenScene(*forbidden, mode=mode)
    scene.sweeps(24)

    assert [reason for _, reason in scene.letters()] == [failure(operation) for operation in forbidden]
    assert scene.failures == [failure(operation) for operation in forbidden]
    assert all(0 < scene.changes().count(operation) <= 24 + RECEIVES for operation in forbidden)
    assert scene.told().count("Response Stopped") == len(forbidden)


def test_the_message_fails_after_the_refusal_is_remembered_so_that_it_does_not_fail_again():
    scene = ForbiddenScene(DENY, mode="QUARANTINE")
    look = Look(scene.runtime_id, SWEEP)

    with pytest.raises(GatewayError, match=failure(DENY)):
        scene.handle(look)
    assert scene.cloud.state.leased_until == {}
    assert scene.cloud.state.opened == {}
    scene.handle(look)
    assert scene.changes() == [DENY]


def test_the_dead_letter_sent_back_once_the_permission_is_there_ends_in_containment_at_once():
    scene = ForbiddenScene(DENY, REPAIR)
    scene.sweeps(1)
    still_drifted = scene.served()
    scene.grant()
    [(letter, _), _] = scene.letters()
    scene.play(Look(letter["runtime_id"], Reason(letter["reason"]), letter["attempt"]))

    assert still_drifted == {"DEFAULT": "1", "prod": "1"}
    assert scene.served() == {"DEFAULT": "2", "prod": "2"}
    assert scene.may_invoke()


def test_a_sweep_tries_again_at_once_where_a_person_was_called():
    scene = ForbiddenScene(REPAIR)
    scene.play(Look(scene.runtime_id, SWEEP))
    scene.grant()
    scene.play(Look(scene.runtime_id, SWEEP))

    assert scene.served() == {"DEFAULT": "2", "prod": "2"}
