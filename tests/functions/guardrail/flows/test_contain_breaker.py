"""The breaker stops a blast, and nobody uses it up with one runtime while another one drifts."""

from contextlib import suppress
from datetime import timedelta

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.message import Look, Reason
from guardrail_lab.agentcore.errors import ServiceError
from tests.builders import PUBLIC
from tests.functions.guardrail.flows.test_contain_runtime import Scene

HOUR = 3_600


class Account(Scene):
    """A cloud in which more than one runtime drifted. `orders`, the first of them, belongs to the noisy one."""

    def drifted(self, name):
        made = self.ask("CreateAgentRuntime", agentRuntimeName=name, **self.placed(PUBLIC))
        self.cloud.wait(90)
        return made["agentRuntimeId"], made["agentRuntimeArn"]

    def did(self, runtime_id):
        """What one message about a runtime leads to; its further looks stay away."""
        try:
            handled, _ = self.handle(Look(runtime_id, Reason.OPERATOR))
        except GatewayError as error:
            return str(error)
        finally:
            self.cloud.queue.waiting.clear()
        return handled.fields["did"]

    def reactions(self):
        return [finding.reaction.did for finding in self.cloud.findings.reported]

    def spent(self):
        return [slot.subject for slot in self.cloud.state.slots.get("changes", [])]


def test_one_runtime_that_nobody_may_repair_stops_no_other():
    """Its role is outside `pass_role_path`, and its owner makes an event every 15 seconds."""
    scene = Account()
    scene.plane.faults.fail("UpdateAgentRuntime", times=10**6, code="AccessDeniedException", status=403)
    victim, _ = scene.drifted("victim")
    for _ in range(HOUR // 15):
        scene.did(scene.runtime_id)
        scene.cloud.wait(15)

    assert scene.did(victim) == "done"
    assert scene.told().count("Response Stopped") == 1, "of the permission"


@pytest.mark.parametrize("count", [1, 2, 4, 6, 8, 9])
def test_owners_who_delete_the_denial_of_fewer_runtimes_than_the_breaker_takes_keep_nobody_from_being_denied(count):
    scene = Account("QUARANTINE")
    noisy = [(scene.runtime_id, scene.arn), *(scene.drifted(f"noisy{number}") for number in range(count - 1))]
    victim, _ = scene.drifted("victim")
    for turn in range(HOUR // 5):
        runtime_id, arn = noisy[turn % count]
        with suppress(ServiceError):
            scene.ask("DeleteResourcePolicy", resourceArn=arn)
        scene.did(runtime_id)
        scene.cloud.wait(5)

    assert scene.did(victim) == "done"


def test_a_runtime_with_many_endpoints_waits_for_its_own_window_and_another_one_is_denied_meanwhile():
    scene = Account()
    for number in range(8):
        scene.ask(
            "CreateAgentRuntimeEndpoint",
            agentRuntimeId=scene.runtime_id,
            name=f"more{number}",
            agentRuntimeVersion="1",
        )
    scene.cloud.wait(90)
    victim, _ = scene.drifted("victim")
    for look in range(10):
        scene.cloud.wait(90 if look == 2 else 0)
        last = scene.did(scene.runtime_id)

    assert (last, scene.spent()) == ("held", [scene.runtime_id] * 5)
    assert scene.did(victim) == "done"
    assert [text for text in scene.reactions() if "what is left of 10 changes is for others" in text] != []
    scene.cloud.wait(300)
    scene.run()
    assert set(scene.served().values()) == {"2"}
    assert scene.may_invoke()


def test_as_many_runtimes_as_the_breaker_takes_stop_every_response_and_people_are_told_once():
    scene = Account("QUARANTINE")
    drifted = [scene.runtime_id, *(scene.drifted(f"agent{number}")[0] for number in range(14))]
    did = [scene.did(runtime_id) for runtime_id in drifted]

    assert did == ["done"] * 10 + ["stopped"] * 5
    assert scene.told().count("Response Stopped") == 1
    assert scene.told().count("Runtime Verdict") == 15, "evidence goes on"
    scene.cloud.wait(300)
    assert scene.did(drifted[-1]) == "done"


@pytest.mark.parametrize(
    ("code", "status"),
    [("ThrottlingException", 429), ("ConflictException", 409), ("ValidationException", 400), ("AccessDenied", 403)],
)
def test_what_is_known_to_have_changed_nothing_does_not_count(code, status):
    scene = Account("QUARANTINE")
    scene.plane.faults.fail("PutResourcePolicy", times=9, code=code, status=status)
    scene.did(scene.runtime_id)

    assert scene.changes() != []
    assert scene.spent() == []


def test_what_was_not_sent_because_somebody_deployed_since_does_not_count():
    scene = Account()
    scene.handle()

    def deploy():
        scene.ask("UpdateAgentRuntime", agentRuntimeId=scene.runtime_id, **scene.placed(PUBLIC))

    handled, _ = scene.handle(before={"agentcore.take": deploy})

    assert handled.fields["did"] == "changed-meanwhile"
    assert scene.spent() == [scene.runtime_id], "the denial"


def test_what_may_have_taken_effect_counts():
    scene = Account()
    scene.plane.faults.fail("PutResourcePolicy", times=1, code="InternalServerException", status=500)
    scene.did(scene.runtime_id)

    assert scene.spent() == [scene.runtime_id]


def test_two_runtimes_that_drift_at_once_are_both_contained_within_two_windows():
    scene = Account()
    other, _ = scene.drifted("other")
    began = scene.cloud.now
    scene.handle(Look(other, Reason.OPERATOR))
    scene.run()

    assert scene.cloud.now - began < timedelta(minutes=10)
    assert [scene.cloud.state.history(each).compliance for each in (scene.runtime_id, other)] == ["COMPLIANT"] * 2
    assert scene.changes().count("DeleteResourcePolicy") == 2
