"""The response to one runtime, over the real gateway and the lab's AgentCore, a change at a time to a contained end."""

import json
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from guardrail.core.errors import GatewayError
from guardrail.core.runtimes.exemption import parse_exemptions
from guardrail.core.runtimes.message import Look, Reason
from guardrail.core.runtimes.response import ResponseMode
from guardrail.core.runtimes.step import StepKind
from guardrail.core.runtimes.tool import ToolKind
from guardrail.core.runtimes.trail import parse_event
from guardrail.core.switch import Scope
from guardrail.flows.handle_message import handle_message
from guardrail.flows.runtime_world import LEASE_SECONDS, MAX_ATTEMPTS, Bounds
from tests.builders import ACCOUNT, PUBLIC, REGION, event, vpc
from tests.fakes import FakeCloud, Journal, Killed

WHAT_RUNS = {
    "agentRuntimeArtifact": {
        "containerConfiguration": {"containerUri": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/orders:1.4.2"}
    },
    "roleArn": f"arn:aws:iam::{ACCOUNT}:role/agents/orders",
    "environmentVariables": {"STAGE": "prod"},
    "description": "takes orders",
    "protocolConfiguration": {"serverProtocol": "HTTP"},
}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/agentcore-guardrail/VerifyRuntimeRole"
CHANGES = ("PutResourcePolicy", "DeleteResourcePolicy", "UpdateAgentRuntime", "UpdateAgentRuntimeEndpoint")


class Scene:
    """A cloud with one runtime that drifted, and the messages about it."""

    def __init__(self, mode="REPAIR", network=None, **terms):
        self.cloud = FakeCloud(mode=ResponseMode(mode), terms=terms, bounds=Bounds(role_arn=ROLE))
        self.plane = self.cloud.with_agentcore()
        self.called = []
        call = self.plane.call

        def noted(operation, parameters):
            self.called.append(operation)
            return call(operation, parameters)

        self.plane.call = noted
        created = self.ask("CreateAgentRuntime", agentRuntimeName="orders", **self.placed(network or PUBLIC))
        self.runtime_id, self.arn = created["agentRuntimeId"], created["agentRuntimeArn"]
        self.cloud.wait(90)
        self.ask("CreateAgentRuntimeEndpoint", agentRuntimeId=self.runtime_id, name="prod", agentRuntimeVersion="1")
        self.cloud.wait(90)
        self.called.clear()

    def placed(self, network):
        return {"networkConfiguration": network, **WHAT_RUNS}

    def ask(self, operation, **parameters):
        return self.plane.call(operation, parameters)

    def drift(self, network=None):
        self.ask("UpdateAgentRuntime", agentRuntimeId=self.runtime_id, **self.placed(network or PUBLIC))
        self.cloud.wait(90)

    def handle(self, look=None, **journal):
        written = Journal(**journal)
        body = json.dumps((look or Look(self.runtime_id, Reason.OPERATOR)).document())
        handled = handle_message(body, self.cloud.policy, self.cloud.world(written))
        return handled, written.calls

    def run(self, look=None, most=60):
        """Handle a message and all that it leads to, in the order in which they are due."""
        steps, waiting = [], [(self.cloud.now, look)]
        while waiting:
            due, message = waiting.pop(min(range(len(waiting)), key=lambda n: waiting[n][0]))
            self.cloud.now = max(self.cloud.now, due)
            handled, _ = self.handle(message)
            steps.append((handled.fields["step"], handled.fields["did"]))
            waiting += [(self.cloud.now + timedelta(seconds=d), each) for each, d in self.cloud.queue.waiting]
            self.cloud.queue.waiting.clear()
            assert len(steps) <= most, "the looks do not end"
        return steps

    def changes(self):
        return [operation for operation in self.called if operation in CHANGES]

    def served(self):
        items = self.ask("ListAgentRuntimeEndpoints", agentRuntimeId=self.runtime_id)["runtimeEndpoints"]
        return {item["name"]: item["liveVersion"] for item in items}

    def version(self):
        return self.ask("GetAgentRuntime", agentRuntimeId=self.runtime_id)

    def policy_text(self):
        return self.plane.call("GetResourcePolicy", {"resourceArn": self.arn}).get("policy")

    def may_invoke(self, endpoint="prod"):
        principal = f"arn:aws:iam::{ACCOUNT}:role/caller"
        return self.plane.may_invoke(self.arn, endpoint, principal, "bedrock-agentcore:InvokeAgentRuntime").allowed

    def records(self, kind):
        return [json.loads(text) for key, text in sorted(self.cloud.evidence.records.items()) if key.startswith(kind)]

    def told(self):
        return [finding.kind.value for finding in self.cloud.findings.reported]

    def end(self):
        """What has to be the same however it came about."""
        version = self.version()
        volatile = ("lastUpdatedAt", "createdAt")
        return {
            "served": self.served(),
            "version": {member: version[member] for member in version if member not in volatile},
            "policy": self.policy_text(),
            "denial": self.cloud.state.history(self.runtime_id).denial,
            "escalated": self.cloud.state.history(self.runtime_id).escalated,
            "compliance": self.cloud.state.history(self.runtime_id).compliance,
            "opened": self.cloud.state.opened,
            "leases": self.cloud.state.leased_until,
        }


@pytest.fixture
def scene():
    return Scene()


def test_in_repair_every_endpoint_of_a_drifted_runtime_ends_in_the_landing_zone_and_can_be_invoked_again(scene):
    before = scene.version()

    steps = scene.run()

    after = scene.version()
    assert scene.changes() == [
        "PutResourcePolicy",
        "UpdateAgentRuntime",
        "UpdateAgentRuntimeEndpoint",
        "DeleteResourcePolicy",
    ]
    assert scene.served() == {"DEFAULT": "2", "prod": "2"}
    assert scene.may_invoke()
    assert after["networkConfiguration"]["networkMode"] == "VPC"
    kept = before.keys() - {"agentRuntimeVersion", "lastUpdatedAt", "networkConfiguration", "createdAt"}
    assert {member: after[member] for member in kept} == {member: before[member] for member in kept}
    assert (steps[0], steps[-1][0]) == (("deny-invocation", "done"), "none")
    assert scene.cloud.state.history(scene.runtime_id).compliance == "COMPLIANT"
    assert scene.told()[0] == "Runtime Verdict"
    assert "Runtime Contained" in scene.told()


def test_the_first_containing_change_is_made_by_the_message_that_brought_the_verdict(scene):
    scene.handle()

    assert scene.changes() == ["PutResourcePolicy"]
    assert not scene.may_invoke()
    assert not scene.may_invoke("DEFAULT")


def test_each_message_makes_at_most_one_change(scene):
    counts = []
    look, delay = None, 0
    while True:
        before = len(scene.changes())
        scene.cloud.wait(delay)
        scene.handle(look)
        counts.append(len(scene.changes()) - before)
        if not scene.cloud.queue.waiting:
            break
        assert len(scene.cloud.queue.waiting) == 1
        look, delay = scene.cloud.queue.waiting.pop()

    assert max(counts) == 1
    assert sum(counts) == 4


def test_in_quarantine_it_ends_uncallable_and_otherwise_unchanged():
    scene = Scene("QUARANTINE")
    before = scene.version()

    scene.run()

    assert scene.changes() == ["PutResourcePolicy"]
    assert not scene.may_invoke()
    assert not scene.may_invoke("DEFAULT")
    assert scene.version() == before
    assert scene.told() == ["Runtime Verdict", "Runtime Quarantined"]


def test_in_quarantine_the_denial_is_lifted_once_the_owner_has_repaired_it():
    scene = Scene("QUARANTINE")
    scene.run()
    scene.drift(vpc())
    scene.ask(
        "UpdateAgentRuntimeEndpoint", agentRuntimeId=scene.runtime_id, endpointName="prod", agentRuntimeVersion="2"
    )
    scene.cloud.wait(90)

    scene.run()

    assert scene.may_invoke()
    assert scene.told()[-1] == "Runtime Contained"


def test_in_observe_nothing_is_changed():
    scene = Scene("OBSERVE")
    scene.run()

    assert scene.changes() == []
    assert scene.may_invoke()
    assert set(scene.called) <= {"GetAgentRuntime", "ListAgentRuntimeEndpoints"}


def test_a_record_is_written_before_each_change_and_after_it(scene):
    order = []
    world_of = scene.cloud.world

    def world(journal):
        world = world_of(journal)
        order.append(journal.calls)
        return world

    scene.cloud.world = world
    scene.run()

    for calls in order:
        if "agentcore.take" in calls:
            at = calls.index("agentcore.take")
            assert calls[at - 2 : at + 2] == ["evidence.append", "state.begin", "agentcore.take", "evidence.append"]
    assert len(scene.records("change-intended/")) == len(scene.records("change-outcome/")) == 4
    assert {record["outcome"] for record in scene.records("change-outcome/")} == {"done"}


def test_no_value_that_was_sent_is_in_a_record(scene):
    scene.run()

    everything = b"".join(scene.cloud.evidence.records.values()).decode()
    assert '"STAGE"' not in everything
    assert "takes orders" not in everything
    assert "orders:1.4.2" not in everything


def own_event(scene, action="UpdateAgentRuntime"):
    message = event("update_to_public")
    message["detail"]["userIdentity"]["arn"] = f"arn:aws:sts::{ACCOUNT}:assumed-role/VerifyRuntimeRole/function"
    parsed = parse_event(message)
    return Look(scene.runtime_id, Reason.AGAIN, 2, event=parsed)


def test_our_own_change_wakes_us_and_leads_to_no_step_and_no_look(scene):
    scene.handle()
    scene.cloud.queue.waiting.clear()
    changes = scene.changes()

    handled, _ = scene.handle(own_event(scene))

    assert scene.changes() == changes
    assert scene.cloud.queue.waiting == []
    assert handled.fields["step"] == "none"


def test_an_event_of_somebody_elses_role_of_the_same_name_start_is_not_ours(scene):
    look = own_event(scene)
    theirs = look.event.actor.arn.replace("VerifyRuntimeRole/", "VerifyRuntimeRole2/")

    assert look.event.made_by(ROLE)
    assert not parse_event({"detail": {"eventName": "x", "userIdentity": {"arn": theirs}}}).made_by(ROLE)
    assert not look.event.made_by("")


def test_a_sweep_and_events_in_the_middle_of_the_ladder_do_not_multiply_its_looks(scene):
    scene.handle()
    for _ in range(5):
        scene.handle(Look(scene.runtime_id, Reason.SWEEP))
        scene.handle()

    assert len(scene.changes()) == 2
    assert len([look for look, delay in scene.cloud.queue.waiting if delay]) == 1


def test_two_chains_of_looks_become_one(scene):
    scene.run(None)
    scene.cloud.wait(300)
    scene.drift()
    scene.handle()
    scene.handle(Look(scene.runtime_id, Reason.AGAIN))  # the repair; one look waits
    duplicate = scene.cloud.queue.waiting.pop()
    scene.cloud.queue.waiting.clear()
    for _ in range(3):
        scene.cloud.wait(duplicate[1] / 3 + 1)
        scene.handle(duplicate[0])

    assert len(scene.cloud.queue.waiting) == 1


def test_what_is_exempted_is_left_alone():
    scene = Scene()
    exemption = {
        "id": "e1",
        "owner": "o",
        "reason": "r",
        "ticket": "t",
        "runtimes": ["orders"],
        "rules": ["network-mode"],
        "expires": "2026-11-21",
    }
    scene.cloud.switches.granted = parse_exemptions([exemption], scene.cloud.now)
    scene.run()
    left_alone = scene.changes()
    scene.cloud.now += timedelta(days=2)
    scene.cloud.switches.granted = parse_exemptions([exemption], scene.cloud.now)
    scene.run(Look(scene.runtime_id, Reason.SWEEP))

    assert left_alone == []
    assert scene.served() == {"DEFAULT": "2", "prod": "2"}


def test_during_its_grace_a_rule_is_warned_about_and_then_the_sweep_acts():
    scene = Scene(grace={"network-mode": timedelta(days=7)})
    scene.run()
    warned = scene.changes()
    scene.cloud.now += timedelta(days=7)
    scene.run(Look(scene.runtime_id, Reason.SWEEP))

    assert warned == []
    assert scene.served() == {"DEFAULT": "2", "prod": "2"}


def test_while_the_response_is_backed_out_nothing_is_changed_and_people_are_told_once(scene):
    scene.cloud.switches.backed_out = {Scope.RESPONSE}
    first, _ = scene.handle()
    scene.handle()
    scene.handle()

    assert scene.changes() == []
    assert first.fields["did"] == "suspended"
    assert scene.told() == ["Runtime Verdict", "Response Stopped"]

    scene.cloud.switches.backed_out = set()
    scene.run(Look(scene.runtime_id, Reason.SWEEP))
    assert scene.served() == {"DEFAULT": "2", "prod": "2"}


def test_the_switch_is_read_before_every_change(scene):
    scene.handle()
    scene.cloud.switches.backed_out = {Scope.RESPONSE}
    look, _ = scene.cloud.queue.waiting.pop()
    handled, _ = scene.handle(look)

    assert (handled.fields["step"], handled.fields["did"]) == ("repair-network", "suspended")
    assert len(scene.changes()) == 1


def test_a_switch_that_cannot_be_read_stops_every_change(scene):
    with pytest.raises(GatewayError):
        scene.handle(before={"switches.engaged": lambda: raised(GatewayError("switches", "Outage", retryable=True))})

    assert scene.changes() == []


def raised(error):
    raise error


def test_more_changes_than_the_breaker_allows_stop_every_response_and_people_are_told_once(scene):
    scene.cloud.bounds = Bounds(changes=1, role_arn=ROLE)
    scene.handle()
    scene.cloud.queue.waiting.clear()
    handled, _ = scene.handle()
    scene.handle()

    assert scene.changes() == ["PutResourcePolicy"]
    assert handled.fields["did"] == "stopped"
    assert scene.told().count("Response Stopped") == 1
    assert [delay for _, delay in scene.cloud.queue.waiting] == [300]


def test_the_breaker_lets_so_many_changes_through_in_any_window_and_no_runtime_is_forgotten(scene):
    scene.cloud.bounds = Bounds(changes=1, role_arn=ROLE)
    scene.run()
    times = sorted(record["at"] for record in scene.records("change-intended/"))
    gaps = [datetime.fromisoformat(b) - datetime.fromisoformat(a) for a, b in pairwise(times)]

    assert scene.served() == {"DEFAULT": "2", "prod": "2"}
    assert min(gaps) >= scene.cloud.bounds.window


def test_while_the_bucket_refuses_the_response_goes_on_and_its_records_wait_in_the_table(scene):
    scene.cloud.evidence.refuses = True
    scene.run()

    assert scene.served() == {"DEFAULT": "2", "prod": "2"}
    assert scene.told().count("Response Stopped") == 1
    kinds = Counter(key.split("/")[0] for key in scene.cloud.state.records)
    assert (kinds["change-intended"], kinds["change-outcome"]) == (4, 4)


def test_whoever_blocks_the_topic_does_not_block_containment_and_the_verdict_is_told_once_it_is_free(scene):
    scene.cloud.findings.refuses = True
    with pytest.raises(GatewayError, match="sns:Publish failed: AuthorizationError"):
        scene.handle()

    assert scene.changes() == ["PutResourcePolicy"]
    assert scene.cloud.state.leased_until == {}
    scene.cloud.findings.refuses = False
    scene.run()
    assert scene.served() == {"DEFAULT": "2", "prod": "2"}
    assert scene.told()[0] == "Runtime Verdict"
    assert scene.cloud.findings.reported[0].verdict.compliance == "NON_COMPLIANT"


def test_while_the_topic_stays_blocked_a_runtime_that_drifts_again_is_denied_again(scene):
    scene.cloud.findings.refuses = True
    handle_until(scene, "DeleteResourcePolicy")
    scene.drift()

    handle_until(scene, "PutResourcePolicy")

    assert not scene.may_invoke()


def handle_until(scene, operation):
    """Look again and again, though each look ends with the topic's refusal, until the last change is this one."""
    for _ in range(20):
        with suppress(GatewayError):
            scene.handle()
        scene.cloud.wait(2 * LEASE_SECONDS)
        if scene.changes()[-1:] == [operation]:
            return
    pytest.fail("it was not done")


def test_without_a_record_anywhere_nothing_is_changed(scene):
    scene.cloud.evidence.refuses = True
    with pytest.raises(GatewayError):
        scene.handle(before={"state.park": lambda: raised(GatewayError("state", "Outage", retryable=True))})

    assert scene.changes() == []


def test_a_lease_that_was_lost_makes_no_change(scene):
    def take_over():
        scene.cloud.state.fences[scene.runtime_id] += 1

    with pytest.raises(GatewayError, match="the lease was taken over"):
        scene.handle(before={"state.begin": take_over})

    assert scene.changes() == []


def test_an_update_is_not_sent_when_somebody_deployed_since_it_was_judged(scene):
    scene.handle()
    look, _ = scene.cloud.queue.waiting.pop()

    def deploy():
        scene.ask("UpdateAgentRuntime", agentRuntimeId=scene.runtime_id, **scene.placed(PUBLIC))
        scene.called.clear()

    handled, _ = scene.handle(look, before={"agentcore.take": deploy})

    assert handled.fields["did"] == "changed-meanwhile"
    assert scene.changes() == []
    [(again, _)] = scene.cloud.queue.waiting
    assert again.attempt == 2
    assert not any(act.kind is StepKind.REPAIR_NETWORK for act in scene.cloud.state.history(scene.runtime_id).acts)


def test_a_version_that_is_not_the_next_one_is_reported(scene):
    scene.handle()
    look, _ = scene.cloud.queue.waiting.pop()
    call = scene.plane.call

    def racing(operation, parameters):
        if operation == "UpdateAgentRuntime":
            scene.plane.call = call
            call(operation, {**parameters, "clientToken": "x" * 33, "networkConfiguration": PUBLIC})
            scene.cloud.wait(90)
        return call(operation, parameters)

    scene.plane.call = racing
    scene.handle(look)

    assert scene.told()[-1] == "Response Escalated"
    assert "version 3, not 2" in scene.cloud.findings.reported[-1].message()


@pytest.mark.parametrize("code", ["ThrottlingException", "ConflictException"])
def test_what_may_succeed_later_is_tried_again_later_and_counts_as_no_attempt(scene, code):
    scene.plane.faults.fail("PutResourcePolicy", times=3, code=code, status=429 if "Thr" in code else 409)
    scene.run()

    assert scene.served() == {"DEFAULT": "2", "prod": "2"}
    acts = Counter(act.kind for act in scene.cloud.state.history(scene.runtime_id).acts)
    assert acts[StepKind.DENY_INVOCATION] == 1


@pytest.mark.parametrize("mode", ["REPAIR", "OBSERVE"])
@pytest.mark.parametrize("gone", [False, True], ids=["there", "gone"])
def test_whoever_has_the_lease_after_a_crash_writes_the_record_that_is_missing(scene, mode, gone):
    with pytest.raises(Killed):
        scene.handle(fail_at=take_of(scene), after=True, killed=True)
    scene.cloud.wait(LEASE_SECONDS + 1)
    scene.cloud.mode = ResponseMode(mode)
    changes = scene.changes()
    if gone:
        scene.ask("DeleteAgentRuntimeEndpoint", agentRuntimeId=scene.runtime_id, endpointName="prod")
        scene.cloud.wait(90)
        scene.ask("DeleteAgentRuntime", agentRuntimeId=scene.runtime_id)
        scene.cloud.wait(90)
    else:
        scene.drift(vpc())  # news, so that also OBSERVE takes the lease
        changes = scene.changes()

    scene.handle(own_event(scene))

    [record] = [record for record in scene.records("change-outcome/") if record["outcome"] == "interrupted"]
    assert record["found"] == ("gone" if gone else {"REPAIR": "made", "OBSERVE": "not known"}[mode])
    assert scene.changes() == changes
    assert scene.cloud.state.opened == {}


def take_of(scene):
    """At which call of the first look the change is made."""
    _, calls = Scene().handle()
    return calls.index("agentcore.take")


def test_a_change_that_was_not_made_is_not_remembered_as_begun(scene):
    scene.plane.faults.fail("PutResourcePolicy", times=2, code="ConflictException", status=409)
    scene.handle()
    scene.handle(Look(scene.runtime_id, Reason.SWEEP))  # a look is on the queue already: nothing else is new

    assert scene.cloud.state.history(scene.runtime_id).acts == ()
    assert scene.cloud.state.opened == {}


def test_a_change_whose_answer_is_lost_is_found_and_recorded_by_the_next_look(scene):
    scene.plane.faults.fail("PutResourcePolicy", times=1, code="InternalServerException", status=500, took_effect=True)
    scene.run()

    assert scene.changes().count("PutResourcePolicy") == 1
    found = [record for record in scene.records("change-outcome/") if record["outcome"] == "interrupted"]
    assert [record["found"] for record in found] == ["made"]
    assert scene.served() == {"DEFAULT": "2", "prod": "2"}


def test_a_refusal_for_good_leaves_it_denied_and_calls_a_person_once(scene):
    scene.plane.faults.fail("UpdateAgentRuntime", times=9, code="ValidationException", status=400)
    scene.run()
    scene.run(Look(scene.runtime_id, Reason.SWEEP))

    assert not scene.may_invoke()
    assert scene.changes().count("UpdateAgentRuntime") == 1
    assert scene.told().count("Response Escalated") == 1
    assert len(scene.records("response-escalated/")) == 1


def test_an_authorizer_that_exists_already_is_never_left_out(scene):
    jwt = {"customJWTAuthorizer": {"discoveryUrl": "https://id.example/.well-known/openid-configuration"}}
    jwt["customJWTAuthorizer"]["allowedAudience"] = ["orders"]
    drifted = {**scene.placed(PUBLIC), "authorizerConfiguration": jwt}
    scene.ask("UpdateAgentRuntime", agentRuntimeId=scene.runtime_id, **drifted)
    scene.cloud.wait(90)
    scene.plane.faults.refuse_authorizer(scene.runtime_id)
    scene.called.clear()
    scene.run()

    assert scene.changes() == ["PutResourcePolicy", "UpdateAgentRuntime"]
    assert scene.version()["authorizerConfiguration"] == jwt
    assert "Authorizer already exists" in scene.cloud.state.history(scene.runtime_id).escalated


def test_an_update_that_failed_leaves_it_denied_and_calls_a_person(scene):
    scene.plane.faults.fail_next_update(scene.runtime_id, "no capacity")
    scene.run()

    assert not scene.may_invoke()
    assert scene.told()[-1] == "Response Escalated"
    assert "UPDATE_FAILED" in scene.cloud.state.history(scene.runtime_id).escalated


def test_a_runtime_that_never_settles_is_left_to_a_person_after_so_many_looks(scene):
    scene.plane.behave(settle_seconds=100_000)
    steps = scene.run()

    assert len(steps) <= MAX_ATTEMPTS + 3
    assert steps[-1] == ("escalate", "escalated")
    assert not scene.may_invoke()


def test_a_ci_job_that_reverts_every_repair_is_outlasted_by_the_quarantine(scene):
    reverts = 8
    for _ in range(reverts):
        scene.run()
        scene.drift()
    scene.run()

    assert scene.changes().count("UpdateAgentRuntime") - reverts == scene.cloud.policy.attempts
    assert not scene.may_invoke()
    assert "Response Escalated" in scene.told()


def test_the_old_resource_policy_comes_back_byte_for_byte():
    scene = guarded_scene()
    scene.run()

    assert scene.policy_text() == OLD_POLICY


def test_a_denial_of_ours_that_the_table_has_forgotten_is_found_at_the_first_look():
    scene = Scene("QUARANTINE")
    scene.run()
    scene.drift(vpc())
    scene.ask(
        "UpdateAgentRuntimeEndpoint", agentRuntimeId=scene.runtime_id, endpointName="prod", agentRuntimeVersion="2"
    )
    scene.cloud.wait(90)
    scene.cloud.state.histories.clear()

    scene.run(Look(scene.runtime_id, Reason.SWEEP))

    assert scene.may_invoke()


def test_a_runtime_that_is_deleted_in_the_middle_is_forgotten(scene):
    scene.handle()
    look, _ = scene.cloud.queue.waiting.pop()
    scene.ask("DeleteAgentRuntimeEndpoint", agentRuntimeId=scene.runtime_id, endpointName="prod")
    scene.cloud.wait(90)
    scene.ask("DeleteAgentRuntime", agentRuntimeId=scene.runtime_id)
    scene.cloud.wait(90)

    handled, _ = scene.handle(look)

    history = scene.cloud.state.history(scene.runtime_id)
    assert handled.count == "gone"
    assert (history.acts, history.again_at) == ((), None)


ALLOW = '"Effect":"Allow","Action":"bedrock-agentcore:InvokeAgentRuntime","Resource":"*"'
OLD_POLICY = f'{{ "Version":"2012-10-17",  "Statement":[{{"Sid":"Ours","Principal":{{"AWS":"{ACCOUNT}"}},{ALLOW}}}] }}'


def guarded_scene():
    """One whose owner wrote a resource policy."""
    scene = Scene()
    scene.ask("PutResourcePolicy", resourceArn=scene.arn, policy=OLD_POLICY)
    scene.called.clear()
    return scene


@pytest.mark.parametrize("kind", list(ToolKind))
def test_a_tool_outside_the_zone_is_recorded_as_its_kind_and_left_to_a_person(kind):
    scene = Scene()
    made = scene.ask(f"Create{kind.noun}", name="tool", networkConfiguration=PUBLIC)
    tool_id = made[f"{kind.member}Id"]
    scene.cloud.wait(90)
    scene.run(Look(tool_id, Reason.OPERATOR, tool=kind))

    assert scene.changes() == []
    assert {key.rpartition("/")[0] for key in scene.cloud.evidence.records} == {
        f"verdict/{kind}/{tool_id}",
        f"response-escalated/{kind}/{tool_id}",
    }
    assert scene.told() == ["Runtime Verdict", "Response Escalated"]
    assert list(scene.cloud.state.histories) == [f"{kind}/{tool_id}"]


def climbed(fail_at, after, killed, stage):
    """A ladder during which, in the look number `stage`, one call failed; the message came back, all else followed."""
    scene = guarded_scene()
    look, number = None, 0
    waiting = [(scene.cloud.now, None)]
    while waiting:
        due, look = waiting.pop(min(range(len(waiting)), key=lambda n: waiting[n][0]))
        scene.cloud.now = max(scene.cloud.now, due)
        try:
            scene.handle(look, fail_at=fail_at if number == stage else None, after=after, killed=killed)
        except (GatewayError, Killed):
            waiting.append((scene.cloud.now + timedelta(seconds=LEASE_SECONDS + 1), look))
        waiting += [(scene.cloud.now + timedelta(seconds=d), each) for each, d in scene.cloud.queue.waiting]
        scene.cloud.queue.waiting.clear()
        number += 1
        assert number < 60, "the looks do not end"
    return scene


@pytest.fixture(scope="module")
def undisturbed():
    scene, sizes = guarded_scene(), []
    look, delay = None, 0
    while True:
        scene.cloud.wait(delay)
        _, calls = scene.handle(look)
        sizes.append(len(calls))
        if not scene.cloud.queue.waiting:
            return scene.end(), sizes, scene.changes()
        look, delay = scene.cloud.queue.waiting.pop()


@pytest.mark.parametrize("killed", [False, True], ids=["a failure", "a crash"])
@pytest.mark.parametrize("after", [False, True], ids=["before its effect", "after its effect"])
def test_whatever_goes_wrong_at_any_call_of_any_look_the_end_is_the_same(undisturbed, after, killed):
    end, sizes, changes = undisturbed

    for stage, size in enumerate(sizes):
        for index in range(size):
            scene = climbed(index, after, killed, stage)
            assert scene.end() == end, (stage, index)
            assert Counter(scene.changes()) == Counter(changes), (stage, index)
